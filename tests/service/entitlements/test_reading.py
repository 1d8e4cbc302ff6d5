"""What employees say to a calculator is read as they mean it, and what is not sure is not guessed."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from service.entitlements import probation
from service.entitlements.reading import Read, Reading
from service.texts import TextsError, load_texts
from tests.service.entitlements.trial import CHOICES, FIELDS, TRIAL, texts
from tests.stack import HOME

TODAY = date(2026, 11, 26)
SENTENCES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("sentences.yml").read_text(encoding="utf-8")
)
CALCULATORS = {"trial": TRIAL, "probation": probation.CALCULATOR}
READINGS = {
    "trial": Reading(texts(), calculators=(TRIAL,)),
    "probation": Reading(load_texts(HOME / "texts" / "zh-CN"), calculators=(probation.CALCULATOR,)),
}
CASES = [
    pytest.param(name, entry, id=f"{name}-{entry['says']}-{entry.get('asked', '')}")
    for name, entries in SENTENCES.items()
    for entry in entries
]


@pytest.mark.parametrize(("name", "entry"), CASES)
def test_a_sentence_is_read_as_it_is_meant(name: str, entry: dict[str, Any]) -> None:
    calculator = CALCULATORS[name]
    known = calculator.inputs.model_validate(entry.get("known", {})).model_dump()

    read = READINGS[name].read(
        calculator,
        entry["says"],
        today=TODAY,
        asked=entry.get("asked"),
        known={field: known[field] for field in entry.get("known", {})},
    )

    assert read == Read(
        {field: _value(value) for field, value in entry["gives"].items()},
        entry.get("vague"),
        entry.get("unknown", False),
    )


def _value(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, float) else value


def test_values_have_the_types_that_calculators_take() -> None:
    read = _read("我工龄12年，两个孩子，1970年5月1日生，男的，放弃了，在上海")

    types = {field: type(value) for field, value in read.values.items()}
    assert types == {
        "worked_years": Decimal, "children": int, "born_on": date, "sex": str, "gave_up": bool,
        "province": str,
    }  # fmt: skip


@pytest.mark.parametrize("months", range(121))
def test_months_said_for_years_keep_every_whole_and_half_year(months: int) -> None:
    """A part of a year is rounded to hundredths, and no limit of a statute may be crossed by that."""
    years = _read(f"工龄{months}个月").values["worked_years"]

    assert isinstance(years, Decimal)
    assert years * 2 // 1 == months // 6
    assert round(years * 12) == months


def _read(text: str, **more: Any) -> Read:
    return READINGS["trial"].read(TRIAL, text, today=TODAY, **more)


PIECES = """
0 1 2 3 5 12 20 31 2023 2024-05-01 13812345678 8500 . , - 到 、 零 一 两 三 十 百 千 万 半 几 多 俩 双 第
个 年 月 日 号 天 周 小时 工作日 元 块 k % 百分之 成 折 级 孩子 双胞胎 工龄 工资 病假 合同 年假 加班 生 入职
离职 不是 不对 是 没 没有 不知道 改成 错了 如果 呢 吗 男 女 上海 社平 每 前 大概 不到 一个月8500 ，
。 ？ Ａ 😀
"""
TEXT = st.lists(st.sampled_from(PIECES.split()), max_size=14).map("".join) | st.text(max_size=60)


@given(text=TEXT, asked=st.sampled_from([None, *FIELDS]), known=st.booleans())
def test_nothing_that_is_said_makes_it_fail(text: str, asked: str | None, known: bool) -> None:
    told = {"worked_years": Decimal(10), "contract_months": Decimal(36), "wage": Decimal(8000)}

    read = _read(text, asked=asked, known=told if known else {})

    assert set(read.values) <= set(FIELDS)
    assert read.vague is None or (read.vague in FIELDS and read.vague not in read.values)
    assert not read.unknown or (asked is not None and asked not in read.values)
    for field, value in read.values.items():
        assert value is not None, field


@given(text=TEXT)
def test_what_was_asked_is_all_that_a_bare_number_can_answer(text: str) -> None:
    read = _read("37", asked=None)

    assert not read.values
    assert _read(text) == _read(text)


@pytest.mark.parametrize(
    "text", ["12年" * 1_000, "工龄" * 1_000, "工龄12年" * 500, "不" * 2_500, "1" * 5_000]
)
def test_a_very_long_text_is_read_in_time(text: str) -> None:
    begun = time.perf_counter()

    _read(text, asked="worked_years")

    assert time.perf_counter() - begun < 2


def test_a_sentence_takes_less_than_three_milliseconds() -> None:
    sentences = [entry["says"] for entry in SENTENCES["trial"]]
    begun = time.perf_counter()

    for sentence in sentences:
        _read(sentence)

    assert (time.perf_counter() - begun) / len(sentences) < 0.003


@pytest.mark.parametrize(
    ("fields", "choices", "lacks"),
    [
        ({key: value for key, value in FIELDS.items() if key != "wage"}, CHOICES, "fields.wage"),
        ({**FIELDS, "wage": {"label": "工资", "ask": "多少？"}}, CHOICES, "wage.cues"),
        ({**FIELDS, "gave_up": FIELDS["wage"]}, CHOICES, "gave_up.said_yes"),
        (FIELDS, {key: value for key, value in CHOICES.items() if key != "man"}, "choices.man"),
        ({**FIELDS, "wage": {"label": "工资", "ask": "多少？", "cues": "工资"}}, CHOICES, "wage.cues"),
    ],
)
def test_a_file_that_lacks_words_is_refused(fields: Any, choices: Any, lacks: str) -> None:
    with pytest.raises(TextsError, match=lacks):
        Reading(texts(fields=fields, choices=choices), calculators=(TRIAL,))


def test_every_calculator_of_the_service_can_be_read() -> None:
    Reading(load_texts(HOME / "texts" / "zh-CN"))
