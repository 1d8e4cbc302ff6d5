"""A job runs in one process, and in another one soon after that has died."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from service.database import Database
from service.insights.leases import give_up_leases, take_lease

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
LASTS = timedelta(seconds=30)


def test_a_lease_is_held_renewed_given_up_and_taken_over(database: Database) -> None:
    def take(holder: str, *, after: int = 0) -> bool:
        return take_lease(database, "job", holder=holder, lasts=LASTS, now=NOW + timedelta(seconds=after))

    assert take("a")
    assert not take("b", after=29)
    assert take("a", after=29)
    assert not take("b", after=31)
    assert take("b", after=59)
    assert not take("a", after=60)
    give_up_leases(database, holder="b", now=NOW + timedelta(seconds=61))
    assert take("a", after=61)
    assert take_lease(database, "another job", holder="c", lasts=LASTS, now=NOW)


def test_of_many_who_take_it_at_once_one_has_it(database: Database) -> None:
    start, won = threading.Barrier(20), []

    def race(number: int) -> None:
        start.wait()
        if take_lease(database, "job", holder=f"h{number}", lasts=LASTS, now=NOW):
            won.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
