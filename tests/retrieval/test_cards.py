from datetime import date
from pathlib import Path

import pytest

from retrieval.cards import CardError, load_cards
from retrieval.passages import Citation, Kind
from tests.retrieval.cardfile import CARD, write_card


def test_a_card_becomes_a_passage(tmp_path: Path) -> None:
    write_card(tmp_path)
    (passage,) = load_cards(tmp_path)
    assert passage.kind is Kind.CARD
    assert passage.id == "leave-annual-days"
    assert passage.text.startswith("工作满1年就有年休假")
    assert passage.questions[0] == "工作满一年有几天年假"
    assert passage.not_questions == ("年会几号开",)
    assert passage.citations == (Citation("职工带薪年休假条例", "第三条"), Citation("员工手册", None))
    assert passage.effective_from == date(2008, 1, 1)
    assert passage.effective_to is None
    assert passage.handled_by == "hr"
    assert passage.verified
    assert passage.version


def test_cards_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    write_card(tmp_path, CARD.replace("leave-annual-days", "b"), name="b.md")
    write_card(tmp_path, CARD.replace("leave-annual-days", "a"), name="a.md")
    assert [passage.id for passage in load_cards(tmp_path)] == ["a", "b"]


def test_a_broken_card_is_named_with_its_line(tmp_path: Path) -> None:
    file = write_card(tmp_path, CARD.replace("topic: leave", "topic: holidays"))
    with pytest.raises(CardError) as raised:
        load_cards(tmp_path)
    error = raised.value
    assert (error.file, error.line, error.code) == (file, 4, "unknown_topic")
    assert "holidays" in error.message


def test_two_cards_with_one_id_are_refused(tmp_path: Path) -> None:
    write_card(tmp_path, name="a.md")
    second = write_card(tmp_path, name="b.md")
    with pytest.raises(CardError) as raised:
        load_cards(tmp_path)
    assert (raised.value.file, raised.value.code) == (second, "duplicate_id")


def test_every_card_of_the_repository_loads(home: Path) -> None:
    assert len(load_cards(home / "knowledge_base" / "cards")) >= 40
