"""Taking in what came from a messaging platform: once, in the conversation it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.attachments.keeping import Attachments, Upload
from service.clock import Clock
from service.conversations.messages import add_message, send
from service.conversations.replies import Choice, Reply
from service.conversations.tables import Conversation, Message, Sender, Turn, TurnState
from service.errors import (
    AttachmentKind,
    AttachmentTooLarge,
    OptionNotOffered,
    ServiceError,
    TextEmpty,
    TextTooLong,
    TooManyAttachments,
    TooManyInMessage,
    TooManyMessages,
)
from service.handover.notices import OPENING_PAYLOADS, Notices
from service.handover.receiving import Receiving
from service.knowledge.asked import Asked
from service.messengers import operations, rules
from service.messengers.erasing import Erasing
from service.messengers.operations import Writer
from service.messengers.staff_desk import StaffDesk
from service.messengers.tables import MessengerChat, Received
from service.texts import Texts

MENU = {
    "consult": Choice("", OPENING_PAYLOADS["consult"]),
    "service": Choice("", OPENING_PAYLOADS["service"]),
    "progress": Choice("", OPENING_PAYLOADS["progress"]),
    "activities": Choice("", "/list_activities"),
    "person": Choice("", OPENING_PAYLOADS["person"]),
}
"""What the entries of an app's menu stand for, by key; their titles are texts."""
REFUSED = (
    AttachmentKind,
    AttachmentTooLarge,
    TextEmpty,
    TextTooLong,
    TooManyAttachments,
    TooManyInMessage,
    TooManyMessages,
)
"""Failures of which the writer is told in the chat; nothing has been sent then."""
UNHEARD = ("voice", "video", "location", "link", "not_fetched", "other")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of something that came in.

    `turn_id`: the turn it began; `answering`: the bot is to answer it. `welcome`: the message that greets.
    `repeated`: it had come before, and nothing was done again.
    """

    conversation_id: str | None = None
    turn_id: str | None = None
    answering: bool = False
    welcome: str | None = None
    repeated: bool = False


Do = Callable[[MessengerChat], Taken]


class TakingIn:
    """Takes in what people write, press and open. Threads may share this object.

    Every method runs in the caller's transaction. Two deliveries of the same thing at once: the second
    raises IntegrityError and is found repeated when tried again.
    """

    def __init__(
        self,
        *,
        receiving: Receiving,
        attachments: Attachments,
        notices: Notices,
        texts: Texts,
        clock: Clock,
        staff_desk: StaffDesk,
        erasing: Erasing,
        is_portal_subject: bool,
    ) -> None:
        texts.require(
            (
                *(f"messenger.menu.{key}" for key in MENU),
                *(f"messenger.unheard.{kind}" for kind in UNHEARD),
                "messenger.opening",
                "messenger.option_gone",
                *(f"errors.{refused.code}" for refused in REFUSED),
            )
        )
        self._receiving = receiving
        self._attachments = attachments
        self._notices = notices
        self._texts = texts
        self._clock = clock
        self._staff_desk = staff_desk
        self._erasing = erasing
        self._is_portal_subject = is_portal_subject

    def said(self, db: Session, writer: Writer, key: str, text: str) -> Taken:
        """Take a message in words in; a lone letter chooses among what was offered last."""
        return self._once(db, writer, key, lambda chat: self._say(db, writer, chat, key, text))

    def sent_media(
        self, db: Session, writer: Writer, key: str, uploads: Sequence[Upload], text: str
    ) -> Taken:
        """Take pictures and files in, one at least, with the words that came along ('' if none).

        All of them or, where one of them cannot be taken, none: then the writer is told why. Raises OSError
        where the disk takes no more.
        """

        def send(chat: MessengerChat) -> Taken:
            done = self._staff_desk.unheard(db, writer, chat)
            if done is not None:
                return Taken(done.conversation_id)
            return self._send(db, writer, chat, key, uploads, text)

        return self._once(db, writer, key, send)

    def pressed(self, db: Session, writer: Writer, key: str, option: str) -> Taken:
        """Take in that an option offered in a message was pressed."""
        return self._once(db, writer, key, lambda chat: self._press(db, writer, chat, key, option))

    def chose_from_menu(self, db: Session, writer: Writer, key: str, entry: str) -> Taken:
        """Take in that an entry of the app's menu was chosen; one that is not known is nothing."""
        if entry not in MENU:
            return Taken()
        choice = Choice(self._texts(f"messenger.menu.{entry}"), MENU[entry].payload)

        def choose(chat: MessengerChat) -> Taken:
            done = self._staff_desk.busy(db, writer, chat)
            if done is not None:
                return Taken(done.conversation_id)
            conversation, _ = operations.conversation_in(db, chat, opening=None, now=self._clock.now())
            return self._receive(db, writer, chat, conversation, key, text=None, choice=choice)

        return self._once(db, writer, key, choose)

    def entered(self, db: Session, writer: Writer, key: str) -> Taken:
        """Greet whoever opened the chat, unless something was said in it within a day."""
        return self._once(db, writer, key, lambda chat: self._greet(db, chat))

    def unheard(self, db: Session, writer: Writer, key: str, kind: str) -> Taken:
        """Ask for words where something came that cannot be read."""
        sentence = self._texts(f"messenger.unheard.{kind if kind in UNHEARD else 'other'}")

        def ask_for_words(chat: MessengerChat) -> Taken:
            done = self._staff_desk.unheard(db, writer, chat)
            return Taken(done.conversation_id) if done is not None else self._tell(db, chat, sentence)

        return self._once(db, writer, key, ask_for_words)

    def _once(self, db: Session, writer: Writer, key: str, do: Do) -> Taken:
        record, first = operations.received(db, writer, key, now=self._clock.now())
        if not first:
            return _repeated(db, record)
        chat = operations.chat_of(
            db, writer, is_portal_subject=self._is_portal_subject, now=self._clock.now()
        )
        taken = do(chat)
        record.conversation_id, record.turn_id = taken.conversation_id, taken.turn_id
        return taken

    def _say(self, db: Session, writer: Writer, chat: MessengerChat, key: str, text: str) -> Taken:
        done = self._staff_desk.said(db, writer, chat, key=key, text=text)
        if done is not None:
            return Taken(done.conversation_id)
        conversation, _ = operations.conversation_in(db, chat, opening=None, now=self._clock.now())
        if writer.group_id is None and self._erasing.is_wanted(text):
            self._erasing.ask(db, conversation, now=self._clock.now())
            return Taken(conversation.id)
        if rules.is_letter(text):
            option = rules.chosen_by_letter(text, _offered_last(db, conversation.id))
            if option is not None:
                return self._press(db, writer, chat, key, option)
        return self._receive(db, writer, chat, conversation, key, text=text)

    def _send(
        self,
        db: Session,
        writer: Writer,
        chat: MessengerChat,
        key: str,
        uploads: Sequence[Upload],
        text: str,
    ) -> Taken:
        now = self._clock.now()
        conversation, _ = operations.conversation_in(db, chat, opening=None, now=now)
        keep = self._attachments
        try:
            with db.begin_nested():
                ids = [keep.hand_in(db, conversation, keep.shelve(item), now=now).id for item in uploads]
        except REFUSED as refused:
            return self._refuse(db, chat, refused)
        words = text if text.strip() else None
        return self._receive(db, writer, chat, conversation, key, text=words, attachments=ids)

    def _press(self, db: Session, writer: Writer, chat: MessengerChat, key: str, option: str) -> Taken:
        done = self._staff_desk.pressed(db, writer, chat, option)
        if done is not None:
            return Taken(done.conversation_id)
        conversation, _ = operations.conversation_in(db, chat, opening=None, now=self._clock.now())
        left = self._erasing.answered(db, chat, conversation, option, now=self._clock.now())
        if left is not None:
            return Taken(left.id)
        try:
            return self._receive(db, writer, chat, conversation, key, text=None, option=option)
        except OptionNotOffered:
            return self._tell(db, chat, self._texts("messenger.option_gone"))

    def _receive(
        self,
        db: Session,
        writer: Writer,
        chat: MessengerChat,
        conversation: Conversation,
        key: str,
        *,
        text: str | None,
        option: str | None = None,
        choice: Choice | None = None,
        attachments: Sequence[str] = (),
    ) -> Taken:
        now = self._clock.now()
        asked = Asked(text=text or "", as_of=self._clock.today(), organisation=conversation.organisation_path)
        try:
            accepted = self._receiving.receive(
                db,
                conversation,
                client_id=rules.client_id_of(writer.provider, key),
                text=text,
                option=option,
                choice=choice,
                attachments=attachments,
                asked=asked,
                now=now,
            )
        except REFUSED as refused:
            return self._refuse(db, chat, refused)
        return _taken(accepted.turn)

    def _greet(self, db: Session, chat: MessengerChat) -> Taken:
        if operations.talked_lately(db, chat, now=self._clock.now()):
            current = operations.open_here(db, chat)
            return Taken(current.id if current is not None else None)
        opening = replace(self._notices.opening(), text=self._texts("messenger.opening"))
        conversation, new = operations.conversation_in(db, chat, opening=opening, now=self._clock.now())
        if not new:
            return Taken(conversation.id)
        welcome = db.scalars(select(Message).where(Message.conversation_id == conversation.id)).one()
        send(db, welcome, now=self._clock.now())
        return Taken(conversation.id, welcome=welcome.id)

    def _refuse(self, db: Session, chat: MessengerChat, refused: ServiceError) -> Taken:
        """Tell why something is not taken; over HTTP this would be the answer."""
        return self._tell(db, chat, self._texts(f"errors.{refused.code}", **refused.fields))

    def _tell(self, db: Session, chat: MessengerChat, sentence: str) -> Taken:
        conversation, _ = operations.conversation_in(db, chat, opening=None, now=self._clock.now())
        add_message(db, conversation.id, sender=Sender.SYSTEM, reply=Reply(sentence), now=self._clock.now())
        return Taken(conversation.id)


def _taken(turn: Turn) -> Taken:
    return Taken(turn.conversation_id, turn.id, answering=turn.state == TurnState.ACCEPTED)


def _repeated(db: Session, record: Received) -> Taken:
    turn = db.get(Turn, record.turn_id) if record.turn_id is not None else None
    answering = turn is not None and turn.state == TurnState.ACCEPTED
    return Taken(record.conversation_id, record.turn_id, answering=answering, repeated=True)


def _offered_last(db: Session, conversation_id: str) -> list[str]:
    """Return the options of the newest message to the employee, in the order they were shown."""
    options = db.scalars(
        select(Message.options)
        .where(Message.conversation_id == conversation_id, Message.sender != Sender.EMPLOYEE)
        .order_by(Message.seq.desc())
        .limit(1)
    ).first()
    return [str(option["id"]) for option in options or ()]
