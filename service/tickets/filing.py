"""Opening a case and filing it: what the form begins with, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from language.date_ranges import Lean
from language.dates import find_dates
from service.activities.people import Person
from service.attachments.operations import loose, take_along
from service.attachments.rules import LOOSE_FOR, attach_command
from service.conversations.queries import conversation, turn
from service.conversations.replies import Choice, Reply
from service.knowledge.asked import Asked
from service.tickets import rules
from service.tickets.drafts import (
    SLOT,
    Draft,
    forget_sealed,
    keep_sealed,
    sealed_of,
)
from service.tickets.kinds import CaseKind, CaseKinds
from service.tickets.operations import NewTicket, file_ticket
from service.tickets.queries import filed_before
from service.tickets.questions import CHOSEN_BY, Questions
from service.tickets.routing import Routing
from service.tickets.tables import SubjectConsent, Ticket
from service.tickets.wording import Wording
from service.tickets.words import FLOW, TicketWords, fill


@dataclass(frozen=True, slots=True)
class Opening:
    """What a message that opens the form says besides its text. `told` was said when the case was offered."""

    turn_id: str
    case: str | None = None
    answer: str | None = None
    contact: str | None = None
    told: str | None = None


def knew_on(text: str, *, today: date) -> date | None:
    """Return the day a text names from which a time of the law would run."""
    spans = ((found.value.first, found.value.last) for found in find_dates(text, today, lean=Lean.PAST))
    return rules.earliest_day(spans, today=today)


class Filing:
    """Opens and files. Threads may share this object.

    Every method runs in the caller's transaction and does what its reply says.
    """

    def __init__(
        self, *, words: TicketWords, wording: Wording, routing: Routing, questions: Questions
    ) -> None:
        self._words = words
        self._questions = questions
        self._wording = wording
        self._routing = routing
        self._kinds: CaseKinds = words.kinds

    def open(
        self,
        db: Session,
        asked: Asked,
        person: Person,
        opening: Opening,
        earlier: Draft | None,
        *,
        now: datetime,
    ) -> Reply:
        """Begin a case, or offer to go on with one that was left. An empty text lets the form ask."""
        intent = asked.intent or CHOSEN_BY
        pressed = asked.text.startswith("/")
        text = "" if pressed else asked.text
        kind = self._kinds.get(opening.case) or self._kinds.heard_in(text, intent=intent)
        if earlier is not None and earlier.text is not None and opening.answer != "anew":
            if earlier.kind is None and kind is not None:  # only its kind was missing
                whose = self._wording.for_whom(kind, earlier.text)
                return self._begin(replace(earlier.of_kind(kind).said("opened"), for_whom=whose))
            return self._offer_to_resume(earlier, intent, kind, asked)
        if self._wording.has(text, "discipline"):
            return self._words.discipline(asked)
        which = self._words.which_kinds(text)
        if which and kind in which and self._kinds.named(text) is None:
            return self._ask_which(which, asked, opening)
        told = opening.told if pressed and opening.told is not None else text
        enough = self._wording.says_enough(told) and not self._wording.asks(text)
        forget_sealed(db, person.conversation_id)
        if opening.contact is not None:
            keep_sealed(db, person.conversation_id, contact=opening.contact, now=now)
        return self._begin(
            Draft(
                key=opening.turn_id,
                kind=kind.id if kind is not None else None,
                text=told if enough else None,
                knew_on=knew_on(told, today=asked.as_of),
                contact=True if opening.contact is not None else None,
                for_whom=self._wording.for_whom(kind, text) if kind is not None else None,
                remark="opened" if kind is not None else None,
            )
        )

    def file(
        self, db: Session, asked: Asked, person: Person, draft: Draft, turn_id: str, *, now: datetime
    ) -> Reply:
        """File the case, once, and tell its number, what follows and who may read it."""
        kind = self._kinds[draft.kind or ""]
        before = filed_before(db, conversation(db, person.conversation_id), draft.key)
        if before is not None:
            text = self._words("done.twice", number=before.number)
            return Reply(text, intent=kind.intent, decision=FLOW)
        ticket = file_ticket(db, self._of(db, person, draft, kind, turn_id, now=now), now=now)
        forget_sealed(db, person.conversation_id)
        since = self._since(db, draft, now=now)
        taken = bring_papers(db, person.conversation_id, ticket, kind, since=since)
        more = self._words("done.attached", count=taken) if taken else ""
        choices: tuple[Choice, ...] = ()
        left = len(loose(db, person.conversation_id, since=since))
        if left:
            more = self._words("done.not_attached", count=left)
            into = self._words("done.into", number=ticket.number)
            choices = (Choice(into, attach_command(ticket.number, since=since)),)
        text = self._sent(db, ticket, kind, more, now=now)
        return Reply(text, intent=kind.intent, decision=FLOW, choices=choices)

    def drop(self, db: Session, asked: Asked, person: Person) -> Reply:
        forget_sealed(db, person.conversation_id)
        return Reply(self._words("done.dropped"), intent=asked.intent, decision=FLOW)

    def put_off(self, asked: Asked) -> Reply:
        return Reply(self._words("done.later"), intent=asked.intent, decision=FLOW)

    def stale(self, asked: Asked) -> Reply:
        return Reply(self._words("done.stale"), intent=asked.intent, decision=FLOW)

    def new(
        self,
        db: Session,
        person: Person,
        kind: CaseKind,
        *,
        description: str,
        knew: date | None,
        consent: bool | None,
        subject_consent: SubjectConsent | None,
        details: str | None,
        contact: str | None,
        key: str,
        turn_id: str | None,
        now: datetime,
    ) -> NewTicket:
        """Return a case of `person` with where it goes and until when it is answered."""
        path = self._routing.of(db, kind, person.organisation)
        hours = self._routing.hours_of(path)
        return NewTicket(
            kind=kind,
            routed_to=path,
            description=description,
            due_at=rules.due_at(hours, now, days=kind.due_days),
            filed_on=now.astimezone(hours.zone).date(),
            conversation_id=person.conversation_id,
            employee_id=person.employee_id,
            organisation=person.organisation,
            channel=person.channel,
            turn_id=turn_id,
            consent=consent,
            subject_consent=subject_consent,
            details=details,
            contact=contact,
            deadline_on=deadline_on(kind, knew),
            key=key,
        )

    def _begin(self, draft: Draft) -> Reply:
        return Reply("", slots={SLOT: draft.kept()})

    def _offer_to_resume(self, earlier: Draft, intent: str, kind: CaseKind | None, asked: Asked) -> Reply:
        known = self._kinds.get(earlier.kind)
        title = known.title if known is not None else self._words("unfinished.no_kind")
        case = f', "case": "{kind.id}"' if kind is not None else ""
        choices = (
            Choice(self._words("unfinished.resume"), fill("any", "resume")),
            Choice(self._words("unfinished.anew"), f'/{intent}{{"answer": "anew"{case}}}'),
        )
        return Reply(
            self._words("unfinished.ask", kind=title), intent=asked.intent, decision=FLOW, choices=choices
        )

    def _ask_which(self, kinds: list[CaseKind], asked: Asked, opening: Opening) -> Reply:
        draft = Draft(key=opening.turn_id, text=asked.text, knew_on=knew_on(asked.text, today=asked.as_of))
        choices = tuple(Choice(kind.title, f"/{kind.intent}") for kind in kinds)
        text = f"{self._words.sympathy(asked.text)}{self._words('which.ask')}"
        return Reply(
            text, intent=asked.intent, decision="clarify", choices=choices, slots={SLOT: draft.kept()}
        )

    def _of(
        self, db: Session, person: Person, draft: Draft, kind: CaseKind, turn_id: str, *, now: datetime
    ) -> NewTicket:
        kept = sealed_of(db, person.conversation_id)
        consent = draft.consent if draft.asks_details(kind) else None
        return self.new(
            db,
            person,
            kind,
            description=draft.text or "",
            knew=draft.knew_on,
            consent=consent,
            subject_consent=draft.subject_consent(kind),
            details=kept.details if kept is not None and consent and draft.details else None,
            contact=kept.contact if kept is not None and draft.contact else None,
            key=draft.key,
            turn_id=turn_id,
            now=now,
        )

    def _since(self, db: Session, draft: Draft, *, now: datetime) -> datetime:
        """Return from when on what was sent belongs to a case: shortly before it was begun."""
        begun = turn(db, draft.key)
        return (begun.accepted_at if begun is not None else now) - LOOSE_FOR

    def _sent(self, db: Session, ticket: Ticket, kind: CaseKind, material: str, *, now: datetime) -> str:
        words, path = self._words, ticket.routed_to
        more = (words("done.confidential") if kind.confidential else "") + material
        if kind.materials:
            more += words("done.materials", materials=words("separator").join(kind.materials))
        if kind.pays is not None:
            more += words("done.pays", pays=kind.pays)
        if ticket.subject_consent is not None:
            more += words(f"done.subject_{ticket.subject_consent}")
        deadline = words.deadline_of(ticket, kind)
        if deadline is not None:
            more += words("done.deadline", deadline=deadline)
        due = ticket.due_at or now
        return words(
            "done.sent",
            number=ticket.number,
            promise=self._questions.promised(db, kind, path, due, now=now),
            steps=" → ".join(kind.steps),
            readers=words.readers(kind, path),
            more=more,
        )


def bring_papers(
    db: Session, conversation_id: str, ticket: Ticket, kind: CaseKind, *, since: datetime
) -> int:
    """Put what was sent since a moment into a case just filed, and return how many papers that were.

    Papers tell of health and income as words do: where those need a consent, papers go along with it only.
    """
    if kind.sensitive is not None and not ticket.consent:
        return 0
    return len(take_along(db, conversation_id, ticket.number, since=since))


def deadline_on(kind: CaseKind, knew: date | None) -> date | None:
    """Return the last day a claim can be made, as far as the day it runs from is known."""
    if kind.deadline is None or knew is None:
        return None
    return rules.years_after(knew, kind.deadline.years)


def resumed(draft: Draft) -> Draft:
    """Return a draft that was left, to go on with."""
    return replace(draft, remark="back", misses=0, aside=None)
