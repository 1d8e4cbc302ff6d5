"""A union's tickets on a database, for tests of what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.conversations import queries as conversations
from service.conversations.tables import Message, Sender
from service.errors import TicketNotFound
from service.handover.calendar import load_calendar
from service.handover.hours import hours_of_units
from service.handover.when import When
from service.insights.tables import EventLog
from service.people.contacts import load_contacts
from service.people.organisations import load_organisations
from service.people.viewer import Viewer
from service.tickets import queries
from service.tickets.desk import TicketDesk
from service.tickets.kinds import CaseKind
from service.tickets.operations import NewTicket, file_ticket
from service.tickets.queries import Filter
from service.tickets.routing import Routing
from service.tickets.tables import State, Ticket
from service.tickets.words import TicketWords
from tests.knowledge import shipped_texts
from tests.service.world import BANK, CITY, OUTLET, World


class Office:
    """The tickets of a `World`."""

    def __init__(self, world: World) -> None:
        home, texts = world.home, shipped_texts(world.home)
        units = load_organisations(home / "knowledge_base" / "organisations.yml")
        zone = ZoneInfo("Asia/Shanghai")
        hours = hours_of_units(units, load_calendar(home / "knowledge_base" / "calendar"), zone)
        contacts = load_contacts(home / "knowledge_base", units, texts)
        self.world = world
        self.kinds = world.kinds
        self.hours = hours[CITY]
        self.routing = Routing(hours, root=BANK)
        self.words = TicketWords(texts, When(texts, zone), contacts, world.kinds)
        self.desk = TicketDesk(words=self.words, desk=world.desk, mask=world.mask)

    def file(
        self, kind: str = "suggestion", *, org: str | None = OUTLET, chat: str | None = None, **more: object
    ) -> str:
        """File a case in a conversation and return its number."""
        chat = chat or self.world.chat(org)
        found, now = self.kinds[kind], self.world.now
        with self.world.database.write() as db:
            new = NewTicket(
                kind=found,
                routed_to=self.routing.of(db, found, org),
                description="食堂的菜太油腻",
                due_at=now + timedelta(days=1),
                filed_on=now.date(),
                conversation_id=chat,
                employee_id=None,
                organisation=org,
            )
            return file_ticket(db, replace(new, **more), now=now).number  # type: ignore[arg-type]

    def ticket(self, number: str) -> Ticket:
        with self.world.database.read() as db:
            return db.get_one(Ticket, number)

    def by_employee(self, number: str, act: Callable[[Session, Ticket, CaseKind], None]) -> None:
        with self.world.database.write() as db:
            ticket = db.get_one(Ticket, number)
            act(db, ticket, self.kinds[ticket.kind])

    def seen(self, viewer: Viewer, wanted: Filter | None = None) -> list[str]:
        with self.world.database.read() as db:
            rows, _ = queries.visible_tickets(
                db, wanted or Filter(), viewer=viewer, kinds=self.kinds, now=self.world.now
            )
            return [row.ticket.number for row in rows]

    def sees(self, viewer: Viewer, number: str) -> bool:
        with self.world.database.read() as db:
            try:
                queries.visible_ticket(db, number, viewer=viewer, kinds=self.kinds)
            except TicketNotFound:
                return False
        return True

    def assign(
        self, number: str, viewer: Viewer, *, to: str | None = None, version: int | None = None
    ) -> None:
        seen = self.ticket(number).version if version is None else version
        with self.world.database.write() as db:
            self.desk.assign(db, number, to=to, version=seen, viewer=viewer, now=self.world.now)

    def move(self, number: str, viewer: Viewer, target: State, note: str | None = None) -> None:
        version = self.ticket(number).version
        with self.world.database.write() as db:
            self.desk.move(
                db, number, target=target, version=version, note=note, viewer=viewer, now=self.world.now
            )

    def record_subject(self, number: str, viewer: Viewer, *, agrees: bool) -> None:
        version = self.ticket(number).version
        with self.world.database.write() as db:
            self.desk.record_subject(
                db, number, agrees=agrees, version=version, viewer=viewer, now=self.world.now
            )

    def told(self, number: str) -> list[Message]:
        """Return what the employee was told of a ticket, in order."""
        with self.world.database.read() as db:
            chat = self.ticket(number).conversation_id or ""
            said = conversations.messages_after(db, chat, 1)
            return [item for item in said if item.sender in (Sender.SYSTEM, Sender.STAFF)]

    def steps(self, number: str, *, internal: bool = True) -> list[tuple[str, str | None]]:
        with self.world.database.read() as db:
            return [(step.kind, step.text) for step in queries.steps_of(db, number, internal=internal)]

    def events(self, number: str) -> list[EventLog]:
        with self.world.database.read() as db:
            found = db.scalars(
                select(EventLog).where(EventLog.kind.startswith("ticket_")).order_by(EventLog.id)
            )
            return [event for event in found if event.data["ticket"] == number]
