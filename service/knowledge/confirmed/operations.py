"""Deciding on questions, and adding them by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from retrieval.exact import question_key
from retrieval.index import Index
from retrieval.passages import Passage
from service.conversations.rules import check_text
from service.errors import NotAllowed, QuestionRefused, QuestionTaken, SourceNotFound
from service.insights.events import QuestionConfirmed, QuestionRejected, record
from service.knowledge.confirmed.queries import visible_question
from service.knowledge.confirmed.rules import DECIDERS, key_of, unit_of
from service.knowledge.confirmed.states import QuestionState
from service.knowledge.confirmed.tables import ConfirmedQuestion
from service.people.viewer import Viewer
from service.privacy.mask import Masker


def confirm(
    db: Session, question_id: str, *, index: Index, viewer: Viewer, now: datetime
) -> ConfirmedQuestion:
    """Let retrieval remember a question with its source; one confirmed already stays as it is.

    Raises QuestionNotFound, SourceNotFound when the source is not in `index` any more, QuestionTaken when
    another source of the same units answers this very question, and QuestionRefused when the source says
    that it does not.
    """
    question = visible_question(db, question_id, viewer=viewer)
    if question.state != QuestionState.CONFIRMED:
        _check(db, question.text, _source(index, question.source_id), index)
        _confirm(db, question, viewer=viewer, now=now)
    return question


def reject(db: Session, question_id: str, *, viewer: Viewer, now: datetime) -> ConfirmedQuestion:
    """Keep a question out of retrieval, also one that was confirmed. Raises QuestionNotFound."""
    question = visible_question(db, question_id, viewer=viewer)
    if question.state != QuestionState.REJECTED:
        _decide(question, QuestionState.REJECTED, viewer=viewer, now=now)
        record(db, QuestionRejected(**_said(question, viewer, now)))
    return question


def add(
    db: Session,
    text: str,
    source_id: str,
    *,
    root: str,
    index: Index,
    mask: Masker,
    viewer: Viewer,
    now: datetime,
) -> ConfirmedQuestion:
    """Add a question that the viewer vouches for, confirmed; it is masked like any stored text.

    `root` is the head office, which answers for national sources. Raises NotAllowed, TextEmpty, TextTooLong,
    SourceNotFound, QuestionTaken and QuestionRefused.
    """
    source = _source(index, source_id)
    unit = unit_of(source.scope, root=root)
    if not any(viewer.may(role, unit) for role in DECIDERS):
        raise NotAllowed
    kept = mask(check_text(text))
    key = key_of(kept)
    known = db.scalars(
        select(ConfirmedQuestion).where(
            ConfirmedQuestion.key == key, ConfirmedQuestion.source_id == source_id
        )
    ).one_or_none()
    if known is not None and known.state == QuestionState.CONFIRMED:
        return known
    _check(db, kept, source, index)
    question = known or ConfirmedQuestion(
        key=key, text=kept, source_id=source_id, organisation_path=unit, found_at=now
    )
    _confirm(db, question, viewer=viewer, now=now)
    return question


def _source(index: Index, source_id: str) -> Passage:
    source = index.passage(source_id)
    if source is None:
        raise SourceNotFound(source_id=source_id)
    return source


def _check(db: Session, text: str, source: Passage, index: Index) -> None:
    """Raise what keeps `source` from being found by this very question.

    That is QuestionRefused when the source itself names it as a near miss, and QuestionTaken when the same
    askers would find two sources by it. A branch's own rule may be found by the words of the general one.
    """
    if key_of(text) in map(question_key, source.not_questions):
        raise QuestionRefused(title=source.title)
    confirmed = db.scalars(
        select(ConfirmedQuestion.source_id).where(
            ConfirmedQuestion.key == key_of(text), ConfirmedQuestion.state == QuestionState.CONFIRMED
        )
    )
    others = [*index.asking(text), *filter(None, map(index.passage, confirmed))]
    for other in others:
        if other.id != source.id and other.scope == source.scope:
            raise QuestionTaken(title=other.title, source_id=other.id)


def _confirm(db: Session, question: ConfirmedQuestion, *, viewer: Viewer, now: datetime) -> None:
    _decide(question, QuestionState.CONFIRMED, viewer=viewer, now=now)
    db.add(question)
    db.flush()
    record(db, QuestionConfirmed(**_said(question, viewer, now)))


def _decide(question: ConfirmedQuestion, state: QuestionState, *, viewer: Viewer, now: datetime) -> None:
    question.state, question.decided_at, question.decided_by = state, now, viewer.staff_id or None


class _Said(TypedDict):
    at: datetime
    organisation_path: str
    sources: tuple[str, ...]
    question: str
    staff_id: str | None


def _said(question: ConfirmedQuestion, viewer: Viewer, now: datetime) -> _Said:
    return {
        "at": now,
        "organisation_path": question.organisation_path,
        "sources": (question.source_id,),
        "question": question.id,
        "staff_id": viewer.staff_id or None,
    }
