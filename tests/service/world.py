"""A union at work on a database: units, members of staff, and everything that calls and answers people."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from service.attachments.keeping import Attachments
from service.attachments.material import Material
from service.attachments.shelf import Shelf
from service.clock import Clock
from service.conversations import operations as conversations
from service.conversations import queries
from service.conversations.answering import answer_turn
from service.conversations.channel_words import ChannelWords
from service.conversations.operations import Accepted
from service.conversations.replies import Choice, Reply
from service.conversations.tables import Message
from service.database import Database
from service.handover.calendar import load_calendar
from service.handover.desk import Desk
from service.handover.handovers import Handovers
from service.handover.hours import hours_of_units
from service.handover.notices import Notices
from service.handover.queries import open_handover
from service.handover.receiving import Receiving
from service.handover.tables import Handover, Reason
from service.handover.voice import Voice
from service.handover.waiting import Waiting
from service.handover.when import When
from service.knowledge.answers import Answers
from service.knowledge.asked import Asked
from service.messengers.desk_words import DeskWords
from service.messengers.erasing import Erasing
from service.messengers.relay import Relay
from service.messengers.staff_desk import StaffDesk
from service.messengers.taking_in import TakingIn
from service.people import staff
from service.people.contacts import load_contacts
from service.people.operations import keep_organisations
from service.people.organisations import load_organisations
from service.people.own_unit import OwnUnit
from service.people.roles import Role
from service.people.tables import Staff
from service.people.viewer import Grant, Viewer
from service.privacy.mask import KINDS, Masker
from service.privacy.sealing import Sealer
from service.tickets.call_backs import CallBackTickets
from service.tickets.kinds import FILE as KINDS_FILE
from service.tickets.kinds import load_kinds
from tests.knowledge import shipped_texts

PUBLIC_URL = "https://union.example"
BANK = "示例银行"
PROVINCE = f"{BANK}/安徽省分行"
CITY = f"{PROVINCE}/合肥分行"
OUTLET = f"{CITY}/蜀山支行"
MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
"""Wednesday, 10:00 in Shanghai."""
NIGHT = datetime(2026, 11, 25, 15, 40, tzinfo=UTC)
"""Wednesday, 23:40 in Shanghai."""
ASK = Reply("请打电话找人。", intent="ask_human", decision="handover", handover=Reason.ASKED)
REFUSAL = Reply("没有依据", intent="nlu_fallback", decision="refuse", choices=(Choice("找人", "/ask_human"),))
DANGER = Reply("打120。", intent="urgent_help", decision="flow", need="self_harm", handover=Reason.URGENT)


@dataclass
class World:
    """The service without its web. `now` is what its clock says."""

    database: Database
    home: Path
    alerting: bool = False
    now: datetime = MORNING
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    uploads: Path = Path("/nonexistent")

    def __post_init__(self) -> None:
        texts = shipped_texts(self.home)
        knowledge = self.home / "knowledge_base"
        units = load_organisations(knowledge / "organisations.yml")
        zone = ZoneInfo("Asia/Shanghai")
        hours = hours_of_units(units, load_calendar(knowledge / "calendar"), zone)
        contacts = load_contacts(knowledge, units, texts)
        self.clock = Clock("Asia/Shanghai", lambda: self.now)
        self.mask = Masker({kind: f"<{kind}>" for kind in KINDS})
        self.sealer = Sealer("key")
        self.voice = Voice(texts, contacts, {unit.path: unit for unit in units}, When(texts, zone))
        self.kinds = load_kinds(knowledge / KINDS_FILE)
        self.call_backs = CallBackTickets(self.kinds, zone)
        self.handovers = Handovers(
            units=units,
            hours=hours,
            voice=self.voice,
            call_backs=self.call_backs,
            clock=self.clock,
            alerting=self.alerting,
            words=ChannelWords(texts, public_url=PUBLIC_URL),
        )
        self.waiting = Waiting(
            database=self.database, hours=hours, voice=self.voice, call_backs=self.call_backs, minutes=10
        )
        self.desk = Desk(voice=self.voice, tickets=self.call_backs, mask=self.mask)
        self.shelf = Shelf(self.uploads, self.sealer)
        self.attachments = Attachments(shelf=self.shelf, mask=self.mask, texts=texts)
        self.database.subscribe(self.attachments.told)
        notices = Notices(texts, contacts, NoAnswers())
        self.words = DeskWords(texts, {unit.path: unit for unit in units})
        self.relay = Relay(self.words)
        self.receiving = Receiving(
            mask=self.mask,
            sealer=self.sealer,
            handovers=self.handovers,
            material=Material(texts, self.kinds),
            own_unit=OwnUnit(texts, units),
            notices=notices,
            relay=self.relay,
            max_open_turns=20,
        )
        self.taking_in = TakingIn(
            receiving=self.receiving,
            attachments=self.attachments,
            notices=notices,
            texts=texts,
            clock=self.clock,
            staff_desk=StaffDesk(desk=self.desk, relay=self.relay, words=self.words, clock=self.clock),
            erasing=Erasing(texts, self.relay),
            is_portal_subject=True,
        )
        with self.database.write() as db:
            keep_organisations(db, units)

    def staff(self, name: str, *roles: Role, org: str = CITY) -> Viewer:
        """Add a member of staff with `roles` in `org`."""
        with self.database.write() as db:
            account = Staff(
                login=name, display_name=name, password_hash="-", active=True, created_at=self.now
            )
            db.add(account)
            db.flush()
            for role in roles or (Role.OFFICER,):
                staff.grant_role(db, account, Grant(role, org), now=self.now)
            return staff.viewer_of(db, account.id)

    def chat(self, org: str | None = OUTLET) -> str:
        """Open a visitor's conversation."""
        with self.database.write() as db:
            chat, _ = conversations.open_conversation(
                db, channel="web", organisation=org, opening=Reply("你好"), now=self.now
            )
            return chat.id

    def write(
        self,
        chat_id: str,
        text: str | None = "在吗",
        *,
        option: str | None = None,
        attachments: Sequence[str] = (),
    ) -> Accepted:
        """Have the employee send a text or press an option."""
        with self.database.write() as db:
            chat = queries.conversation(db, chat_id)
            asked = Asked(text=text or "", as_of=self.clock.today(), organisation=chat.organisation_path)
            return self.receiving.receive(
                db,
                chat,
                client_id=f"c{next(self.numbers)}",
                text=None if option else text,
                option=option,
                attachments=attachments,
                asked=asked,
                now=self.now,
            )

    def turn(self, chat_id: str, reply: Reply, text: str = "在吗") -> list[Message]:
        """Have the employee write and the bot answer with `reply`; return the bot's messages."""
        return self.answer(self.write(chat_id, text).turn.id, reply)

    def answer(self, turn_id: str, reply: Reply) -> list[Message]:
        with self.database.write() as db:
            messages = answer_turn(
                db,
                turn_id,
                [reply],
                degraded=False,
                model_version=None,
                now=self.now,
                carry_out=self.handovers.carry_out,
            )
            return messages or []

    def state(self, chat_id: str) -> str:
        with self.database.read() as db:
            return queries.conversation(db, chat_id).state

    def handover(self, chat_id: str) -> Handover | None:
        with self.database.read() as db:
            return open_handover(db, chat_id)

    def take(self, chat_id: str, viewer: Viewer) -> None:
        with self.database.write() as db:
            self.desk.take(db, chat_id, viewer=viewer, now=self.now)

    def texts(self, chat_id: str) -> list[tuple[str, str]]:
        """Return sender and text of every message after the opening."""
        with self.database.read() as db:
            query = select(Message).where(Message.conversation_id == chat_id, Message.seq > 1)
            return [(item.sender, item.text) for item in db.scalars(query.order_by(Message.seq))]

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)


class NoAnswers(Answers):
    """For notices that never look anything up here."""

    def __init__(self) -> None:
        pass
