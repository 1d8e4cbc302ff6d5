"""What the sender makes of what came of a send: again within bounds, later within quotas, or never again."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from api.channels.wecom.outcomes import Again, Done, Gone, Lost, Outcome
from api.channels.wecom.sending import ATTEMPTS, Limits, Sending
from service.clock import Clock
from service.database import Database, migrate
from service.insights.tables import EventLog
from service.messengers import sending as claims
from service.messengers.desk_words import DeskWords
from service.messengers.relay import Relay
from service.messengers.sending import Batch
from service.messengers.tables import Provider
from tests.api.wecom.bot import soon
from tests.knowledge import shipped_texts
from tests.service.post import Post
from tests.stack import HOME


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    url = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    migrate(url)
    database = Database(url)
    yield Post(database)
    database.close()


@dataclass
class Scripted:
    """A way to send of which comes what a test says: `outcomes` in their order, then `then`."""

    then: Outcome = field(default_factory=Done)
    outcomes: list[Outcome | Exception] = field(default_factory=list)
    delivered: list[str] = field(default_factory=list)
    ready: bool = True

    async def deliver(self, batch: Batch) -> Outcome:
        self.delivered += [message.text for message in batch.messages]
        outcome = self.outcomes.pop(0) if self.outcomes else self.then
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@asynccontextmanager
async def sending(post: Post, route: Scripted, *, limits: Limits | None = None) -> AsyncIterator[Sending]:
    """Run the sender on a clock that the test moves. Nothing goes to staff."""
    sender = Sending(
        database=post.database,
        clock=Clock("Asia/Shanghai", lambda: post.now),
        routes={Provider.BOT: route},
        limits=limits or Limits(30, 1000),
        relay=Relay(DeskWords(shipped_texts(HOME), {})),
        every=0.01,
    )
    task = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def states(post: Post, *expected: str) -> Callable[[], bool]:
    return lambda: [state for _, state in post.states()] == list(expected)


def attempted(post: Post, times: int) -> bool:
    return post.rows()[0].attempts == times


def test_what_is_taken_is_sent_in_order_and_named_as_the_platform_names_it(post: Post) -> None:
    async def scenario() -> None:
        route = Scripted(then=Done("there"))
        post.put("一", "二", "三")
        async with sending(post, route):
            await soon(states(post, "sent", "sent", "sent"))
        assert route.delivered == ["一", "二", "三"]
        assert {row.remote_id for row in post.rows()} == {"there"}

    asyncio.run(scenario())


def test_a_refusal_that_may_pass_is_tried_again_later_and_not_for_ever(post: Post) -> None:
    async def scenario() -> None:
        route = Scripted(then=Again(1.0, "errcode 45009"))
        post.put("一", "二")
        async with sending(post, route):
            for attempt in range(1, ATTEMPTS):
                await soon(partial(attempted, post, attempt))
                await asyncio.sleep(0.05)
                assert route.delivered == ["一"] * attempt  # not before its time, and nothing overtakes it
                post.later(minutes=6)
            route.then = Done()
            await soon(lambda: len(route.delivered) >= ATTEMPTS)
        assert post.states()[0] == ("一", "sent")

        post.put("三")
        route.then = Again(1.0, "errcode 45009")
        async with sending(post, route):
            while dict(post.states())["三"] == "pending":
                post.later(minutes=6)
                await asyncio.sleep(0.02)
        assert post.states()[-1] == ("三", "failed")
        assert post.rows()[-1].attempts == ATTEMPTS

    asyncio.run(scenario())


def test_what_is_begun_while_the_sender_is_told_to_end_is_sent(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    claim_due = claims.claim_due

    def slowly(*args: Any, **more: Any) -> list[Batch]:
        batches = claim_due(*args, **more)
        begun.set()
        go_on.wait(5)
        return batches

    monkeypatch.setattr(claims, "claim_due", slowly)

    async def scenario() -> None:
        route = Scripted(then=Done("there"))
        post.put("一")
        async with sending(post, route) as sender:
            sender.wake()
            await soon(begun.is_set)
            asyncio.get_running_loop().call_later(0.1, go_on.set)
        assert (route.delivered, post.states()) == (["一"], [("一", "sent")])

    asyncio.run(scenario())


def test_a_database_that_fails_while_the_sender_is_told_to_end_does_not_keep_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def failing(*_: Any, **__: Any) -> list[Batch]:
        begun.set()
        time.sleep(0.1)
        raise OperationalError("select", {}, Exception("down"))

    monkeypatch.setattr(claims, "claim_due", failing)

    async def scenario() -> None:
        post.put("一")
        async with asyncio.timeout(5), sending(post, Scripted()):
            await soon(begun.is_set)
        assert post.states() == [("一", "pending")]

    asyncio.run(scenario())


def test_waiting_for_a_connection_is_no_attempt(post: Post) -> None:
    async def scenario() -> None:
        route = Scripted(outcomes=[Again(0.0)] * 10)
        post.put("一")
        async with sending(post, route):
            await soon(states(post, "sent"))
        assert post.rows()[0].attempts == 1

    asyncio.run(scenario())


def test_nothing_is_begun_while_there_is_no_connection(post: Post) -> None:
    async def scenario() -> None:
        route = Scripted(ready=False)
        post.put("一")
        async with sending(post, route):
            await asyncio.sleep(0.1)
            assert route.delivered == []
            assert post.rows()[0].sending_since is None
            route.ready = True
            await soon(states(post, "sent"))

    asyncio.run(scenario())


@pytest.mark.parametrize("outcome", [Lost("unacknowledged"), RuntimeError("a bug")])
def test_a_send_nobody_knows_the_result_of_is_unknown_and_never_repeated(
    post: Post, outcome: Outcome | Exception
) -> None:
    async def scenario() -> None:
        route = Scripted(outcomes=[outcome])
        post.put("一", "二")
        async with sending(post, route):
            await soon(states(post, "unknown", "sent"))
            post.later(days=1)
            await asyncio.sleep(0.1)
        assert route.delivered == ["一", "二"]
        assert events(post) == 1

    asyncio.run(scenario())


def test_what_is_refused_for_good_is_failed_and_what_follows_goes_on(post: Post) -> None:
    async def scenario() -> None:
        route = Scripted(outcomes=[Gone("errcode 40058")])
        post.put("一", "二")
        async with sending(post, route):
            await soon(states(post, "failed", "sent"))
        assert post.rows()[0].last_error == "errcode 40058"
        assert events(post) == 1

    asyncio.run(scenario())


@pytest.mark.parametrize(("limits", "span"), [(Limits(2, 100), 60), (Limits(100, 2), 3600)])
def test_above_the_quota_a_chat_waits_and_nothing_fails(post: Post, limits: Limits, span: int) -> None:
    async def scenario() -> None:
        route = Scripted()
        post.put("一", "二", "三")
        post.put("别人的", userid="lisi")
        async with sending(post, route, limits=limits):
            await soon(states(post, "sent", "sent", "pending", "sent"))
            post.later(seconds=span - 2)
            await asyncio.sleep(0.1)
            assert states(post, "sent", "sent", "pending", "sent")()
            post.later(seconds=3)
            await soon(states(post, "sent", "sent", "sent", "sent"))
        assert post.rows()[2].attempts == 1

    asyncio.run(scenario())


def test_what_came_of_a_send_is_noted_as_soon_as_the_database_is_back(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.channels.wecom.sending.NOTE_FIRST", 0.01)
    failures = [OperationalError("UPDATE", {}, Exception("locked"))] * 3

    async def scenario() -> None:
        route = Scripted()
        post.put("一", "二")
        async with sending(post, route) as sender:
            note = sender._note

            def fails_first(batch: Batch, outcome: Outcome) -> None:
                if failures:
                    raise failures.pop()
                note(batch, outcome)

            monkeypatch.setattr(sender, "_note", fails_first)
            await soon(states(post, "sent", "sent"))
        assert route.delivered == ["一", "二"]

    asyncio.run(scenario())


def test_what_was_being_sent_when_a_process_died_is_unknown_for_the_next(post: Post) -> None:
    async def scenario() -> None:
        route = Scripted()
        post.put("一", "二")
        post.claim()
        async with sending(post, route):
            await soon(states(post, "unknown", "sent"))
        assert route.delivered == ["二"]

    asyncio.run(scenario())


def test_a_database_that_is_locked_at_the_start_only_delays_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.channels.wecom.sending.NOTE_FIRST", 0.01)
    failures = [OperationalError("UPDATE", {}, Exception("locked"))] * 3
    give_up = Sending._left_half_done

    def fails_first(sender: Sending) -> int:
        if failures:
            raise failures.pop()
        return give_up(sender)

    monkeypatch.setattr(Sending, "_left_half_done", fails_first)

    async def scenario() -> None:
        route = Scripted()
        post.put("一", "二")
        post.claim()
        async with sending(post, route):
            await soon(states(post, "unknown", "sent"))
        assert failures == []

    asyncio.run(scenario())


def events(post: Post) -> int:
    with post.database.read() as db:
        query = select(func.count()).select_from(EventLog).where(EventLog.kind == "message_not_sent")
        return db.scalars(query).one()
