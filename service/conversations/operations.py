"""What changes a conversation, within the caller's transaction, each with its event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service.attachments.operations import forget_conversation
from service.conversations import rules
from service.conversations.messages import append_message
from service.conversations.owner import change_owner
from service.conversations.queries import (
    find_turn,
    offered_payload,
    open_turn_count,
)
from service.conversations.replies import Choice, Reply
from service.conversations.tables import (
    Conversation,
    Message,
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
    record,
)
from service.knowledge.confirmed.forgetting import forget_unsupported, questions_from
from service.people.queries import check_organisation
from service.privacy.mask import Masker
from service.privacy.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted message: its turn, and whether it had been accepted before."""

    turn: Turn
    repeated: bool


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What is sent along: `contents` identify it; `shown` is what the message says where it has no words."""

    contents: tuple[str, ...]
    shown: str


def open_conversation(
    db: Session,
    *,
    channel: str,
    organisation: str | None,
    opening: Reply | None,
    now: datetime,
    employee_id: str | None = None,
    chat_id: str | None = None,
) -> tuple[Conversation, str]:
    """Open a conversation that starts with `opening`; return it with its token, which is shown once.

    Without `employee_id` it is a visitor's; with `chat_id` its messages go there. Raises OrganisationUnknown
    for an organisation that is not there.
    """
    check_organisation(db, organisation)
    token = rules.new_token()
    chat = Conversation(
        id=new_id(),
        token_hash=rules.token_hash(token),
        channel=channel,
        organisation_path=organisation,
        employee_id=employee_id,
        chat_id=chat_id,
        state=State.BOT,
        version=1,
        next_seq=1,
        read_seq=0,
        created_at=now,
        active_at=now,
    )
    db.add(chat)
    db.flush()
    if opening is not None:
        append_message(
            db, chat.id, sender=Sender.BOT, reply=opening, turn_id=None, now=now
        )  # returned with the token
    record(
        db,
        ConversationOpened(at=now, conversation_id=chat.id, organisation_path=organisation, channel=channel),
    )
    return chat, token


def renew_token(db: Session, chat: Conversation) -> str:
    """Return a new token of `chat`, which is shown once; the one before opens nothing any more."""
    token = rules.new_token()
    chat.token_hash = rules.token_hash(token)
    db.flush()
    return token


def accept_message(
    db: Session,
    chat: Conversation,
    *,
    client_id: str,
    text: str | None,
    option: str | None,
    choice: Choice | None = None,
    enclosed: Enclosed | None = None,
    mask: Masker,
    sealer: Sealer,
    max_open_turns: int,
    now: datetime,
) -> Accepted:
    """Store what an employee sent as the next message and turn of `chat`, or find it stored already.

    It is a `text`, an `option` offered in the conversation, or a `choice` that is always there, such as the
    menu of an app; with something `enclosed` no text is needed. Raises ClientIdReused when `client_id` came
    with another body, OptionNotOffered, TextEmpty, TextTooLong, ConversationClosed, and TooManyMessages when
    `max_open_turns` are unanswered.
    """
    fingerprint = rules.body_hash(
        text=text,
        option=choice.payload if choice is not None else option,
        enclosed=enclosed.contents if enclosed is not None else (),
    )
    known = find_turn(db, chat.id, client_id)
    if known is not None:
        if known.body_hash != fingerprint:
            raise ClientIdReused(client_id=client_id)
        return Accepted(known, repeated=True)
    bot_answers = rules.bot_answers(State(chat.state))
    sealed = None
    if choice is not None:
        shown, payload, masked = choice.title, choice.payload, False
    elif option is not None:
        shown, payload = offered_payload(db, chat.id, option)
        masked = False
    elif enclosed is not None and text is None:
        shown, payload, masked = enclosed.shown, enclosed.shown, False
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
    message = append_message(
        db, chat.id, sender=Sender.EMPLOYEE, reply=Reply(shown), turn_id=turn.id, now=now
    )
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
            option=option is not None or choice is not None,
            masked=masked,
        ),
    )
    return Accepted(turn, repeated=False)


def mark_read(db: Session, conversation_id: str, seq: int) -> None:
    """The employee has seen every message up to `seq`; a mark never goes back."""
    db.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.read_seq < seq, Conversation.next_seq > seq)
        .values(read_seq=seq)
    )


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

    Questions that were proposed from it alone go as well, and what was sent along unless it is the material
    of a case. The event of the removal stays, without text.
    """
    count = db.execute(
        select(func.count()).select_from(Message).where(Message.conversation_id == chat.id)
    ).scalar_one()
    proposed = questions_from(db, chat.id)
    forget_conversation(db, chat.id)
    db.execute(delete(Conversation).where(Conversation.id == chat.id))
    forget_unsupported(db, proposed)
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
