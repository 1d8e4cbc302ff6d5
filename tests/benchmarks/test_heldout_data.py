"""The held-out questions are well formed and stay held out."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from retrieval.cards import load_cards
from retrieval.exact import question_key
from retrieval.passages import Passage
from retrieval.training.validation import Scope
from service.people.organisations import load_organisations

KINDS = {
    "answers_heldout.jsonl": Scope.IN,
    "cards_heldout.jsonl": Scope.IN,
    "out_of_scope_heldout.jsonl": Scope.OUT,
    "uncovered_heldout.jsonl": Scope.UNCOVERED,
}
FIELDS = ("text", "card", "kind", "organisation")

Records = dict[str, list[dict[str, Any]]]


def records(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def keys(found: list[dict[str, Any]]) -> list[str]:
    return [question_key(record["text"]) for record in found]


@pytest.fixture(scope="module")
def data(home: Path) -> Path:
    return home / "benchmarks" / "data"


@pytest.fixture(scope="module")
def heldout(data: Path) -> Records:
    return {name: records(data / name) for name in KINDS}


@pytest.fixture(scope="module")
def cards(home: Path) -> list[Passage]:
    return load_cards(home / "knowledge_base" / "cards")


def test_every_line_has_the_four_fields_and_the_kind_of_its_file(heldout: Records) -> None:
    for name, kind in KINDS.items():
        for record in heldout[name]:
            assert tuple(record) == FIELDS, record
            assert record["kind"] == kind, record
            assert record["text"] == record["text"].strip() != "", record


def test_a_question_names_a_card_when_and_only_when_one_answers(
    heldout: Records, cards: list[Passage]
) -> None:
    ids = {card.id for card in cards}
    for name, kind in KINDS.items():
        for record in heldout[name]:
            named = record["card"].split("|") if record["card"] is not None else []
            assert bool(named) == (kind is Scope.IN), record
            assert len(set(named)) == len(named), record
            assert set(named) <= ids, record


def test_an_asker_belongs_to_a_known_organisation_that_may_read_the_card(
    home: Path, heldout: Records, cards: list[Passage]
) -> None:
    known = {unit.path for unit in load_organisations(home / "knowledge_base" / "organisations.yml")}
    scopes = {card.id: card.scope for card in cards}
    for record in (*heldout["answers_heldout.jsonl"], *heldout["cards_heldout.jsonl"]):
        organisation = record["organisation"]
        assert organisation is None or organisation in known, record
        for card in record["card"].split("|"):
            readable = scopes[card] == "national" or f"{organisation}/".startswith(f"{scopes[card]}/")
            assert readable, record


def test_no_question_is_held_out_twice(heldout: Records) -> None:
    counts = Counter(key for found in heldout.values() for key in keys(found))
    assert [key for key, count in counts.items() if count > 1] == []


def test_no_card_lists_a_held_out_question(heldout: Records, cards: list[Passage]) -> None:
    listed = {question_key(text) for card in cards for text in (*card.questions, *card.not_questions)}
    assert listed.isdisjoint(key for found in heldout.values() for key in keys(found))


def test_no_validation_question_is_held_out(data: Path, heldout: Records) -> None:
    fitted = {
        key
        for name in ("answers_validation.jsonl", "answers_fitting.jsonl")
        for key in keys(records(data / name))
    }
    assert fitted.isdisjoint(key for found in heldout.values() for key in keys(found))


def test_every_topic_has_questions_for_its_cards(heldout: Records, cards: list[Passage]) -> None:
    topics = {card.id: card.topic for card in cards}
    asked = Counter(topics[record["card"].split("|")[0]] for record in heldout["cards_heldout.jsonl"])
    assert set(asked) == set(topics.values())
    assert sum(asked.values()) >= 300
