"""What is masked, and what must be left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.privacy.mask import KINDS, Masker

MASK = Masker({kind: f"<{kind}>" for kind in KINDS})


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的身份证是11010519491231002X，帮我查", "我的身份证是<identity_number>，帮我查"),
        ("身份证 110105 19491231 0021", "身份证 <identity_number>"),
        ("老身份证130503670401001", "老身份证<identity_number>"),
        ("打我手机13800138000", "打我手机<mobile>"),
        ("打我手机138 0013 8000或+86-13912345678", "打我手机<mobile>或<mobile>"),
        ("１３８００１３８０００", "<mobile>"),
        ("卡号6222 0200 0000 0000 018", "卡号<bank_card>"),
        ("卡6228480402564890018到账没", "卡<bank_card>到账没"),
        ("工号：A00123，柜员号 0456789", "<staff_number>，<staff_number>"),
    ],
)
def test_personal_numbers_are_taken_out(text: str, masked: str) -> None:
    assert MASK(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "打12351、12333、110",
        "2025-01-01到2026-11-23一共多少天",
        "月薪12000，奖金150000元",
        "人社部发〔2025〕2号第三条",
        "合同编号2024001234",
        "座机0551-62345678",
        "我工作12年了年假几天",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert MASK(text) == text


@given(st.text(alphabet="0123456789 -Xx年月工号：我１２", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = MASK(text)
    assert MASK(once) == once


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "电话", "，", "打给"]))
def test_no_mobile_number_survives(number: str, before: str) -> None:
    assert number not in MASK(f"{before}{number}谢谢")


def test_a_masker_without_a_label_is_refused() -> None:
    with pytest.raises(ValueError, match="mobile"):
        Masker({kind: "x" for kind in KINDS if kind != "mobile"})
