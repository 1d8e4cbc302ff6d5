"""Callbacks are handled a bounded number at once, in each sender's order, whatever some of them meet."""

from __future__ import annotations

import asyncio

import structlog

from api.channels.wecom.bot_frames import Callback
from api.channels.wecom.reception import AT_ONCE, WAITING, Reception


def callback(sender: str, number: int) -> Callback:
    return Callback("aibot_msg_callback", f"{sender}-{number}", {"from": {"userid": sender}})


def test_those_of_one_sender_are_handled_in_order_and_others_do_not_wait_for_them() -> None:
    handled: list[str] = []
    first_may_end = asyncio.Event()

    async def receive(item: Callback) -> None:
        if item.req_id == "slow-0":
            await first_may_end.wait()
        handled.append(item.req_id)

    async def scenario() -> None:
        async with Reception(receive, grace=5) as reception:
            for number in range(5):
                reception.take(callback("slow", number))
                reception.take(callback("quick", number))
            await asyncio.sleep(0.05)
            assert handled == [f"quick-{number}" for number in range(5)]
            first_may_end.set()

    asyncio.run(scenario())
    assert handled[5:] == [f"slow-{number}" for number in range(5)]


def test_only_so_many_are_handled_at_once() -> None:
    running = most = 0

    async def receive(_item: Callback) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1

    async def scenario() -> None:
        async with Reception(receive, grace=5) as reception:
            for number in range(AT_ONCE * 4):
                reception.take(callback(f"member-{number}", 0))

    asyncio.run(scenario())
    assert most == AT_ONCE


def test_one_that_fails_keeps_no_other_from_being_handled() -> None:
    handled: list[str] = []

    async def receive(item: Callback) -> None:
        if item.req_id.endswith("-0"):
            raise RuntimeError
        handled.append(item.req_id)

    async def scenario() -> None:
        async with Reception(receive, grace=5) as reception:
            for number in range(3):
                reception.take(callback("zhangsan", number))

    with structlog.testing.capture_logs() as logged:
        asyncio.run(scenario())
    assert handled == ["zhangsan-1", "zhangsan-2"]
    assert [line["event"] for line in logged] == ["wecom_callback_failed"]


def test_more_than_can_wait_are_dropped_and_that_is_said() -> None:
    handled: list[str] = []
    may_go_on = asyncio.Event()

    async def receive(item: Callback) -> None:
        await may_go_on.wait()
        handled.append(item.req_id)

    async def scenario() -> None:
        async with Reception(receive, grace=5) as reception:
            for number in range(WAITING + 3):
                reception.take(callback("zhangsan", number))
            may_go_on.set()

    with structlog.testing.capture_logs() as logged:
        asyncio.run(scenario())
    assert len(handled) == WAITING
    assert [line["event"] for line in logged] == ["wecom_callback_dropped"] * 3


def test_leaving_does_not_wait_for_ever_for_what_does_not_end() -> None:
    cancelled: list[str] = []

    async def receive(item: Callback) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(item.req_id)

    async def scenario() -> None:
        async with Reception(receive, grace=0.05) as reception:
            reception.take(callback("zhangsan", 0))
            reception.take(callback("zhangsan", 1))

    with structlog.testing.capture_logs() as logged:
        asyncio.run(scenario())
    assert cancelled == ["zhangsan-0"]
    assert logged == [{"event": "wecom_callbacks_left", "count": 2, "log_level": "error"}]
