"""The examples and the lexicon, read as they stand."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from bot.components.intent_model import read_facets
from bot.components.lexicon import LexiconError, read_lexicon
from bot.training_data import Example, read_actions, read_examples
from language.normalise import normalise
from tests.bot.contract import (
    EVERY_INTENT,
    FALLBACK,
    ONLY_PRESSED,
    OUT_OF_SCOPE,
    QUESTIONS,
    SERVICES,
    TALK,
    TOPICS,
)

SPOKEN = set(EVERY_INTENT) - {FALLBACK, *ONLY_PRESSED}
MINIMUM = (
    dict.fromkeys([*TALK, *SERVICES, "choose_topic"], 50) | dict.fromkeys(QUESTIONS, 40) | {OUT_OF_SCOPE: 400}
)
TOLD_APART = {
    frozenset({"查一下我的申请", "催一下我的申请"}),
    frozenset({"申请困难补助", "怎么申请困难补助"}),  # to apply, and to ask how one does
}
"""Sentences of two intents that are nearly the same, and meant so."""
NEARLY, LEAK = 0.7, 0.8
"""Shares of common character pairs (Jaccard) from which two sentences are nearly the same."""


@pytest.fixture(scope="module")
def examples(home: Path) -> list[Example]:
    return read_examples(home / "nlu_data")


def spelling(text: str) -> str:
    """What makes two sentences the same: neither punctuation nor spaces nor case."""
    return re.sub(r"[\W_]", "", normalise(text)) or normalise(text)


def test_every_intent_of_the_contract_is_declared(home: Path) -> None:
    declared = yaml.safe_load((home / "bot" / "domain" / "intents.yml").read_text(encoding="utf-8"))[
        "intents"
    ]
    assert sorted(declared) == sorted(EVERY_INTENT)


def test_every_spoken_intent_has_examples_and_nothing_else_has(examples: list[Example]) -> None:
    assert {example.intent for example in examples} == SPOKEN


@pytest.mark.parametrize("intent", sorted(SPOKEN))
def test_an_intent_has_as_many_different_examples_as_it_needs(intent: str, examples: list[Example]) -> None:
    different = {spelling(example.text) for example in examples if example.intent == intent}
    assert len(different) >= MINIMUM[intent]


def test_no_sentence_stands_twice(examples: list[Example]) -> None:
    count = Counter(spelling(example.text) for example in examples)
    assert [sentence for sentence, times in count.items() if times > 1] == []


def test_no_sentence_has_two_intents(examples: list[Example]) -> None:
    intents: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        intents[spelling(example.text)].add(example.intent)
    assert {sentence: found for sentence, found in intents.items() if len(found) > 1} == {}


def pairs(text: str) -> frozenset[str]:
    """The overlapping pairs of characters of a spelling."""
    said = spelling(text)
    return frozenset(said[at : at + 2] for at in range(len(said) - 1))


class Likeness:
    """Finds the examples that share character pairs with a text."""

    def __init__(self, examples: list[Example]) -> None:
        self._examples = [(example, pairs(example.text)) for example in examples]
        self._holding: dict[str, list[int]] = defaultdict(list)
        for at, (_, own) in enumerate(self._examples):
            for pair in own:
                self._holding[pair].append(at)

    def nearly(self, text: str, least: float) -> list[Example]:
        own = pairs(text)
        common = Counter(at for pair in own for at in self._holding.get(pair, ()))
        return [
            self._examples[at][0]
            for at, shared in common.items()
            if shared / (len(own) + len(self._examples[at][1]) - shared) >= least
        ]


def test_no_two_intents_have_nearly_the_same_sentence(examples: list[Example]) -> None:
    long = [example for example in examples if len(spelling(example.text)) >= 5]
    likeness = Likeness(long)
    found = {
        frozenset({one.text, other.text})
        for one in long
        for other in likeness.nearly(one.text, NEARLY)
        if one.intent != other.intent
    }
    assert found - TOLD_APART == set()


def test_examples_hold_no_markup_that_rasa_would_read_as_an_entity(examples: list[Example]) -> None:
    assert [example.text for example in examples if re.search(r"[\[\]{}]", example.text)] == []


def test_no_example_is_a_sentence_of_the_held_out_data(home: Path, examples: list[Example]) -> None:
    file = home / "nlu_data" / "heldout" / "intents.jsonl"
    if not file.exists():
        pytest.skip("no held-out data")
    texts = [example.text for example in examples]
    held_out = {spelling(json.loads(line)["text"]) for line in file.open(encoding="utf-8") if line.strip()}
    # The number alone: held-out sentences are not to be read by who writes examples. Very short ones, such as
    # 转人工, are bound to meet.
    shared = sum(len(sentence) > 6 and sentence in held_out for sentence in map(spelling, texts))
    assert shared == 0
    likeness = Likeness(examples)
    near = sum(len(sentence) >= 8 and bool(likeness.nearly(sentence, LEAK)) for sentence in held_out)
    assert near == 0


def test_every_intent_has_a_rule_that_begins_with_an_action(home: Path) -> None:
    assert set(read_actions(home / "bot" / "rules")) == set(EVERY_INTENT)


def test_every_intent_has_an_act_and_a_theme(home: Path) -> None:
    assert set(read_facets(home / "nlu_data" / "lexicon" / "facets.txt")) >= set(EVERY_INTENT) - {FALLBACK}


def test_a_question_has_its_topic_as_its_theme(home: Path) -> None:
    facets = read_facets(home / "nlu_data" / "lexicon" / "facets.txt")
    assert {facets[f"ask_{topic}"].theme for topic in TOPICS} == set(TOPICS)


def test_the_lexicon_knows_every_topic_and_every_kind_of_emergency(home: Path) -> None:
    wordings = read_lexicon(home / "nlu_data" / "lexicon" / "entities")
    values: dict[str, set[str]] = defaultdict(set)
    for wording in wordings:
        values[wording.entity].add(wording.value)
    assert values["topic"] == set(TOPICS)
    assert values["kind"] == {"self_harm", "violence", "medical", "fire"}


def test_a_wording_stands_for_one_value_of_an_entity(home: Path) -> None:
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    for wording in read_lexicon(home / "nlu_data" / "lexicon" / "entities"):
        values[wording.entity, wording.text].add(wording.value)
    assert {wording: found for wording, found in values.items() if len(found) > 1} == {}


def test_a_lexicon_line_without_wordings_is_reported_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "branch.txt").write_text("# 单位\n\n合肥\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"branch\.txt:3"):
        read_lexicon(tmp_path)


def test_heads_and_tails_of_a_lexicon_line_are_joined(tmp_path: Path) -> None:
    (tmp_path / "branch.txt").write_text("= 合肥 芜湖 + 分行 支行\n", encoding="utf-8")
    found = [(wording.value, wording.text) for wording in read_lexicon(tmp_path)]
    assert found == [(text, text) for text in ("合肥分行", "合肥支行", "芜湖分行", "芜湖支行")]
