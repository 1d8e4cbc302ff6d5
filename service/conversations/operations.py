"""What changes a conversation, within the caller's transaction, each with its event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service.conversations import rules
from service.conversations.queries import (
    conversation,
    effects_of,
    find_turn,
    offered_payload,
    open_turn_count,
)
from service.conversations.replies import Choice, Reply
from service.conversations.tables import (
    Conversation,
    Message,
    MessageSource,
    PendingErasure,
    Sender,
    State,
    Turn,
    TurnState,
)
from service.database import new_id
from service.errors import (
    ClientIdReused,
    TooManyMessages,
)
from service.insights.events import (
    ConversationClosed,
    ConversationDeleted,
    ConversationOpened,
    MessageReceived,
    TurnAnswered,
    UrgentHelpShown,
    record,
)
from service.people.queries import check_organisation
from service.privacy.mask import Masker


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted message: its turn, and whether it had been accepted before."""

    turn: Turn
    repeated: bool


def open_conversation(
    db: Session, *, channel: str, organisation: str | None, opening: Reply, now: datetime
) -> tuple[Conversation, str]:
    """Open a conversation that starts with `opening`; return it with its token, which is shown once.

    Raises OrganisationUnknown for an organisation that is not there.
    """
    check_organisation(db, organisation)
    token = rules.new_token()
    chat = Conversation(
        id=new_id(),
        token_hash=rules.token_hash(token),
        channel=channel,
        organisation_path=organisation,
        state=State.BOT,
        version=1,
        next_seq=1,
        read_seq=0,
        created_at=now,
        active_at=now,
    )
    db.add(chat)
    db.flush()
    add_message(db, chat.id, sender=Sender.BOT, reply=opening, turn_id=None, now=now)
    record(
        db,
        ConversationOpened(at=now, conversation_id=chat.id, organisation_path=organisation, channel=channel),
    )
    return chat, token


def accept_message(
    db: Session,
    chat: Conversation,
    *,
    client_id: str,
    text: str | None,
    option: str | None,
    mask: Masker,
    max_open_turns: int,
    now: datetime,
) -> Accepted:
    """Store what an employee sent as the next message and turn of `chat`, or find it stored already.

    Raises ClientIdReused when `client_id` came with another body, OptionNotOffered, TextEmpty,
    TextTooLong, ConversationClosed, and TooManyMessages when `max_open_turns` are unanswered.
    """
    fingerprint = rules.body_hash(text=text, option=option)
    known = find_turn(db, chat.id, client_id)
    if known is not None:
        if known.body_hash != fingerprint:
            raise ClientIdReused(client_id=client_id)
        return Accepted(known, repeated=True)
    bot_answers = rules.bot_answers(State(chat.state))
    if option is not None:
        title, payload = offered_payload(db, chat.id, option)
        shown, masked = title, False
    else:
        kept = rules.check_text(text or "")
        shown = mask(kept)
        payload, masked = rules.as_dialogue_text(shown), shown != kept
    if open_turn_count(db, chat.id) >= max_open_turns:
        raise TooManyMessages(limit=max_open_turns)
    turn = Turn(
        id=new_id(),
        conversation_id=chat.id,
        client_id=client_id,
        body_hash=fingerprint,
        seq=0,
        payload=payload,
        state=TurnState.ACCEPTED if bot_answers else TurnState.HUMAN,
        accepted_at=now,
    )
    db.add(turn)
    db.flush()
    message = add_message(db, chat.id, sender=Sender.EMPLOYEE, reply=Reply(shown), turn_id=turn.id, now=now)
    turn.seq = message.seq
    record(
        db,
        MessageReceived(
            at=now,
            conversation_id=chat.id,
            turn_id=turn.id,
            organisation_path=chat.organisation_path,
            channel=chat.channel,
            length=len(shown),
            option=option is not None,
            masked=masked,
        ),
    )
    return Accepted(turn, repeated=False)


def add_message(
    db: Session, conversation_id: str, *, sender: Sender, reply: Reply, turn_id: str | None, now: datetime
) -> Message:
    """Append a message under the conversation's next number."""
    seq = db.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(next_seq=Conversation.next_seq + 1, active_at=now)
        .returning(Conversation.next_seq - 1)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    message = Message(
        id=new_id(),
        conversation_id=conversation_id,
        turn_id=turn_id,
        seq=seq,
        sender=sender,
        text=reply.text,
        intent=reply.intent,
        decision=reply.decision,
        confidence=reply.confidence,
        citations=[asdict(cited) for cited in reply.citations],
        options=[_option(choice) for choice in reply.choices],
        attachments=[],
        at=now,
    )
    db.add(message)
    db.flush()
    for source in {item.source_id: item for item in reply.sources}.values():
        db.add(
            MessageSource(
                message_id=message.id, source_id=source.source_id, version=source.version, kind=source.kind
            )
        )
    return message


def answer_turn(
    db: Session,
    turn_id: str,
    replies: Sequence[Reply],
    *,
    degraded: bool,
    model_version: str | None,
    now: datetime,
) -> list[Message] | None:
    """Commit the answer of a turn, once: None when it has one already or the conversation is gone.

    A `degraded` answer gives way to what an action of the turn has committed meanwhile: the update below
    holds the turn, so an action either came before it and is found here, or comes after and does nothing.
    """
    turn = db.execute(
        update(Turn)
        .where(Turn.id == turn_id, Turn.state == TurnState.ACCEPTED)
        .values(state=TurnState.ANSWERED, degraded=degraded, answered_at=now)
        .returning(Turn)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if turn is None:
        return None
    if degraded and (done := [reply for _, reply in effects_of(db, turn.id) if reply.text]):
        replies, degraded, turn.degraded = done, False, False
    chat = conversation(db, turn.conversation_id)
    messages = [
        add_message(db, chat.id, sender=Sender.BOT, reply=reply, turn_id=turn.id, now=now)
        for reply in replies
    ]
    if degraded:  # an action would have recorded it with its effect
        _record_urgent_help(db, chat, turn, replies, now=now)
    lead = next((reply for reply in replies if reply.decision is not None), replies[0])
    record(
        db,
        TurnAnswered(
            at=now,
            conversation_id=chat.id,
            turn_id=turn.id,
            organisation_path=chat.organisation_path,
            channel=chat.channel,
            topic=lead.topic,
            intent=lead.intent,
            decision=lead.decision,
            confidence=lead.confidence,
            sources=tuple(f"{item.source_id}@{item.version}" for item in lead.sources),
            model_version=model_version,
            index_version=lead.index_version,
            degraded=degraded,
            waited_ms=round((now - turn.accepted_at).total_seconds() * 1000),
        ),
    )
    return messages


def mark_read(db: Session, conversation_id: str, seq: int) -> None:
    """The employee has seen every message up to `seq`; a mark never goes back."""
    db.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.read_seq < seq, Conversation.next_seq > seq)
        .values(read_seq=seq)
    )


def close_conversation(db: Session, chat: Conversation, *, now: datetime) -> None:
    """End `chat`; ending it again changes nothing."""
    if chat.state == State.CLOSED:
        return
    chat.state, chat.staff_id, chat.closed_at, chat.version = State.CLOSED, None, now, chat.version + 1
    db.add(chat)
    record(
        db,
        ConversationClosed(
            at=now, conversation_id=chat.id, organisation_path=chat.organisation_path, channel=chat.channel
        ),
    )


def delete_conversation(db: Session, chat: Conversation, *, now: datetime) -> None:
    """Remove `chat` with everything said in it, and note that the dialogue has to forget it too.

    The event of the removal stays, without text.
    """
    count = db.execute(
        select(func.count()).select_from(Message).where(Message.conversation_id == chat.id)
    ).scalar_one()
    db.execute(delete(Conversation).where(Conversation.id == chat.id))
    db.add(PendingErasure(conversation_id=chat.id, requested_at=now))
    record(
        db,
        ConversationDeleted(
            at=now,
            conversation_id=chat.id,
            organisation_path=chat.organisation_path,
            channel=chat.channel,
            messages=count,
        ),
    )


def erasure_done(db: Session, conversation_id: str) -> None:
    """The dialogue has forgotten a deleted conversation."""
    db.execute(delete(PendingErasure).where(PendingErasure.conversation_id == conversation_id))


def _record_urgent_help(
    db: Session, chat: Conversation, turn: Turn, replies: Sequence[Reply], *, now: datetime
) -> None:
    for reply in replies:
        if reply.need is not None:
            record(
                db,
                UrgentHelpShown(
                    at=now,
                    conversation_id=chat.id,
                    turn_id=turn.id,
                    organisation_path=chat.organisation_path,
                    channel=chat.channel,
                    need=reply.need,
                ),
            )


def _option(choice: Choice) -> dict[str, str]:
    return {"id": new_id()[:12], "title": choice.title, "payload": choice.payload}
