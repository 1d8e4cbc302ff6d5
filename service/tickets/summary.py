"""“我的办理进度”: the person's tickets, what was left unfinished, and what was signed up for and booked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.activities.people import Person
from service.activities.summary import own_cases
from service.activities.words import ActivityWords
from service.conversations.queries import conversation
from service.conversations.replies import Choice, Reply
from service.errors import TicketNotFound
from service.knowledge.asked import Asked
from service.people.staff import staff_name
from service.tickets import rules
from service.tickets.drafts import Draft
from service.tickets.queries import own_ticket, own_tickets, steps_of
from service.tickets.rules import ACTIVE
from service.tickets.tables import State, Ticket
from service.tickets.words import FLOW, TicketWords, fill, payload

SHOWN = 5
"""Tickets listed at once."""
ACTS = {
    "add": "add_to_ticket",
    "urge": "urge_ticket",
    "withdraw": "withdraw_ticket",
    "object": "object_result",
}


def can_do(ticket: Ticket, *, now: datetime) -> tuple[str, ...]:
    """Return what the person can do with an own ticket, as far as its state tells."""
    if State(ticket.state) in ACTIVE:
        return ("add", "urge", "withdraw")
    if ticket.resolved_at is not None and now - ticket.resolved_at <= rules.OBJECTION_WITHIN:
        return ("object",)
    return ()


def choices_of(words: TicketWords, ticket: Ticket, *, now: datetime) -> tuple[Choice, ...]:
    return tuple(
        Choice(words(f"check.{act}"), payload(ACTS[act], ticket.number)) for act in can_do(ticket, now=now)
    )


class Progress:
    """Tells a person how the own cases stand. Threads may share this object."""

    def __init__(self, *, words: TicketWords, activity_words: ActivityWords) -> None:
        self._words = words
        self._activity_words = activity_words

    def one(self, db: Session, asked: Asked, person: Person, number: str, *, now: datetime) -> Reply:
        """Return how one ticket stands, with what can be done about it."""
        words = self._words
        try:
            ticket = own_ticket(db, conversation(db, person.conversation_id), number)
        except TicketNotFound:
            return Reply(words("check.gone"), intent=asked.intent, decision=FLOW)
        kind = words.kinds.get(ticket.kind)
        more = ""
        for latest in steps_of(db, number, internal=False)[-1:]:
            at = words.when.moment(latest.at, now=now)
            more += words("check.latest", changed=at, what=words(f"what.{latest.kind}"))
        deadline = words.deadline_of(ticket, kind)
        if deadline is not None:
            more += words("check.deadline", deadline=deadline)
        text = words(
            "check.one",
            number=number,
            kind=kind.title if kind is not None else ticket.kind,
            step=words.progress(ticket, kind),
            who=self._who(db, ticket),
            due=words.due(ticket, now=now) or words.progress(ticket, kind),
            more=more,
        )
        return Reply(text, intent=asked.intent, decision=FLOW, choices=choices_of(words, ticket, now=now))

    def all(self, db: Session, asked: Asked, person: Person, draft: Draft | None, *, now: datetime) -> Reply:
        """Return everything the person has going, each on a line."""
        words = self._words
        tickets = own_tickets(db, conversation(db, person.conversation_id))
        cases = own_cases(db, person.conversation_id, words=self._activity_words, now=now)
        unfinished = draft is not None and draft.text is not None
        if not tickets and not cases and not unfinished:
            return self._nothing(asked, person)
        paragraphs: list[str] = []
        choices: list[Choice] = []
        if tickets:
            lines = [f"- {self._line(ticket, now=now)}" for ticket in tickets[:SHOWN]]
            if len(tickets) > SHOWN:
                lines.append(f"- {words('check.more', count=len(tickets) - SHOWN)}")
            paragraphs.append("\n".join((words("check.lead"), "", *lines)))
            choices += self._ticket_choices(tickets, now=now)
        if draft is not None and unfinished:
            kind = words.kinds.get(draft.kind)
            title = kind.title if kind is not None else words("unfinished.no_kind")
            paragraphs.append(words("unfinished.line", kind=title))
            choices.append(Choice(words("unfinished.resume"), fill("any", "resume")))
        if cases:
            lines = [
                f"- {words('check.case_line', title=case.title, state=case.state_text)}" for case in cases
            ]
            paragraphs.append("\n".join((words("check.cases"), "", *lines)))
            choices += [choice for case in cases for choice in case.choices]
        return Reply("\n\n".join(paragraphs), intent=asked.intent, decision=FLOW, choices=tuple(choices))

    def _ticket_choices(self, tickets: list[Ticket], *, now: datetime) -> list[Choice]:
        """Offer what can be done with the only ticket, or a look at each."""
        if len(tickets) == 1:
            return list(choices_of(self._words, tickets[0], now=now))
        return [
            Choice(self._words("check.see", number=ticket.number), payload("check_ticket", ticket.number))
            for ticket in tickets[:SHOWN]
        ]

    def _nothing(self, asked: Asked, person: Person) -> Reply:
        fields = self._words.contact_fields(asked.organisation, today=asked.as_of)
        known = person.employee_id is not None
        scope = "" if known else self._words("check.scope_visitor", **fields)
        services = Choice(self._words("check.services"), "/list_services")
        text = self._words("check.none", scope=scope)
        return Reply(text, intent=asked.intent, decision=FLOW, choices=(services,))

    def _line(self, ticket: Ticket, *, now: datetime) -> str:
        kind = self._words.kinds.get(ticket.kind)
        changed = self._words("check.changed", changed=self._words.when.moment(ticket.changed_at, now=now))
        return self._words(
            "check.line",
            number=ticket.number,
            kind=kind.title if kind is not None else ticket.kind,
            step=self._words.progress(ticket, kind),
            due=self._words.due(ticket, now=now) or changed,
        )

    def _who(self, db: Session, ticket: Ticket) -> str:
        union = self._words.union(ticket.routed_to)
        name = staff_name(db, ticket.assignee_id)
        if name is None:
            return self._words("check.nobody_yet", union=union)
        return self._words("check.somebody", union=union, name=name)
