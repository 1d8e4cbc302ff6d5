"""A case while it is being filled in: what is known, what is asked next, what is kept sealed meanwhile."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from service.tickets.kinds import CaseKind, CaseKinds, Others
from service.tickets.tables import SubjectConsent, TicketDraft

SLOT = "ticket_draft"
"""The dialogue's slot that holds a `Draft`. What it must not hold is in `TicketDraft`, sealed."""
FORM = "ticket_form"
"""The dialogue's form in which a draft is filled in."""
MISSES_UNTIL_PERSON = 2
"""Answers that were not understood until a person is offered."""


class ForWhom(StrEnum):
    """Whose case it is: one's own, or a colleague's who agrees to it or has not been asked.

    `unclear`: the words may mean a colleague.
    """

    UNCLEAR = "unclear"
    SELF = "self"
    AGREED = "agreed"
    UNASKED = "unasked"

    @property
    def subject_consent(self) -> SubjectConsent | None:
        """Return what stands on the ticket for it."""
        return {ForWhom.AGREED: SubjectConsent.GIVEN, ForWhom.UNASKED: SubjectConsent.OPEN}.get(self)


class Asking(StrEnum):
    """What the form asks for."""

    KIND = "kind"
    TEXT = "text"
    MORE = "more"
    SUBJECT = "subject"
    CONSENT = "consent"
    DETAILS = "details"
    CONTACT = "contact"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of a case. Texts are masked.

    `key` names it for good, so that it is filed once. `knew_on` is the day a time of the law runs from, as
    far as it was said; `details` tells whether sealed details are kept, `contact` whether a sealed contact
    is; `for_whom` is None while nothing was said of a colleague; `complete` once what the kind asks for was
    asked. `remark` is what the next question begins with, `misses` counts answers that were not understood,
    `aside` is a question asked instead of an answer, `heard` the turn whose message has been taken in.
    """

    key: str
    kind: str | None = None
    text: str | None = None
    knew_on: date | None = None
    consent: bool | None = None
    details: bool | None = None
    contact: bool | None = None
    for_whom: ForWhom | None = None
    complete: bool | None = None
    remark: str | None = None
    misses: int = 0
    aside: str | None = None
    heard: str | None = None

    def asking(self, kinds: CaseKinds) -> Asking:
        """Return what is missing next; CONFIRM when nothing is."""
        kind = kinds.get(self.kind)
        if kind is None:
            return Asking.KIND
        if self.text is None:
            return Asking.TEXT
        if kind.asks_more and not self.complete:
            return Asking.MORE
        if kind.for_others is not Others.NEVER and self.for_whom is ForWhom.UNCLEAR:
            return Asking.SUBJECT
        if self.asks_details(kind) and self.consent is None:
            return Asking.CONSENT
        if self.asks_details(kind) and self.consent and self.details is None:
            return Asking.DETAILS
        return Asking.CONTACT if self.contact is None else Asking.CONFIRM

    def asks_details(self, kind: CaseKind) -> bool:
        """Tell whether health or income may be asked for: a colleague's are not ours to be told."""
        return kind.sensitive is not None and self.subject_consent(kind) is None

    def subject_consent(self, kind: CaseKind) -> SubjectConsent | None:
        """Return how far the colleague agrees whose case it is; None for one's own."""
        if self.for_whom is None or kind.for_others is Others.NEVER:
            return None
        return self.for_whom.subject_consent

    def of_kind(self, kind: CaseKind) -> Draft:
        """Return the draft as one of `kind`; a consent given for another purpose does not carry over."""
        if kind.id == self.kind:
            return self
        return replace(self, kind=kind.id, consent=None, details=None)

    def said(self, remark: str | None = None, *, missed: bool = False) -> Draft:
        """Return the draft with what the next question begins with."""
        return replace(self, remark=remark, misses=self.misses + 1 if missed else 0, aside=None)

    def kept(self) -> str:
        values = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(values, ensure_ascii=False, default=date.isoformat)

    @classmethod
    def read(cls, kept: str) -> Draft:
        """Return what `kept` says. Raises ValueError, TypeError for anything that `kept()` does not write."""
        values = json.loads(kept)
        if "knew_on" in values:
            values["knew_on"] = date.fromisoformat(values["knew_on"])
        if "for_whom" in values:
            values["for_whom"] = ForWhom(values["for_whom"])
        return cls(**values)


def keep_sealed(
    db: Session,
    conversation_id: str,
    *,
    contact: str | None = None,
    details: str | None = None,
    now: datetime,
) -> None:
    """Keep sealed texts beside the draft of a conversation; the later one replaces the earlier."""
    row = db.get(TicketDraft, conversation_id) or TicketDraft(conversation_id=conversation_id)
    row.contact, row.details = contact or row.contact, details or row.details
    row.changed_at = now
    db.add(row)


def sealed_of(db: Session, conversation_id: str) -> TicketDraft | None:
    return db.get(TicketDraft, conversation_id)


def forget_sealed(db: Session, conversation_id: str) -> None:
    row = db.get(TicketDraft, conversation_id)
    if row is not None:
        db.delete(row)
        db.flush()
