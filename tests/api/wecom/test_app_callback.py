"""The app's address as the platform calls it: the vendor's crypto against the running service."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.channels.wecom.crypto import WecomCrypto
from service.conversations.tables import Sender
from service.insights.tables import EventLog
from tests.api.wecom.called import APP_KEY, APP_TOKEN, QUESTION, SILLY, Called, called_service, soon
from tests.api.wecom.peer_platform import Answered, all_of
from tests.api.wecom.platform_model import SECRET, Fault

SEND = "message/send"
BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "haha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]><xml><ToUserName>&m;</ToUserName><Encrypt>&m;</Encrypt></xml>"
)


@pytest.fixture(scope="module")
def called(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    with called_service(home, tmp_path_factory.mktemp("called")) as running:
        yield running


def refused(answered: Answered, status: int = 403, code: str = "callback_rejected") -> None:
    body = json.loads(answered.body)
    assert (answered.status, body["code"]) == (status, code)
    assert body["detail"]
    assert body["request_id"]


def test_the_address_proves_itself_with_exactly_what_was_encrypted(called: Called) -> None:
    text = "echo-4517<>&你好 "
    answered = called.deliver(called.app, text, kind="echo")
    assert (answered.status, answered.body) == (200, text)
    refused(called.deliver(called.app, text, kind="echo", change={"query": {"nonce": "1"}}))


def test_a_question_is_acknowledged_at_once_and_answered_by_a_message(called: Called) -> None:
    answered = called.writes("lin")
    assert (answered.status, answered.body) == (200, "")
    assert answered.seconds < 1
    sent = called.answer_to("lin")
    (stored,) = called.messages("lin", Sender.BOT)
    assert stored.decision == "answer"
    assert stored.text in sent.text
    (row,) = called.settled("lin")
    assert (row.state, row.remote_id) == ("sent", sent.msgid)


def test_a_delivery_that_comes_again_is_one_question_with_one_answer(called: Called) -> None:
    called.model.members |= {"twice": {}, "at-once": {}}
    first = called.app_message("twice", "text", Content=QUESTION)
    for _ in range(3):
        assert called.deliver(called.app, first).status == 200
    second = called.app_message("at-once", "text", Content=QUESTION)
    assert {one.status for one in all_of([called.begin(called.app, second) for _ in range(6)])} == {200}
    for userid in ("twice", "at-once"):
        called.settled(userid)
        assert len(called.messages(userid, Sender.EMPLOYEE)) == 1
        assert len(called.messages(userid, Sender.BOT)) == 1
    time.sleep(2.5)  # longer than the pause between looks at the outbox
    assert [len(called.said_to(userid)) for userid in ("twice", "at-once")] == [1, 1]


def test_whatever_is_not_the_platforms_is_refused_alike(called: Called) -> None:
    text, now = called.app_message("forger", "text", Content=QUESTION), int(called.now().timestamp())
    sealed = base64.b64encode(bytes(64)).decode()
    stranger = type(called.app)(called.app.url, APP_TOKEN, APP_KEY, "ww-another-company")
    answers = [
        called.deliver(called.app, text, change={"query": {"msg_signature": "0" * 40}}),
        called.deliver(called.app, text, change={"query": {"msg_signature": "é"}}),
        called.deliver(called.app, text, change={"encrypted": sealed}),
        called.deliver(stranger, text),
        called.deliver(called.app, text, timestamp=now - 3600),
        called.deliver(called.app, text, timestamp=now + 3600),
        called.deliver(called.app, text, raw="<xml><ToUserName>a</ToUserName>"),
        called.deliver(called.app, text, raw="{}"),
        called.deliver(called.app, text, raw=""),
        called.deliver(called.app, "<xml>not closed"),
        called.deliver(called.app, "<xml><MsgType>text</MsgType></xml>"),
    ]
    for answered in answers:
        refused(answered)
    bodies = [{**json.loads(answered.body), "request_id": ""} for answered in answers]
    assert all(body == bodies[0] for body in bodies)
    assert called.messages("forger") == []
    codes = {line["code"] for line in called.logged("wecom_callback_rejected")}
    assert codes == {"signature_wrong", "receiver_wrong", "too_old", "malformed"}


def test_broken_padding_under_a_right_signature_is_refused_like_the_rest(called: Called) -> None:
    junk, now = base64.b64encode(bytes(range(64))).decode(), str(int(called.now().timestamp()))
    signature = WecomCrypto(APP_TOKEN, APP_KEY, "").signature(now, "77", junk)
    query = {"msg_signature": signature, "timestamp": now, "nonce": "77"}
    refused(called.deliver(called.app, "", change={"encrypted": junk, "query": query}))
    assert called.logged("wecom_callback_rejected")[-1]["code"] in ("padding_wrong", "malformed")


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
def test_a_call_without_its_signature_is_told_so(called: Called, name: str) -> None:
    refused(called.deliver(called.app, "x", without=[name]), 422, "invalid_body")


def test_bodies_that_are_bombs_are_refused_before_they_go_off(called: Called) -> None:
    before = called.memory()
    began = time.monotonic()
    refused(called.deliver(called.app, "x", raw=BOMB))
    refused(called.deliver(called.app, BOMB))
    refused(called.deliver(called.app, "x", raw="<a>" * 200_000))
    refused(called.deliver(called.app, "x", raw="x" * (1024 * 1024 + 1)), 413, "body_too_large")
    assert time.monotonic() - began < 5
    assert called.memory() - before < 60 * 2**20


@pytest.mark.verify
def test_while_the_database_fails_the_platform_is_told_and_its_repetition_is_taken_once(
    called: Called,
) -> None:
    called.model.members["patient"] = {}
    text = called.app_message("patient", "text", Content=QUESTION)
    with closing(sqlite3.connect(called.folder / "var" / "database.sqlite3")) as held:
        held.execute("BEGIN IMMEDIATE")
        refused(called.deliver(called.app, text), 503, "database_unavailable")
        held.rollback()
    for _ in range(2):
        assert called.deliver(called.app, text).status == 200
    called.answer_to("patient")
    assert len(called.messages("patient", Sender.EMPLOYEE)) == 1


def test_an_entry_of_the_menu_is_what_it_stands_for(called: Called) -> None:
    called.model.members["menu"] = {}
    event = called.app_event("menu", "click", EventKey="person")
    for _ in range(2):
        assert called.deliver(called.app, event).status == 200
    called.answer_to("menu")
    (asked,) = called.messages("menu", Sender.EMPLOYEE)
    assert asked.text == "找工会的人"
    assert [said.intent for said in called.messages("menu", Sender.BOT)] == ["ask_human"]


def test_whoever_opens_the_app_is_greeted_once_a_day(called: Called) -> None:
    called.model.members["newcomer"] = {}
    for seconds in (1, 60, 3600):
        called.deliver(called.app, called.app_event("newcomer", "enter_agent", EventKey=""))
        called.later(seconds=seconds)
    greeting = called.answer_to("newcomer")
    assert "我是工会智能服务助手" in json.dumps(greeting.content, ensure_ascii=False)
    conversation = called.conversation("newcomer")
    with called.database.write() as db:  # a member of staff ended it
        db.get_one(type(conversation), conversation.id).state = "closed"
    called.later(hours=2)
    called.deliver(called.app, called.app_event("newcomer", "enter_agent", EventKey=""))
    time.sleep(2.5)
    assert len(called.said_to("newcomer")) == 1
    called.later(hours=25)
    called.deliver(called.app, called.app_event("newcomer", "enter_agent", EventKey=""))
    called.answer_to("newcomer", count=2)


def test_a_button_is_answered_and_its_card_changed_once(called: Called) -> None:
    called.writes("presser", SILLY)
    card = called.answer_to("presser")
    assert card.kind == "template_card", card
    button = card.content["button_list"][0]
    event = called.app_event(
        "presser", "template_card_event", EventKey=button["key"], TaskId=card.content["task_id"],
        ResponseCode=card.response_code,
    )  # fmt: skip
    for _ in range(2):
        assert called.deliver(called.app, event).status == 200
    called.answer_to("presser", count=2)
    updated = soon(lambda: called.model.updated, lambda updates: updates)
    assert [update["button"]["replace_name"] for update in updated] == [f"已选：{button['text']}"]
    assert called.model.calls["message/update_template_card"] == 1
    assert called.messages("presser", Sender.EMPLOYEE)[-1].text == button["text"]


def test_a_button_that_is_of_another_changes_no_card(called: Called) -> None:
    called.writes("owner", SILLY)
    card = called.answer_to("owner")
    called.model.members["other"] = {}
    before = called.model.calls["message/update_template_card"]
    event = called.app_event(
        "other", "template_card_event", EventKey=card.content["button_list"][0]["key"],
        TaskId=card.content["task_id"], ResponseCode=card.response_code,
    )  # fmt: skip
    assert called.deliver(called.app, event).status == 200
    assert "过期" in called.answer_to("other").text
    assert called.model.calls["message/update_template_card"] == before


def test_a_voice_message_with_words_is_a_question_and_one_without_is_not(called: Called) -> None:
    called.model.members["speaker"] = {}
    heard = called.app_message("speaker", "voice", MediaId="m-1", Format="amr", Recognition=QUESTION)
    called.deliver(called.app, heard)
    answer = called.answer_to("speaker")
    assert called.messages("speaker", Sender.BOT)[0].text in answer.text
    called.deliver(called.app, called.app_message("speaker", "voice", MediaId="m-2", Format="amr"))
    assert "请打字" in called.answer_to("speaker", count=2).text


def test_an_address_that_is_not_trusted_is_told_to_administrators_and_not_tried_again(called: Called) -> None:
    called.model.refuse_next(60020, "not allow to access from your ip", path=SEND)
    called.writes("untrusted")
    (row,) = called.settled("untrusted")
    assert (row.state, row.last_error) == ("failed", "untrusted_ip")
    assert called.ready()["wecom"]["troubles"] == ["untrusted_ip"]
    (line,) = called.logged("wecom_trouble")
    assert (line["level"], line["trouble"]) == ("error", "untrusted_ip")

    def noted() -> list[EventLog]:
        with called.database.read() as db:
            return list(db.scalars(select(EventLog).where(EventLog.kind == "messenger_trouble")))

    (event,) = soon(noted, lambda events: events)
    assert event.data["trouble"] == "untrusted_ip"
    calls = called.model.calls[SEND]
    time.sleep(2.5)
    assert called.model.calls[SEND] == calls
    called.writes("trusted")
    called.answer_to("trusted")
    soon(lambda: called.ready()["wecom"]["troubles"], lambda troubles: troubles == [])


def test_who_cannot_be_reached_is_not_tried_again(called: Called) -> None:
    called.deliver(called.app, called.app_message("outside", "text", Content=QUESTION))
    (row,) = called.settled("outside")
    assert (row.state, row.last_error) == ("failed", "nobody_reachable 81013")


def test_a_limit_is_waited_for(called: Called) -> None:
    called.model.refuse_next(45009, path=SEND)
    before = called.now()
    called.writes("eager")
    (row,) = soon(lambda: called.rows("eager"), lambda rows: rows and rows[0].attempts)
    assert (row.state, row.last_error) == ("pending", "rate_limited")
    assert timedelta(seconds=55) < row.next_attempt_at - before < timedelta(seconds=90)
    called.later(seconds=100)
    called.answer_to("eager")
    assert len(called.said_to("eager")) == 1


def test_a_token_that_ran_out_is_renewed_once_for_all(called: Called) -> None:
    called.writes("before")
    called.answer_to("before")
    issued = called.model.tokens_issued
    called.model.expire_tokens()
    people = [f"after-{number}" for number in range(8)]
    called.model.members |= {userid: {} for userid in people}
    all_of([
        called.begin(called.app, called.app_message(userid, "text", Content=QUESTION)) for userid in people
    ])  # fmt: skip
    for userid in people:
        called.answer_to(userid)
    assert called.model.tokens_issued == issued + 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault.DROP_AFTER,
        *(
            pytest.param(fault, marks=pytest.mark.verify)
            for fault in (Fault.CUT, Fault.BAD_GATEWAY, Fault.GARBLED)
        ),
    ],
)
def test_what_may_have_arrived_is_never_sent_again(called: Called, fault: Fault) -> None:
    userid = f"lost-{fault}"
    called.model.fail_next(fault, path=SEND)
    called.writes(userid)
    (row,) = called.settled(userid)
    assert row.state == "unknown"
    calls = called.model.calls[SEND]
    called.later(hours=1)
    time.sleep(2.5)
    assert called.model.calls[SEND] == calls
    assert len(called.said_to(userid)) == 1


def test_what_surely_did_not_arrive_is_sent_again(called: Called) -> None:
    called.model.fail_next(Fault.FORBIDDEN, path=SEND)
    called.writes("again")
    soon(lambda: called.rows("again"), lambda rows: rows and rows[0].attempts)
    called.later(seconds=10)
    called.answer_to("again")
    (row,) = called.settled("again")
    assert (row.state, row.attempts) == ("sent", 2)


def test_nothing_secret_and_no_word_of_anybody_is_in_the_log(called: Called) -> None:
    words = "我的私房话：工资怎么少了一千八百块"
    called.writes("quiet-person", words)
    called.answer_to("quiet-person")
    told = called.log()
    assert "wecom_received" in told
    hidden = (words, QUESTION, SILLY, "quiet-person", SECRET.get_secret_value(), APP_TOKEN, APP_KEY)
    assert [word for word in (*hidden, *called.model.tokens) if word in told] == []
