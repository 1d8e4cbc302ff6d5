"""Finding candidates in what employees asked, chose and rated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from retrieval.exact import question_key
from retrieval.index import Index
from retrieval.passages import Passage
from service.conversations.tables import Conversation, Feedback, Message, Sender, Turn, TurnState
from service.insights.events import QuestionSuggested, record
from service.knowledge.confirmed.forgetting import forget_unsupported
from service.knowledge.confirmed.rules import (
    CHOOSE_SOURCE,
    Evidence,
    chosen_source,
    stands_alone,
    unit_of,
)
from service.knowledge.confirmed.states import QuestionState
from service.knowledge.confirmed.tables import ConfirmedQuestion, QuestionEvidence

LOOKS_BACK = timedelta(days=30)
_CHOICES_IN = ("clarify", "refuse")
"""Decisions whose choices were made for the question; a list of topics was not."""


@dataclass(frozen=True, slots=True)
class Found:
    """A question with the answer that speaks for what answers it."""

    kind: Evidence
    message_id: str
    conversation_id: str
    text: str
    source_id: str


def collect(db: Session, *, index: Index, root: str, today: date, now: datetime) -> int:
    """Take up what speaks for a question since LOOKS_BACK; return how many candidates are new.

    `root` is the head office. Nothing is counted twice, what was taken back does not count, and a candidate
    for which nothing speaks any more is forgotten. What was decided stays decided.
    """
    _drop_taken_back(db)
    new = 0
    for found in (*_chosen(db, since=now - LOOKS_BACK), *_liked(db, since=now - LOOKS_BACK)):
        source = index.passage(found.source_id, as_of=today)
        if source is not None and _is_memory(found.text, source):
            new += _take_up(db, found, unit=unit_of(source.scope, root=root), now=now)
    _count(db)
    return new


def _is_memory(text: str, source: Passage) -> bool:
    """Tell whether a question is worth remembering: it stands alone and its source says nothing of it yet."""
    own = map(question_key, (*source.questions, *source.not_questions))
    return stands_alone(text) and question_key(text) not in own


def _take_up(db: Session, found: Found, *, unit: str, now: datetime) -> int:
    key = question_key(found.text)
    known = db.scalars(
        select(ConfirmedQuestion).where(
            ConfirmedQuestion.key == key, ConfirmedQuestion.source_id == found.source_id
        )
    ).one_or_none()
    question = known or ConfirmedQuestion(
        key=key,
        text=found.text,
        source_id=found.source_id,
        organisation_path=unit,
        state=QuestionState.CANDIDATE,
        found_at=now,
    )
    db.add(question)
    db.flush()
    db.add(
        QuestionEvidence(
            message_id=found.message_id,
            kind=found.kind,
            question_id=question.id,
            conversation_id=found.conversation_id,
        )
    )
    if known is None:
        record(
            db,
            QuestionSuggested(
                at=now,
                organisation_path=question.organisation_path,
                sources=(question.source_id,),
                question=question.id,
                evidence=found.kind,
            ),
        )
    return int(known is None)


def _chosen(db: Session, *, since: datetime) -> Iterator[Found]:
    """Questions after which the employee chose a card and did not complain of its answer."""
    query = (
        select(Turn, Message)
        .join(Message, Message.turn_id == Turn.id)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(
            Turn.payload.startswith(CHOOSE_SOURCE, autoescape=True),
            Turn.state == TurnState.ANSWERED,
            Turn.answered_at >= since,
            Message.sender == Sender.BOT,
            Message.decision == "answer",
            Conversation.sensitive.is_(False),
            ~exists().where(Feedback.message_id == Message.id, Feedback.rating == "down"),
            ~_known(Evidence.CHOSEN),
        )
        .order_by(Message.at, Message.id)
    )
    for turn, message in db.execute(query).all():
        text, source = _asked_before(db, turn), chosen_source(turn.payload)
        if text is not None and source is not None:
            yield Found(Evidence.CHOSEN, message.id, message.conversation_id, text, source)


def _liked(db: Session, *, since: datetime) -> Iterator[Found]:
    """Questions whose answer was rated up."""
    query = (
        select(Turn, Message)
        .join(Message, Message.turn_id == Turn.id)
        .join(Feedback, Feedback.message_id == Message.id)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(
            Feedback.rating == "up",
            Feedback.at >= since,
            Message.decision == "answer",
            Conversation.sensitive.is_(False),
            ~_known(Evidence.LIKED),
        )
        .order_by(Feedback.at, Message.id)
    )
    for turn, message in db.execute(query).all():
        chosen = chosen_source(turn.payload)
        text = _asked_before(db, turn) if chosen is not None else _typed(db, turn)
        source = chosen or (message.citations[0]["source_id"] if message.citations else None)
        if text is not None and source is not None:
            yield Found(Evidence.LIKED, message.id, message.conversation_id, text, source)


def _known(kind: Evidence) -> ColumnElement[bool]:
    return exists().where(QuestionEvidence.message_id == Message.id, QuestionEvidence.kind == kind)


def _asked_before(db: Session, turn: Turn) -> str | None:
    """Return what was typed in the turn whose answer offered the choice that `turn` made."""
    query = (
        select(Message)
        .where(
            Message.conversation_id == turn.conversation_id,
            Message.seq < turn.seq,
            Message.sender == Sender.BOT,
        )
        .order_by(Message.seq.desc())
    )
    for offer in db.scalars(query):
        if any(option.get("payload") == turn.payload for option in offer.options):
            asked = db.get(Turn, offer.turn_id) if offer.turn_id is not None else None
            return _typed(db, asked) if asked is not None and offer.decision in _CHOICES_IN else None
    return None


def _typed(db: Session, turn: Turn) -> str | None:
    """Return what the employee wrote in a turn, masked; None where an option was pressed."""
    if turn.payload.startswith("/"):  # typed text never begins like that (as_dialogue_text)
        return None
    query = select(Message.text).where(Message.turn_id == turn.id, Message.sender == Sender.EMPLOYEE)
    return db.scalars(query).one_or_none()


def _drop_taken_back(db: Session) -> None:
    """Forget what speaks for a candidate by an answer that is rated down now, or from a conversation in which
    somebody turned out to be in danger."""
    candidate = select(ConfirmedQuestion.id).where(ConfirmedQuestion.state == QuestionState.CANDIDATE)
    down = select(Feedback.message_id).where(Feedback.rating == "down")
    sensitive = select(Conversation.id).where(Conversation.sensitive)
    db.execute(
        delete(QuestionEvidence).where(
            QuestionEvidence.question_id.in_(candidate),
            or_(QuestionEvidence.message_id.in_(down), QuestionEvidence.conversation_id.in_(sensitive)),
        )
    )


def _count(db: Session) -> None:
    """Count the conversations behind every candidate, and forget those with none."""
    db.flush()
    counted = db.execute(
        select(
            QuestionEvidence.question_id,
            QuestionEvidence.kind,
            func.count(QuestionEvidence.conversation_id.distinct()),
        ).group_by(QuestionEvidence.question_id, QuestionEvidence.kind)
    )
    counts = {(question, kind): count for question, kind, count in counted}
    candidates = db.scalars(
        select(ConfirmedQuestion).where(ConfirmedQuestion.state == QuestionState.CANDIDATE)
    ).all()
    for question in candidates:
        question.chosen = counts.get((question.id, Evidence.CHOSEN), 0)
        question.liked = counts.get((question.id, Evidence.LIKED), 0)
    db.flush()
    forget_unsupported(db, [one.id for one in candidates if not one.chosen + one.liked])
