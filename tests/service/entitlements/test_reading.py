"""What employees say to a calculator is read as they mean it, and what is not sure is not guessed."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from service.entitlements.calculator import Calculator
from service.entitlements.calculators import CALCULATORS
from service.entitlements.parameters import load_parameters
from service.entitlements.reading import Read, Reading
from service.texts import Texts, TextsError, load_texts
from tests.service.entitlements.trial import CHOICES, FIELDS, TRIAL, texts
from tests.stack import HOME

TODAY = date(2026, 11, 26)
SENTENCES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("sentences.yml").read_text(encoding="utf-8")
)
TEXTS = load_texts(HOME / "texts" / "zh-CN")
OWN = {
    name: CALCULATORS[name]
    for name in ("annual_leave", "probation", "overtime_pay", "notice_period", "severance")
}
NAMED = {"trial": TRIAL, **OWN}
READINGS = {"trial": Reading(texts(), calculators=(TRIAL,))} | {
    name: Reading(TEXTS, calculators=(calculator,)) for name, calculator in OWN.items()
}
SERVICE = Reading(TEXTS, parameters=load_parameters(HOME / "knowledge_base"))
CASES = [
    pytest.param(name, entry, id=f"{name}-{entry['says']}-{entry.get('asked', '')}")
    for name, entries in SENTENCES.items()
    for entry in entries
]


@pytest.mark.parametrize(("name", "entry"), CASES)
def test_a_sentence_is_read_as_it_is_meant(name: str, entry: dict[str, Any]) -> None:
    calculator = NAMED[name]
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


@given(number=st.integers(0, 99_999))
def test_a_bare_number_answers_what_was_asked_and_nothing_else(number: int) -> None:
    assert _read(str(number)) == Read({})
    assert _read(str(number), asked="wage") == Read({"wage": Decimal(number)})
    assert _read(str(number), asked="sex") == Read({})


@given(years=st.integers(1, 60), months=st.integers(1, 30), wage=st.integers(1_000, 99_999))
def test_several_values_of_one_sentence_come_out_in_any_order(years: int, months: int, wage: int) -> None:
    parts = (f"工龄{years}年", f"合同{months}个月", f"月工资{wage}元")
    expected = {
        "worked_years": Decimal(years),
        "contract_months": Decimal(months),
        "wage": Decimal(wage),
    }

    for order in permutations(parts):
        assert _read("，".join(order)).values == expected
        assert _read("".join(order)).values == expected


@given(born=st.dates(date(1930, 1, 1), date(2026, 11, 26)))
def test_a_full_date_is_read_however_it_is_written(born: date) -> None:
    year, month, day = born.year, born.month, born.day

    for text in (
        f"{year}年{month}月{day}日", f"{year}-{month:02}-{day:02}", f"{year}.{month}.{day}",
        f"{year}/{month}/{day}", f"{year}{month:02}{day:02}", f"{year}年{month}月{day}号生",
    ):  # fmt: skip
        assert _read(text, asked="born_on").values == {"born_on": born}


@pytest.mark.verify
def test_nothing_makes_any_calculator_of_the_service_fail() -> None:
    reading, random = Reading(load_texts(HOME / "texts" / "zh-CN")), Random(20261126)
    pieces = PIECES.split()

    for _ in range(20_000):
        calculator = random.choice(list(CALCULATORS.values()))
        text = "".join(random.choices(pieces, k=random.randint(1, 14)))
        asked = random.choice([None, *calculator.inputs.model_fields])

        read = reading.read(calculator, text, today=TODAY, asked=asked)

        assert set(read.values) <= set(calculator.inputs.model_fields), text


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


@pytest.mark.parametrize("calculator", CALCULATORS.values(), ids=lambda one: one.name)
def test_the_examples_beside_a_question_are_understood_as_answers_to_it(calculator: Calculator) -> None:
    service_texts = load_texts(HOME / "texts" / "zh-CN")
    reading = Reading(service_texts)

    for field in calculator.inputs.model_fields:
        for example in _words(service_texts, f"entitlements.{calculator.name}.fields.{field}.examples"):
            read = reading.read(calculator, example, today=TODAY, asked=field)

            assert read.values, f"{field}: {example}"  # 还没评 answers with another field


def _words(service_texts: Texts, key: str) -> list[str]:
    words = service_texts.value(key)
    assert isinstance(words, list)
    return [str(word) for word in words]


def test_a_field_that_was_asked_before_and_is_no_more_is_passed_over() -> None:
    assert _read("工龄12年", asked="gone", known={"gone": 1}) == Read({"worked_years": Decimal(12)})


def test_values_kept_as_text_between_two_messages_can_be_corrected() -> None:
    kept = {"worked_years": "10", "contract_months": "36", "born_on": "1970-05-01", "leave": "sick"}

    assert _read("不对，是两年", known=kept) == Read({"contract_months": Decimal(24)})
    assert _read("是8年不是10年", known=kept) == Read({"worked_years": Decimal(8)})
    assert _read("说错了，1971年5月1日", known=kept) == Read({"born_on": date(1971, 5, 1)})


@pytest.mark.parametrize(
    ("name", "text", "asked", "values"),
    [
        ("dues", "工资条上扣了45，基本工资8千", None, {"deducted": Decimal(45), "base": Decimal(8000)}),
        ("dues", "按0.4%", None, {"percent": Decimal("0.4")}),
        ("dues", "算半年的", None, {"months": Decimal(6)}),
        ("dues", "每月交30，底薪5500", None, {"deducted": Decimal(30), "base": Decimal(5500)}),
        ("retirement_date", "想提前两年退", None, {"wish": "early"}),
        ("retirement_date", "男，想多干两年", None, {"sex": "man", "wish": "late"}),
        ("retirement_date", "交满20年了", None, {"paid_years": Decimal(20)}),
        ("sick_leave", "我得的是肺癌", None, {"special_illness": True}),
        ("sick_leave", "干了12年", "total_years", {"total_years": Decimal(12)}),
        ("sick_leave", "干了8年，一共干了9年", None, {"years_here": Decimal(8), "total_years": Decimal(9)}),
        ("sick_leave", "2018年7月入职", "years_here", {}),
        ("work_injury", "还没鉴定呢", "grade", {"situation": "not_graded"}),
        ("dues", "两个月呢", None, {"months": Decimal(2)}),
        ("dues", "差了8个月", None, {"months": Decimal(8)}),
        ("work_injury", "等结果呢", "grade", {"situation": "not_graded"}),
        ("sick_leave", "10月15号住的院", None, {"first_sick_day": date(2026, 10, 15)}),
        (
            "maternity_leave",
            "12月10日生，产假休到哪天",
            None,
            {"kind": "childbirth", "birth_date": date(2026, 12, 10)},
        ),
        ("retirement_date", "不提前，想晚两年", None, {"wish": "late"}),
        ("maternity_leave", "医院没写难产", None, {"difficult": False}),
        ("maternity_leave", "60天", None, {"local_days": Decimal(60)}),
        ("sick_leave", "本单位5年，总共8年", None, {"years_here": Decimal(5), "total_years": Decimal(8)}),
        ("work_injury", "配偶没工作，两个孩子靠他养", None, {"spouse": True, "relatives": 2}),
        ("maternity_leave", "二胎双胞胎", None, {"child_number": 2, "babies": 2}),
    ],
)
def test_what_employees_say_to_the_calculators_themselves(
    name: str, text: str, asked: str | None, values: dict[str, Any]
) -> None:
    assert SERVICE.read(CALCULATORS[name], text, today=TODAY, asked=asked).values == values


def test_which_child_it_is_can_be_corrected_and_is_no_number_of_children() -> None:
    calculator, known = CALCULATORS["maternity_leave"], {"child_number": 3}
    assert SERVICE.read(calculator, "写错了 是二胎", today=TODAY, known=known).values == {"child_number": 2}
    assert SERVICE.read(calculator, "那双胞胎呢", today=TODAY, known=known).values == {"babies": 2}


def test_a_day_without_a_year_is_ahead_where_the_day_it_replaces_was() -> None:
    calculator, known = CALCULATORS["maternity_leave"], {"birth_date": "2027-01-10"}
    for text in ("不是1月10号，是1月20号", "不对，是1月20号"):
        read = SERVICE.read(calculator, text, today=TODAY, known=known)
        assert read.values == {"birth_date": date(2027, 1, 20)}
    read = SERVICE.read(calculator, "不对，2026年1月20号就生了", today=TODAY, known=known)
    assert read.values["birth_date"] == date(2026, 1, 20)


def test_that_one_does_not_know_is_heard_where_it_is_a_choice_of_another_field() -> None:
    read = SERVICE.read(CALCULATORS["retirement_date"], "不晓得", today=TODAY, asked="sex")
    assert (dict(read.values), read.unknown) == ({}, True)
