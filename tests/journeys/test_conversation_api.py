"""The contract of conversations over HTTP, on the real stack."""

from __future__ import annotations

import concurrent.futures
import json
import re
import sqlite3
import time
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.connection import Connection

from tests.talk import Talk, open_stream

QUESTION = "年休假有几天"


def frames_until(stream: Connection, kind: str, *, sender: str = "bot") -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    while True:
        frames.append(json.loads(stream.recv(timeout=20)))
        if frames[-1]["type"] == kind and frames[-1].get("message", {}).get("sender", sender) == sender:
            return frames


def test_it_opens_with_four_entries_and_who_can_read(server_url: str) -> None:
    (opening,) = Talk(server_url).opened["messages"]
    titles = [option["title"] for option in opening["options"]]
    assert titles == ["我要咨询", "我要办事", "找工会的人", "我的办理进度"]
    assert "平时没有人看" in opening["text"]


def test_an_answer_has_the_contracts_shape_and_its_sources_open(server_url: str) -> None:
    talk = Talk(server_url)
    body = talk.say(QUESTION)
    (answer,) = body["messages"]
    assert body["state"] == "bot"
    assert body["accepted"]["sender"] == "employee"
    assert answer["seq"] == body["accepted"]["seq"] + 1
    assert answer["decision"] == "answer"
    assert 0.5 < answer["confidence"] <= 1
    assert [citation["article"] for citation in answer["citations"][:2]] == [None, "第三条"]
    for citation in answer["citations"]:
        opened = talk.http.get(f"/sources/{citation['source_id']}")
        assert opened.status_code == 200, opened.text
    card = talk.http.get("/sources/leave-annual-days").json()
    assert (card["kind"], card["verified"]) == ("card", True)
    assert "10天" in card["text"]
    article = talk.http.get("/sources/law:职工带薪年休假条例:第三条").json()
    assert article["law"] == "职工带薪年休假条例"
    assert "leave-annual-days" in [item["source_id"] for item in article["cited_by"]]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/sources/no-such-card", 404, "source_not_found"),
        ("/conversations/nobody", 401, "token_missing"),
        ("/nowhere", 404, "not_found"),
    ],
)
def test_errors_have_one_shape(server_url: str, path: str, status: int, code: str) -> None:
    answer = httpx.get(f"{server_url}/api/v1{path}", trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "detail", "request_id"}
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"]


def test_repeating_a_message_gives_the_same_answer_and_nothing_more(server_url: str) -> None:
    talk = Talk(server_url)
    first = talk.say(QUESTION, client_id="x")
    assert talk.say(QUESTION, client_id="x") == first
    assert len(talk.messages()) == 3
    reused = talk.post(client_id="x", text="别的问题")
    assert (reused.status_code, reused.json()["code"]) == (409, "client_id_reused")


def test_the_same_message_twice_at_once_is_answered_once(server_url: str) -> None:
    talk = Talk(server_url)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: talk.say(QUESTION, client_id="same"), range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert len(talk.messages()) == 3


def test_eight_messages_at_once_are_answered_in_order_each_once(server_url: str) -> None:
    talk = Talk(server_url, timeout=60)
    texts = [f"第{number}个问题，年假怎么算" for number in range(8)]

    def send(number: int) -> dict[str, Any]:
        answer = talk.post(client_id=f"n{number}", text=texts[number])
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(send, range(8)))
    deadline = time.monotonic() + 30
    while len(messages := talk.messages(after=1)) < 16 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert sorted(m["text"] for m in messages if m["sender"] == "employee") == sorted(texts)
    assert [m["seq"] for m in messages] == list(range(2, 18))
    # Answers come in the order in which the questions were accepted, each after its question.
    answered = [body["messages"][0]["seq"] for body in sorted(sent, key=lambda b: b["accepted"]["seq"])]
    assert answered == sorted(answered)
    assert len(set(answered)) == 8


def test_options_are_taken_only_where_they_were_offered(server_url: str) -> None:
    talk, other = Talk(server_url), Talk(server_url)
    option = other.opened["messages"][0]["options"][0]["id"]
    refused = talk.post(client_id="o", option=option)
    assert (refused.status_code, refused.json()["code"]) == (409, "option_not_offered")


def test_a_conversation_is_closed_to_strangers(server_url: str) -> None:
    talk, other = Talk(server_url), Talk(server_url)
    stranger = talk.http.get(f"/conversations/{talk.id}/messages", headers=other.headers)
    assert (stranger.status_code, stranger.json()["code"]) == (401, "token_invalid")


def test_after_the_end_nothing_more_is_taken_but_all_stays_readable(server_url: str) -> None:
    talk = Talk(server_url)
    talk.say(QUESTION)
    closed = talk.http.post(f"/conversations/{talk.id}/close", headers=talk.headers)
    assert closed.json()["state"] == "closed"
    refused = talk.post(client_id="late", text="还在吗")
    assert (refused.status_code, refused.json()["code"]) == (409, "conversation_closed")
    rated = talk.http.post(f"/conversations/{talk.id}/rating", json={"rating": 5}, headers=talk.headers)
    assert rated.json()["rating"] == 5
    assert len(talk.messages()) == 3


def test_feedback_is_kept_and_wrong_feedback_is_explained(server_url: str) -> None:
    talk = Talk(server_url)
    (answer,) = talk.say(QUESTION)["messages"]
    path = f"/conversations/{talk.id}/messages/{answer['id']}/feedback"
    given = talk.http.post(path, json={"rating": "down", "reason": "unclear"}, headers=talk.headers)
    assert given.json() == {"message_id": answer["id"], "rating": "down", "reason": "unclear"}
    wrong = talk.http.post(path, json={"rating": "sideways"}, headers=talk.headers)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_body")
    assert "rating" in wrong.json()["detail"]


def test_a_deleted_conversation_is_gone(server_url: str) -> None:
    talk = Talk(server_url)
    talk.say(QUESTION)
    assert talk.http.delete(f"/conversations/{talk.id}", headers=talk.headers).status_code == 204
    gone = talk.http.get(f"/conversations/{talk.id}/messages", headers=talk.headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "conversation_not_found")


def test_the_stream_brings_what_was_missed_and_what_is_new(server_url: str) -> None:
    talk = Talk(server_url)
    with open_stream(server_url, talk) as stream:
        assert stream.subprotocol == "union-assistant"
        missed = frames_until(stream, "state")
        assert [frame["message"]["seq"] for frame in missed[:-1]] == [1]
        assert missed[-1] == {"type": "state", "state": "bot", "queue": None, "staff_name": None}
        talk.say(QUESTION)
        frames = frames_until(stream, "message")
        texts = [frame["message"]["seq"] for frame in frames if frame["type"] == "message"]
        assert texts == [2, 3]
        assert {"type": "typing", "by": "bot"} in frames
    with open_stream(server_url, talk, after=2) as stream:
        (frame, *_) = frames_until(stream, "message")
        assert frame["message"]["seq"] == 3


@pytest.mark.parametrize("case", ["token", "gone"])
def test_a_stream_that_may_not_be_closes_with_its_code(server_url: str, case: str) -> None:
    talk = Talk(server_url)
    if case == "gone":
        talk.http.delete(f"/conversations/{talk.id}", headers=talk.headers)
    stream = open_stream(server_url, talk, token="wrong" if case == "token" else None)
    with stream, pytest.raises(ConnectionClosed) as closed:
        stream.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == (4401 if case == "token" else 4404)


def test_search_filters_by_branch_and_day(server_url: str) -> None:
    with httpx.Client(base_url=f"{server_url}/api/v1", trust_env=False, timeout=20) as http:
        found = http.post("/search", json={"text": "一年有几天法定节假日", "limit": 5}).json()
        assert found["decision"] == "answer"
        assert found["hits"][0]["id"] == "leave-statutory-holidays"
        then = http.post("/search", json={"text": "一年有几天法定节假日", "as_of": "2020-06-01"}).json()
        assert "leave-statutory-holidays" not in [hit["id"] for hit in then["hits"]]
        sample = {"text": "安徽分行困难补助最高多少"}
        outside = http.post("/search", json=sample).json()
        assert "hardship-sample-anhui" not in [hit["id"] for hit in outside["hits"]]
        inside = http.post("/search", json={**sample, "org": "示例银行/安徽省分行/合肥分行"}).json()
        assert inside["hits"][0]["id"] == "hardship-sample-anhui"
        unknown = http.post("/search", json={**sample, "org": "无此行"})
        assert (unknown.status_code, unknown.json()["code"]) == (422, "organisation_unknown")


def test_the_action_webhook_needs_its_secret_and_is_not_advertised(server_url: str) -> None:
    refused = httpx.post(f"{server_url}/internal/actions/webhook", json={}, trust_env=False)
    assert refused.status_code == 403
    described = httpx.get(f"{server_url}/openapi.json", trust_env=False).json()
    assert not [path for path in described["paths"] if "internal" in path]


def test_a_body_too_large_is_refused(server_url: str) -> None:
    talk = Talk(server_url)
    refused = talk.post(client_id="big", text="年" * 500_000)
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


def test_what_was_typed_is_in_no_log(server_url: str, stack: Any) -> None:
    talk = Talk(server_url)
    talk.say("我叫欧阳测试者，手机13912345678，问年假")
    logs = [stack.data / "stack.log", *(stack.data / "logs").glob("*.log*")]
    text = "".join(file.read_text(encoding="utf-8", errors="replace") for file in logs)
    for word in ("欧阳测试者", "13912345678", talk.opened["token"]):
        assert word not in text


def test_the_dialogue_forgets_what_was_deleted(server_url: str, stack: Any) -> None:
    talk = Talk(server_url)
    talk.say(QUESTION)
    tracker = stack.data / "rasa" / "tracker.db"

    def remembered() -> int:
        with sqlite3.connect(f"file:{tracker}?mode=ro", uri=True, timeout=10) as database:
            query = "SELECT count(*) FROM events WHERE sender_id = ?"
            return int(database.execute(query, (talk.id,)).fetchone()[0])

    assert remembered() > 0
    talk.http.delete(f"/conversations/{talk.id}", headers=talk.headers)
    deadline = time.monotonic() + 40
    while remembered():
        assert time.monotonic() < deadline, "Rasa still remembers a deleted conversation"
        time.sleep(0.5)


def test_pages_are_asked_for_anew_and_their_assets_kept(server_url: str) -> None:
    page = httpx.get(f"{server_url}/", trust_env=False)
    assert page.headers["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    asset = re.search(r'/assets/[^"]+\.js', page.text)
    assert asset
    kept = httpx.get(f"{server_url}{asset.group()}", trust_env=False)
    assert (kept.status_code, "immutable" in kept.headers["Cache-Control"]) == (200, True)
