"""The pauses between attempts to connect, by a clock that tests turn."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from api.channels.wecom.pacing import Attempts, Pace, Trouble

PACE = Pace()


class Clock:
    """Monotonic seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def attempts(clock: Clock, *, seed: int = 1) -> Attempts:
    return Attempts(PACE, clock=clock, chance=random.Random(seed))


def pauses(*troubles: Trouble, stood: float = 0.0) -> list[float]:
    """Return the pause after each trouble, as long after the one before as it has to be."""
    clock = Clock()
    tried, found = attempts(clock), []
    for trouble in troubles:
        clock.now += tried.wait
        tried.begin()
        clock.now += stood
        tried.ended(trouble, stood=stood)
        found.append(tried.wait)
    return found


def test_the_first_attempt_begins_at_once() -> None:
    assert attempts(Clock()).wait == 0


def test_a_connection_that_stood_is_replaced_after_about_a_second_every_time() -> None:
    for pause in pauses(*[Trouble.LOST] * 20, stood=PACE.steady):
        assert 1.0 <= pause <= 1.25


def test_pauses_double_up_to_a_minute_while_nothing_stands() -> None:
    found = pauses(*[Trouble.UNREACHABLE] * 9)
    for pause, least in zip(found[:4], (1, 2, 4, 8), strict=True):
        assert least <= pause <= least * 1.25
    assert all(60 <= pause <= 75 for pause in found[6:])


def test_a_wrong_secret_is_tried_once_a_minute_at_first_and_then_every_ten() -> None:
    found = pauses(*[Trouble.BAD_SECRET] * 6)
    for pause, least in zip(found, (60, 120, 240, 480, 600, 600), strict=True):
        assert least <= pause <= least * 1.25


def test_after_a_rival_a_minute_at_least_goes_by_however_long_the_connection_stood() -> None:
    for stood in (0.0, 3600.0):
        found = pauses(*[Trouble.KICKED] * 20, stood=stood)
        assert all(60 <= pause <= 120 for pause in found)
        assert max(found) - min(found) > 10, "two that were started together must not stay together"


def test_a_loss_after_a_rival_or_a_refusal_is_a_first_one_again() -> None:
    found = pauses(Trouble.LOST, Trouble.LOST, Trouble.LOST, Trouble.KICKED, Trouble.LOST)
    assert found[-1] <= 1.25
    found = pauses(Trouble.BAD_SECRET, Trouble.BAD_SECRET, Trouble.LOST, Trouble.BAD_SECRET)
    assert found[-1] <= 75


def test_two_that_lose_their_connection_together_do_not_come_back_together() -> None:
    waits = set()
    for seed in range(20):
        clock = Clock()
        tried = attempts(clock, seed=seed)
        tried.begin()
        tried.ended(Trouble.LOST, stood=100)
        waits.add(tried.wait)
    assert len(waits) == 20


QUICK = st.tuples(st.sampled_from([Trouble.LOST, Trouble.SILENT, Trouble.UNREACHABLE]), st.floats(0, 5))
ANY = st.tuples(st.sampled_from(Trouble), st.sampled_from([0.0, 1.0, 30.0, 60.0, 600.0]) | st.floats(0, 200))


@settings(deadline=None)
@given(st.lists(QUICK, min_size=10, max_size=200) | st.lists(ANY, max_size=200), st.integers(0, 2**32))
def test_no_more_than_five_attempts_begin_in_any_minute(
    endings: list[tuple[Trouble, float]], seed: int
) -> None:
    clock = Clock()
    tried, begun = attempts(clock, seed=seed), []
    for trouble, stood in endings:
        clock.now += tried.wait
        begun.append(clock.now)
        tried.begin()
        clock.now += stood
        tried.ended(trouble, stood=stood)
    assert tried.count == len(endings)
    for first, sixth in zip(begun, begun[5:], strict=False):
        assert sixth - first >= 60
