from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.numbers import chinese_integer, find_numbers, parse_number, parse_pair


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("１２", "12"),
        ("1,200", "1200"),
        ("12,345.67", "12345.67"),
        ("零", "0"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("廿五", "25"),
        ("卅", "30"),
        ("一百零五", "105"),
        ("一百一", "110"),
        ("一百一十", "110"),
        ("两百五", "250"),
        ("三百六十五", "365"),
        ("一千二", "1200"),
        ("三千零五", "3005"),
        ("三千零五十", "3050"),
        ("三千五百二", "3520"),
        ("八千五", "8500"),
        ("一万二", "12000"),
        ("一万零五", "10005"),
        ("一万零二百", "10200"),
        ("一万两千三百四十五", "12345"),
        ("十二万五", "125000"),
        ("三百五十万", "3500000"),
        ("一亿两千万", "120000000"),
        ("一万亿", "1000000000000"),
        ("伍佰", "500"),
        ("贰仟叁佰肆拾伍", "2345"),
        ("兩萬", "20000"),
        ("3万", "30000"),
        ("3万5", "35000"),
        ("3万5千", "35000"),
        ("3万五", "35000"),
        ("3万500", "30500"),
        ("1万2千5", "12500"),
        ("1.5万", "15000"),
        ("1亿2千万", "120000000"),
        ("8k", "8000"),
        ("８Ｋ", "8000"),
        ("2.5w", "25000"),
        ("零点八", "0.8"),
        ("三点一四", "3.14"),
        ("一点五万", "15000"),
        ("二〇二三", "2023"),
        ("二零二三", "2023"),
        ("半", "0.5"),
        ("一半", "0.5"),
        ("一个半", "1.5"),
        ("两年半", "2.5"),
        ("十二年半", "12.5"),
        ("三个月半", "3.5"),
        ("80%", "0.8"),
        ("百分之八十", "0.8"),
        ("百分之百", "1"),
        ("四分之三", "0.75"),
        (" 12 ", "12"),
    ],
)
def test_a_number_is_read_as_people_mean_it(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


NOT_QUITE_NUMBERS = "百 千万 万一 五一 三五 两三 一百零 二十百 十十 12元 第三 abc 1.2.3 零分之三"


@pytest.mark.parametrize(
    "text",
    [
        *NOT_QUITE_NUMBERS.split(),
        "",
        "一" * 41 + "万",
        "亿" * 1000,
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("两三", 2, 3),
        ("三五", 3, 5),
        ("十二三", 12, 13),
        ("三五百", 300, 500),
        ("七八千", 7000, 8000),
        ("一两万", 10000, 20000),
    ],
)
def test_two_neighbouring_digits_are_a_rough_number(text: str, low: int, high: int) -> None:
    assert parse_pair(text) == (low, high)


@pytest.mark.parametrize("text", ["三二", "二二", "三", "十二", "一二三", ""])
def test_other_digits_side_by_side_are_no_rough_number(text: str) -> None:
    assert parse_pair(text) is None


@pytest.mark.parametrize(
    ("text", "wordings"),
    [
        ("工作12年了，年假几天", ["12"]),
        ("请三天假，扣１００元", ["三", "１００"]),
        ("月薪一万二，加班费1.5倍", ["一万二", "1.5"]),
        ("病假工资按80%发", ["80%"]),
        ("赔偿金是三分之一", ["三分之一"]),
        ("我今年三十五了", ["三十五"]),
        ("十一个月的工资", ["十一"]),
    ],
)
def test_numbers_are_found_where_they_stand(text: str, wordings: list[str]) -> None:
    assert [text[found.start : found.end] for found in find_numbers(text)] == wordings


NO_NUMBERS = """
十分感谢 一样 万一被裁了 三方协议 五一放假吗 千万别签 等一下 年年如此 第三人 第三方 上周五
星期三 礼拜六 五险一金 双十一 十一放假吗 三期女职工 两癌筛查 一次性补助 统一安排 二维码
十八大 K12教育 v2.0 一般 百分百 一起 唯一
"""


@pytest.mark.parametrize("text", NO_NUMBERS.split())
def test_idioms_names_and_ordinals_are_no_numbers(text: str) -> None:
    assert find_numbers(text) == []


@given(st.integers(min_value=0, max_value=10**8 - 1))
def test_a_number_written_in_chinese_is_read_back(number: int) -> None:
    assert parse_number(chinese_integer(number)) == number


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=0, max_value=99))
def test_a_number_with_separators_and_decimals_is_read_back(whole: int, hundredths: int) -> None:
    assert parse_number(f"{whole:,}.{hundredths:02}") == whole + Decimal(hundredths) / 100


@given(st.integers(min_value=1, max_value=9), st.integers(min_value=1, max_value=9))
def test_a_last_digit_without_unit_belongs_to_the_next_unit(first: int, second: int) -> None:
    digits = "零一二三四五六七八九"
    assert parse_number(f"{digits[first]}万{digits[second]}") == first * 10_000 + second * 1_000
    assert parse_number(f"{first}万{second}") == first * 10_000 + second * 1_000


def test_numbers_that_have_no_short_writing_are_refused() -> None:
    for number in (-1, 10**8):
        with pytest.raises(ValueError, match=str(number)):
            chinese_integer(number)
