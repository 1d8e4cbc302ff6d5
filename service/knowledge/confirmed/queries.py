"""What is asked of confirmed questions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from retrieval.confirmed import Confirmed
from service.errors import QuestionNotFound
from service.knowledge.confirmed.rules import DECIDERS
from service.knowledge.confirmed.states import QuestionState
from service.knowledge.confirmed.tables import ConfirmedQuestion
from service.people.queries import within
from service.people.viewer import Viewer


def confirmed_questions(db: Session) -> list[Confirmed]:
    """Return what retrieval may remember, in an order of its own."""
    query = select(ConfirmedQuestion.text, ConfirmedQuestion.source_id).where(
        ConfirmedQuestion.state == QuestionState.CONFIRMED
    )
    return sorted(Confirmed(text, source_id) for text, source_id in db.execute(query))


def visible_questions(
    db: Session, *, viewer: Viewer, state: QuestionState, limit: int | None = None
) -> Sequence[ConfirmedQuestion]:
    """Return the questions of a state that the viewer may decide on: candidates with most behind them first,
    decided ones with the latest decision first."""
    found = select(ConfirmedQuestion).where(
        ConfirmedQuestion.state == state, within(ConfirmedQuestion.organisation_path, viewer, *DECIDERS)
    )
    if state is QuestionState.CANDIDATE:
        weight = ConfirmedQuestion.chosen + ConfirmedQuestion.liked
        found = found.order_by(weight.desc(), ConfirmedQuestion.found_at, ConfirmedQuestion.id)
    else:
        found = found.order_by(ConfirmedQuestion.decided_at.desc(), ConfirmedQuestion.id)
    return db.scalars(found.limit(limit)).all()


def visible_question(db: Session, question_id: str, *, viewer: Viewer) -> ConfirmedQuestion:
    """Return a question the viewer may decide on. Raises QuestionNotFound."""
    query = select(ConfirmedQuestion).where(
        ConfirmedQuestion.id == question_id, within(ConfirmedQuestion.organisation_path, viewer, *DECIDERS)
    )
    question = db.scalars(query).one_or_none()
    if question is None:
        raise QuestionNotFound
    return question
