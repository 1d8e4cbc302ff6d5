"""What changes chats of a messaging platform, within the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service.conversations.delivery import move_pending
from service.conversations.operations import close_conversation, open_conversation, renew_token
from service.conversations.replies import Reply
from service.conversations.tables import MESSENGER_CHANNELS, Conversation, State
from service.messengers import rules
from service.messengers.arrivals import claim
from service.messengers.tables import MessengerChat, Provider, Received
from service.people.identities import member
from service.people.tables import Employee


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote, as the platform names people; in a group chat its name too."""

    provider: Provider
    userid: str
    group_id: str | None = None


def received(db: Session, writer: Writer, key: str, *, now: datetime) -> tuple[Received, bool]:
    """Return the record of a delivery, and whether it is to be taken in: it is the first of its name.

    Two at once: the second fails with IntegrityError and finds it when tried again.
    """
    known = db.get(Received, (writer.provider.value, key))
    if known is not None:
        return known, claim(db, known)
    first = Received(provider=writer.provider.value, key=key, streamed=False, at=now)
    db.add(first)
    db.flush()
    return first, True


def use_login(db: Session, name: str, *, now: datetime) -> bool:
    """Tell whether the login of this name comes back for the first time; two at once as with `received`."""
    _, first = received(db, Writer(Provider.APP, userid=""), f"login:{name}", now=now)
    return first


def chat_of(db: Session, writer: Writer, *, is_portal_subject: bool, now: datetime) -> MessengerChat:
    """Return the chat of who wrote, added now if it is new; it has been written in at `now`.

    In a group the person stays unknown: what is said there is read by others.
    """
    address = rules.address_of(writer.userid, writer.group_id)
    query = select(MessengerChat).where(
        MessengerChat.provider == writer.provider, MessengerChat.address == address
    )
    chat = db.scalars(query).one_or_none()
    if chat is None:
        chat = MessengerChat(
            provider=writer.provider.value,
            address=address,
            userid=writer.userid,
            group_id=writer.group_id,
            created_at=now,
        )
        db.add(chat)
    if writer.group_id is None and chat.employee_id is None:
        chat.employee_id = member(db, writer.userid, is_portal_subject=is_portal_subject, now=now).id
    chat.wrote_at, chat.left_at = now, None
    db.flush()
    return chat


def conversation_in(
    db: Session, chat: MessengerChat, *, opening: Reply | None, now: datetime
) -> tuple[Conversation, bool]:
    """Return the conversation to which what is written in `chat` now belongs, and whether it is new.

    One in which a person is wanted, or answers, goes on wherever it began: an employee who left the page
    while waiting is answered here, beginning with what was not fetched there. One begun in another chat is
    still answered in that. Else it is the one begun here, a new one after a day of silence.
    """
    talking = _with_a_person(db, chat.employee_id) if chat.employee_id is not None else None
    if talking is not None:
        if talking.channel not in MESSENGER_CHANNELS:
            talking.chat_id = chat.id
            db.flush()
            since = now - rules.FOLLOWED_FOR
            move_pending(db, talking.id, channel=chat.provider, chat_id=chat.id, since=since)
        return talking, False
    return begun_here(db, chat, opening=opening, now=now)


def begun_here(
    db: Session, chat: MessengerChat, *, opening: Reply | None, now: datetime
) -> tuple[Conversation, bool]:
    """Return the conversation begun in `chat` itself that goes on, else a new one, and whether it is new."""
    current = open_here(db, chat)
    if current is not None and rules.goes_on(State(current.state), current.active_at, now=now):
        return current, False
    if current is not None:
        close_conversation(db, current, now=now)
    return begin(db, chat, opening=opening, now=now), True


def begin(db: Session, chat: MessengerChat, *, opening: Reply | None, now: datetime) -> Conversation:
    """Begin a conversation in `chat`, in which none is open. Nobody needs its token, so nobody has it."""
    employee = db.get(Employee, chat.employee_id) if chat.employee_id is not None else None
    conversation, _token = open_conversation(
        db,
        channel=rules.channel_of(Provider(chat.provider), chat.group_id),
        organisation=employee.organisation_path if employee is not None else None,
        opening=opening,
        now=now,
        employee_id=employee.id if employee is not None else None,
        chat_id=chat.id,
    )
    return conversation


def take_up(db: Session, employee_id: str) -> tuple[Conversation, str] | None:
    """Return the conversation with a person that an employee began in a messenger and goes on with on a page.

    With it comes a fresh token, the only one from here on: nobody has one of a conversation begun there, but
    a page that took it up before.
    """
    talking = _with_a_person(db, employee_id)
    if talking is None or talking.channel not in set(Provider):
        return None
    return talking, renew_token(db, talking)


def open_here(db: Session, chat: MessengerChat) -> Conversation | None:
    """Return the open conversation that was begun in `chat`."""
    query = select(Conversation).where(
        Conversation.chat_id == chat.id,
        Conversation.channel == rules.channel_of(Provider(chat.provider), chat.group_id),
        Conversation.state != State.CLOSED,
    )
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def talked_lately(db: Session, chat: MessengerChat, *, now: datetime) -> bool:
    """Tell whether anything was said in `chat` within a day, the greeting included."""
    query = select(Conversation.id).where(
        Conversation.chat_id == chat.id, Conversation.active_at >= now - rules.FRESH_AFTER
    )
    return db.scalars(query.limit(1)).first() is not None


def _with_a_person(db: Session, employee_id: str) -> Conversation | None:
    query = (
        select(Conversation)
        .where(
            Conversation.employee_id == employee_id,
            Conversation.state.in_((State.QUEUED, State.STAFF)),
        )
        .order_by(Conversation.active_at.desc())
        .limit(1)
    )
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def unit_is_known(db: Session, employee: Employee) -> None:
    """The unit of an employee has become known: what goes on is answered for it."""
    db.execute(
        update(Conversation)
        .where(
            Conversation.employee_id == employee.id,
            Conversation.state != State.CLOSED,
            Conversation.organisation_path.is_(None),
        )
        .values(organisation_path=employee.organisation_path)
        .execution_options(synchronize_session=False)
    )


def leave(db: Session, writer: Writer, *, now: datetime) -> None:
    """Somebody has left the app and cannot be written to there."""
    address = rules.address_of(writer.userid, writer.group_id)
    db.execute(
        update(MessengerChat)
        .where(MessengerChat.provider == writer.provider, MessengerChat.address == address)
        .values(left_at=now)
    )


def forget_received(db: Session, *, now: datetime) -> None:
    """Drop what is remembered of old deliveries, and addresses for one answer that work no more."""
    db.execute(delete(Received).where(Received.at < now - rules.RECEIVED_KEPT))
    db.execute(
        update(Received)
        .where(Received.reply_url.is_not(None), Received.at < now - rules.REPLY_URL_LASTS)
        .values(reply_url=None)
    )


def keep_ways(db: Session, writer: Writer, key: str, *, reply_url: str | None, streamed: bool) -> None:
    """Keep how a delivery can be answered: the sealed address for one answer, or when the platform asks."""
    record = db.get_one(Received, (writer.provider.value, key))
    record.reply_url, record.streamed = reply_url, streamed


def delivery_of(db: Session, turn_id: str) -> Received | None:
    """Return the delivery that began a turn."""
    return db.scalars(select(Received).where(Received.turn_id == turn_id)).first()


def asked_no_more(db: Session, turn_id: str) -> None:
    """The platform has been told the end of a turn's answer: what else is said goes another way."""
    db.execute(update(Received).where(Received.turn_id == turn_id).values(streamed=False))


@dataclass(frozen=True, slots=True)
class ReplyWay:
    """The address for one answer (sealed), of the delivery `key`."""

    key: str
    sealed: str


def take_reply_way(
    db: Session, provider: Provider, *, turn_id: str | None, conversation_id: str, now: datetime
) -> ReplyWay | None:
    """Return the address for one answer, which is used up with this.

    That of the turn; for what answers no turn the newest of the conversation.
    """
    own = Received.turn_id == turn_id if turn_id is not None else Received.conversation_id == conversation_id
    query = (
        select(Received)
        .where(
            own,
            Received.provider == provider.value,
            Received.reply_url.is_not(None),
            Received.at > now - rules.REPLY_URL_LASTS,
        )
        .order_by(Received.at.desc())
        .limit(1)
    )
    record = db.scalars(query).first()
    if record is None or record.reply_url is None:
        return None
    way = ReplyWay(record.key, record.reply_url)
    record.reply_url = None
    return way


def give_back_reply_way(db: Session, provider: Provider, way: ReplyWay) -> None:
    """The address was not used after all."""
    db.execute(
        update(Received)
        .where(Received.provider == provider.value, Received.key == way.key)
        .values(reply_url=way.sealed)
    )
