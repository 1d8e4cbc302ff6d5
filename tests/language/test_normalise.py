import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.normalise import normalise


@pytest.mark.parametrize(
    ("typed", "spelt"),
    [
        ("　年假有几天？　", "年假有几天?"),
        ("工资１２３４．５元", "工资1234.5元"),
        ("劳动合同法（２０１２）", "劳动合同法(2012)"),
        ("N+1 怎么赔", "n+1 怎么赔"),
        ("第①条", "第1条"),
        ("年\u200b假\ufeff\u2060", "年假"),
        ("❤\ufe0f谢谢", "谢谢"),
        ("😭😭年假到底几天👨‍👩‍👧？", "年假到底几天?"),
        ("我要請產假[捂脸]，領導說沒有", "我要请产假,领导说没有"),
        ("關於勞動合同第三十九條", "关于劳动合同第三十九条"),
        ("乾隆的著作", "乾隆的著作"),
        ("👍🏻", "好"),
        ("[OK]", "好"),
        ("🙏🙏", "谢谢"),
        ("😀", "😀"),
        ("[附件]", "[附件]"),
        ("第一行\r\n\t第二行", "第一行 第二行"),
        ("救命！！！！！！", "救命!!!"),
        ("哈哈哈哈哈哈", "哈哈哈"),
        ("好好好", "好好好"),
        ("\x00\x07坏\x1b字符", "坏字符"),
        ("\ud800孤立", "孤立"),
        ("", ""),
        (" \u3000\n", ""),
    ],
)
def test_what_people_type_gets_one_spelling(typed: str, spelt: str) -> None:
    assert normalise(typed) == spelt


def test_repeated_digits_are_amounts_and_stay() -> None:
    assert normalise("奖金１００００００元，少了00000") == "奖金1000000元,少了00000"


def test_a_character_that_composes_after_an_invisible_one_is_removed_is_composed() -> None:
    assert normalise("e\u200b\u0301") == "é"


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_nothing_invisible_and_no_stray_space_is_left(text: str) -> None:
    spelt = normalise(text)
    assert spelt == spelt.strip()
    assert "  " not in spelt
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in spelt)
    spelt.encode()
