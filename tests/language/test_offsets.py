"""What all finders promise: offsets into the text that was given, in order, whatever that text is."""

import time
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.dates import find_dates
from language.durations import find_durations
from language.laws import LawNames, find_articles
from language.money import find_money
from language.numbers import find_numbers
from language.spans import fold

TODAY = date(2026, 11, 23)
LAWS = LawNames({"劳动合同法": ("劳合法",), "工会法": (), "工伤保险条例": ()})


class Spanned(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Finder = Callable[[str], Sequence[Spanned]]

FINDERS: dict[str, Finder] = {
    "numbers": find_numbers,
    "durations": find_durations,
    "money": find_money,
    "dates": lambda text: find_dates(text, TODAY),
    "articles": lambda text: find_articles(text, LAWS),
    "laws": LAWS.find,
}

# Text of the pieces that the finders look for, so that they meet each other in every order.
_PIECES = """
0 1 2 3 5 12 20 31 39 2023 2024-05-01 13812345678 . , - ~ 到 至 、 零 一 两 三 五 十 百 千 万 亿 半 几 多 来
个 年 月 日 号 天 周 星期 小时 分钟 工作日 元 块 角 毛 ￥ k w % 第 条 款 项 之 （ ） 《 》
劳动合同法 工会法 工伤保险条例 本法 合同 规定 去 前 后 上 下 今 明 昨 大前天 国庆 五一 十一
底 初 末 中旬 季度 上半年 至今 到现在 工资 花了 扣 满 提前 最近 的 了 我 ， 。 ？ ㎡ Ａ 😀
"""
texts = st.lists(st.sampled_from([*_PIECES.split(), " ", "\u3000", "\u200b"]), max_size=14).map(
    "".join
) | st.text(max_size=40)


@pytest.mark.parametrize("finder", FINDERS.values(), ids=FINDERS)
@given(text=texts)
def test_offsets_lie_in_the_text_in_order_and_without_overlap(finder: Finder, text: str) -> None:
    found = finder(text)

    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end].strip()
    # The articles inside a range (第三条至第五条) share the wording of its end.
    spans = list(dict.fromkeys((one.start, one.end) for one in found))
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@pytest.mark.parametrize("finder", FINDERS.values(), ids=FINDERS)
@given(text=texts)
def test_full_width_text_says_the_same_at_the_same_place(finder: Finder, text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)

    assert finder(wide) == finder(fold(text))


@pytest.mark.parametrize("finder", FINDERS.values(), ids=FINDERS)
def test_what_stands_before_moves_the_offsets_and_nothing_else(finder: Finder) -> None:
    text = "我2023年3月5日入职，工作3年，月薪8000元，劳动合同法第三十九条怎么说"
    before = "😀㎡…你好！"

    moved = [(one.start - len(before), one.end - len(before)) for one in finder(before + text)]

    assert moved == [(one.start, one.end) for one in finder(text)]
    assert moved


@pytest.mark.parametrize("finder", FINDERS.values(), ids=FINDERS)
@pytest.mark.parametrize(
    "piece", ["1", "一", "亿", "1,", "第1、", "去年3月到", "两三", "《", "上", "薪1 ", "一年"]
)
def test_the_longest_message_takes_no_time_to_speak_of(finder: Finder, piece: str) -> None:
    """A message has at most 2,000 characters; reading them must not grow with their square into seconds."""
    began = time.process_time()
    finder((piece * 2000)[:2000])

    assert time.process_time() - began < 0.5


@given(st.text())
def test_the_folded_view_has_the_length_of_the_text(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_the_folded_view_is_plain() -> None:
    assert fold("１２Ａ　ｋ（《￥") == "12a k(《¥"
    assert fold("㎡…ﷺ") == "㎡…ﷺ"
