"""The app's HTTP API against the platform on this machine: clear failures, nothing sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from api.channels.wecom.app_answers import Department, Member, MemberStatus
from api.channels.wecom.app_api import CARD_BUTTONS, TEXT_BYTES
from api.channels.wecom.app_failures import (
    CallFailed,
    NotAMember,
    NotSent,
    Refused,
    RefusedKind,
    ResultUnknown,
)
from tests.api.wecom.app_client import SEND, app, done, failed, hello, platform, refused, unused_port
from tests.api.wecom.platform_model import Fault, PlatformModel


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlatformModel]:
    with platform(monkeypatch) as running:
        yield running


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


def test_nobody_at_the_address_is_not_sent(model: PlatformModel) -> None:
    assert isinstance(failed(model, hello, base_url=f"http://127.0.0.1:{unused_port()}"), NotSent)
    assert isinstance(failed(model, hello, proxy=f"http://127.0.0.1:{unused_port()}"), NotSent)
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
