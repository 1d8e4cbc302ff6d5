"""What is asked of handovers: who waits where, and what a member of staff may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from service.conversations.tables import Conversation, Feedback, Message, Sender
from service.errors import ConversationNotFound
from service.handover.tables import Ending, Handover, Reason
from service.people.queries import within
from service.people.roles import Role
from service.people.tables import RoleGrant, Staff
from service.people.viewer import Viewer

TAKERS = (Role.OFFICER, Role.SUPERVISOR)
"""Who takes conversations over; a supervisor also sees those in the hands of others."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an employee stands who waits for a person; `position` counts from 1, None beside the bot."""

    position: int | None
    expected_at: datetime | None
    urgent: bool


def open_handover(db: Session, conversation_id: str) -> Handover | None:
    """Return the handover of a conversation that has not ended."""
    query = select(Handover).where(Handover.conversation_id == conversation_id, Handover.ended_at.is_(None))
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def position(db: Session, handover: Handover) -> int:
    """Return the place of a waiting handover among those of the same union, counted from 1."""
    ahead = or_(
        Handover.requested_at < handover.requested_at,
        and_(Handover.requested_at == handover.requested_at, Handover.id < handover.id),
    )
    query = select(func.count()).where(
        Handover.ended_at.is_(None),
        Handover.claimed_at.is_(None),
        Handover.beside.is_(False),
        Handover.routed_to == handover.routed_to,
        ahead,
    )
    return db.scalars(query).one() + 1


def staffed(db: Session, *roles: Role) -> frozenset[str]:
    """Return the units in which somebody with an open account holds one of `roles` directly."""
    query = (
        select(RoleGrant.organisation_path)
        .join(Staff, Staff.id == RoleGrant.staff_id)
        .where(Staff.active, RoleGrant.role.in_(roles))
        .distinct()
    )
    return frozenset(db.scalars(query))


def may_take(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that the viewer may take a handover.

    Somebody in danger is first for the person on call alone, so that as few as possible know; `level` above
    0 means that nobody was on call or that they did not come in time.
    """
    return or_(
        and_(
            within(Handover.routed_to, viewer, *TAKERS), or_(Handover.urgent.is_(False), Handover.level > 0)
        ),
        and_(within(Handover.routed_to, viewer, Role.ON_CALL), Handover.urgent),
    )


def may_read(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a handover lets the viewer read its conversation.

    One's own, those one may take now, and as a supervisor those colleagues took from the queue: not those
    begun to answer a case, which may be confidential. A conversation that was never handed over, or that the
    employee took back before anybody came, is read by nobody.
    """
    waiting = and_(Handover.claimed_by.is_(None), Handover.ended_at.is_(None))
    supervised = and_(
        within(Handover.routed_to, viewer, Role.SUPERVISOR),
        Handover.claimed_by.is_not(None),
        Handover.reason != Reason.RULE,
    )
    return or_(
        Handover.claimed_by == viewer.staff_id,
        and_(waiting, may_take(viewer)),
        and_(supervised, or_(Handover.urgent.is_(False), Handover.level > 0)),
    )


def visible_conversation(db: Session, conversation_id: str, *, viewer: Viewer) -> Conversation:
    """Return a conversation the viewer may read. Raises ConversationNotFound."""
    readable = exists().where(Handover.conversation_id == Conversation.id, may_read(viewer))
    chat = db.scalars(
        select(Conversation)
        .where(Conversation.id == conversation_id, readable)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if chat is None:
        raise ConversationNotFound
    return chat


def handovers_of(db: Session, conversation_id: str) -> list[Handover]:
    """Return every handover of a conversation, the oldest first."""
    query = select(Handover).where(Handover.conversation_id == conversation_id)
    return list(db.scalars(query.order_by(Handover.requested_at, Handover.id)))


def can_claim(db: Session, conversation_id: str, *, viewer: Viewer) -> bool:
    """Tell whether the viewer may take this conversation now."""
    query = select(Handover.id).where(
        Handover.conversation_id == conversation_id,
        Handover.ended_at.is_(None),
        Handover.claimed_at.is_(None),
        may_take(viewer),
    )
    return db.scalars(query).one_or_none() is not None


def bad_ratings(db: Session, conversation_id: str) -> int:
    """Return how many answers were rated down since the last person left."""
    query = select(func.count()).where(
        Feedback.conversation_id == conversation_id,
        Feedback.rating == "down",
        or_(_last_talk(conversation_id).is_(None), Feedback.at > _last_talk(conversation_id)),
    )
    return db.scalars(query).one()


def _last_talk(conversation_id: str) -> ScalarSelect[datetime | None]:
    return (
        select(func.max(Handover.ended_at))
        .where(Handover.conversation_id == conversation_id, Handover.ending != Ending.WITHDRAWN)
        .scalar_subquery()
    )


def recent_bot_turns(db: Session, conversation_id: str, *, limit: int) -> list[tuple[str | None, str | None]]:
    """Return intent and decision of the bot's latest answers since the last person left, oldest first."""
    since = _last_talk(conversation_id)
    query = (
        select(Message.intent, Message.decision)
        .where(
            Message.conversation_id == conversation_id,
            Message.sender == Sender.BOT,
            Message.turn_id.is_not(None),
            or_(since.is_(None), Message.at > since),
        )
        .order_by(Message.seq.desc())
        .limit(limit)
    )
    return [(intent, decision) for intent, decision in reversed(db.execute(query).all())]
