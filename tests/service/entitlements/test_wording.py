"""Every sentence a calculator says is in its text file, and every field can be asked for."""

from __future__ import annotations

import pytest

from service.entitlements.calculators import CALCULATORS
from service.entitlements.inputs import Kind, ValueMissing
from service.entitlements.parameters import Parameters, load_parameters
from service.entitlements.wording import CalculationWords
from service.entitlements.worked_examples import WorkedExample, load_worked_examples
from service.entitlements.working import Impossible
from service.texts import load_texts
from tests.stack import HOME

TEXTS = load_texts(HOME / "texts" / "zh-CN")
WORDS = CalculationWords(TEXTS)
KNOWLEDGE_BASE = HOME / "knowledge_base"
HEADLINE_LIMIT = 60


@pytest.mark.parametrize("name", CALCULATORS)
def test_every_example_can_be_written(name: str) -> None:
    parameters = load_parameters(KNOWLEDGE_BASE)
    own = [example for example in load_worked_examples(KNOWLEDGE_BASE) if example.calculator == name]
    for example in own:
        assert _in_words(example, parameters)


def _in_words(example: WorkedExample, parameters: Parameters) -> str:
    name = example.calculator
    try:
        working = CALCULATORS[name](example.entry.given, parameters, example.entry.day)
    except ValueMissing as missing:
        return WORDS.label(name, missing.field)
    except Impossible as impossible:
        return WORDS.sentence(name, impossible.said)
    assert len(WORDS.sentence(name, working.headline)) <= HEADLINE_LIMIT
    assert working.checks, "no figure is named that is to be checked with anybody"
    assert any(step.basis for step in working.steps), "rests on no article"
    return WORDS.text(name, working)


@pytest.mark.parametrize("name", CALCULATORS)
def test_a_text_file_names_the_fields_and_choices_there_are(name: str) -> None:
    calculator = CALCULATORS[name]
    fields = TEXTS.section(f"entitlements.{name}.fields")
    assert list(fields) == list(calculator.inputs.model_fields)
    for field, kind in calculator.inputs.kinds().items():
        told = TEXTS.section(f"entitlements.{name}.fields.{field}")
        wanted = {"label", "ask", "examples", "cues"} | (
            {"said_yes", "said_no"} if kind is Kind.YES_NO else set()
        )
        assert set(told) == wanted, field
