"""One employee's conversations on every channel: read again, and gone on with."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta
from typing import Any

import pytest

from service.conversations.messages import add_message, append_message
from service.conversations.queries import conversation
from service.conversations.replies import Reply
from service.conversations.tables import Sender, State
from service.handover.operations import Call, request
from service.handover.tables import Reason
from service.messengers.operations import Writer, chat_of, conversation_in
from service.messengers.tables import Provider
from service.people.roles import Role
from service.people.staff import add_staff
from service.people.viewer import Grant
from tests.api.wecom.served import HEFEI, Served, portal_token

_numbers = itertools.count(1)


@pytest.fixture
def somebody() -> str:
    """A UserID nobody has used yet."""
    return f"member{next(_numbers)}"


def write_in_wecom(served: Served, userid: str, *texts: str, group: str | None = None) -> str:
    """Have somebody write in WeChat Work; return the conversation."""
    with served.write() as db:
        chat = chat_of(db, Writer(Provider.APP, userid, group), is_portal_subject=False, now=served.now)
        talking, _ = conversation_in(db, chat, opening=None, now=served.now)
        for text in texts:
            served.now += timedelta(seconds=1)
            said = Reply(text)
            append_message(db, talking.id, sender=Sender.EMPLOYEE, reply=said, turn_id=None, now=served.now)
        return talking.id


def call_a_person(served: Served, conversation_id: str) -> None:
    with served.write() as db:
        call = Call(Reason.ASKED, HEFEI, "说明", urgent=False, beside=False)
        request(db, conversation(db, conversation_id), call, now=served.now)


def token_of(served: Served, userid: str) -> str:
    served.model.members[userid] = {"name": "林晓", "department": [1], "main_department": 1, "status": 1}
    return served.log_in(userid)


def spoken(page: dict[str, Any]) -> list[tuple[str, str]]:
    return [(message["channel"], message["text"]) for message in page["messages"]]


def test_what_was_said_on_every_channel_is_there_the_newest_first(served: Served, somebody: str) -> None:
    token = portal_token(served, f"portal-{somebody}", "林晓", wecom=somebody)
    served.open(token)
    served.now += timedelta(minutes=1)
    write_in_wecom(served, somebody, "年假几天", "病假呢")
    page = served.history(token).json()
    assert page["more"] is False
    assert spoken(page)[:2] == [("wecom_app", "病假呢"), ("wecom_app", "年假几天")]
    assert [channel for channel, _ in spoken(page)] == ["wecom_app", "wecom_app", "web"]
    assert len({message["conversation_id"] for message in page["messages"]}) == 2


def test_pages_follow_each_other_without_a_gap_and_without_the_conversation_beside(
    served: Served, somebody: str
) -> None:
    token = token_of(served, somebody)
    texts = [f"第{number}句" for number in range(7)]
    write_in_wecom(served, somebody, *texts)
    beside = served.open(token).json()["id"]
    seen: list[str] = []
    before = None
    for left in (True, True, False):
        page = served.history(token, limit=3, beside=beside, **({"before": before} if before else {})).json()
        seen += [message["text"] for message in page["messages"]]
        before = page["messages"][-1]["id"]
        assert page["more"] is left
    assert seen == texts[::-1]


def test_messages_of_one_moment_are_neither_skipped_nor_repeated(served: Served, somebody: str) -> None:
    talking = write_in_wecom(served, somebody)
    with served.write() as db:
        for number in range(5):
            add_message(db, talking, sender=Sender.BOT, reply=Reply(str(number)), now=served.now)
    token = token_of(served, somebody)
    first = served.history(token, limit=2).json()["messages"]
    rest = served.history(token, before=first[-1]["id"]).json()["messages"]
    assert [message["text"] for message in (*first, *rest)] == ["4", "3", "2", "1", "0"]


def test_nobody_reads_what_another_a_visitor_or_a_group_has_said(served: Served, somebody: str) -> None:
    write_in_wecom(served, somebody, "我的事")
    write_in_wecom(served, somebody, "群里的话", group="group-1")
    served.open(None)
    token = token_of(served, f"{somebody}x")
    assert served.history(token).json() == {"messages": [], "more": False}
    stranger = token_of(served, somebody)
    (own,) = served.history(stranger).json()["messages"]
    assert own["text"] == "我的事"
    answer = served.history(token, before=own["id"])
    assert (answer.status_code, answer.json()["code"]) == (404, "message_not_found")


def test_the_history_asks_who_one_is(served: Served) -> None:
    opened = served.open(None).json()
    assert served.history(None).json()["code"] == "token_missing"
    assert served.history(opened["token"]).json()["code"] == "identity_invalid"


@pytest.mark.parametrize("state", [State.QUEUED, State.STAFF])
def test_who_talks_to_a_person_in_wecom_goes_on_on_the_page(
    served: Served, somebody: str, state: State
) -> None:
    talking = write_in_wecom(served, somebody, "我要找人")
    call_a_person(served, talking)
    if state is State.STAFF:
        with served.write() as db:
            grants = [Grant(Role.OFFICER, HEFEI)]
            staff = add_staff(
                db,
                login=somebody,
                display_name="王敏",
                password="long enough 1",
                grants=grants,
                now=served.now,
            )
            chat = conversation(db, talking)
            chat.state, chat.staff_id = State.STAFF, staff.id
    opened = served.open(token_of(served, somebody))
    assert opened.status_code == 201
    body = opened.json()
    assert (body["id"], body["state"]) == (talking, state)
    assert body["messages"][0]["text"] == "我要找人"
    headers = {"Authorization": f"Bearer {body['token']}"}
    sent = served.browser.post(
        f"/api/v1/conversations/{talking}/messages",
        json={"client_id": "1", "text": "我换到电脑上了"},
        headers=headers,
    )
    assert sent.status_code == 200
    assert write_in_wecom(served, somebody, "手机上也在") == talking
    news = served.browser.get(f"/api/v1/conversations/{talking}/messages", headers=headers).json()
    assert [message["text"] for message in news["messages"]][-2:] == ["我换到电脑上了", "手机上也在"]
    closed = served.browser.post(f"/api/v1/conversations/{talking}/close", headers=headers)
    assert closed.json()["state"] == "closed"
    assert served.open(token_of(served, somebody)).json()["id"] != talking


def test_taken_up_again_only_the_last_token_opens_it(served: Served, somebody: str) -> None:
    call_a_person(served, write_in_wecom(served, somebody, "我要找人"))
    first, second = (served.open(token_of(served, somebody)).json() for _ in range(2))
    assert first["id"] == second["id"]
    address = f"/api/v1/conversations/{first['id']}"
    for opened, status in ((first, 401), (second, 200)):
        headers = {"Authorization": f"Bearer {opened['token']}"}
        assert served.browser.get(address, headers=headers).status_code == status


def test_what_the_page_reads_is_sent_to_wecom_all_the_same(served: Served, somebody: str) -> None:
    talking = write_in_wecom(served, somebody, "我要找人")
    call_a_person(served, talking)
    body = served.open(token_of(served, somebody)).json()
    with served.write() as db:
        add_message(db, talking, sender=Sender.SYSTEM, reply=Reply("有人接手了"), now=served.now)
    headers = {"Authorization": f"Bearer {body['token']}"}
    news = served.browser.get(f"/api/v1/conversations/{talking}/messages", headers=headers).json()
    assert news["messages"][-1]["text"] == "有人接手了"
    deadline = time.monotonic() + 20
    while not (there := [sent for sent in served.model.sent if sent.userid == somebody]):
        assert time.monotonic() < deadline, "nothing was sent"
        time.sleep(0.05)
    assert [sent.text for sent in there] == ["有人接手了"]


def test_a_conversation_with_the_bot_or_of_the_page_is_not_taken_up(served: Served, somebody: str) -> None:
    with_the_bot = write_in_wecom(served, somebody, "年假几天")
    token = token_of(served, somebody)
    on_the_page = served.open(token).json()["id"]
    assert on_the_page != with_the_bot
    call_a_person(served, on_the_page)
    assert served.open(token).json()["id"] not in (with_the_bot, on_the_page)
