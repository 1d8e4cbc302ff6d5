"""Which cards somebody has to look at, and when."""

from datetime import date, timedelta

import pytest

from retrieval.passages import Passage
from service.knowledge.expiring import Due, State, due_cards
from tests.retrieval.material import card

TODAY = date(2026, 11, 23)


def due(*cards: Passage, days: int = 90) -> list[tuple[str, str, str | None, bool]]:
    return [_told(found) for found in due_cards(cards, today=TODAY, within=timedelta(days=days))]


def _told(found: Due) -> tuple[str, str, str | None, bool]:
    after = found.successor.id if found.successor else None
    return found.state.value, found.card.id, after, found.wants_work


def test_a_card_that_ended_with_nothing_after_it_is_named() -> None:
    over = card("over", effective_to=date(2026, 11, 22))
    assert due(over, card("open")) == [("expired", "over", None, True)]


def test_a_card_is_in_force_on_its_last_day() -> None:
    assert due(card("last-day", effective_to=TODAY)) == [("expiring", "last-day", None, True)]


def test_a_card_that_another_follows_is_done_with() -> None:
    old = card("old", effective_to=date(2025, 12, 31))
    new = card("new", effective_from=date(2026, 1, 1), supersedes="old")
    assert due(old, new) == []


def test_of_a_line_that_ended_the_last_card_is_named() -> None:
    first = card("first", effective_to=date(2024, 12, 31))
    second = card(
        "second", effective_from=date(2025, 1, 1), effective_to=date(2025, 12, 31), supersedes="first"
    )
    assert due(first, second) == [("expired", "second", None, True)]


def test_a_gap_before_the_following_card_wants_work() -> None:
    old = card("old", effective_to=date(2026, 10, 31))
    new = card("new", effective_from=date(2027, 1, 1), supersedes="old")
    assert due(old, new) == [("expired", "old", "new", True)]


@pytest.mark.parametrize(("begins", "after", "work"), [(1, "new", False), (2, None, True)])
def test_a_card_that_ends_soon_is_named_with_the_one_that_follows_without_a_gap(
    begins: int, after: str | None, work: bool
) -> None:
    old = card("old", effective_to=date(2026, 12, 31))
    new = card("new", effective_from=date(2027, 1, begins), supersedes="old")
    assert due(old, new) == [("expiring", "old", after, work)]


def test_soon_is_what_was_asked_for() -> None:
    ending = card("ending", effective_to=TODAY + timedelta(days=30))
    assert due(ending, days=29) == []
    assert due(ending, days=30) == [("expiring", "ending", None, True)]


def test_a_card_nobody_looked_at_for_a_year_is_due_for_review() -> None:
    looked_at = card("looked-at", reviewed_on=TODAY - timedelta(days=365))
    left = card("left", reviewed_on=TODAY - timedelta(days=366))
    over = card("over", reviewed_on=date(2020, 1, 1), effective_to=date(2025, 1, 1))
    after = card("after", reviewed_on=TODAY, effective_from=date(2025, 1, 2), supersedes="over")
    assert due(looked_at, left, over, after) == [("review_due", "left", None, True)]


def test_what_has_ended_comes_first_and_each_state_by_its_end() -> None:
    found = due(
        card("review", reviewed_on=date(2020, 1, 1)),
        card("soon", effective_to=date(2026, 12, 1)),
        card("sooner", effective_to=date(2026, 11, 30)),
        card("over", effective_to=date(2026, 1, 1)),
    )
    assert [(state, name) for state, name, _, _ in found] == [
        (State.EXPIRED, "over"),
        (State.EXPIRING, "sooner"),
        (State.EXPIRING, "soon"),
        (State.REVIEW_DUE, "review"),
    ]


def test_cards_that_follow_each_other_in_a_circle_do_not_hang_it() -> None:
    one = card("one", effective_to=date(2020, 1, 1), supersedes="two")
    other = card("two", effective_to=date(2021, 1, 1), supersedes="one")
    assert due(one, other) == []
