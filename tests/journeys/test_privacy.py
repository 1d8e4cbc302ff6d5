"""After a full run no personal number is to be read anywhere, and nothing links a report to anybody."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.officer import Officer
from tests.stack import Stack
from tests.talk import Talk

pytestmark = pytest.mark.verify

BRANCH = "示例银行/浙江省分行/杭州分行"
MOBILE, IDENTITY, CARD, STAFF_NUMBER = "13912345678", "330106199003074512", "6222021202034567897", "80012345"
WRITTEN = (
    f"我的手机是{MOBILE}，身份证{IDENTITY}",
    "手机 139 1234 5678，卡号6222 0212 0203 4567 897",
    "１３９１２３４５６７８这个号也能找到我",
    f"工号{STAFF_NUMBER}，+86 {MOBILE}",
)
AGENT = "a browser nobody else has"


@pytest.fixture(scope="module")
def officer(stack: Stack) -> Iterator[Officer]:
    with Officer(stack, name="何静", org=BRANCH) as one:
        yield one


@pytest.fixture(scope="module")
def confidant(stack: Stack) -> Iterator[Officer]:
    """Reports about a branch are read one union above it."""
    with Officer(stack, name="专人", org="示例银行/浙江省分行", roles=["confidant"]) as one:
        yield one


def dump(database: Path) -> str:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as opened:
        return "\n".join(opened.iterdump())


def digits(text: str) -> str:
    """Return `text` with what may stand between the digits of a number taken out."""
    folded = text.translate({ord("０") + number: str(number) for number in range(10)})
    return re.sub(r"(?<=\d)[ \u3000-](?=\d)", "", folded)


def everything(stack: Stack) -> dict[str, str]:
    """Return all that is kept of a run: both databases and every log."""
    kept = {
        file.name: dump(file)
        for file in (stack.data / "database.sqlite3", stack.data / "rasa" / "tracker.db")
    }
    for log in [*(stack.data / "logs").rglob("*"), stack.data / "stack.log"]:
        if log.is_file():
            kept[log.name] = log.read_text(encoding="utf-8", errors="replace")
    return kept


def test_no_number_is_readable_in_databases_and_logs_after_a_full_run(stack: Stack, officer: Officer) -> None:
    talk = Talk(stack.url, org=BRANCH)
    for text in WRITTEN:
        talk.say(text)
    answer = next(message for message in reversed(talk.messages()) if message["sender"] == "bot")
    opinion = {"rating": "down", "reason": "wrong", "comment": f"打我电话{MOBILE}"}
    talk.http.post(
        f"/conversations/{talk.id}/messages/{answer['id']}/feedback", json=opinion, headers=talk.headers
    ).raise_for_status()
    stars = {"rating": 2, "comment": f"卡号{CARD}"}
    talk.http.post(f"/conversations/{talk.id}/rating", json=stars, headers=talk.headers).raise_for_status()
    talk.say("找人工")
    officer.claim(talk.id)
    officer.say(talk.id, f"我的手机{MOBILE}")
    talk.say(f"好的，我的身份证号{IDENTITY}")
    officer.hand_back(talk.id)
    ticket = Talk(stack.url, org=BRANCH)
    ticket.say("我要提意见，食堂太难吃了")
    ticket.say(f"食堂晚上没有热菜，联系我{MOBILE}，已经反映三次没有人管")
    ticket.say(f"电话{MOBILE}")
    if any(option["title"] == "提交" for message in ticket.last for option in message["options"]):
        ticket.press("提交")
    with sqlite3.connect(f"file:{stack.data / 'database.sqlite3'}?mode=ro", uri=True) as opened:
        (contact,) = opened.execute(
            "SELECT contact FROM ticket WHERE conversation_id = ?", (ticket.id,)
        ).fetchone()
    assert contact.startswith("gAAAA")
    sent = {"about": "safety", "text": f"插座冒火花，{MOBILE}", "org": BRANCH}
    httpx.post(f"{stack.url}/api/v1/reports", json=sent, trust_env=False).raise_for_status()
    kept = everything(stack)
    assert {"database.sqlite3", "tracker.db", "api.log", "rasa.log"} <= set(kept)
    for name, content in kept.items():
        plain = digits(content)
        for number in (MOBILE, IDENTITY, CARD, STAFF_NUMBER):
            assert number not in plain, f"{number} stands in {name}"


def test_nothing_links_a_report_to_a_conversation_or_to_who_sent_it(stack: Stack, confidant: Officer) -> None:
    talk = Talk(stack.url, org=BRANCH)
    told = talk.say("我要匿名举报")
    assert "/report" in told["messages"][0]["text"]
    database = stack.data / "database.sqlite3"
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as opened:
        events = opened.execute("SELECT max(id) FROM event_log").fetchone()
    log = stack.data / "logs" / "api.log"
    lines = len(log.read_text(encoding="utf-8").splitlines())
    with httpx.Client(
        base_url=f"{stack.url}/api/v1", trust_env=False, headers={"User-Agent": AGENT}
    ) as anybody:
        receipt = anybody.post("/reports", json={"about": "rights", "text": "排班不公，求查", "org": BRANCH})
        assert receipt.status_code == 201
        assert not receipt.cookies
        code = receipt.json()["code"]
        assert anybody.post("/reports/lookup", json={"code": code}).json()["state"] == "received"
        assert anybody.post("/reports/add", json={"code": code, "text": "还有夜班"}).status_code == 200
        assert anybody.get("/reports/lookup").status_code in (404, 405)
    metrics = httpx.get(f"{stack.url}/metrics", trust_env=False).text
    assert "/reports" not in metrics
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as opened:
        assert opened.execute("SELECT max(id) FROM event_log").fetchone() == events
        rows = [
            str(row)
            for table in ("anonymous_report", "report_entry")
            for row in opened.execute(f"SELECT * FROM {table}")  # noqa: S608
        ]
    new = log.read_text(encoding="utf-8").splitlines()[lines:]
    assert not [line for line in new if "report" in line]
    for trace in (talk.id, talk.opened["token"], "127.0.0.1", AGENT, code, "排班不公", "10:0", "02:0"):
        assert not any(trace in row for row in rows), trace
    (report,) = [item for item in confidant.get("/reports") if item["summary"].startswith("排班不公")]
    confidant.post(f"/reports/{report['id']}/reply", {"text": "请说说是哪个网点"})
    seen = httpx.post(
        f"{stack.url}/api/v1/reports/lookup", json={"code": code.lower()}, trust_env=False
    ).json()
    assert [(reply["by"], reply["text"]) for reply in seen["replies"]] == [
        ("reporter", "还有夜班"),
        ("union", "请说说是哪个网点"),
    ]
    with Officer(
        stack, name="外人", org=BRANCH, roles=["officer", "supervisor", "administrator"]
    ) as outsider:
        assert outsider.get("/reports") == []
        assert outsider.call("GET", f"/reports/{report['id']}").status_code == 404
