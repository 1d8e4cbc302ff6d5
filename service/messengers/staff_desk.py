"""The desk in the messenger: what members of staff write and press there, taken before any dialogue is asked.

While a conversation is in their hands here, what they write goes to its employee and is kept nowhere else. An
answer meant for somebody else must never become a question of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.clock import Clock
from service.conversations.queries import offered_payload
from service.conversations.replies import Reply
from service.conversations.tables import Conversation, Message, Sender
from service.errors import (
    AlreadyClaimed,
    ConversationNotFound,
    NotOwner,
    NotWaiting,
    OptionNotOffered,
    TextEmpty,
    TextTooLong,
)
from service.handover.board import Row, board
from service.handover.desk import Desk
from service.handover.queries import TAKERS
from service.messengers import operations, rules
from service.messengers.desk_options import Act, Chosen, chosen_by
from service.messengers.desk_words import LISTING, LOST, NOTICE, Command, DeskWords, Loss
from service.messengers.operations import Writer
from service.messengers.relay import Relay
from service.messengers.staff_talks import (
    begin_talk,
    end_talk,
    is_held,
    is_ones_own,
    is_with_a_person,
    loss_of,
    talk_of,
    tell,
)
from service.messengers.tables import MessengerChat, StaffTalk
from service.people.roles import Role
from service.people.staff import viewer_of
from service.people.staff_identities import staff_called
from service.people.tables import Staff
from service.people.viewer import Viewer

STILL_TYPING = timedelta(minutes=10)
"""How long after a conversation has left one's hands what one writes may still be meant for it."""


@dataclass(frozen=True, slots=True)
class Done:
    """The desk has seen to it. `conversation_id` is the writer's own conversation, where one is open."""

    conversation_id: str | None


@dataclass(frozen=True, slots=True)
class _Taker:
    """A member of staff, the rights held now, and where they write."""

    viewer: Viewer
    chat: MessengerChat


class StaffDesk:
    """Acts on what staff write. Threads may share this object.

    Every method runs in the caller's transaction and returns None for what is not the desk's.
    """

    def __init__(self, *, desk: Desk, relay: Relay, words: DeskWords, clock: Clock) -> None:
        self._desk = desk
        self._relay = relay
        self._words = words
        self._clock = clock

    def said(self, db: Session, writer: Writer, chat: MessengerChat, *, key: str, text: str) -> Done | None:
        """Take in what was written; `key` is the name of the delivery."""
        if writer.group_id is not None:
            return None
        staff = staff_called(db, writer.userid)
        talk = talk_of(db, staff.id) if staff is not None else None
        command = self._words.command(text)
        if staff is None or talk is None:
            listing = _taker(db, staff, chat) if command is Command.LIST else None
            if listing is not None:
                return self._list(db, listing, talking=None)
            return self._meant_for_another(db, writer, chat, text)
        if not is_held(db, talk):
            return self._lose(db, chat, talk)
        taker = _Taker(viewer_of(db, staff.id), chat)
        if command is not None:
            return self._order(db, taker, talk, command)
        option = _chosen_from_list(db, chat, talk, text)
        if option is not None:
            return self.pressed(db, writer, chat, option)
        try:
            self._desk.say(
                db,
                talk.conversation_id,
                text=text,
                client_id=rules.client_id_of(writer.provider, key),
                viewer=taker.viewer,
                now=self._clock.now(),
            )
        except NotOwner:
            return self._lose(db, chat, talk)
        except (TextEmpty, TextTooLong) as refused:
            return self._tell(db, chat, self._words.refused(refused.code, refused.fields))
        return _done(db, chat)

    def pressed(self, db: Session, writer: Writer, chat: MessengerChat, option: str) -> Done | None:
        """Take in that an option was pressed, or chosen by letter."""
        chosen = _offered(db, chat, option)
        if chosen is None:
            return self.busy(db, writer, chat)
        taker = _taker(db, staff_called(db, writer.userid), chat)
        if writer.group_id is not None or taker is None:
            return self._tell(db, chat, self._words.option_gone())
        if chosen.act is Act.LIST:
            talk = talk_of(db, taker.viewer.staff_id)
            return self._list(db, taker, talking=talk.conversation_id if talk is not None else None)
        if is_with_a_person(db, chat):
            return self._tell(db, chat, self._words.say("own"))
        if chosen.act is Act.TALK:
            return self._talk(db, taker, chosen.conversation_id)
        return self._take(db, taker, chosen.conversation_id)

    def busy(self, db: Session, writer: Writer, chat: MessengerChat) -> Done | None:
        """Put off what somebody wants for themselves who writes to an employee now."""
        return self._instead(db, writer, chat, "busy")

    def unheard(self, db: Session, writer: Writer, chat: MessengerChat) -> Done | None:
        """Say that pictures and the like do not go to the employee."""
        return self._instead(db, writer, chat, "only_text")

    def _instead(self, db: Session, writer: Writer, chat: MessengerChat, sentence: str) -> Done | None:
        staff = staff_called(db, writer.userid) if writer.group_id is None else None
        talk = talk_of(db, staff.id) if staff is not None else None
        if talk is None:
            return None
        if not is_held(db, talk):
            return self._lose(db, chat, talk)
        return self._tell(db, chat, self._words.say(sentence, of=_unit_of(db, talk.conversation_id)))

    def _order(self, db: Session, taker: _Taker, talk: StaffTalk, command: Command) -> Done:
        if command is Command.LIST:
            return self._list(db, taker, talking=talk.conversation_id)
        now, conversation_id = self._clock.now(), talk.conversation_id
        if command is Command.LEAVE:
            end_talk(db, talk)
            return self._tell(db, taker.chat, self._words.say("left", of=_unit_of(db, conversation_id)))
        act = self._desk.finish if command is Command.FINISH else self._desk.give_back
        try:
            with db.begin_nested():
                act(db, conversation_id, viewer=taker.viewer, now=now)
        except (NotOwner, ConversationNotFound):
            return self._lose(db, taker.chat, talk)
        end_talk(db, talk)
        sentence = "finished" if command is Command.FINISH else "given_back"
        return self._tell(db, taker.chat, self._words.say(sentence))

    def _take(self, db: Session, taker: _Taker, conversation_id: str) -> Done:
        asked = db.get(Conversation, conversation_id)
        if asked is None or is_ones_own(asked, taker.chat):
            return self._tell(db, taker.chat, self._words.say("gone"))
        try:
            with db.begin_nested():
                self._desk.take(db, conversation_id, viewer=taker.viewer, now=self._clock.now())
        except AlreadyClaimed as refused:
            db.refresh(asked)
            if asked.staff_id != taker.viewer.staff_id:
                return self._tell(db, taker.chat, self._words.refused(refused.code, refused.fields))
        except (NotWaiting, ConversationNotFound):
            return self._tell(db, taker.chat, self._words.say("gone"))
        return self._talk(db, taker, conversation_id)

    def _talk(self, db: Session, taker: _Taker, conversation_id: str) -> Done:
        """What is written from now on goes there: to one's own conversation of the desk alone."""
        asked = db.get(Conversation, conversation_id, populate_existing=True)
        if asked is None or asked.staff_id != taker.viewer.staff_id:
            return self._tell(db, taker.chat, self._words.say("gone"))
        now = self._clock.now()
        begin_talk(db, taker.viewer.staff_id, conversation_id, now=now)
        self._relay.show_recent(db, conversation_id, taker.chat, viewer=taker.viewer, now=now)
        return self._tell(db, taker.chat, self._words.say("talking", of=asked.organisation_path))

    def _list(self, db: Session, taker: _Taker, *, talking: str | None) -> Done:
        if is_with_a_person(db, taker.chat):
            return self._tell(db, taker.chat, self._words.say("own"))
        found = board(db, viewer=taker.viewer)

        def of_others(rows: list[Row]) -> list[Row]:
            return [row for row in rows if not is_ones_own(row.chat, taker.chat)]

        reply = self._words.listing(
            of_others(found.mine), of_others(found.waiting), talking=talking, now=self._clock.now()
        )
        return self._tell(db, taker.chat, reply)

    def _lose(self, db: Session, chat: MessengerChat, talk: StaffTalk) -> Done:
        loss = loss_of(db, talk)
        end_talk(db, talk)
        return self._tell(db, chat, self._words.not_sent(loss))

    def _meant_for_another(self, db: Session, writer: Writer, chat: MessengerChat, text: str) -> Done | None:
        """Stop what may have been typed before it was read that the conversation is gone."""
        if not self._lost_lately(db, chat):  # nearly everybody: one look, for every message there is
            return None
        last = _newest(db, chat, Message.intent.is_(None) | (Message.intent != NOTICE))
        if last is None or last.intent != LOST or self._clock.now() - last.at > STILL_TYPING:
            return None
        option = rules.chosen_by_letter(text, _options(last))
        if option is not None:
            return self.pressed(db, writer, chat, option)
        return self._tell(db, chat, self._words.not_sent(Loss.RELEASED))

    def _lost_lately(self, db: Session, chat: MessengerChat) -> bool:
        query = (
            select(Message.id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(
                Conversation.chat_id == chat.id,
                Message.intent == LOST,
                Message.at >= self._clock.now() - STILL_TYPING,
            )
        )
        return db.scalars(query.limit(1)).first() is not None

    def _tell(self, db: Session, chat: MessengerChat, reply: Reply) -> Done:
        return Done(tell(db, chat, reply, now=self._clock.now()))


def _taker(db: Session, staff: Staff | None, chat: MessengerChat) -> _Taker | None:
    """Return who may act at the desk: a linked, open account that takes conversations somewhere."""
    if staff is None or not staff.active:
        return None
    viewer = viewer_of(db, staff.id)
    return _Taker(viewer, chat) if viewer.holds(*TAKERS, Role.ON_CALL) else None


def _offered(db: Session, chat: MessengerChat, option: str) -> Chosen | None:
    own = operations.open_here(db, chat)
    if own is None:
        return None
    try:
        _, payload = offered_payload(db, own.id, option)
    except OptionNotOffered:
        return None
    return chosen_by(payload)


def _chosen_from_list(db: Session, chat: MessengerChat, talk: StaffTalk, text: str) -> str | None:
    """Return the option a lone letter chooses: only where a list is the newest thing there is to answer."""
    listed = _newest(db, chat, Message.sender != Sender.EMPLOYEE)
    if listed is None or listed.intent != LISTING:
        return None
    said = select(func.max(Message.at)).where(Message.conversation_id == talk.conversation_id)
    said_at = db.scalars(said).one()
    if said_at is not None and said_at > listed.at:
        return None
    return rules.chosen_by_letter(text, _options(listed))


def _newest(db: Session, chat: MessengerChat, condition: ColumnElement[bool]) -> Message | None:
    """Return the newest message of the writer's own conversation for which `condition` holds."""
    own = operations.open_here(db, chat)
    if own is None:
        return None
    query = select(Message).where(Message.conversation_id == own.id, condition)
    return db.scalars(query.order_by(Message.seq.desc()).limit(1)).one_or_none()


def _options(message: Message) -> list[str]:
    return [str(option["id"]) for option in message.options]


def _unit_of(db: Session, conversation_id: str) -> str | None:
    return db.scalars(
        select(Conversation.organisation_path).where(Conversation.id == conversation_id)
    ).one_or_none()


def _done(db: Session, chat: MessengerChat) -> Done:
    own = operations.open_here(db, chat)
    return Done(own.id if own is not None else None)
