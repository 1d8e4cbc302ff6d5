"""The app's HTTP API against the platform on this machine: one token, clear failures, nothing sent twice."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import structlog
from pydantic import SecretStr

from api.channels.wecom.app_answers import Department, Member, MemberStatus
from api.channels.wecom.app_api import CARD_BUTTONS, TEXT_BYTES, AppApi
from api.channels.wecom.app_calls import MEDIA_BYTES
from api.channels.wecom.app_failures import (
    CallFailed,
    MediaTooLarge,
    NotAMember,
    NotSent,
    Refused,
    RefusedKind,
    ResultUnknown,
)
from api.logs import configure_logging
from tests.api.wecom.platform_model import AGENT_ID, CORP_ID, SECRET, Fault, MediaContent, PlatformModel

T = TypeVar("T")
SEND = "message/send"
LIN = {"name": "林晓", "department": [1, 7], "main_department": 7, "status": 1}


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformModel]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):  # an environment's own would stand in between
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with PlatformModel(members={"lin": LIN}) as running:
        yield running


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@asynccontextmanager
async def app(model: PlatformModel, **changes: Any) -> AsyncIterator[AppApi]:
    """The app's client, closed in the end; `changes` to its arguments."""
    arguments: dict[str, Any] = {
        "corp_id": CORP_ID, "secret": SECRET, "agent_id": AGENT_ID, "base_url": model.url, "proxy": None,
        "read_timeout": 2.0,
    }  # fmt: skip
    api = AppApi(**(arguments | changes))
    try:
        yield api
    finally:
        await api.close()


def done(model: PlatformModel, call: Callable[[AppApi], Awaitable[T]], **changes: Any) -> T:
    """Return what one call gives."""

    async def scenario() -> T:
        async with app(model, **changes) as api:
            return await call(api)

    return asyncio.run(scenario())


def failed(model: PlatformModel, call: Callable[[AppApi], Awaitable[object]], **changes: Any) -> CallFailed:
    """Return how one call fails."""
    with pytest.raises(CallFailed) as caught:
        done(model, call, **changes)
    return caught.value


def refused(model: PlatformModel, call: Callable[[AppApi], Awaitable[object]], **changes: Any) -> Refused:
    failure = failed(model, call, **changes)
    assert isinstance(failure, Refused), failure
    return failure


def hello(api: AppApi) -> Awaitable[object]:
    return api.send_text("lin", "你好")


def at_once(model: PlatformModel, count: int) -> list[object]:
    """Return what `count` messages sent at the same moment give, the first token being fetched meanwhile."""

    async def scenario() -> list[object]:
        async with app(model) as api:
            sends = [api.send_text("lin", f"第{number}条") for number in range(count)]
            return list(await asyncio.gather(*sends, return_exceptions=True))

    return asyncio.run(scenario())


def test_a_text_reaches_its_member_as_it_was_written(model: PlatformModel) -> None:
    text = "年假：工作满 1 年 5 天\n\\u4f60\\u0007 “不是转义” 🙂"
    sent = done(model, lambda api: api.send_text("lin", text))
    assert [(message.userid, message.kind, message.text) for message in model.sent] == [("lin", "text", text)]
    assert (sent.msgid, sent.response_code) == (model.sent[0].msgid, None)
    done(model, lambda api: api.send_markdown("lin", "**年假**"))
    assert (model.sent[1].kind, model.sent[1].text) == ("markdown", "**年假**")


def test_control_characters_which_the_platform_does_not_take_are_left_out(model: PlatformModel) -> None:
    done(model, lambda api: api.send_text("lin", "\x07年\x1b\\\x00假\t5 天\n"))
    assert model.sent[0].text == "年\\假\t5 天\n"


def test_a_card_is_sent_and_changed_once(model: PlatformModel) -> None:
    card = {
        "card_type": "button_interaction",
        "task_id": "t-1",
        "button_list": [{"text": f"选{number}", "key": str(number)} for number in range(CARD_BUTTONS)],
    }

    async def scenario() -> Refused:
        async with app(model) as api:
            sent = await api.send_card("lin", card)
            code = sent.response_code
            assert code is not None
            assert code not in repr(sent)
            await api.update_card(code, ["lin"], to="已选择")
            with pytest.raises(Refused) as again:
                await api.update_card(code, ["lin"], to=card)
            other = (await api.send_card("lin", card)).response_code
            await api.update_card(other or "", ["lin"], to=card)
            return again.value

    assert asyncio.run(scenario()).kind is RefusedKind.OTHER
    assert model.sent[0].content == card
    assert [set(change) & {"button", "template_card"} for change in model.updated] == [
        {"button"},
        {"template_card"},
    ]
    assert model.updated[0]["button"] == {"replace_name": "已选择"}


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
    ("fault", "how", "sent"),
    [
        (Fault.SLOW, ResultUnknown, 1),
        (Fault.DROP_AFTER, ResultUnknown, 1),
        (Fault.DROP_BEFORE, ResultUnknown, 0),  # from here it looks the same
        (Fault.CUT, ResultUnknown, 1),
        (Fault.BAD_GATEWAY, ResultUnknown, 1),
        (Fault.GARBLED, ResultUnknown, 1),
        (Fault.FORBIDDEN, NotSent, 0),
    ],
)
def test_a_call_that_ends_badly_is_not_repeated(
    model: PlatformModel, fault: Fault, how: type[CallFailed], sent: int
) -> None:
    model.fail_next(fault, path=SEND)
    assert type(failed(model, hello, read_timeout=0.4)) is how
    assert (model.calls[SEND], len(model.sent)) == (1, sent)


@pytest.mark.parametrize(
    "fault", [Fault.SLOW, Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.GARBLED, Fault.BAD_GATEWAY]
)
def test_without_a_token_nothing_was_sent_for_sure(model: PlatformModel, fault: Fault) -> None:
    model.fail_next(fault, path="gettoken")
    assert isinstance(failed(model, hello, read_timeout=0.4), NotSent)
    assert model.calls[SEND] == 0


def test_nobody_at_the_address_is_not_sent(model: PlatformModel, free_port: int) -> None:
    assert isinstance(failed(model, hello, base_url=f"http://127.0.0.1:{free_port}"), NotSent)
    assert isinstance(failed(model, hello, proxy=f"http://127.0.0.1:{free_port}"), NotSent)
    assert model.sent == []


def test_the_platform_is_reached_through_the_proxy_that_is_set(model: PlatformModel) -> None:
    done(model, hello, base_url="http://qyapi.example", proxy=model.url)
    assert [message.text for message in model.sent] == ["你好"]


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        (-1, RefusedKind.BUSY),
        (45009, RefusedKind.RATE_LIMITED),
        (45033, RefusedKind.RATE_LIMITED),
        (60020, RefusedKind.UNTRUSTED_IP),
        (81013, RefusedKind.NOBODY_REACHABLE),
        (60011, RefusedKind.NOT_IN_SCOPE),
        (45002, RefusedKind.OTHER),
    ],
)
def test_a_refusal_says_what_somebody_can_do(model: PlatformModel, errcode: int, kind: RefusedKind) -> None:
    model.refuse_next(errcode, "not this time", path=SEND)
    refusal = refused(model, hello)
    assert (refusal.kind, refusal.errcode) == (kind, errcode)
    assert "10.9.8.7" in refusal.errmsg, "the operator needs the address that is not trusted"
    assert model.calls[SEND] == 1


def test_a_wrong_company_or_secret_is_told_apart(model: PlatformModel) -> None:
    assert refused(model, lambda api: api.check(), corp_id="ww1").kind is RefusedKind.BAD_CORP
    wrong = SecretStr("not the secret")
    assert refused(model, lambda api: api.check(), secret=wrong).kind is RefusedKind.BAD_SECRET


def test_an_answer_of_success_that_names_the_addressee_as_not_reached_is_a_refusal(
    model: PlatformModel,
) -> None:
    model.unreachable.add("Zhao")
    model.unlicensed.add("Qian")
    for userid in ("Zhao", "Qian", "nobody"):
        refusal = refused(model, lambda api, userid=userid: api.send_text(userid, "你好"))  # type: ignore[misc]
        assert refusal.kind is RefusedKind.NOBODY_REACHABLE
        assert userid not in str(refusal)
    assert model.sent == []


@pytest.mark.parametrize("userid", ["@all", "lin|zhao", "", "lin zhao", "-lin", "林晓", "l" * 65, "lin\n"])
def test_a_message_goes_to_one_member_and_never_to_the_whole_company(
    model: PlatformModel, userid: str
) -> None:
    with pytest.raises(ValueError, match="one member"):
        done(model, lambda api: api.send_text(userid, "你好"))
    assert model.calls[SEND] == 0


def test_a_text_the_platform_would_cut_off_is_not_sent(model: PlatformModel) -> None:
    done(model, lambda api: api.send_text("lin", "工" * (TEXT_BYTES // 3)))
    with pytest.raises(ValueError, match="2048"):
        done(model, lambda api: api.send_text("lin", "工" * (TEXT_BYTES // 3 + 1)))
    assert len(model.sent) == 1


def test_a_login_gives_the_userid_once(model: PlatformModel) -> None:
    model.codes = {
        "of-lin": {"userid": "lin", "user_ticket": "ticket"},
        "of-a-guest": {"openid": "oABC", "external_userid": "wmXYZ"},
    }
    assert done(model, lambda api: api.user_info("of-lin")) == "lin"
    assert refused(model, lambda api: api.user_info("of-lin")).kind is RefusedKind.BAD_CODE
    assert isinstance(failed(model, lambda api: api.user_info("of-a-guest")), NotAMember)


def test_members_and_departments_are_read(model: PlatformModel) -> None:
    model.departments = [
        {"id": 1, "name": "示例银行", "parentid": 0, "order": 1},
        {"id": 7, "name": "安徽省分行", "parentid": 1, "order": 2},
    ]
    model.members["sun"] = {"name": "孙立", "department": [], "status": 9}
    assert done(model, lambda api: api.user("lin")) == Member("林晓", (1, 7), 7, MemberStatus.ACTIVE)
    assert done(model, lambda api: api.user("sun")) == Member("孙立", (), None, MemberStatus.UNKNOWN)
    assert refused(model, lambda api: api.user("gone")).kind is RefusedKind.NOBODY_REACHABLE
    assert done(model, lambda api: api.departments()) == (
        Department(1, "示例银行", 0),
        Department(7, "安徽省分行", 1),
    )


def test_an_answer_without_what_was_asked_for_is_unknown(model: PlatformModel) -> None:
    model.members["sun"] = {"department": [1]}
    assert isinstance(failed(model, lambda api: api.user("sun")), ResultUnknown)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="photo.jpg"', "photo.jpg"),
        ('attachment; filename="住院发票.pdf"', "住院发票.pdf"),
        ("attachment; filename*=UTF-8''%E5%8F%91%E7%A5%A8.pdf", "发票.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\x\\\\y.doc"', "y.doc"),
        ("attachment", None),
    ],
)
def test_a_file_comes_with_its_bare_name_and_type(
    model: PlatformModel, disposition: str, name: str | None
) -> None:
    model.files["m1"] = MediaContent(b"\xff\xd8 bytes", disposition=disposition)
    file = done(model, lambda api: api.media("m1"))
    assert (file.data, file.content_type, file.name) == (b"\xff\xd8 bytes", "image/jpeg", name)
    assert "bytes" not in repr(file)


def test_a_file_of_json_is_a_file_and_an_answer_in_its_place_is_not(model: PlatformModel) -> None:
    model.files["m1"] = MediaContent(b'{"errcode": 40007}', content_type="application/json; charset=UTF-8")
    assert done(model, lambda api: api.media("m1")).data == b'{"errcode": 40007}'
    assert refused(model, lambda api: api.media("gone")).errcode == 40007
    model.fail_next(Fault.GARBLED, path="media/get")
    assert isinstance(failed(model, lambda api: api.media("m1")), ResultUnknown)
    model.fail_next(Fault.DROP_AFTER, path="media/get")
    assert isinstance(failed(model, lambda api: api.media("m1")), ResultUnknown)


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_over_the_limit_is_not_taken_whether_or_not_its_length_is_told(
    model: PlatformModel, *, announced: bool
) -> None:
    model.files["just"] = MediaContent(bytes(MEDIA_BYTES), announced=announced)
    model.files["over"] = MediaContent(bytes(MEDIA_BYTES + 1), announced=announced)
    assert len(done(model, lambda api: api.media("just")).data) == MEDIA_BYTES
    assert isinstance(failed(model, lambda api: api.media("over")), MediaTooLarge)


def test_a_file_the_platform_itself_finds_too_large_is_too_large(model: PlatformModel) -> None:
    model.refuse_next(830002, path="media/get")
    assert isinstance(failed(model, lambda api: api.media("m1")), MediaTooLarge)


def test_a_file_asked_for_with_an_old_token_comes_with_a_new_one(model: PlatformModel) -> None:
    model.files["m1"] = MediaContent(b"data")

    async def scenario() -> bytes:
        async with app(model) as api:
            await api.check()
            model.expire_tokens()
            return (await api.media("m1")).data

    assert asyncio.run(scenario()) == b"data"
    assert model.tokens_issued == 2


def test_neither_secret_nor_token_is_in_a_log_or_an_error(
    model: PlatformModel, tmp_path: Path, capfd: pytest.CaptureFixture[str], free_port: int
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
        said.append(failed(model, hello, base_url=f"http://127.0.0.1:{free_port}"))
        proxy = f"http://someone:proxy-password@127.0.0.1:{free_port}"
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
