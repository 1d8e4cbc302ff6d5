"""What staff are told in the messenger unasked: who waits, and which conversation is not theirs any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.conversations.tables import Conversation
from service.database import Database
from service.handover.queries import may_take
from service.handover.tables import Handover
from service.messengers.desk_words import DeskWords
from service.messengers.staff_talks import (
    chat_of_staff,
    chats_of_staff,
    end_talk,
    holds,
    is_with_a_person,
    loss_of,
    tell,
)
from service.messengers.tables import HandoverTold, MessengerChat, StaffTalk
from service.people.staff import viewer_of


@dataclass(frozen=True, slots=True)
class Due:
    """A member of staff who has not been told of a handover."""

    staff_id: str
    handover_id: str


class StaffNotices:
    """Tells staff. Threads may share this object."""

    def __init__(self, *, database: Database, words: DeskWords) -> None:
        self._database = database
        self._words = words

    def tell_who_waits(self, *, now: datetime) -> int:
        """Tell everybody who may take a waiting conversation, once; return how many notices were written.

        Somebody who waits for the office to open is told of when it opens. Of somebody in danger everybody
        is told again when the call moves on. Whoever is helped by a colleague in that very chat is told
        afterwards: the colleague reads what stands there.
        """
        with self._database.read() as db:
            due = _due(db, now=now)
        return sum(self._tell(item, now=now) for item in due)

    def tell_what_is_over(self, *, now: datetime) -> int:
        """Tell everybody whose conversation was ended or released elsewhere; return how many were told."""
        with self._database.read() as db:
            over = list(db.scalars(select(StaffTalk.staff_id).where(~holds())))
        return sum(self._tell_over(staff_id, now=now) for staff_id in over)

    def _tell(self, due: Due, *, now: datetime) -> bool:
        try:
            with self._database.write() as db:
                chat = chat_of_staff(db, due.staff_id)
                if chat is None or is_with_a_person(db, chat):
                    return False
                condition = and_(Handover.id == due.handover_id, _untold(db, due.staff_id, chat, now=now))
                handover = db.scalars(select(Handover).where(condition)).one_or_none()
                if handover is None:
                    return False
                db.merge(HandoverTold(handover_id=handover.id, staff_id=due.staff_id, at=now))
                unit = db.get_one(Conversation, handover.conversation_id).organisation_path
                tell(db, chat, self._words.notice(handover, unit, now=now), now=now)
        except IntegrityError:
            # They began to write at this moment, or were told by another process: the next look sees which.
            return False
        return True

    def _tell_over(self, staff_id: str, *, now: datetime) -> bool:
        with self._database.write() as db:
            talk = db.scalars(select(StaffTalk).where(StaffTalk.staff_id == staff_id, ~holds())).one_or_none()
            if talk is None:
                return False
            loss, chat = loss_of(db, talk), chat_of_staff(db, staff_id)
            if not end_talk(db, talk) or chat is None:
                return False
            tell(db, chat, self._words.lost(loss), now=now)
            return True


def _due(db: Session, *, now: datetime) -> list[Due]:
    if db.scalars(select(Handover.id).where(_waits(now=now)).limit(1)).first() is None:
        return []
    return [
        Due(staff_id, handover_id)
        for staff_id, chat in chats_of_staff(db).items()
        if not is_with_a_person(db, chat)
        for handover_id in db.scalars(
            select(Handover.id)
            .where(_untold(db, staff_id, chat, now=now))
            .order_by(Handover.urgent.desc(), Handover.requested_at)
        )
    ]


def _waits(*, now: datetime) -> ColumnElement[bool]:
    return and_(
        Handover.ended_at.is_(None),
        Handover.claimed_by.is_(None),
        or_(Handover.urgent, Handover.expected_at.is_(None), Handover.expected_at <= now),
    )


def _untold(db: Session, staff_id: str, chat: MessengerChat, *, now: datetime) -> ColumnElement[bool]:
    told = exists().where(
        HandoverTold.handover_id == Handover.id,
        HandoverTold.staff_id == staff_id,
        or_(Handover.urgent.is_(False), HandoverTold.at >= Handover.waiting_since),
    )
    ones_own = exists().where(
        Conversation.id == Handover.conversation_id, Conversation.employee_id == chat.employee_id
    )
    viewer = viewer_of(db, staff_id)
    return and_(_waits(now=now), may_take(viewer), ~ones_own, ~told)
