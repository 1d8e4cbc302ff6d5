"""The actions of tickets as Rasa calls them: what is done in a turn is done once, and sealed."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import ActionExecutor
from sqlalchemy import func, select

from actions.executor import build_executor
from service.activities.talking import build_activity_talk
from service.clock import Clock
from service.conversations import operations, queries
from service.conversations.answering import answer_turn
from service.conversations.channel_words import ChannelWords
from service.conversations.replies import Reply
from service.conversations.why import Form
from service.database import Database
from service.handover.calendar import Calendar
from service.handover.hours import hours_of_units
from service.handover.notices import Notices
from service.handover.when import When
from service.people.contacts import load_contacts
from service.people.operations import keep_organisations
from service.people.organisations import load_organisations
from service.privacy.mask import KINDS, Masker
from service.privacy.sealing import Sealer
from service.tickets.drafts import Draft
from service.tickets.kinds import FILE, load_kinds
from service.tickets.tables import Ticket, TicketDraft
from service.tickets.talking import build_ticket_talk
from tests.actions.calculating import calculation_talk
from tests.knowledge import answers_from, live_index, shipped_texts
from tests.schema import make_tables

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
SEALER = Sealer("key")
MASK = Masker(dict.fromkeys(KINDS, "〔已隐去〕"))
OUTLET = "示例银行/安徽省分行/合肥分行/蜀山支行"


@dataclass
class Rasa:
    """Calls actions as Rasa does, keeping the slots; `turn` is the turn that is being answered."""

    executor: ActionExecutor
    database: Database
    slots: dict[str, Any] = field(default_factory=dict)
    turn: str = ""
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        with self.database.write() as db:
            chat, _ = operations.open_conversation(
                db, channel="web", organisation=OUTLET, opening=Reply("你好"), now=NOW
            )
            self.chat = chat.id

    def hears(self, text: str) -> None:
        """Accept the employee's next message."""
        with self.database.write() as db:
            accepted = operations.accept_message(
                db,
                queries.conversation(db, self.chat),
                client_id=f"c{next(self.numbers)}",
                text=text,
                option=None,
                mask=MASK,
                sealer=SEALER,
                max_open_turns=50,
                now=NOW,
            )
            self.turn, self.text = accepted.turn.id, accepted.turn.payload

    def call(self, action: str, *, intent: str = "inform", **entities: str) -> dict[str, Any]:
        message = {
            "text": self.text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "metadata": {"turn_id": self.turn, "today": "2026-11-25", "organisation": OUTLET},
        }
        tracker = {
            "sender_id": self.chat,
            "slots": dict(self.slots),
            "latest_message": message,
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
        }
        body = {"next_action": action, "sender_id": self.chat, "tracker": tracker, "domain": {}}
        done = asyncio.run(self.executor.run(body))
        assert done is not None
        result = dict(done.model_dump())
        self.slots |= {
            event["name"]: event["value"] for event in result["events"] if event["event"] == "slot"
        }
        return result

    def answers(self, text: str) -> None:
        """Let the form hear an answer and ask on."""
        self.hears(text)
        self.slots["requested_slot"] = "ticket_reply"
        self.call("validate_ticket_form")
        if self.slots["ticket_reply"] is None:
            self.call("action_ask_ticket_reply")

    def draft(self) -> Draft:
        return Draft.read(self.slots["ticket_draft"])

    def said(self) -> list[str]:
        with self.database.read() as db:
            return [reply.text for _, reply in queries.effects_of(db, self.turn) if reply.text]

    def form(self) -> Form:
        """Return what the last question of the form says of it."""
        with self.database.read() as db:
            (form,) = [reply.why.form for _, reply in queries.effects_of(db, self.turn) if reply.text]
        assert form is not None
        return form

    def tickets(self) -> list[Ticket]:
        with self.database.read() as db:
            return list(db.scalars(select(Ticket).where(Ticket.conversation_id == self.chat)))


@pytest.fixture(scope="module")
def parts(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[ActionExecutor, Database]:
    url = f"sqlite:///{tmp_path_factory.mktemp('tickets') / 'database.sqlite3'}"
    make_tables(url)
    database = Database(url)
    live = live_index(home, tmp_path_factory.mktemp("index"))
    texts, answers = shipped_texts(home), answers_from(live, home)
    units = load_organisations(home / "knowledge_base" / "organisations.yml")
    with database.write() as db:
        keep_organisations(db, units)
    contacts = load_contacts(home / "knowledge_base", units, texts)
    clock = Clock("Asia/Shanghai", lambda: NOW)
    talk = build_activity_talk(texts, contacts, clock.zone)
    tickets = build_ticket_talk(
        texts,
        contacts,
        kinds=load_kinds(home / "knowledge_base" / FILE),
        when=When(texts, clock.zone),
        hours=hours_of_units(units, Calendar(), clock.zone),
        root=units[0].path,
        activity_words=talk.words,
        live=live,
        sealer=SEALER,
    )
    executor = build_executor(
        database=database,
        clock=clock,
        answers=answers,
        notices=Notices(texts, contacts, answers),
        activity_talk=talk,
        ticket_talk=tickets,
        calculation_talk=calculation_talk(texts, tickets.wording, live),
        channel_words=ChannelWords(texts, public_url=None),
    )
    return executor, database


@pytest.fixture
def rasa(parts: tuple[ActionExecutor, Database]) -> Rasa:
    """A dialogue in which the form has been filled in up to its end."""
    fresh = Rasa(*parts)
    fresh.hears("我要申请困难帮扶")
    opened = fresh.call("action_open_ticket", intent="apply_hardship")
    assert opened["events"][-1] == {"event": "followup", "name": "ticket_form", "timestamp": None}
    fresh.call("action_ask_ticket_reply", intent="apply_hardship")
    fresh.answers("孩子考上大学，学费凑不齐，想申请助学")
    fresh.answers("愿意")
    fresh.answers("月收入六千，卡6222021234567890123")
    fresh.answers("下午打13911112222")
    assert "请核对" in fresh.said()[0]
    fresh.answers("提交")
    assert fresh.slots["ticket_reply"] == "send"
    return fresh


def test_each_question_of_the_form_says_what_it_is_about(parts: tuple[ActionExecutor, Database]) -> None:
    fresh = Rasa(*parts)
    fresh.hears("我要申请困难帮扶")
    fresh.call("action_open_ticket", intent="apply_hardship")
    fresh.call("action_ask_ticket_reply", intent="apply_hardship")
    assert fresh.form() == Form("ticket_form", "hardship", "text", "opened")
    fresh.answers("孩子考上大学，学费凑不齐，想申请助学")
    assert fresh.form() == Form("ticket_form", "hardship", "consent")
    fresh.answers("愿意")
    fresh.answers("月收入六千，卡6222021234567890123")
    assert fresh.form() == Form("ticket_form", "hardship", "contact")
    with fresh.database.read() as db:
        kept = [
            json.dumps(reply.why.to_json(), ensure_ascii=False)
            for _, reply in queries.effects_of(db, fresh.turn)
        ]
    assert kept
    assert not any(part in one for one in kept for part in ("六千", "6222"))


def test_what_is_sealed_is_in_no_slot_and_reaches_the_ticket_as_it_was_written(rasa: Rasa) -> None:
    kept = rasa.slots["ticket_draft"]
    assert not any(part in kept for part in ("六千", "6222", "13911112222"))
    rasa.call("action_finish_ticket")
    (ticket,) = rasa.tickets()
    assert SEALER.open(ticket.contact or "") == "下午打13911112222"
    assert SEALER.open(ticket.details or "") == "月收入六千，卡6222021234567890123"
    assert (ticket.consent, ticket.description) == (True, "孩子考上大学，学费凑不齐，想申请助学")
    with rasa.database.read() as db:
        assert db.get(TicketDraft, rasa.chat) is None


def test_the_same_turn_files_one_ticket_and_says_the_same(rasa: Rasa) -> None:
    first = rasa.call("action_finish_ticket")
    said = rasa.said()
    rasa.slots["ticket_reply"], rasa.slots["ticket_draft"] = "send", None
    again = rasa.call("action_finish_ticket")
    assert (first, said) == (again, rasa.said())
    assert len(rasa.tickets()) == 1


def test_a_case_filed_before_the_dialogue_forgot_it_is_not_filed_again(rasa: Rasa) -> None:
    before = dict(rasa.slots)
    rasa.call("action_finish_ticket")
    rasa.slots = before  # Rasa died before it had kept the turn
    rasa.hears("提交")
    rasa.call("action_finish_ticket")
    (ticket,) = rasa.tickets()
    assert f"已经提交过了，工单号**{ticket.number}**" in rasa.said()[0]


def test_an_answered_turn_files_nothing_and_leaves_no_half_ended_form(rasa: Rasa) -> None:
    with rasa.database.write() as db:
        answer_turn(db, rasa.turn, [Reply("这会儿不行")], degraded=True, model_version=None, now=NOW)
    rasa.call("action_finish_ticket")
    assert rasa.tickets() == []
    assert rasa.slots["ticket_reply"] is None
    assert rasa.draft().text == "孩子考上大学，学费凑不齐，想申请助学"


def test_a_message_is_heard_once_a_turn(rasa: Rasa) -> None:
    rasa.slots["ticket_reply"] = None
    heard = rasa.call("validate_ticket_form")
    assert heard["events"] == []


def test_dropping_a_case_forgets_what_was_sealed(rasa: Rasa) -> None:
    rasa.slots["ticket_reply"] = "drop"
    rasa.call("action_finish_ticket")
    assert (rasa.tickets(), rasa.slots["ticket_draft"]) == ([], None)
    with rasa.database.read() as db:
        assert db.scalar(select(func.count()).where(TicketDraft.conversation_id == rasa.chat)) == 0


def test_a_number_in_the_opening_sentence_is_the_contact(parts: tuple[ActionExecutor, Database]) -> None:
    rasa = Rasa(*parts)
    rasa.hears("我要提建议，食堂太难吃了，电话13911112222")
    rasa.call("action_open_ticket", intent="file_ticket")
    draft = rasa.draft()
    assert (draft.kind, draft.contact) == ("suggestion", True)
    assert "13911112222" not in rasa.slots["ticket_draft"]
    with rasa.database.read() as db:
        sealed = db.get_one(TicketDraft, rasa.chat)
        assert SEALER.open(sealed.contact or "") == "13911112222"


def test_a_day_said_in_the_answer_that_offered_a_case_is_taken_over(
    parts: tuple[ActionExecutor, Database],
) -> None:
    rasa = Rasa(*parts)
    rasa.hears("上周五行里通知我不用来了，签不签")
    rasa.call("action_answer_question", intent="ask_termination")
    assert "2027年11月20日" in rasa.said()[0]
    rasa.hears("交给工会急办")
    rasa.text = "/file_ticket"
    with rasa.database.write() as db:
        turn = queries.turn(db, rasa.turn)
        assert turn is not None
        turn.payload = '/file_ticket{"case": "dismissal"}'
    rasa.call("action_open_ticket", intent="file_ticket", case="dismissal")
    draft = rasa.draft()
    assert (draft.kind, draft.text) == ("dismissal", "上周五行里通知我不用来了，签不签")
    assert draft.knew_on is not None
    assert rasa.slots["ticket_offer"] is None
