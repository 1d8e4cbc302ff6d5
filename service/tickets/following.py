"""What a person does with tickets that are filed: look, add, urge, take back, object."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.activities.people import Person
from service.attachments.operations import take_along
from service.attachments.rules import LOOSE_FOR
from service.conversations.queries import conversation
from service.conversations.replies import Choice, Reply
from service.conversations.tables import Conversation
from service.errors import ObjectionTooLate, TicketMoveNotAllowed, TicketNotFound, UrgedAlready
from service.knowledge.asked import Asked
from service.tickets import operations, rules
from service.tickets.kinds import CaseKind
from service.tickets.queries import own_ticket, own_tickets
from service.tickets.routing import Routing
from service.tickets.summary import ACTS, can_do, choices_of
from service.tickets.tables import Ticket
from service.tickets.wording import Wording
from service.tickets.words import FLOW, TicketWords, payload

NOTE_FOR = "ticket_note_for"
"""The dialogue's slot that holds a `NoteFor` while a text is asked for."""
LISTED = 6


@dataclass(frozen=True, slots=True)
class NoteFor:
    """A text is wanted: to `add` to a ticket, to `object` to its result, or a yes to `withdraw` it.

    `missed`: the last one made no sense; `back`: a question was answered in between, in the turn `heard`.
    """

    act: str
    number: str
    missed: bool = False
    back: bool = False
    heard: str | None = None

    def kept(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, kept: str) -> NoteFor:
        return cls(**json.loads(kept))


class Following:
    """Answers what is wanted of filed tickets. Threads may share this object.

    Every method runs in the caller's transaction and does what its reply says.
    """

    def __init__(self, *, words: TicketWords, wording: Wording, routing: Routing) -> None:
        self._words = words
        self._wording = wording
        self._routing = routing

    def add(self, db: Session, asked: Asked, person: Person, number: str | None, *, now: datetime) -> Reply:
        """Ask for what is to be added, unless it was said, and first to which ticket of several."""
        said = not asked.text.startswith("/") and not self._wording.asks(asked.text)
        if said and self._wording.says_enough(asked.text, beyond=("more", "adding", "filler")):
            return self._chosen(db, asked, person, "add", number, now=now, text=asked.text)
        return self._want_note(db, asked, person, "add", number, now=now)

    def object(
        self, db: Session, asked: Asked, person: Person, number: str | None, *, now: datetime
    ) -> Reply:
        """Ask what is not accepted about a result."""
        return self._want_note(db, asked, person, "object", number, now=now)

    def could(self, db: Session, person: Person, act: str, *, now: datetime) -> bool:
        """Tell whether there is an own ticket with which `act` can be done."""
        tickets = own_tickets(db, conversation(db, person.conversation_id))
        return any(act in can_do(ticket, now=now) for ticket in tickets)

    def ask_note(self, db: Session, person: Person, wanted: NoteFor) -> Reply:
        again = self._words("note.again") if wanted.missed else ""
        back = self._words("form.remark.back") if wanted.back else ""
        if wanted.act == "withdraw":
            return self._ask_whether(db, person, wanted.number, f"{back}{again}")
        text = f"{back}{again}{self._words(f'note.{wanted.act}')}"
        return Reply(text, intent=ACTS[wanted.act], decision=FLOW)

    def keep_note(
        self, db: Session, asked: Asked, person: Person, wanted: NoteFor, *, now: datetime
    ) -> Reply:
        """Add what was written to the ticket, or object to its result with it."""
        return self._with_ticket(db, asked, person, wanted.act, wanted.number, now=now, text=asked.text)

    def drop_note(self, asked: Asked, wanted: NoteFor) -> Reply:
        return Reply(self._words("note.dropped", number=wanted.number), intent=asked.intent, decision=FLOW)

    def urge(self, db: Session, asked: Asked, person: Person, number: str | None, *, now: datetime) -> Reply:
        return self._chosen(db, asked, person, "urge", number, now=now)

    def withdraw(
        self, db: Session, asked: Asked, person: Person, number: str | None, *, sure: bool, now: datetime
    ) -> Reply:
        """Take a ticket back, after asking whether that is meant."""
        if not sure:
            return self._want_note(db, asked, person, "withdraw", number, now=now)
        return self._chosen(db, asked, person, "withdraw", number, now=now)

    def _want_note(
        self, db: Session, asked: Asked, person: Person, act: str, number: str | None, *, now: datetime
    ) -> Reply:
        chat = conversation(db, person.conversation_id)
        found = self._find(db, chat, act, number, now=now)
        if not isinstance(found, Ticket):
            return self._ask_which(asked, act, found)
        if act not in can_do(found, now=now):
            return self._refuse(found, act, asked, now=now)
        return Reply("", intent=asked.intent, slots={NOTE_FOR: NoteFor(act, found.number).kept()})

    def _chosen(
        self,
        db: Session,
        asked: Asked,
        person: Person,
        act: str,
        number: str | None,
        *,
        now: datetime,
        text: str = "",
    ) -> Reply:
        chat = conversation(db, person.conversation_id)
        found = self._find(db, chat, act, number, now=now)
        if not isinstance(found, Ticket):
            return self._ask_which(asked, act, found)
        return self._with_ticket(db, asked, person, act, found.number, now=now, text=text)

    def _find(
        self, db: Session, chat: Conversation, act: str, number: str | None, *, now: datetime
    ) -> Ticket | list[Ticket]:
        """Return the ticket that is meant, or those among which one has to choose."""
        if number is not None:
            try:
                return own_ticket(db, chat, number)
            except TicketNotFound:
                return []
        possible = [ticket for ticket in own_tickets(db, chat) if act in can_do(ticket, now=now)]
        return possible[0] if len(possible) == 1 else possible

    def _ask_which(self, asked: Asked, act: str, tickets: list[Ticket]) -> Reply:
        words = self._words
        if not tickets:
            fields = words.contact_fields(asked.organisation, today=asked.as_of)
            text = words(f"nothing.{act}", scope=words("check.scope_visitor", **fields))
            anew = Choice(words("anew"), "/file_ticket")
            return Reply(text, intent=asked.intent, decision=FLOW, choices=(anew,))
        choices = tuple(
            Choice(
                words("choose.ticket", number=ticket.number, kind=self._title(ticket)),
                payload(ACTS[act], ticket.number),
            )
            for ticket in tickets[:LISTED]
        )
        return Reply(words(f"choose.{act}"), intent=asked.intent, decision=FLOW, choices=choices)

    def _ask_whether(self, db: Session, person: Person, number: str, before: str) -> Reply:
        ticket = own_ticket(db, conversation(db, person.conversation_id), number)
        words, kind = self._words, self._words.kinds.get(ticket.kind)
        deadline = words.deadline_of(ticket, kind)
        still = words("withdraw_deadline", deadline=deadline) if deadline is not None else ""
        text = words("withdraw_confirm", number=ticket.number, kind=self._title(ticket), deadline=still)
        choices = (
            Choice(words("withdraw_yes"), payload("withdraw_ticket", ticket.number, sure="yes")),
            Choice(words("withdraw_no"), payload("check_ticket", ticket.number)),
        )
        return Reply(f"{before}{text}", intent=ACTS["withdraw"], decision=FLOW, choices=choices)

    def _with_ticket(
        self,
        db: Session,
        asked: Asked,
        person: Person,
        act: str,
        number: str,
        *,
        now: datetime,
        text: str = "",
    ) -> Reply:
        try:
            ticket = own_ticket(db, conversation(db, person.conversation_id), number)
        except TicketNotFound:
            return Reply(self._words("check.gone"), intent=asked.intent, decision=FLOW)
        kind = self._words.kinds.get(ticket.kind)
        try:
            if kind is None:
                raise TicketMoveNotAllowed(source=ticket.state, target=ticket.state)
            said = self._do(db, ticket, kind, act, asked, person, text, now=now)
        except UrgedAlready:
            fields = self._words.contact_fields(ticket.routed_to, today=asked.as_of)
            said = self._words("urged_already", number=number, **fields)
        except ObjectionTooLate:
            said = self._words("too_late", number=number)
        except TicketMoveNotAllowed:
            return self._refuse(ticket, act, asked, now=now)
        see = Choice(self._words("check.see", number=number), payload("check_ticket", number))
        return Reply(said, intent=ACTS[act], decision=FLOW, choices=(see,))

    def _do(
        self,
        db: Session,
        ticket: Ticket,
        kind: CaseKind,
        act: str,
        asked: Asked,
        person: Person,
        text: str,
        *,
        now: datetime,
    ) -> str:
        words, hours = self._words, self._routing.hours_of(ticket.routed_to)
        union = words.union(ticket.routed_to)
        if act == "add":
            operations.add(db, ticket, kind, text=text, now=now)
            taken = take_along(db, person.conversation_id, ticket.number, since=now - LOOSE_FOR)
            more = words("added_attached", count=len(taken)) if taken else ""
            return f"{words('added', number=ticket.number)}{more}"
        if act == "urge":
            operations.urge(db, ticket, kind, hours=hours, now=now)
            return words(
                "urged",
                number=ticket.number,
                union=union,
                step=words.progress(ticket, kind),
                due=words.due(ticket, now=now),
                hotline=words.contact_fields(None, today=asked.as_of)["hotline"],
            )
        if act == "withdraw":
            operations.withdraw(db, ticket, kind, now=now)
            return words("withdrawn", number=ticket.number)
        due = rules.due_at(hours, now, days=max(1, kind.due_days))
        operations.object_to_result(db, ticket, kind, text=text, due_at=due, now=now)
        return words("objected", number=ticket.number, union=union, due=words.when.moment(due, now=now))

    def _refuse(self, ticket: Ticket, act: str, asked: Asked, *, now: datetime) -> Reply:
        """Say why it cannot be done now, with what can."""
        words, kind = self._words, self._words.kinds.get(ticket.kind)
        if act == "object" and ticket.resolved_at is not None and "object" not in can_do(ticket, now=now):
            text = words("too_late", number=ticket.number)
        else:
            text = words("not_now", number=ticket.number, step=words.progress(ticket, kind))
        choices = (*choices_of(words, ticket, now=now), Choice(words("anew"), "/file_ticket"))
        return Reply(text, intent=asked.intent, decision=FLOW, choices=choices)

    def _title(self, ticket: Ticket) -> str:
        kind = self._words.kinds.get(ticket.kind)
        return kind.title if kind is not None else ticket.kind
