"""The board: the conversations a member of staff may take, has, or sees in the hands of colleagues."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from service.conversations.tables import Conversation, Message, Sender
from service.handover.queries import TAKERS, may_read, may_take, position
from service.handover.tables import Handover
from service.people.queries import within
from service.people.tables import Employee, Staff
from service.people.viewer import Viewer

SNIPPET = 80
"""Characters of the last message that are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the board. `last_text` is None where the viewer may not read the conversation."""

    handover: Handover
    chat: Conversation
    person: str | None
    holder: str | None
    position: int | None
    unread: int
    last_text: str | None


@dataclass(frozen=True, slots=True)
class Board:
    """Those in danger first, then in the order of asking."""

    waiting: list[Row]
    mine: list[Row]
    others: list[Row]


def board(db: Session, *, viewer: Viewer) -> Board:
    """Return what the viewer works on and may work on now."""
    waiting = and_(Handover.claimed_by.is_(None), may_take(viewer))
    held = and_(Handover.claimed_by.is_not(None), within(Handover.routed_to, viewer, *TAKERS))
    query = (
        select(Handover, Conversation, Employee.display_name, Staff.display_name)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .outerjoin(Employee, Employee.id == Conversation.employee_id)
        .outerjoin(Staff, Staff.id == Handover.claimed_by)
        .where(
            Handover.ended_at.is_(None),
            or_(waiting, Handover.claimed_by == viewer.staff_id, and_(held, may_take(viewer))),
        )
        .order_by(Handover.urgent.desc(), Handover.requested_at, Handover.id)
        .execution_options(populate_existing=True)
    )
    found = db.execute(query).all()
    readable = set(
        db.scalars(select(Handover.id).where(Handover.id.in_([row[0].id for row in found]), may_read(viewer)))
    )
    ids = [row[1].id for row in found]
    last, unread = _last_texts(db, ids), _unread(db, ids)
    rows = [
        Row(
            handover=handover,
            chat=chat,
            person=person if handover.id in readable else None,
            holder=holder,
            position=position(db, handover) if _queued(handover) else None,
            unread=unread.get(chat.id, 0),
            last_text=last.get(chat.id) if handover.id in readable else None,
        )
        for handover, chat, person, holder in found
    ]
    return Board(
        waiting=[row for row in rows if row.handover.claimed_by is None],
        mine=_held_by(rows, viewer, own=True),
        others=_held_by(rows, viewer, own=False),
    )


def _queued(handover: Handover) -> bool:
    return handover.claimed_by is None and not handover.beside


def _held_by(rows: Iterable[Row], viewer: Viewer, *, own: bool) -> list[Row]:
    held = [row for row in rows if row.handover.claimed_by is not None]
    return [row for row in held if (row.handover.claimed_by == viewer.staff_id) is own]


def _last_texts(db: Session, conversation_ids: Collection[str]) -> dict[str, str]:
    latest = (
        select(Message.conversation_id, func.max(Message.seq).label("seq"))
        .where(Message.conversation_id.in_(conversation_ids), Message.sender == Sender.EMPLOYEE)
        .group_by(Message.conversation_id)
        .subquery()
    )
    query = select(Message.conversation_id, Message.text).join(
        latest, and_(Message.conversation_id == latest.c.conversation_id, Message.seq == latest.c.seq)
    )
    return {conversation: _short(text) for conversation, text in db.execute(query)}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SNIPPET else f"{line[:SNIPPET]}…"


def _unread(db: Session, conversation_ids: Collection[str]) -> dict[str, int]:
    """Return how many messages employees have written since staff last wrote."""
    written = (
        select(Message.conversation_id, func.max(Message.seq).label("seq"))
        .where(Message.conversation_id.in_(conversation_ids), Message.sender == Sender.STAFF)
        .group_by(Message.conversation_id)
        .subquery()
    )
    query = (
        select(Message.conversation_id, func.count())
        .outerjoin(written, written.c.conversation_id == Message.conversation_id)
        .where(
            Message.conversation_id.in_(conversation_ids),
            Message.sender == Sender.EMPLOYEE,
            Message.seq > func.coalesce(written.c.seq, 0),
        )
        .group_by(Message.conversation_id)
    )
    return {row.conversation_id: row[1] for row in db.execute(query)}
