"""The app's access token: fetched once however many ask, renewed once, and never told."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr

from api.channels.wecom.app_failures import (
    NotSent,
    Refused,
    RefusedKind,
)
from api.logs import configure_logging
from tests.api.wecom.app_client import SEND, app, failed, hello, platform, refused, unused_port
from tests.api.wecom.platform_model import SECRET, Fault, PlatformModel


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformModel]:
    with platform(monkeypatch) as running:
        yield running


def at_once(model: PlatformModel, count: int) -> list[object]:
    """Return what `count` messages sent at the same moment give, the first token being fetched meanwhile."""

    async def scenario() -> list[object]:
        async with app(model) as api:
            sends = [api.send_text("lin", f"第{number}条") for number in range(count)]
            return list(await asyncio.gather(*sends, return_exceptions=True))

    return asyncio.run(scenario())


def test_eight_cold_calls_fetch_one_token(model: PlatformModel) -> None:
    model.token_delay = 0.2
    assert not [answer for answer in at_once(model, 8) if isinstance(answer, Exception)]
    assert (model.tokens_issued, len(model.sent)) == (1, 8)


def test_a_refused_secret_is_asked_about_once_however_many_wait(model: PlatformModel) -> None:
    model.refuse_next(40001, path="gettoken")
    answers = at_once(model, 8)
    assert {answer.kind for answer in answers if isinstance(answer, Refused)} == {RefusedKind.BAD_SECRET}
    assert (len(answers), model.calls["gettoken"], model.calls[SEND]) == (8, 1, 0)


def test_a_token_that_expired_on_its_way_is_renewed_once_for_all_and_nothing_is_sent_twice(
    model: PlatformModel,
) -> None:
    async def scenario() -> None:
        async with app(model) as api:
            await api.check()
            model.expire_tokens()
            model.token_delay = 0.2
            await asyncio.gather(*(api.send_text("lin", f"第{number}条") for number in range(20)))

    asyncio.run(scenario())
    assert model.tokens_issued == 2
    assert Counter(message.text for message in model.sent) == {f"第{number}条": 1 for number in range(20)}


def test_a_refusal_that_comes_late_does_not_renew_a_token_again(model: PlatformModel) -> None:
    model.slowness = 0.4

    async def scenario() -> None:
        async with app(model) as api:
            await api.check()
            model.expire_tokens()
            model.fail_next(Fault.SLOW, path=SEND)
            late = asyncio.create_task(api.send_text("lin", "慢的"))
            await asyncio.sleep(0.1)
            await api.send_text("lin", "快的")
            await late

    asyncio.run(scenario())
    assert (model.tokens_issued, [message.text for message in model.sent]) == (2, ["快的", "慢的"])


@pytest.mark.parametrize("errcode", [40014, 42001, 40001])
def test_a_token_that_is_always_refused_is_renewed_once_and_then_given_up(
    model: PlatformModel, errcode: int
) -> None:
    model.refuse_next(errcode, path=SEND, times=100)
    assert refused(model, hello).errcode == errcode
    assert (model.tokens_issued, model.calls[SEND], model.sent) == (2, 2, [])


def test_a_token_is_used_until_five_minutes_before_its_end(model: PlatformModel) -> None:
    clock = [1000.0]

    async def scenario() -> list[int]:
        issued = []
        async with app(model, now=lambda: clock[0]) as api:
            for later in (0.0, 6899.0, 1.0):
                clock[0] += later
                await api.check()
                issued.append(model.tokens_issued)
        return issued

    assert asyncio.run(scenario()) == [1, 1, 2]


def test_a_token_of_a_minute_is_used_for_half_of_it(model: PlatformModel) -> None:
    clock, model.token_lifetime = [0.0], 60

    async def scenario() -> None:
        async with app(model, now=lambda: clock[0]) as api:
            await api.check()
            clock[0] = 29.0
            await api.check()

    asyncio.run(scenario())
    assert model.tokens_issued == 1


def test_who_gives_up_waiting_does_not_take_the_token_from_the_others(model: PlatformModel) -> None:
    model.token_delay = 0.3

    async def scenario() -> None:
        async with app(model) as api:
            first = asyncio.create_task(api.send_text("lin", "第一条"))
            second = asyncio.create_task(api.send_text("lin", "第二条"))
            await asyncio.sleep(0.1)
            first.cancel()
            await second

    asyncio.run(scenario())
    assert (model.tokens_issued, [message.text for message in model.sent]) == (1, ["第二条"])


@pytest.mark.parametrize(
    "fault", [Fault.SLOW, Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.GARBLED, Fault.BAD_GATEWAY]
)
def test_without_a_token_nothing_was_sent_for_sure(model: PlatformModel, fault: Fault) -> None:
    model.fail_next(fault, path="gettoken")
    assert isinstance(failed(model, hello, read_timeout=0.4), NotSent)
    assert model.calls[SEND] == 0


def test_neither_secret_nor_token_is_in_a_log_or_an_error(
    model: PlatformModel, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """With the service's own logging at its most talkative, and the variables of every frame of an error."""
    handlers, level = logging.getLogger().handlers, logging.getLogger().level
    said = []
    try:
        configure_logging(tmp_path, level="DEBUG")
        for path in (SEND, "gettoken", "media/get"):
            for fault in Fault:
                model.fail_next(fault, path=path)
                said.append(failed(model, lambda api: api.media("m1"), read_timeout=0.2))
                said.append(failed(model, lambda api: api.send_text("nobody", "你好"), read_timeout=0.2))
            for errcode in (40001, 40014, 42001, 60020):
                model.refuse_next(errcode, f"{SECRET.get_secret_value()} token-1", path=path, times=4)
                said.append(failed(model, hello if path != "media/get" else lambda api: api.media("m1")))
        model.rejects_every_token = True
        said.append(failed(model, hello))
        said.append(failed(model, lambda api: api.check(), secret=SecretStr("half-a-secret")))
        said.append(failed(model, hello, base_url=f"http://127.0.0.1:{unused_port()}"))
        proxy = f"http://someone:proxy-password@127.0.0.1:{unused_port()}"
        said.append(failed(model, hello, proxy=proxy))
        logging.getLogger("tests").error("with_errors", exc_info=said[-1])
    finally:
        logging.getLogger().handlers, logging.getLogger().level = handlers, level
        structlog.reset_defaults()
    told = (tmp_path / "api.log").read_text(encoding="utf-8") + "".join(capfd.readouterr())
    assert "wecom_token_refused" in told
    for failure in said:
        told += repr(failure)
        for line in traceback.TracebackException.from_exception(failure, capture_locals=True).format():
            told += line
    hidden = {*model.tokens, SECRET.get_secret_value(), "half-a-secret"}
    assert len(hidden) > 10
    assert sorted(secret for secret in hidden if secret in told) == []
