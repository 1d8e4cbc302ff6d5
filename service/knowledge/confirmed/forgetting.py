"""Forgetting what employees asked: what nobody confirmed goes with the last conversation it came from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from service.knowledge.confirmed.states import QuestionState
from service.knowledge.confirmed.tables import ConfirmedQuestion, QuestionEvidence


def questions_from(db: Session, conversation_id: str) -> Sequence[str]:
    """Return the questions that something said in a conversation speaks for."""
    query = select(QuestionEvidence.question_id).where(QuestionEvidence.conversation_id == conversation_id)
    return db.scalars(query.distinct()).all()


def forget_unsupported(db: Session, question_ids: Sequence[str]) -> None:
    """Remove those of `question_ids` that nobody confirmed and for which nothing speaks any more."""
    speaks = exists().where(QuestionEvidence.question_id == ConfirmedQuestion.id)
    db.execute(
        delete(ConfirmedQuestion).where(
            ConfirmedQuestion.id.in_(question_ids),
            ConfirmedQuestion.state != QuestionState.CONFIRMED,
            ~speaks,
        )
    )
