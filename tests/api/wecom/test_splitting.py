"""Long texts are cut by bytes, where a reader would pause, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.wecom.splitting import MIN_ROOM, split_utf8

NUMBERING = "（{number}/{total}）"
ALPHABET = "工会abc 。！？；”，\n\u0301👩👍\u200d\ufe0f🏽🇨🇳𠮷é"


def split(text: str, limit: int) -> list[str]:
    return split_utf8(text, limit=limit, numbering=NUMBERING)


def unnumbered(parts: list[str]) -> list[str]:
    if len(parts) == 1:
        return parts
    numbers = [NUMBERING.format(number=at, total=len(parts)) for at in range(1, len(parts) + 1)]
    for number, part in zip(numbers, parts, strict=True):
        assert part.startswith(number)
    return [part.removeprefix(number) for number, part in zip(numbers, parts, strict=True)]


@given(st.text(ALPHABET, max_size=600), st.integers(60, 200))
def test_no_part_is_too_long_and_only_white_space_at_a_cut_is_left_out(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(len(part.encode()) <= limit for part in parts)
    at = 0
    for part in unnumbered(parts):
        found = text.index(part, at)
        assert not text[at:found].strip()
        at = found + len(part)
    assert not text[at:].strip()


@given(st.text(), st.integers(60, 200))
def test_any_text_is_cut(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(len(part.encode()) <= limit for part in parts)
    assert re.sub(r"\s", "", "".join(unnumbered(parts))) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("text", ["", "年假五天", "\n\n年假五天\n", "假" * 20])
def test_what_fits_is_left_as_it_is(text: str) -> None:
    assert split(text, 60) == [text]


def test_the_number_counts_towards_the_limit() -> None:
    parts = split("假" * 100, 90)
    assert parts[0] == "（1/4）" + "假" * 27
    assert all(len(part.encode()) <= 90 for part in parts)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("一" * 10 + "。\n" + "二" * 3, "三" * 20),
        ("一" * 10 + "。" + "二" * 4, "三" * 20),
    ],
)
def test_a_paragraph_s_end_comes_before_a_line_s_and_that_before_a_sentence_s(
    first: str, second: str
) -> None:
    assert unnumbered(split(f"{first}\n\n{second}", 90)) == [first, second]
    assert unnumbered(split(f"{first}\n  - {second}", 90)) == [first, f"  - {second}"]


@pytest.mark.parametrize("end", ["。", "！", "？", "；", "。”", "？）"])
def test_a_sentence_s_end_keeps_what_closes_it(end: str) -> None:
    first, second = "一" * 20 + end, "二" * 20
    assert unnumbered(split(first + second, 90)) == [first, second]


def test_a_pause_too_near_the_beginning_is_passed_over() -> None:
    assert len(unnumbered(split("一。\n\n" + "二" * 40, 90))[0]) > 20


@pytest.mark.parametrize(
    "one",
    [
        "👩‍👩‍👧‍👦",
        "👍🏽",
        "e\u0301\u0323",
        "❤\ufe0f",
        "🇨🇳",
        "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e007f",
    ],
)
def test_what_is_seen_as_one_character_is_not_torn(one: str) -> None:
    for shift in range(12):
        for part in unnumbered(split("a" * shift + one * 30, 80)):
            assert part.removeprefix("a" * shift).replace(one, "") == ""


def test_a_character_without_end_is_torn_rather_than_sent_too_long() -> None:
    text = "e" + "\u0301" * 500
    parts = split(text, 80)
    assert "".join(unnumbered(parts)) == text
    assert all(len(part.encode()) <= 80 for part in parts)


def test_blanks_fill_no_message() -> None:
    assert split("年假五天" + "\n" * 500 + "病假另算", 80) == ["（1/2）年假五天", "（2/2）病假另算"]
    assert split("年假五天" + " " * 500, 80) == ["年假五天"]
    assert split(" " * 500, 80) == []


def test_ten_parts_and_a_hundred_have_room_for_their_numbers() -> None:
    for characters, count in ((27 * 9, 9), (27 * 9 + 1, 10), (26 * 99, 99), (26 * 99 + 1, 103)):
        parts = split("假" * characters, 90)
        assert len(parts) == count
        assert "".join(unnumbered(parts)) == "假" * characters
        assert all(len(part.encode()) <= 90 for part in parts)


@pytest.mark.parametrize("limit", [-1, 0, 1, MIN_ROOM - 1, MIN_ROOM, MIN_ROOM + 8])
def test_a_limit_too_small_for_text_and_number_is_told(limit: int) -> None:
    with pytest.raises(ValueError, match=f"limit of {limit} bytes"):
        split("假" * 100, limit)


def test_a_limit_that_has_no_room_for_the_numbers_of_so_many_parts_is_told() -> None:
    with pytest.raises(ValueError, match="leaves 31 beside the number"):
        split("假" * 10_000, MIN_ROOM + 10)
