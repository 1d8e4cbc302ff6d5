"""What happens to the questions that retrieval may remember, and to documents."""

from __future__ import annotations

from dataclasses import dataclass

from service.insights.events.event import Actor, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSuggested(Event):
    """A question was found that a source seems to answer; `evidence` is `chosen` or `liked`."""

    kind = "question_suggested"
    actor = Actor.SYSTEM
    question: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionConfirmed(Event):
    """`staff_id` is None where an administrator decided on the command line."""

    kind = "question_confirmed"
    actor = Actor.STAFF
    question: str
    staff_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRejected(Event):
    kind = "question_rejected"
    actor = Actor.STAFF
    question: str
    staff_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentImported(Event):
    """A version was stored; `outcome` is `added`, `new_version`, `completed`, `replaced` or `dated`.

    `staff_id` is None where an administrator did it on the command line.
    """

    kind = "document_imported"
    actor = Actor.STAFF
    document: str
    version: str
    outcome: str
    staff_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRemoved(Event):
    kind = "document_removed"
    actor = Actor.STAFF
    document: str
    version: str
    staff_id: str | None
