"""When a person is called, and where a conversation goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.conversations.rules import MOVES, may_move
from service.conversations.tables import State
from service.handover.rules import Route, Said, Why, reason_to_call, route
from service.handover.tables import Reason
from service.people.viewer import is_within

UNIONS = ("行", "行/皖", "行/皖/合肥")
REFUSED, BAD = Said("ask_leave", "refuse"), Said("feedback_bad", "clarify")
ANSWERED, MEANT = Said("ask_leave", "answer"), Said("not_what_i_meant", "clarify")


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        ([REFUSED, REFUSED], None),
        ([REFUSED, REFUSED, REFUSED], Reason.LOW_CONFIDENCE),
        ([REFUSED, ANSWERED, REFUSED, REFUSED], None),
        ([BAD], None),
        ([ANSWERED, BAD, MEANT], Reason.NEGATIVE_FEEDBACK),
        ([BAD, ANSWERED, BAD], None),
        ([], None),
    ],
)
def test_a_person_is_called_after_failures_in_a_row(turns: list[Said], reason: Reason | None) -> None:
    assert reason_to_call(turns) is reason


@pytest.mark.parametrize(
    ("organisation", "staffed", "above", "found"),
    [
        ("行/皖/合肥/蜀山", {"行/皖/合肥"}, False, Route("行/皖/合肥", Why.OWN, "行/皖/合肥")),
        ("行/皖/合肥/蜀山", {"行", "行/皖"}, False, Route("行/皖", Why.UP, "行/皖/合肥")),
        ("行/皖/合肥/蜀山", {"行/皖/合肥", "行/皖"}, True, Route("行/皖", Why.ABOVE, "行/皖/合肥")),
        ("行/皖/合肥", {"行/皖/合肥"}, True, None),
        ("行", {"行"}, True, None),
        (None, {"行"}, False, Route("行", Why.UNKNOWN)),
        (None, {"行/皖"}, False, None),
        ("行/皖", set(), False, None),
    ],
)
def test_a_conversation_goes_to_the_nearest_union_that_has_staff(
    organisation: str | None, staffed: set[str], above: bool, found: Route | None
) -> None:
    assert route(organisation, unions=UNIONS, staffed=staffed, root="行", above=above) == found


@given(
    st.sampled_from(["行", "行/皖", "行/皖/合肥", "行/皖/合肥/蜀山"]),
    st.sets(st.sampled_from(UNIONS)),
    st.booleans(),
)
def test_nobody_outside_the_line_of_units_gets_a_conversation(
    organisation: str, staffed: set[str], above: bool
) -> None:
    found = route(organisation, unions=UNIONS, staffed=staffed, root="行", above=above)
    if found is not None:
        assert found.path in staffed
        assert is_within(organisation, found.path)
        assert not (above and found.path == found.own)


def test_a_closed_conversation_stays_closed_and_staff_put_nothing_back_into_the_queue() -> None:
    assert MOVES[State.CLOSED] == frozenset()
    assert not may_move(State.STAFF, State.QUEUED)
    assert all(may_move(state, State.CLOSED) for state in (State.BOT, State.QUEUED, State.STAFF))
