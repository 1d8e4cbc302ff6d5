"""The AI bot's address in webhook mode: the vendor's crypto as the platform against the running service."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from service.conversations.tables import Feedback, Message, Outbox, Sender, Turn
from service.people.roles import Role
from service.people.staff import add_staff
from service.people.viewer import Grant
from tests.api.wecom.called import BOT_KEY, BOT_NAME, BOT_TOKEN, QUESTION, SILLY, Called, called_service, soon
from tests.api.wecom.peer_platform import Answered, all_of
from tests.service.world import BANK

PASSWORD = "a password of the tests"
THINKING, LATER, PERSON = "正在查……", "答好了马上发给你", "已经转到工会的人那里"


@pytest.fixture(scope="module")
def called(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Called]:
    with called_service(home, tmp_path_factory.mktemp("called")) as running:
        yield running


@contextmanager
def held_back(called: Called) -> Iterator[None]:
    """Within it no turn is answered: the dialogue takes the question, and says nothing until the end."""
    port = json.loads((called.folder / "settings.json").read_text())["rasa_port"]
    ready = called.folder / "dialogue"
    with socket.create_server(("127.0.0.1", port)) as listening:
        ready.touch()
        try:
            yield
        finally:
            ready.unlink()
            listening.settimeout(0.1)
            with suppress(TimeoutError):
                while True:
                    listening.accept()[0].close()


def stored_answer(called: Called, userid: str) -> Message:
    return called.messages(userid, Sender.BOT)[-1]


def row_of(called: Called, message_id: str) -> Outbox:
    with called.database.read() as db:
        return db.scalars(select(Outbox).where(Outbox.message_id == message_id)).one()


def quiet_for_a_look(called: Called, body: dict[str, Any]) -> list[dict[str, Any]]:
    """What went to a response_url, after the outbox has been looked at once more."""
    time.sleep(2.5)
    return called.replies.taken.get(body["response_url"].rpartition("/")[2], [])


def test_the_address_proves_itself(called: Called) -> None:
    answered = called.deliver(called.bot, "echo-1", kind="echo")
    assert (answered.status, answered.body) == (200, "echo-1")


def test_a_question_is_answered_in_its_stream_which_is_named_for_judging(called: Called) -> None:
    body, answered = called.asks("lin")
    assert answered.status == 200
    assert answered.opened is not None
    first = answered.opened["stream"]
    assert first["feedback"] == {"id": first["id"]}
    told = called.finished(answered)
    answer = stored_answer(called, "lin")
    assert told["stream"]["id"] == answer.turn_id == first["id"]
    assert told["stream"]["content"].startswith(answer.text)
    row = row_of(called, answer.id)
    assert (row.state, row.remote_id) == ("sent", answer.turn_id)
    assert called.poll(first["id"])["stream"]["content"] == told["stream"]["content"]
    assert quiet_for_a_look(called, body) == []


def test_a_delivery_that_comes_again_is_one_question(called: Called) -> None:
    body = called.bot_body("twice", msgtype="text", text={"content": QUESTION})
    text = json.dumps(body)
    at_once = all_of([called.begin(called.bot, text) for _ in range(5)])
    again = called.deliver(called.bot, text)
    told = [called.finished(answered) for answered in (*at_once, again)]
    assert len({json.dumps(one["stream"]["content"]) for one in told}) == 1
    assert len(called.messages("twice", Sender.EMPLOYEE)) == 1
    assert len(called.messages("twice", Sender.BOT)) == 1
    assert quiet_for_a_look(called, body) == []


def test_whatever_is_not_the_platforms_is_refused_alike(called: Called) -> None:
    text = json.dumps(called.bot_body("forger", msgtype="text", text={"content": QUESTION}))
    company = type(called.bot)(called.bot.url, BOT_TOKEN, BOT_KEY, "ww-a-company")
    other = json.dumps(called.bot_body("forger", msgtype="text", text={"content": "x"}, aibotid="another"))
    answers = [
        called.deliver(called.bot, text, change={"query": {"msg_signature": "0" * 40}}),
        called.deliver(company, text, kind="json"),
        called.deliver(called.bot, text, timestamp=1),
        called.deliver(called.bot, text, raw="not json"),
        called.deliver(called.bot, text, raw='{"encrypt": 5}'),
        called.deliver(called.bot, text, raw="[" * 100_000),
        called.deliver(called.bot, "[]"),
        called.deliver(called.bot, other),
        called.deliver(called.bot, '{"msgtype": "stream", "stream": {"id": 7}}'),
    ]
    bodies = [{**json.loads(answered.body), "request_id": ""} for answered in answers]
    assert [answered.status for answered in answers] == [403] * len(answers)
    assert all(body == bodies[0] for body in bodies)
    assert called.messages("forger") == []


def test_a_stream_nobody_began_and_events_of_no_meaning_get_an_empty_answer(called: Called) -> None:
    unknown = json.dumps({"msgtype": "stream", "stream": {"id": "no-such-turn"}})
    assert called.deliver(called.bot, unknown).body == ""
    _, answered = called.does("lin", {"eventtype": "something_new"})
    assert (answered.status, answered.body) == (200, "")


def test_a_judgement_is_kept_changed_and_withdrawn(called: Called) -> None:
    _, answered = called.asks("judge")
    stream = called.finished(answered)["stream"]["id"]
    answer = stored_answer(called, "judge")

    def judge(kind: int, **more: Any) -> Feedback | None:
        event = {"eventtype": "feedback_event", "feedback_event": {"id": stream, "type": kind, **more}}
        _, told = called.does("judge", event)
        assert (told.status, told.body) == (200, "")
        with called.database.read() as db:
            return db.get(Feedback, answer.id)

    given = judge(1)
    assert given is not None
    assert (given.rating, given.reason) == ("up", None)
    given = judge(2, content="不对", inaccurate_reason_list=[2, 4])
    assert given is not None
    assert (given.rating, given.reason, given.comment) == ("down", "unclear", "不对")
    assert judge(3) is None


def test_whoever_opens_the_chat_is_welcomed_at_once(called: Called) -> None:
    body, answered = called.does("newcomer", {"eventtype": "enter_chat"})
    assert answered.opened is not None
    told = json.dumps(answered.opened, ensure_ascii=False)
    assert answered.opened["msgtype"] in ("text", "template_card")
    assert "我是工会智能服务助手" in told
    (row,) = called.rows("newcomer")
    assert row.state == "sent"
    _, again = called.does("newcomer", {"eventtype": "enter_chat"})
    assert (again.status, again.body) == (200, "")
    assert quiet_for_a_look(called, body) == []


def pressed(called: Called, userid: str, told: dict[str, Any], place: int = 0) -> tuple[Any, Answered, str]:
    card = told["template_card"]
    button = card["button_list"][place]
    press = {"event_key": button["key"], "task_id": card["task_id"]}
    body, answered = called.does(userid, {"eventtype": "template_card_event", "template_card_event": press})
    return body, answered, button["text"]


def test_a_button_changes_its_card_and_is_answered_at_the_response_url(called: Called) -> None:
    _, answered = called.asks("presser", SILLY)
    told = called.finished(answered)
    assert told["msgtype"] == "stream_with_template_card"
    body, changed, title = pressed(called, "presser", told)
    assert changed.opened is not None
    assert changed.opened["response_type"] == "update_template_card"
    card = changed.opened["template_card"]
    assert card["task_id"] == told["template_card"]["task_id"]
    assert card["main_title"] == {"title": f"已选：{title}"}
    (reply,) = called.replied(body)
    assert reply["msgtype"] in ("markdown", "template_card")
    answer = stored_answer(called, "presser")
    assert soon(lambda: row_of(called, answer.id), lambda row: row.state == "sent").remote_id is None
    assert answer.text.split("\n")[0] in json.dumps(reply, ensure_ascii=False)


def test_a_button_of_another_changes_nothing_and_is_told_so(called: Called) -> None:
    _, answered = called.asks("owner", SILLY)
    told = called.finished(answered)
    body, changed, _ = pressed(called, "stranger", told)
    assert (changed.status, changed.body) == (200, "")
    (reply,) = called.replied(body)
    assert "过期" in reply["markdown"]["content"]


def test_an_answer_that_comes_while_it_is_asked_for_is_handed_over_once(called: Called) -> None:
    with held_back(called):
        body, answered = called.asks("waiting")
        assert answered.seconds < 4
        assert answered.opened is not None
        stream = answered.opened["stream"]
        assert (stream["content"], stream["finish"]) == (THINKING, False)
        told = called.poll(stream["id"])["stream"]
        assert (told["content"], told["finish"]) == (THINKING, False)
        assert "feedback" not in told
    told = called.finished(answered)["stream"]
    assert told["content"].startswith(stored_answer(called, "waiting").text)
    assert quiet_for_a_look(called, body) == []


def test_an_answer_later_than_that_goes_to_the_response_url_and_never_both_ways(called: Called) -> None:
    with held_back(called):
        body, answered = called.asks("patient")
        assert answered.opened is not None
        stream = answered.opened["stream"]["id"]
        called.later(minutes=5, seconds=40)
        told = called.poll(stream)["stream"]
        assert (LATER in told["content"], told["finish"]) == (True, True)
    (reply,) = called.replied(body)
    assert stored_answer(called, "patient").text in reply["markdown"]["content"]
    soon(lambda: called.rows("patient"), lambda rows: rows[0].state == "sent")
    told = called.poll(stream)["stream"]
    assert (LATER in told["content"], told["finish"]) == (True, True)
    assert len(quiet_for_a_look(called, body)) == 1


@pytest.mark.verify
def test_an_answer_nobody_asks_for_any_more_goes_to_the_response_url(called: Called) -> None:
    with held_back(called):
        body, _ = called.asks("gone-away")
    soon(lambda: called.messages("gone-away", Sender.BOT), bool)
    assert quiet_for_a_look(called, body) == []
    called.later(minutes=6, seconds=5)
    (reply,) = called.replied(body)
    assert stored_answer(called, "gone-away").text in reply["markdown"]["content"]


def late(called: Called, userid: str, *, before: Any = None, **fields: Any) -> dict[str, Any]:
    """Have an answer come too late for its stream; `before` happens while it is held back."""
    with held_back(called):
        body, answered = called.asks(userid, **fields)
        assert answered.opened is not None
        called.later(minutes=5, seconds=40)
        called.poll(answered.opened["stream"]["id"])
        if before is not None:
            before(body["response_url"].rpartition("/")[2])
    return body


@pytest.mark.verify
def test_a_response_url_that_refuses_is_followed_by_the_app(called: Called) -> None:
    def refuse(name: str) -> None:
        called.replies.errcodes[name] = [60140]

    called.model.members["colleague"] = {}
    body = late(called, "colleague", before=refuse)
    assert stored_answer_in(called, "colleague")
    sent = called.answer_to("colleague")
    (row,) = called.settled("colleague")
    assert (row.state, row.remote_id) == ("sent", sent.msgid)
    assert quiet_for_a_look(called, body) == []


def stored_answer_in(called: Called, userid: str) -> Message:
    return soon(lambda: called.messages(userid, Sender.BOT), bool)[-1]


@pytest.mark.verify
def test_a_response_url_that_is_busy_is_tried_again_later(called: Called) -> None:
    def busy(name: str) -> None:
        called.replies.errcodes[name] = [45009]

    body = late(called, "outsider", before=busy)  # whom the app cannot reach
    soon(lambda: called.rows("outsider"), lambda rows: rows and rows[0].attempts)
    assert called.rows("outsider")[0].state == "pending"
    called.later(seconds=60)
    assert len(called.replied(body)) == 1


@pytest.mark.verify
def test_a_response_url_that_says_nothing_may_have_taken_it(called: Called) -> None:
    called.model.members["unlucky"] = {}
    body = late(called, "unlucky", before=called.replies.dropping.add)
    (row,) = called.settled("unlucky")
    assert row.state == "unknown"
    called.later(hours=1)
    assert len(quiet_for_a_look(called, body)) == 1
    assert called.said_to("unlucky") == []


@pytest.mark.parametrize("url", [None, "http://10.0.0.9/reply", "https://user:x@host.example/", "no address"])
def test_without_a_safe_way_an_answer_is_listed_as_failed(called: Called, url: str | None) -> None:
    userid = f"unreachable-{hash(url) % 1000}"
    late(called, userid, response_url=url or "")
    (row,) = called.settled(userid)
    assert row.state == "failed"
    assert row.last_error is not None
    assert called.logged("wecom_not_sent")[-1]["state"] == "failed"


def test_what_staff_say_goes_to_the_response_url_once_and_then_by_the_app(called: Called) -> None:
    with called.database.write() as db:
        add_staff(
            db, login="wang", display_name="王敏", password=PASSWORD, grants=[Grant(Role.OFFICER, BANK)],
            now=called.now(),
        )  # fmt: skip
    called.model.members["asker"] = {}
    body, answered = called.asks("asker", "找人工")
    called.finished(answered)
    conversation = called.conversation("asker")
    assert conversation.state == "queued"
    with httpx.Client(base_url=f"{called.url}/api/v1/desk", trust_env=False) as desk:
        desk.post("/login", json={"login": "wang", "password": PASSWORD}).raise_for_status()
        desk.post(f"/conversations/{conversation.id}/claim").raise_for_status()
        for text in ("我是王敏，请讲", "在听"):
            desk.post(
                f"/conversations/{conversation.id}/messages",
                json={"client_id": f"c{len(text)}", "text": text},
            ).raise_for_status()
        called.answer_to("asker", count=2)
        assert [message.text for message in called.said_to("asker")] == [
            "**示例银行工会 王敏**：我是王敏，请讲",
            "**示例银行工会 王敏**：在听",
        ]
        (taken_up,) = called.replied(body)  # the first of what followed the question had its address
        assert "王敏已接起" in taken_up["markdown"]["content"]
        question, told = called.asks("asker", "还有一个问题")
        assert (told.status, told.body) == (200, "")
        desk.post(
            f"/conversations/{conversation.id}/messages", json={"client_id": "3", "text": "请说"}
        ).raise_for_status()
        (reply,) = called.replied(question)
        assert "**示例银行工会 王敏**：请说" in reply["markdown"]["content"]
        desk.post(f"/conversations/{conversation.id}/close").raise_for_status()


def test_a_person_who_takes_over_ends_the_stream(called: Called) -> None:
    with held_back(called):
        _, answered = called.asks("taken-over")
        assert answered.opened is not None
        turn = answered.opened["stream"]["id"]
        with called.database.write() as db:  # as `answer_turn` leaves it where staff took the conversation
            db.get_one(Turn, turn).state = "human"
        told = called.poll(turn)["stream"]
        assert (PERSON in told["content"], told["finish"]) == (True, True)


def test_in_a_group_the_name_of_the_bot_is_no_part_of_the_question(called: Called) -> None:
    group = {"chattype": "group", "chatid": "group-1"}
    _, answered = called.asks("member", f"@{BOT_NAME} {QUESTION}", **group)
    called.finished(answered)
    (asked,) = called.messages("member", Sender.EMPLOYEE)
    assert asked.text == QUESTION


@pytest.mark.verify
def test_what_comes_late_to_a_group_says_whom_it_is_for_and_never_goes_by_the_app(called: Called) -> None:
    group = {"chattype": "group", "chatid": "group-1"}
    called.model.members["group-member"] = {}
    body = late(called, "group-member", **group)
    (reply,) = called.replied(body)
    assert reply["markdown"]["content"].startswith("<@group-member> ")
    late(called, "group-member", response_url="", **group)
    rows = called.settled("group-member", count=2)
    assert [row.state for row in rows] == ["sent", "failed"]
    assert rows[1].last_error == "no_way_to_send"
    assert called.said_to("group-member") == []


def test_what_cannot_be_read_is_answered_with_the_wish_for_words(called: Called) -> None:
    body = called.bot_body("speaker", msgtype="voice", voice={"content": ""})
    assert called.deliver(called.bot, json.dumps(body)).body == ""
    (reply,) = called.replied(body)
    assert "请打字" in reply["markdown"]["content"]


def test_nothing_secret_and_no_word_of_anybody_is_in_the_log(called: Called) -> None:
    words = "我的私房话：工资怎么少了一千八百块"
    body, answered = called.asks("quiet-person", words)
    called.finished(answered)
    told = called.log()
    hidden = (
        words,
        QUESTION,
        SILLY,
        "quiet-person",
        BOT_TOKEN,
        BOT_KEY,
        body["response_url"],
        called.replies.url,
    )
    assert [word for word in hidden if word in told] == []
