"""What changes a handover, within the caller's transaction, each with its event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.conversations.operations import close_conversation
from service.conversations.owner import change_owner
from service.conversations.tables import Conversation, State
from service.errors import NotOwner
from service.handover.queries import open_handover
from service.handover.tables import AlertState, Ending, Handover, Reason
from service.insights.events import (
    HandoverDeferred,
    HandoverEnded,
    HandoverEscalated,
    HandoverRequested,
    record,
)


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
