"""The calculators as the service offers them: what they take, and what is said when that is not given."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import pytest

from retrieval.cards import load_cards
from retrieval.index import Index
from retrieval.passages import Citation, Passage
from service import errors
from service.entitlements.calculations import Calculations
from service.entitlements.calculator import calculator
from service.entitlements.calculators import CALCULATORS
from service.entitlements.inputs import (
    EARLIEST,
    LATEST,
    Count,
    Day,
    Days,
    Hours,
    Inputs,
    Kind,
    Money,
    Months,
    Percent,
    Place,
    Years,
    YesNo,
    needed,
)
from service.entitlements.parameters import Parameters, load_parameters
from service.entitlements.worked_examples import WorkedExample, load_worked_examples
from service.entitlements.working import Figure, Impossible, Step, Working, said
from service.knowledge.sources import open_source
from service.texts import Texts, TextsError, load_texts
from tests.stack import HOME

TODAY = date(2026, 11, 26)
KNOWLEDGE_BASE = HOME / "knowledge_base"
TEXTS = load_texts(HOME / "texts" / "zh-CN")
CALCULATIONS = Calculations(TEXTS, load_parameters(KNOWLEDGE_BASE))
EXAMPLES = load_worked_examples(KNOWLEDGE_BASE)
FIELDS = [(name, field) for name, one in CALCULATORS.items() for field in one.inputs.model_fields]


class Lamp(StrEnum):
    OIL = "oil"
    LED = "led"


class Keeping(Inputs):
    """A field of every kind."""

    lit_on: Day = None
    served: Years = None
    months: Months = None
    days: Days = None
    hours: Hours = None
    pay: Money = None
    keepers: Count = None
    share: Percent = None
    lamp: Annotated[Lamp | None, Kind.CHOICE] = None
    alone: YesNo = None
    shore: Place = None


A_DAY = "“叫lit_on”要写成年-月-日，例如2020-03-05，最早1930年1月1日，最晚2100年12月31日。"
LIGHTS = Citation("示例灯塔条例", "第三条")


def keep(told: Keeping, parameters: Parameters, on: date) -> Working:
    lamp = needed(told.lamp, "lamp")
    if lamp is Lamp.OIL and told.share:
        raise Impossible("share", said("impossible.share"))
    rate = parameters.get("oil-rate", on)
    pay = needed(told.pay, "pay") * rate.number("rate")
    return Working(
        headline=said("headline", pay=pay),
        figures={"pay": Figure(pay, "yuan")},
        steps=(Step(said("headline", pay=pay), (LIGHTS,)), Step(said("headline", pay=pay), (LIGHTS,))),
        parameters=(rate,),
    )


KEEPING = calculator("keeping", "safety", Keeping, keep)
OWN: dict[str, Any] = {
    "title": "守灯塔",
    "fields": {
        name: {"label": f"叫{name}", "ask": f"{name}？", "examples": ["一", "二"]} for name in Keeping.kinds()
    },
    "choices": {"oil": {"label": "油灯"}, "led": {"label": "电灯"}},
    "headline": "给{pay}元。",
    "impossible": {"share": "油灯没有份额。份额是多少？"},
}


@pytest.fixture
def keeping(tmp_path: Any) -> Calculations:
    """A calculator of our own with a value that holds from 2020 on."""
    folder = tmp_path / "parameters" / "entitlements"
    folder.mkdir(parents=True)
    (folder / "lights.yml").write_text(
        "parameters: [{id: oil-rate, title: 油价, values: [{figures: {rate: 1.5}, law: 示例油价通知, "
        "article: null, source: 读自灯塔, effective_from: 2020-01-01, effective_to: null, "
        "reviewed_on: 2026-11-26}]}]",
        encoding="utf-8",
    )
    texts = Texts({"calculation": TEXTS.section("calculation"), "entitlements": {"keeping": OWN}})
    return Calculations(texts, load_parameters(tmp_path), {"keeping": KEEPING})


def refused(calculations: Calculations, **told: object) -> errors.Invalid:
    with pytest.raises(errors.Invalid) as caught:
        calculations.work_out("keeping", told, TODAY)
    return caught.value


def test_a_schema_names_every_field_and_says_how_it_is_written(keeping: Calculations) -> None:
    schema = keeping.schema("keeping")
    fields = schema["properties"]
    assert (schema["title"], schema["additionalProperties"]) == ("守灯塔", False)
    assert [field["x-kind"] for field in fields.values()] == list(Kind)
    assert {field["title"] for field in fields.values()} == {f"叫{name}" for name in fields}
    assert fields["days"] == {
        "title": "叫days",
        "description": "days？例如：一、二。",
        "x-kind": "days",
        "x-unit": "天",
        "type": "number",
        "minimum": 0,
        "maximum": 3660,
    }
    assert fields["lit_on"]["format"] == "date"
    assert (fields["lit_on"]["formatMinimum"], fields["lit_on"]["formatMaximum"]) == (
        "1930-01-01",
        "2100-12-31",
    )
    assert fields["keepers"]["type"] == "integer"
    assert fields["alone"]["type"] == "boolean"
    assert fields["shore"]["type"] == "string"
    assert fields["lamp"]["oneOf"] == [
        {"const": "oil", "title": "油灯"},
        {"const": "led", "title": "电灯"},
    ]


def test_what_is_missing_is_asked_for(keeping: Calculations) -> None:
    missing = refused(keeping)
    assert isinstance(missing, errors.ValueMissing)
    assert missing.fields == {"field": "lamp", "label": "叫lamp", "question": "lamp？例如：一、二。"}


def test_what_cannot_be_is_said_with_its_reason(keeping: Calculations) -> None:
    impossible = refused(keeping, lamp="oil", share=10)
    assert isinstance(impossible, errors.ValueImpossible)
    assert impossible.fields == {"field": "share", "sentence": "油灯没有份额。份额是多少？"}


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("lit_on", "去年", A_DAY),
        ("lit_on", "1900-01-01", A_DAY),
        ("lit_on", 0, A_DAY),
        ("lit_on", "0", A_DAY),
        ("lit_on", "-86400", A_DAY),
        ("lit_on", "2021-02-29", A_DAY),
        ("served", 71, "“叫served”要填数字，单位是年，从0到70，例如3.5。"),
        ("months", "NaN", "“叫months”要填数字，单位是月，从0到840，例如36。"),
        ("days", -1, "“叫days”要填数字，单位是天，从0到3660，例如15。"),
        ("hours", "八", "“叫hours”要填数字，单位是小时，从0到9000，例如8。"),
        ("pay", "1e9", "“叫pay”要填数字，单位是元，从0到10000000，例如8500。"),
        ("keepers", 1.5, "“叫keepers”要填整数，从0到100，例如2。"),
        ("share", 101, "“叫share”要填数字，单位是%，从0到100，例如60。"),
        ("lamp", "gas", "“叫lamp”要从这几项里选一项：油灯（oil）、电灯（led）。"),
        ("alone", "也许", "“叫alone”要填是（true）或者不是（false）。"),
        ("shore", "皖", "“叫shore”要填省、自治区或者直辖市的名字，例如安徽、内蒙古、上海。"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_what_is_expected(
    keeping: Calculations, field: str, value: object, expected: str
) -> None:
    invalid = refused(keeping, **{field: value})
    assert isinstance(invalid, errors.ValueInvalid)
    assert invalid.fields == {"field": field, "label": f"叫{field}", "sentence": expected}


def test_an_unknown_field_is_named_with_those_there_are(keeping: Calculations) -> None:
    invalid = refused(keeping, colour="red")
    assert isinstance(invalid, errors.ValueInvalid)
    assert invalid.fields["field"] == "colour"
    sentence = str(invalid.fields["sentence"])
    assert sentence.startswith("没有“colour”这一项。")
    assert all(f"叫{name}（{name}）" in sentence for name in Keeping.model_fields)


def test_an_unknown_calculator_is_said_to_be_none(keeping: Calculations) -> None:
    for ask in (keeping.schema, lambda name: keeping.work_out(name, {}, TODAY)):
        with pytest.raises(errors.EntitlementUnknown):
            ask("nothing")


def test_a_calculator_without_a_word_for_a_choice_stops_the_start() -> None:
    texts = Texts(
        {
            "calculation": TEXTS.section("calculation"),
            "entitlements": {"keeping": {**OWN, "choices": {"oil": {"label": "油灯"}}}},
        }
    )
    with pytest.raises(TextsError, match=r"entitlements\.keeping\.choices\.led\.label"):
        Calculations(texts, Parameters(()), {"keeping": KEEPING})


class NoText(Index):
    """An index in which no statute has been imported."""

    def __init__(self) -> None:
        pass

    def passage(self, *_asked: object, **_day: object) -> None:
        return None

    def citing(self, *_asked: object) -> list[Passage]:
        return []


def test_a_reply_cites_every_place_once_and_keeps_which_value_was_used(keeping: Calculations) -> None:
    working = keeping.work_out("keeping", {"lamp": "oil", "pay": "100"}, TODAY)
    reply = keeping.reply("keeping", working, index=NoText(), organisation="示例银行", on=TODAY)
    assert [cited.title for cited in reply.citations] == ["示例灯塔条例第三条", "示例油价通知"]
    (used,) = reply.sources
    assert (used.source_id, used.kind) == ("parameter:oil-rate:national", "parameter")
    assert used.version == working.parameters[0].version
    assert (reply.intent, reply.decision, reply.topic) == ("calc_keeping", "answer", "safety")
    assert reply.text.startswith("给150元。")


def test_the_document_a_dated_value_rests_on_can_be_opened(keeping: Calculations) -> None:
    opened = open_source(NoText(), "law:示例油价通知", as_of=TODAY, parameters=keeping.parameters)
    assert (opened.title, opened.text, opened.sample) == ("示例油价通知", None, False)
    with pytest.raises(errors.SourceNotFound):
        open_source(NoText(), "law:没有的通知", as_of=TODAY, parameters=keeping.parameters)


def test_every_place_that_a_calculator_cites_can_be_opened() -> None:
    """Its law is one that cards cite, or the document a dated value rests on."""
    cards = load_cards(KNOWLEDGE_BASE / "cards")
    known = {citation.law for card in cards for citation in card.citations}
    known |= {one.value.law for one in CALCULATIONS.parameters}
    cited = set()
    for example in EXAMPLES:
        with suppress(errors.ValueMissing, errors.ValueImpossible):
            working = CALCULATIONS.work_out(example.calculator, example.entry.given, example.entry.day)
            cited |= {basis.law for step in working.steps for basis in step.basis}
    assert not cited - known


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_every_field_of_a_calculator_is_described_and_refuses_what_is_not_of_its_kind(
    name: str, field: str
) -> None:
    described = CALCULATIONS.schema(name)["properties"][field]
    assert {"title", "description", "x-kind", "type"} <= set(described)
    with pytest.raises(errors.ValueInvalid) as caught:
        CALCULATIONS.work_out(name, {field: "？"}, TODAY)
    sentence = str(caught.value.fields["sentence"])
    assert caught.value.fields["field"] == field
    assert described["title"] in sentence
    assert "None" not in sentence


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.calculator}-{example.number}")
@pytest.mark.parametrize("day", [EARLIEST, date(2000, 2, 29), TODAY + timedelta(days=366), LATEST])
def test_whatever_day_is_asked_about_there_is_a_result_or_a_reason(example: WorkedExample, day: date) -> None:
    """The day comes from outside: a value that no file has for it must not be a fault of ours."""
    with suppress(errors.ValueMissing, errors.ValueImpossible):
        CALCULATIONS.work_out(example.calculator, example.entry.given, day)


def test_money_is_taken_as_it_is_written(keeping: Calculations) -> None:
    given = {"lamp": "led", "pay": 0.1}
    assert keeping.work_out("keeping", given, TODAY).figures["pay"].value == Decimal("0.15")
