"""What the form asks, step by step, and the summary before a case is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.activities.people import Person
from service.conversations.replies import Choice, Reply
from service.conversations.why import Form, Why
from service.knowledge.asked import Asked
from service.knowledge.choices import ASK_HUMAN
from service.tickets import rules
from service.tickets.drafts import FORM, MISSES_UNTIL_PERSON, Asking, Draft
from service.tickets.kinds import CaseKind, CaseKinds
from service.tickets.routing import Routing
from service.tickets.words import FLOW, TicketWords, fill

CHOSEN_BY = "file_ticket"
"""The intent under which one chooses among several kinds."""


class Questions:
    """Asks. Threads may share this object."""

    def __init__(self, *, words: TicketWords, routing: Routing) -> None:
        self._words = words
        self._routing = routing
        self._kinds: CaseKinds = words.kinds

    def ask(self, db: Session, asked: Asked, person: Person, draft: Draft, *, now: datetime) -> Reply:
        """Return the next question, begun with a word on what was said before."""
        asking = draft.asking(self._kinds)
        kind = self._kinds.get(draft.kind)
        question, choices = self._question(db, asked, person, draft, asking, now=now)
        if draft.misses >= MISSES_UNTIL_PERSON:
            question = f"{self._words('form.remark.person')}{question}"
            choices = (*choices, Choice(self._words("form.person"), ASK_HUMAN))
        elif draft.remark is not None:
            question = f"{self._remark(draft.remark, kind, asked)}{question}"
        return Reply(
            question,
            intent=kind.intent if kind is not None else CHOSEN_BY,
            decision=FLOW,
            choices=choices,
            why=Why(form=Form(FORM, draft.kind, asking.value, draft.remark)),
        )

    def promised(self, db: Session, kind: CaseKind, path: str, due: datetime, *, now: datetime) -> str:
        """Return who answers until when; where nobody has an account to read it with, whom to call."""
        words, union = self._words, self._words.union(path)
        if not self._routing.has_reader(db, kind, path):
            contact = words.contact(path, today=words.when.local_day(now))
            return words("done.promise_nobody", union=union, contact=contact)
        key = "done.promise_urgent" if kind.urgent else "done.promise"
        return words(key, union=union, due=words.when.moment(due, now=now))

    def promise(self, db: Session, kind: CaseKind, organisation: str | None, *, now: datetime) -> str:
        """Return who answers until when, if it is filed now."""
        path = self._routing.of(db, kind, organisation)
        due = rules.due_at(self._routing.hours_of(path), now, days=kind.due_days)
        return self.promised(db, kind, path, due, now=now)

    def _question(
        self, db: Session, asked: Asked, person: Person, draft: Draft, asking: Asking, *, now: datetime
    ) -> tuple[str, tuple[Choice, ...]]:
        words, kind = self._words, self._kinds.get(draft.kind)
        if kind is None:
            among = self._kinds.offered(CHOSEN_BY)
            return words("form.kind"), tuple(
                Choice(item.title, f'/{CHOSEN_BY}{{"case": "{item.id}"}}') for item in among
            )
        if asking is Asking.TEXT:
            last = (Choice(words("form.last_text"), fill("text", "last")),) if draft.aside else ()
            return words("form.text", ask=kind.ask, how=words("form.how")), last
        if asking is Asking.MORE:
            none = Choice(words("form.more_none"), fill("more", "none"))
            return words("form.more", ask=kind.ask), (none,)
        if asking is Asking.SUBJECT:
            return words("form.subject"), tuple(
                Choice(words(f"form.subject_{answer}"), fill("subject", answer))
                for answer in ("agreed", "unasked", "self")
            )
        if asking is Asking.CONSENT and kind.sensitive is not None:
            return kind.sensitive.consent, (
                Choice(words("form.consent_yes"), fill("consent", "yes")),
                Choice(words("form.consent_no"), fill("consent", "no")),
            )
        if asking is Asking.DETAILS and kind.sensitive is not None:
            return kind.sensitive.ask, (Choice(words("form.details_skip"), fill("details", "skip")),)
        if asking is Asking.CONTACT:
            key = "form.contact" if person.name is None else "form.contact_known"
            here = Choice(words("form.contact_here"), fill("contact", "here"))
            return words(key, name=person.name or ""), (here,)
        return self._summary(db, person, draft, kind, now=now), (
            Choice(words("form.send"), fill("confirm", "send")),
            Choice(words("form.change_text"), fill("confirm", "text")),
            Choice(words("form.change_contact"), fill("confirm", "contact")),
            Choice(words("form.change_kind"), fill("confirm", "kind")),
            Choice(words("form.drop"), "/cancel"),
        )

    def _summary(self, db: Session, person: Person, draft: Draft, kind: CaseKind, *, now: datetime) -> str:
        words = self._words
        more = ""
        if (subject := draft.subject_consent(kind)) is not None:
            more += words(f"form.confirm_subject_{subject}")
        if draft.asks_details(kind):
            more += words("form.confirm_details" if draft.details else "form.confirm_no_details")
        deadline = words.deadline(kind, draft.knew_on)
        if deadline is not None:
            more += words("form.confirm_deadline", deadline=deadline)
        if kind.remark is not None:
            more += words("form.confirm_remark", remark=kind.remark)
        return words(
            "form.confirm",
            kind=kind.title,
            text=words.quoted(draft.text or ""),
            contact=words("form.contact_given" if draft.contact else "form.contact_none"),
            union=self.promise(db, kind, person.organisation, now=now),
            decides=kind.decides,
            more=more,
        )

    def _remark(self, remark: str, kind: CaseKind | None, asked: Asked) -> str:
        title = kind.title if kind is not None else ""
        said = self._words(f"form.remark.{remark}", kind=title)
        if remark != "opened":
            return said
        remarked = f"{kind.remark}\n\n" if kind is not None and kind.remark is not None else ""
        return f"{said}{self._words.sympathy(asked.text)}{remarked}"
