"""What changes a handover, within the caller's transaction, each with its event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.conversations.messages import Author, add_message
from service.conversations.operations import close_conversation
from service.conversations.owner import change_owner, lock_conversation
from service.conversations.replies import Reply
from service.conversations.rules import check_text
from service.conversations.tables import Conversation, Message, Sender, State
from service.errors import AlreadyClaimed, NotOwner, NotWaiting
from service.handover.queries import may_take, open_handover, visible_conversation
from service.handover.tables import AlertState, Ending, Handover, Reason
from service.insights.events import (
    HandoverClaimed,
    HandoverDeferred,
    HandoverEnded,
    HandoverEscalated,
    HandoverRequested,
    StaffReplied,
    record,
)
from service.people.roles import Role
from service.people.staff import staff_name
from service.people.viewer import Viewer
from service.privacy.mask import Masker


@dataclass(frozen=True, slots=True)
class Call:
    """A person is called: why, where to, and how the employee waits meanwhile."""

    reason: Reason
    routed_to: str
    explanation: str
    urgent: bool
    beside: bool
    level: int = 0
    topic: str | None = None
    turn_id: str | None = None
    expected_at: datetime | None = None
    ticket_number: str | None = None
    alert: AlertState | None = None


def request(db: Session, chat: Conversation, call: Call, *, now: datetime) -> Handover:
    """Call a person into `chat`. Raises NotOwner where the bot does not own it any more."""
    if not call.beside and not change_owner(db, chat, State.QUEUED, sources=(State.BOT,), now=now):
        raise NotOwner
    if call.urgent:
        chat.sensitive = True
    handover = Handover(
        conversation_id=chat.id,
        turn_id=call.turn_id,
        reason=call.reason,
        routed_to=call.routed_to,
        explanation=call.explanation,
        topic=call.topic,
        urgent=call.urgent,
        beside=call.beside,
        level=call.level,
        ticket_number=call.ticket_number,
        requested_at=now,
        waiting_since=now,
        expected_at=call.expected_at,
        alert=call.alert,
        alert_attempts=0,
        alert_next_at=now if call.alert is not None else None,
    )
    db.add(handover)
    db.flush()
    _record_request(db, chat, handover, now=now)
    return handover


def make_urgent(db: Session, chat: Conversation, handover: Handover, call: Call, *, now: datetime) -> None:
    """Somebody who waits already is in danger: the call that is out becomes an urgent one."""
    handover.urgent, handover.reason, handover.level = True, call.reason, call.level
    handover.routed_to, handover.explanation = call.routed_to, call.explanation
    handover.alert, handover.alert_attempts, handover.alert_next_at = call.alert, 0, now
    handover.waiting_since = now
    chat.sensitive = True
    _record_request(db, chat, handover, now=now)


def go_live(db: Session, chat: Conversation, handover: Handover, *, now: datetime) -> None:
    """The office is open again and the employee is here: wait in the queue instead of beside the bot."""
    if not change_owner(db, chat, State.QUEUED, sources=(State.BOT,), now=now):
        raise NotOwner
    handover.beside, handover.expected_at, handover.waiting_since = False, None, now


def claim(db: Session, conversation_id: str, *, viewer: Viewer, now: datetime) -> Handover:
    """Take a waiting conversation into the viewer's hands.

    Of two who try at once one wins. Raises AlreadyClaimed with the name of who has it, NotWaiting, and
    ConversationNotFound for what the viewer may not take.
    """
    # The conversation's row first, as everywhere: two locks taken in one order cannot wait for each other.
    chat = lock_conversation(db, conversation_id)
    taken = db.execute(
        update(Handover)
        .where(
            Handover.conversation_id == conversation_id,
            Handover.ended_at.is_(None),
            Handover.claimed_by.is_(None),
            may_take(viewer),
        )
        .values(claimed_by=viewer.staff_id, claimed_at=now)
        .returning(Handover)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).scalar_one_or_none()
    if taken is None:
        _say_why_not(db, conversation_id, viewer=viewer)
        raise NotWaiting
    sources = (State.QUEUED, State.BOT) if taken.beside else (State.QUEUED,)
    _give_to(db, chat, taken, sources=sources, staff_id=viewer.staff_id, now=now)
    return taken


def open_with(db: Session, chat: Conversation, call: Call, *, viewer: Viewer, now: datetime) -> Handover:
    """Begin a handover that is in the viewer's hands at once. Raises NotWaiting for a closed conversation.

    For who answers a case of an employee: whether the viewer may is asked of the case.
    """
    chat = lock_conversation(db, chat.id)
    handover = request(db, chat, call, now=now)
    handover.claimed_by, handover.claimed_at = viewer.staff_id, now
    _give_to(db, chat, handover, sources=(State.BOT,), staff_id=viewer.staff_id, now=now)
    return handover


def _give_to(
    db: Session,
    chat: Conversation,
    handover: Handover,
    *,
    sources: tuple[State, ...],
    staff_id: str,
    now: datetime,
) -> None:
    if not change_owner(db, chat, State.STAFF, sources=sources, now=now, staff_id=staff_id):
        raise NotWaiting
    record(
        db,
        HandoverClaimed(
            at=now,
            conversation_id=chat.id,
            organisation_path=chat.organisation_path,
            channel=chat.channel,
            topic=handover.topic,
            staff_id=staff_id,
            waited_s=round((now - handover.requested_at).total_seconds()),
        ),
    )


def _say_why_not(db: Session, conversation_id: str, *, viewer: Viewer) -> None:
    """Raise what tells the viewer why a conversation could not be taken."""
    handover = open_handover(db, conversation_id)
    if handover is not None and handover.claimed_by is not None:
        in_scope = select(Handover.id).where(Handover.id == handover.id, may_take(viewer))
        if handover.claimed_by == viewer.staff_id or db.scalars(in_scope).one_or_none() is not None:
            raise AlreadyClaimed(name=staff_name(db, handover.claimed_by))
    visible_conversation(db, conversation_id, viewer=viewer)


def say(
    db: Session,
    conversation_id: str,
    *,
    text: str,
    client_id: str,
    author: Author,
    mask: Masker,
    now: datetime,
) -> Message:
    """Write to the employee as the owner of the conversation; the same `client_id` is the same message.

    Raises NotOwner, TextEmpty, TextTooLong.
    """
    kept = mask(check_text(text))
    # Takes the conversation's row, so that it cannot change hands before the message is in it.
    owned = db.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            Conversation.state == State.STAFF,
            Conversation.staff_id == author.staff_id,
        )
        .values(version=Conversation.version)
        .returning(Conversation)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    known = db.scalars(
        select(Message).where(Message.conversation_id == conversation_id, Message.client_id == client_id)
    ).one_or_none()
    if known is not None and known.staff_id == author.staff_id:
        return known
    if owned is None:
        raise NotOwner
    message = add_message(
        db,
        conversation_id,
        sender=Sender.STAFF,
        reply=Reply(kept),
        now=now,
        author=author,
        client_id=client_id,
    )
    record(
        db,
        StaffReplied(
            at=now,
            conversation_id=conversation_id,
            organisation_path=owned.organisation_path,
            channel=owned.channel,
            staff_id=author.staff_id,
            length=len(kept),
        ),
    )
    return message


def release(
    db: Session, conversation_id: str, *, ending: Ending, viewer: Viewer, now: datetime
) -> tuple[Conversation, Handover]:
    """Give a conversation back to the bot, or end it. Its owner may, and a supervisor of its union.

    Raises ConversationNotFound, NotOwner.
    """
    chat = visible_conversation(db, conversation_id, viewer=viewer)
    handover = open_handover(db, conversation_id)
    if handover is None or handover.claimed_by is None:
        raise NotOwner
    supervises = viewer.may(Role.SUPERVISOR, handover.routed_to)
    if handover.claimed_by != viewer.staff_id and not supervises:
        raise NotOwner
    target = State.CLOSED if ending is Ending.CLOSED else State.BOT
    if target is State.CLOSED:
        close_conversation(db, chat, now=now)
    elif not change_owner(db, chat, target, sources=(State.STAFF,), now=now, held_by=handover.claimed_by):
        raise NotOwner
    end(db, chat, handover, ending=ending, staff_id=viewer.staff_id, now=now)
    return chat, handover


def withdraw(db: Session, chat: Conversation, *, now: datetime) -> bool:
    """The employee does not wait any longer; tell whether somebody waited."""
    handover = open_handover(db, chat.id)
    if handover is None or handover.claimed_by is not None:
        return False
    if not handover.beside and not change_owner(db, chat, State.BOT, sources=(State.QUEUED,), now=now):
        return False
    end(db, chat, handover, ending=Ending.WITHDRAWN, staff_id=None, now=now)
    return True


def close_by_employee(db: Session, chat: Conversation, *, now: datetime) -> None:
    """End a conversation on the employee's side, and with it the call for a person."""
    handover = open_handover(db, chat.id)
    close_conversation(db, chat, now=now)
    if handover is not None:
        end(db, chat, handover, ending=Ending.CLOSED, staff_id=None, now=now)


def end(
    db: Session,
    chat: Conversation,
    handover: Handover,
    *,
    ending: Ending,
    staff_id: str | None,
    now: datetime,
) -> None:
    """End a handover; of two who do at once one is recorded."""
    ended = db.execute(
        update(Handover)
        .where(Handover.id == handover.id, Handover.ended_at.is_(None))
        .values(ended_at=now, ending=ending)
        .returning(Handover.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    db.refresh(handover)
    if ended is None:
        return
    record(
        db,
        HandoverEnded(
            at=now,
            conversation_id=chat.id,
            organisation_path=chat.organisation_path,
            channel=chat.channel,
            topic=handover.topic,
            staff_id=staff_id,
            ending=ending,
        ),
    )


def escalate(db: Session, handover: Handover, *, routed_to: str, explanation: str, now: datetime) -> bool:
    """Move a handover nobody took one union up; tell whether it still waited."""
    moved = db.execute(
        update(Handover)
        .where(Handover.id == handover.id, Handover.claimed_by.is_(None), Handover.ended_at.is_(None))
        .values(routed_to=routed_to, explanation=explanation, waiting_since=now, level=Handover.level + 1)
        .returning(Handover.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    db.refresh(handover)
    if moved is None:
        return False
    record(
        db,
        HandoverEscalated(
            at=now, conversation_id=handover.conversation_id, routed_to=routed_to, level=handover.level
        ),
    )
    return True


def defer(
    db: Session, chat: Conversation, handover: Handover, *, expected_at: datetime, ticket: str, now: datetime
) -> bool:
    """The office has closed: the bot goes on, the call stays; tell whether the conversation still waited."""
    if not change_owner(db, chat, State.BOT, sources=(State.QUEUED,), now=now):
        return False
    handover.beside, handover.expected_at, handover.ticket_number = True, expected_at, ticket
    record(
        db,
        HandoverDeferred(
            at=now, conversation_id=chat.id, organisation_path=chat.organisation_path, channel=chat.channel
        ),
    )
    return True


def _record_request(db: Session, chat: Conversation, handover: Handover, *, now: datetime) -> None:
    record(
        db,
        HandoverRequested(
            at=now,
            conversation_id=chat.id,
            turn_id=handover.turn_id,
            organisation_path=chat.organisation_path,
            channel=chat.channel,
            topic=handover.topic,
            reason=handover.reason,
            routed_to=handover.routed_to,
            urgent=handover.urgent,
            beside=handover.beside,
        ),
    )
