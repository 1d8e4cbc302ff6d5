"""Tickets in words: how one stands, until when, who reads it, and the news of a change."""

from __future__ import annotations

import re
from datetime import date, datetime

from service.conversations.replies import Choice, Reply
from service.handover.when import When
from service.knowledge.asked import Asked
from service.people.contacts import Contacts
from service.people.roles import Role
from service.texts import Texts
from service.tickets.kinds import CaseKind, CaseKinds
from service.tickets.rules import ACTIVE, is_overdue, years_after
from service.tickets.tables import State, Step, Ticket

FLOW = "flow"
SECTIONS = {
    "form": (
        "kind", "text", "how", "more", "more_none", "subject", "subject_agreed", "subject_unasked",
        "subject_self", "confirm_subject_given", "confirm_subject_open", "consent_yes", "consent_no",
        "details_skip",
        "last_text", "contact", "contact_known", "contact_here", "confirm", "confirm_details",
        "confirm_no_details", "confirm_deadline", "confirm_remark", "contact_given", "contact_none", "send",
        "change_text", "change_contact", "change_kind", "drop", "person",
    ),
    "form.remark": (
        "opened", "corrected", "noted", "replaced", "added", "contact_changed", "unclear", "short",
        "unanswered", "subject_unclear", "subject_refused", "consent_unclear", "contact_unclear", "change",
        "help", "back", "refused", "stale", "person",
    ),
    "form.sympathy": ("death.text", "illness.text"),
    "deadline": ("dated", "undated", "day"),
    "done": (
        "sent", "promise", "promise_urgent", "promise_nobody", "materials", "pays", "deadline", "twice",
        "confidential", "dropped", "later", "stale", "subject_given", "subject_open", "attached",
        "not_attached", "into",
    ),
    "unfinished": ("ask", "no_kind", "resume", "anew", "line"),
    "which": ("ask", "medical.kinds", "medical.all_of"),
    "check": (
        "lead", "line", "due", "overdue", "changed", "one", "nobody_yet", "somebody", "deadline", "latest",
        "cases", "case_line", "none", "scope_visitor", "services", "more", "gone", "see", "add", "urge",
        "withdraw", "object",
    ),
    "choose": ("add", "urge", "withdraw", "object", "ticket"),
    "nothing": ("add", "urge", "withdraw", "object"),
    "note": ("add", "object", "again", "dropped"),
    "news": (
        "assigned", "open", "in_progress", "waiting", "resolved", "closed", "says", "reply", "see", "added",
        "objected",
    ),
    "offer": ("urgent", "plain", "deadline", "promise"),
}  # fmt: skip
SINGLE = (
    "separator", "added", "added_attached", "urged", "urged_already", "withdraw_confirm",
    "withdraw_deadline", "withdraw_yes", "withdraw_no", "withdrawn", "objected", "too_late", "not_now",
    "anew", "withdrawn_state",
    "anonymous.text", "discipline.text", "discipline.complaint",
)  # fmt: skip

SNIPPET = 160
"""Characters of a description that are shown again to whoever wrote it."""
_MARKUP = re.compile(r"([\\`*_\[\]<>])")


class TicketWords:
    """Says tickets. Threads may share this object."""

    def __init__(self, texts: Texts, when: When, contacts: Contacts, kinds: CaseKinds) -> None:
        readers = {role for kind in kinds for role in kind.roles if role is not Role.SUPERVISOR}
        texts.require(
            (
                *(f"tickets.{section}.{key}" for section, keys in SECTIONS.items() for key in keys),
                *(f"tickets.{key}" for key in SINGLE),
                *(f"tickets.progress.{state}" for state in State),
                *(f"tickets.what.{step}" for step in Step),
                *(f"tickets.readers.{role}" for role in readers),
            )
        )
        self._texts = texts
        self._contacts = contacts
        self.kinds = kinds
        self.when = when

    def __call__(self, key: str, /, **fields: object) -> str:
        return self._texts(f"tickets.{key}", **fields)

    def union(self, path: str) -> str:
        """Return the name of the union responsible for a unit."""
        union = self._contacts.union_of(path)
        return union.name if union is not None else path

    def contact(self, path: str, *, today: date) -> str:
        return self._contacts.fields(path, as_of=today)["union_contact"]

    def contact_fields(self, organisation: str | None, *, today: date) -> dict[str, str]:
        """Return what fills {union_name}, {union_contact}, {hours} and {hotline}."""
        return self._contacts.fields(organisation, as_of=today)

    def progress(self, ticket: Ticket, kind: CaseKind | None) -> str:
        """Return in plain words how far a ticket is."""
        state = State(ticket.state)
        if state is State.CLOSED and ticket.resolved_at is None:
            return self("withdrawn_state")
        named = kind.progress.get(state) if kind is not None else None
        return named or self(f"progress.{state}")

    def due(self, ticket: Ticket, *, now: datetime) -> str:
        """Return until when an answer is due; nothing once there is one."""
        if ticket.due_at is None or State(ticket.state) not in ACTIVE or ticket.state == State.WAITING:
            return ""
        late = is_overdue(State(ticket.state), ticket.due_at, now=now)
        return self("check.overdue" if late else "check.due", due=self.when.moment(ticket.due_at, now=now))

    def deadline(self, kind: CaseKind, knew_on: date | None) -> str | None:
        """Return the time after which the law lets a claim lapse, with its date where a day was said."""
        limit = kind.deadline
        if limit is None:
            return None
        fields = {"text": limit.text, "law": limit.law, "article": limit.article}
        if knew_on is None:
            return self("deadline.undated", **fields)
        until = self.plain_day(years_after(knew_on, limit.years))
        return self("deadline.dated", **fields, day=self.plain_day(knew_on), on=until)

    def deadline_of(self, ticket: Ticket, kind: CaseKind | None) -> str | None:
        """Return the deadline that stands on a ticket."""
        if kind is None or kind.deadline is None:
            return None
        until = ticket.deadline_on
        knew_on = years_after(until, -kind.deadline.years) if until is not None else None
        return self.deadline(kind, knew_on)

    def plain_day(self, on: date) -> str:
        return self("deadline.day", year=on.year, month=on.month, day=on.day)

    def readers(self, kind: CaseKind, path: str) -> str:
        """Return who may read a case of this kind."""
        union = self.union(path)
        roles = [role for role in kind.roles if role is not Role.SUPERVISOR]
        return "".join(self(f"readers.{role}", union=union) for role in roles[:1])

    def sympathy(self, text: str) -> str:
        """Return one sentence for bad news, none for other."""
        for name, entry in self._texts.section("tickets.form.sympathy").items():
            if isinstance(entry, dict) and any(str(word) in text for word in entry["words"]):
                return self(f"form.sympathy.{name}.text")
        return ""

    def discipline(self, asked: Asked) -> Reply:
        """What is told who wants to report others: the union does not take it, and who does."""
        complaint = Choice(self("discipline.complaint"), '/file_ticket{"case": "complaint"}')
        return Reply(self("discipline.text"), intent=asked.intent, decision=FLOW, choices=(complaint,))

    def which_kinds(self, text: str) -> list[CaseKind]:
        """Return the kinds a sentence may mean that fits several."""
        for entry in self._texts.section("tickets.which").values():
            if isinstance(entry, dict) and all(
                any(str(word) in text for word in group) for group in entry["all_of"]
            ):
                return [self.kinds[str(name)] for name in entry["kinds"]]
        return []

    def quoted(self, text: str) -> str:
        """Return what somebody wrote on one line, cut short and without effect as Markdown."""
        line = " ".join(text.split())
        shown = line if len(line) <= SNIPPET else f"{line[:SNIPPET]}…"
        return _MARKUP.sub(r"\\\1", shown)

    def news(self, ticket: Ticket, key: str, *, text: str | None = None, **fields: object) -> Reply:
        """Return the news of a change: it begins with the number and names no kind."""
        sentence = self(f"news.{key}", number=ticket.number, **fields)
        if text is not None:
            sentence = self("news.says", news=sentence, text=text)
        extra = {"waiting": ("news.added", "add_to_ticket"), "resolved": ("news.objected", "object_result")}
        choices = [Choice(self("news.see"), payload("check_ticket", ticket.number))]
        if key in extra:
            title, intent = extra[key]
            choices.insert(0, Choice(self(title), payload(intent, ticket.number)))
        return Reply(sentence, decision=FLOW, choices=tuple(choices))


def payload(intent: str, number: str, **more: str) -> str:
    """Return the command that does something with one ticket."""
    extra = "".join(f', "{name}": "{value}"' for name, value in more.items())
    return f'/{intent}{{"ticket": "{number}"{extra}}}'


def fill(step: str, answer: str) -> str:
    """Return the command of a button inside the form."""
    return f'/fill_ticket{{"step": "{step}", "answer": "{answer}"}}'
