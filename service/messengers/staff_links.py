"""Joining an account of the console with a name in WeChat Work, and parting them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.messengers.desk_words import DeskWords, Loss
from service.messengers.staff_talks import chat_of_staff, end_talk, talk_of, tell
from service.messengers.tables import MessengerChat
from service.people.staff_identities import name_staff, unname_staff, userid_of
from service.people.tables import Staff


def link(db: Session, staff: Staff, userid: str, *, words: DeskWords, now: datetime) -> MessengerChat | None:
    """Have a member of staff answer from WeChat Work as `userid`, the only name they have there.

    Returns where they have written from under it, None where nobody has yet. The platform's own spelling of
    a name that has been seen is kept. Raises UseridTaken.
    """
    seen = db.scalars(
        select(MessengerChat)
        .where(func.lower(MessengerChat.userid) == userid.lower(), MessengerChat.group_id.is_(None))
        .order_by(MessengerChat.wrote_at.is_(None), MessengerChat.wrote_at.desc())
        .limit(1)
    ).one_or_none()
    name = seen.userid if seen is not None else userid
    if userid_of(db, staff.id) != name:
        _stop_writing(db, staff, words=words, now=now)
        name_staff(db, staff, name, now=now)
    return seen


def unlink(db: Session, staff: Staff, *, words: DeskWords, now: datetime) -> None:
    """Have a member of staff answer from the console alone."""
    _stop_writing(db, staff, words=words, now=now)
    unname_staff(db, staff)


def _stop_writing(db: Session, staff: Staff, *, words: DeskWords, now: datetime) -> None:
    talk, chat = talk_of(db, staff.id), chat_of_staff(db, staff.id)
    if talk is not None and end_talk(db, talk) and chat is not None:
        tell(db, chat, words.lost(Loss.ACCOUNT), now=now)
