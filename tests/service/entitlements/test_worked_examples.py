"""Every worked example gives what its source says."""

from __future__ import annotations

from collections import Counter

import pytest

from service.entitlements.calculators import CALCULATORS
from service.entitlements.parameters import load_parameters
from service.entitlements.worked_examples import WorkedExample, load_worked_examples
from tests.stack import HOME

KNOWLEDGE_BASE = HOME / "knowledge_base"
EXAMPLES = list(load_worked_examples(KNOWLEDGE_BASE))
PARAMETERS = load_parameters(KNOWLEDGE_BASE)
FEWEST = 25


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.calculator}-{example.number}")
def test_an_example_comes_out_as_its_source_says(example: WorkedExample) -> None:
    assert not example.wrong(PARAMETERS), example.entry


@pytest.mark.parametrize("name", CALCULATORS)
def test_there_are_examples_enough(name: str) -> None:
    assert Counter(example.calculator for example in EXAMPLES)[name] >= FEWEST
