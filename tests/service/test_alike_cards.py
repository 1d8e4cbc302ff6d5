"""Cards that may be one, figures that contradict each other, and what the knowledge base covers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli.card_coverage import coverage_page
from retrieval.cards import card_files, card_of, load_cards
from retrieval.encoder import load_encoder
from retrieval.frontmatter import read_front
from retrieval.lint_relations import Card
from service.knowledge.alike import (
    FILE,
    ToldApartError,
    alike_cards,
    contradictions,
    load_told_apart,
)
from service.knowledge.coverage import cited_laws, coverage
from tests.knowledge import shipped_texts
from tests.retrieval.cardfile import CARD, write_card

Write = Callable[..., list[Card]]
OTHER = CARD.replace("leave-annual-days", "leave-other").replace("title: 年休假有几天", "title: 年休假休几天")


@pytest.fixture
def cards(tmp_path: Path) -> Write:
    def write(*texts: str) -> list[Card]:
        for number, text in enumerate(texts):
            write_card(tmp_path, text, name=f"{number}.md")
        return read_all(tmp_path)

    return write


def read_all(folder: Path) -> list[Card]:
    fronts = (read_front(file)[0] for file in card_files(folder))
    return [Card(front, card_of(front)) for front in fronts if front is not None]


def pairs(found: list[object]) -> list[set[str]]:
    return [{one.one.passage.id, one.other.passage.id} for one in found]  # type: ignore[attr-defined]


def test_two_cards_asked_in_the_same_words_are_found(cards: Write) -> None:
    asked = OTHER.replace("满10年10天", "工会会帮你问").replace("工作满1年就有年休假", "看单位怎么排")
    (found,) = alike_cards(cards(CARD, asked), load_encoder(None))
    assert {found.one.passage.id, found.other.passage.id} == {"leave-annual-days", "leave-other"}
    assert found.asked == 1


def test_two_cards_that_say_the_same_are_found_however_they_are_asked(cards: Write) -> None:
    said = OTHER.replace("title: 年休假休几天", "title: 年休假一共几天")
    for question in CARD.split("questions:\n")[1].split("not_questions")[0].splitlines():
        said = said.replace(question, f"  - 食堂{abs(hash(question))}号窗口")
    (found,) = alike_cards(cards(CARD, said), load_encoder(None))
    assert (found.asked, found.said > 0.5) == (0, True)


@pytest.mark.parametrize(
    "apart",
    [
        ("2008-01-01\neffective_to: null", "2000-01-01\neffective_to: 2007-12-31"),
        ("scope: national", "scope: 示例银行\nbase: leave-annual-days\nprecedence: floor"),
    ],
    ids=["another-time", "rests-on-the-other"],
)  # fmt: skip
def test_cards_nobody_confuses_are_left_out(cards: Write, apart: tuple[str, str]) -> None:
    both = cards(CARD, OTHER.replace(*apart).replace("满10年10天", "满10年12天"))
    assert alike_cards(both, load_encoder(None)) == []
    assert contradictions(both) == []


def test_another_figure_for_the_same_matter_is_found_and_the_same_one_is_not(cards: Write) -> None:
    other = OTHER.replace("年休假，满10年10天", "年休假，满10年12天")
    (found,) = contradictions(cards(CARD, other))
    assert {found.sentence, found.other_sentence} == {
        "工作满1年就有年休假，满10年10天",
        "工作满1年就有年休假，满10年12天",
    }
    assert contradictions(cards(CARD, OTHER)) == []


def test_a_list_of_pairs_told_apart_needs_two_cards_and_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "told_apart.yml"
    assert load_told_apart(file) == frozenset()
    file.write_text("- {cards: [a, b], because: 一个说病假，一个说事假}\n", encoding="utf-8")
    assert load_told_apart(file) == {frozenset({"a", "b"})}
    for wrong in ("- {cards: [a], because: 理由}", "- {cards: [a, b]}", "- a", "cards: {"):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(ToldApartError, match="told_apart"):
            load_told_apart(file)


@pytest.mark.verify
def test_every_shipped_pair_that_looks_alike_was_looked_at(home: Path) -> None:
    shipped = read_all(home / "knowledge_base" / "cards")
    known = load_told_apart(home / "knowledge_base" / FILE)
    found = [*alike_cards(shipped, load_encoder(None)), *contradictions(shipped)]
    assert [pair for pair in pairs(list(found)) if frozenset(pair) not in known] == []
    ids = {card.passage.id for card in shipped}
    assert [pair for pair in known if not pair <= ids] == []


def test_the_page_on_coverage_is_up_to_date(home: Path) -> None:
    shipped = load_cards(home / "knowledge_base" / "cards")
    page = (home / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert page == coverage_page(coverage(shipped), shipped, shipped_texts(home))


def test_every_topic_has_ten_cards_with_enough_questions(home: Path) -> None:
    shipped = load_cards(home / "knowledge_base" / "cards")
    assert len(shipped) >= 420
    for row in coverage(shipped):
        assert row.national + row.own >= 10, row.topic
    assert all(len(card.questions) >= 8 for card in shipped)


def test_laws_are_counted_by_cards_and_by_articles(cards: Write) -> None:
    both = cited_laws([card.passage for card in cards(CARD, OTHER.replace("第三条", "第四条"))])
    assert both == [("员工手册", 2, 0), ("职工带薪年休假条例", 2, 2)]
