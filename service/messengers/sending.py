"""Sending to a messaging platform: what is due, and what came of it.

A row of the outbox is begun (`sending_since`) before anything is sent. A process that dies meanwhile leaves
it begun, and whoever goes on marks it `unknown`: it may have arrived, so it is never repeated blindly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from service.conversations.tables import Message, Outbox, OutboxState, Sender
from service.database import happened
from service.messengers import rules
from service.messengers.tables import MessengerChat, Provider, Received

LOOKED_AT = 200
"""Rows read at a look; the rest follows at the next."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Something has become of a message of a conversation on its way to the platform."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes, apart from the database. `wrote_at`: when the person wrote there last."""

    chat_id: str
    provider: Provider
    userid: str
    group_id: str | None
    wrote_at: datetime | None
    left: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of one turn, or a single one, to be sent together; in order. `rows` are the outbox's.

    `heading` says in front of them whose words they are, where that is not plain.
    """

    place: Place
    rows: tuple[str, ...]
    messages: tuple[Message, ...]
    turn_id: str | None
    attempts: int
    heading: str | None = None


def is_due(db: Session, *, resting: Collection[Provider], now: datetime) -> bool:
    """Tell whether `claim_due` might find something; this keeps no writer waiting."""
    return db.execute(select(exists().where(*_due(resting, now=now)))).scalar_one()


def claim_due(
    db: Session,
    *,
    busy: Collection[str],
    limit: int,
    now: datetime,
    resting: Collection[Provider] = (),
) -> list[Batch]:
    """Begin what is due, at most one batch a chat and none for chats in `busy`; return what was begun.

    The messages of a chat go out in their order: behind one that has to wait, is being sent, or that the
    platform still asks for, everything there waits. What goes by a `resting` provider is left as it is.
    """
    query = (
        select(Outbox, Message, MessengerChat)
        .join(Message, Message.id == Outbox.message_id)
        .join(MessengerChat, MessengerChat.id == Outbox.chat_id)
        .where(*_due(resting, now=now), Outbox.chat_id.not_in(busy))
        .order_by(Outbox.created_at, Message.conversation_id, Message.seq)
        .limit(LOOKED_AT)
    )
    batches: dict[str, Batch] = {}
    closed: set[str] = set()
    for row, message, chat in db.execute(query):
        if chat.id in closed:
            continue
        known = batches.get(chat.id)
        if known is None:
            if len(batches) == limit:
                continue
            batches[chat.id] = _batch(row, message, chat)
        elif known.turn_id is not None and message.turn_id == known.turn_id:
            batches[chat.id] = replace(known, rows=(*known.rows, row.id), messages=(*known.messages, message))
        else:
            closed.add(chat.id)
    begun = _begin(db, [row for batch in batches.values() for row in batch.rows], now=now)
    mine = [_only(batch, begun) for batch in batches.values()]
    return [batch for batch in mine if batch.rows]


def _behind_one_asked_for(now: datetime) -> ColumnElement[bool]:
    earlier, said = aliased(Outbox), aliased(Message)
    return exists().where(
        earlier.chat_id == Outbox.chat_id,
        earlier.state == OutboxState.PENDING,
        earlier.created_at <= Outbox.created_at,
        said.id == earlier.message_id,
        said.sender != Sender.EMPLOYEE,  # their words go to who answers them, whom nobody asks for
        Received.turn_id == said.turn_id,
        Received.streamed,
        Received.at > now - rules.ASKED_FOR,
    )


def _due(resting: Collection[Provider], *, now: datetime) -> list[ColumnElement[bool]]:
    other = aliased(Outbox)
    held_up = exists().where(
        other.chat_id == Outbox.chat_id,
        other.state == OutboxState.PENDING,
        or_(other.next_attempt_at > now, other.sending_since.is_not(None)),
    )
    conditions = [
        Outbox.state == OutboxState.PENDING,
        Outbox.chat_id > "",  # as good as IS NOT NULL, and SQLite finds it by the index
        Outbox.next_attempt_at <= now,
        ~held_up,
        ~_behind_one_asked_for(now),
    ]
    if resting:
        chat = aliased(MessengerChat)
        conditions.append(exists().where(chat.id == Outbox.chat_id, chat.provider.not_in(resting)))
    return conditions


def _only(batch: Batch, begun: Collection[str]) -> Batch:
    """Return what of a batch was begun here: somebody else may have handed a part of it over just now."""
    kept = [(row, message) for row, message in zip(batch.rows, batch.messages, strict=True) if row in begun]
    return replace(batch, rows=tuple(row for row, _ in kept), messages=tuple(message for _, message in kept))


def _batch(row: Outbox, message: Message, chat: MessengerChat) -> Batch:
    place = Place(
        chat.id, Provider(chat.provider), chat.userid, chat.group_id, chat.wrote_at, chat.left_at is not None
    )
    return Batch(place, (row.id,), (message,), message.turn_id, row.attempts)


def _begin(db: Session, rows: Sequence[str], *, now: datetime) -> set[str]:
    begun = db.execute(
        update(Outbox)
        .where(
            Outbox.id.in_(rows),
            Outbox.state == OutboxState.PENDING,
            Outbox.sending_since.is_(None),
            Outbox.chat_id.is_not(None),  # else it has gone back to the page just now
        )
        .values(sending_since=now)
        .returning(Outbox.id)
        .execution_options(synchronize_session=False)
    )
    return set(begun.scalars())


def sent(db: Session, rows: Sequence[str], *, remote_id: str | None, now: datetime) -> None:
    """The platform has taken them, under its name `remote_id`."""
    _end(db, rows, OutboxState.SENT, error=None, remote_id=remote_id, sent_at=now)


def failed(db: Session, rows: Sequence[str], *, error: str) -> None:
    """The platform has refused them for good."""
    _end(db, rows, OutboxState.FAILED, error=error)


def unknown(db: Session, rows: Sequence[str], *, error: str) -> None:
    """They were handed over and nobody said what became of them."""
    _end(db, rows, OutboxState.UNKNOWN, error=error)


def _end(
    db: Session,
    rows: Sequence[str],
    state: OutboxState,
    *,
    error: str | None,
    remote_id: str | None = None,
    sent_at: datetime | None = None,
) -> None:
    ended = db.execute(
        update(Outbox)
        .where(Outbox.id.in_(rows), Outbox.state == OutboxState.PENDING)
        .values(
            state=state,
            sending_since=None,
            attempts=Outbox.attempts + 1,
            last_error=error,
            remote_id=remote_id,
            sent_at=sent_at,
        )
        .returning(Outbox.conversation_id)
        .execution_options(synchronize_session=False)
    )
    delivered(db, ended.scalars())


def delivered(db: Session, conversations: Iterable[str]) -> None:
    """Tell who watches conversations that something has become of a message of theirs."""
    for conversation_id in set(conversations):
        happened(db, Delivered(conversation_id))


def later(db: Session, batch: Batch, *, at: datetime, error: str | None) -> None:
    """They were surely not taken and are tried again `at`; with an `error` that counts as an attempt."""
    db.execute(
        update(Outbox)
        .where(Outbox.id.in_(batch.rows), Outbox.state == OutboxState.PENDING)
        .values(
            sending_since=None,
            next_attempt_at=at,
            attempts=Outbox.attempts + (1 if error is not None else 0),
            last_error=error,
        )
        .execution_options(synchronize_session=False)
    )


def left_half_done(db: Session) -> int:
    """Mark as unknown what a process that is gone had begun to send; return how many."""
    marked = db.execute(
        update(Outbox)
        .where(Outbox.state == OutboxState.PENDING, Outbox.sending_since.is_not(None))
        .values(
            state=OutboxState.UNKNOWN,
            sending_since=None,
            attempts=Outbox.attempts + 1,
            last_error="stopped while sending",
        )
        .returning(Outbox.conversation_id)
        .execution_options(synchronize_session=False)
    )
    conversations = list(marked.scalars())
    delivered(db, conversations)
    return len(conversations)


def sent_lately(
    db: Session, place: Place, *, within: timedelta, now: datetime
) -> tuple[int, datetime | None]:
    """Return how many messages a place has been sent `within` a span, and when the first of them was.

    A group is one place, whoever of it is answered.
    """
    here = Outbox.chat_id == place.chat_id
    if place.group_id is not None:
        here = Outbox.chat_id.in_(
            select(MessengerChat.id).where(
                MessengerChat.provider == place.provider, MessengerChat.group_id == place.group_id
            )
        )
    query = select(func.count(), func.min(Outbox.sent_at)).where(here, Outbox.sent_at > now - within)
    count, first = db.execute(query).one()
    return count, first
