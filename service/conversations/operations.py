"""What changes a conversation, within the caller's transaction, each with its event."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service.conversations import rules
from service.conversations.queries import (
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
    Outbox,
    OutboxState,
    PendingErasure,
    Sender,
    State,
    Turn,
    TurnState,
)
from service.database import happened, new_id
from service.errors import (
    ClientIdReused,
    ConversationNotFound,
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
from service.privacy.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Appended:
    """There is another message in a conversation."""

    conversation_id: str


CarryOut = Callable[[Session, Conversation, Turn, Reply], Reply]
"""Does what a reply asks for beyond being said, such as calling a person, and returns what is said then."""


def said_as_it_is(_db: Session, _chat: Conversation, _turn: Turn, reply: Reply) -> Reply:
    """For replies that ask for nothing more."""
    return reply


@dataclass(frozen=True, slots=True)
class Author:
    """A member of staff as the writer of a message: `name` is how the employee is told."""

    staff_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted message: its turn, and whether it had been accepted before."""

    turn: Turn
    repeated: bool


def open_conversation(
    db: Session,
    *,
    channel: str,
    organisation: str | None,
    opening: Reply,
    now: datetime,
    employee_id: str | None = None,
) -> tuple[Conversation, str]:
    """Open a conversation that starts with `opening`; return it with its token, which is shown once.

    Without `employee_id` it is a visitor's. Raises OrganisationUnknown for an organisation that is not there.
    """
    check_organisation(db, organisation)
    token = rules.new_token()
    chat = Conversation(
        id=new_id(),
        token_hash=rules.token_hash(token),
        channel=channel,
        organisation_path=organisation,
        employee_id=employee_id,
        state=State.BOT,
        version=1,
        next_seq=1,
        read_seq=0,
        created_at=now,
        active_at=now,
    )
    db.add(chat)
    db.flush()
    _append(db, chat.id, sender=Sender.BOT, reply=opening, turn_id=None, now=now)  # returned with the token
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
    sealer: Sealer,
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
    sealed = None
    if option is not None:
        title, payload = offered_payload(db, chat.id, option)
        shown, masked = title, False
    else:
        kept = rules.check_text(text or "")
        shown = mask(kept)
        payload, masked = rules.as_dialogue_text(shown), shown != kept
        sealed = sealer.seal(kept) if masked and bot_answers else None
    if open_turn_count(db, chat.id) >= max_open_turns:
        raise TooManyMessages(limit=max_open_turns)
    turn = Turn(
        id=new_id(),
        conversation_id=chat.id,
        client_id=client_id,
        body_hash=fingerprint,
        seq=0,
        payload=payload,
        sealed=sealed,
        state=TurnState.ACCEPTED if bot_answers else TurnState.HUMAN,
        accepted_at=now,
    )
    db.add(turn)
    db.flush()
    message = _append(db, chat.id, sender=Sender.EMPLOYEE, reply=Reply(shown), turn_id=turn.id, now=now)
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
    db: Session,
    conversation_id: str,
    *,
    sender: Sender,
    reply: Reply,
    now: datetime,
    turn_id: str | None = None,
    author: Author | None = None,
    client_id: str | None = None,
) -> Message:
    """Append a message to the employee, to be sent by the conversation's channel.

    `author` and `client_id` are for messages of staff.
    """
    message = _append(
        db,
        conversation_id,
        sender=sender,
        reply=reply,
        turn_id=turn_id,
        now=now,
        author=author,
        client_id=client_id,
    )
    channel = db.execute(select(Conversation.channel).where(Conversation.id == conversation_id)).scalar_one()
    db.add(
        Outbox(
            channel=channel,
            conversation_id=conversation_id,
            message_id=message.id,
            state=OutboxState.PENDING,
            attempts=0,
            next_attempt_at=now,
            created_at=now,
        )
    )
    return message


def _append(
    db: Session,
    conversation_id: str,
    *,
    sender: Sender,
    reply: Reply,
    turn_id: str | None,
    now: datetime,
    author: Author | None = None,
    client_id: str | None = None,
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
        staff_id=author.staff_id if author is not None else None,
        sender_name=author.name if author is not None else None,
        client_id=client_id,
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
    happened(db, Appended(conversation_id))
    return message


def answer_turn(
    db: Session,
    turn_id: str,
    replies: Sequence[Reply],
    *,
    degraded: bool,
    model_version: str | None,
    now: datetime,
    carry_out: CarryOut = said_as_it_is,
) -> list[Message] | None:
    """Commit the answer of a turn, once: None when it has one already or the conversation is gone.

    Where a person has taken the conversation meanwhile the bot says nothing any more: an empty list, except
    for emergency numbers. `carry_out` does what a reply asks for, such as calling a person.

    A `degraded` answer gives way to what an action of the turn has committed meanwhile: the update below
    holds the turn, so an action either came before it and is found here, or comes after and does nothing.
    """
    turn = db.execute(
        update(Turn)
        .where(Turn.id == turn_id, Turn.state == TurnState.ACCEPTED)
        .values(state=TurnState.ANSWERED, degraded=degraded, answered_at=now, sealed=None)
        .returning(Turn)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if turn is None:
        return None
    if degraded and (done := [reply for _, reply in effects_of(db, turn.id) if reply.text]):
        replies, degraded, turn.degraded = done, False, False
    chat = lock_conversation(db, turn.conversation_id)
    if degraded:  # an action would have recorded it with its effect
        _record_urgent_help(db, chat, turn, replies, now=now)
    sender = Sender.BOT
    if chat.state in (State.QUEUED, State.STAFF):
        turn.state, turn.answered_at, sender = TurnState.HUMAN, None, Sender.SYSTEM
        replies = [reply for reply in replies if reply.need is not None]
    replies = [carry_out(db, chat, turn, reply) for reply in replies]
    messages = [
        add_message(db, chat.id, sender=sender, reply=reply, turn_id=turn.id, now=now) for reply in replies
    ]
    if turn.state == TurnState.HUMAN:
        return messages
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


def lock_conversation(db: Session, conversation_id: str) -> Conversation:
    """Return a conversation as it is now and keep its owner from changing until commit.

    Raises ConversationNotFound.
    """
    chat = db.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(version=Conversation.version)
        .returning(Conversation)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).scalar_one_or_none()
    if chat is None:
        raise ConversationNotFound
    return chat


def change_owner(
    db: Session,
    chat: Conversation,
    target: State,
    *,
    sources: Collection[State],
    now: datetime,
    staff_id: str | None = None,
    held_by: str | None = None,
) -> bool:
    """Pass `chat` to `target` if it is in one of `sources` (and in the hands of `held_by`); tell whether.

    Compare and set: of two who try at once one wins. Moves outside the life of an owner are never made.
    """
    allowed = [source for source in sources if rules.may_move(source, target)]
    conditions = [Conversation.id == chat.id, Conversation.state.in_(allowed)]
    if held_by is not None:
        conditions.append(Conversation.staff_id == held_by)
    moved = db.execute(
        update(Conversation)
        .where(*conditions)
        .values(
            state=target,
            staff_id=staff_id,
            version=Conversation.version + 1,
            closed_at=now if target is State.CLOSED else None,
        )
        .returning(Conversation.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    db.refresh(chat)
    return moved is not None


def close_conversation(db: Session, chat: Conversation, *, now: datetime) -> None:
    """End `chat`; ending it again changes nothing."""
    if not change_owner(db, chat, State.CLOSED, sources=(State.BOT, State.QUEUED, State.STAFF), now=now):
        return
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
