"""Keeping attachments: the content on the shelf first, then the row, and away with what nobody needs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service.attachments import operations, queries, rules
from service.attachments.operations import Dropped
from service.attachments.shelf import Shelf
from service.attachments.tables import Attachment
from service.conversations.owner import lock_conversation
from service.conversations.rules import bot_answers
from service.conversations.tables import Conversation, State
from service.database import Database, new_id
from service.errors import AttachmentNotFound, TooManyAttachments
from service.insights.events import AttachmentOpened, AttachmentReceived, record, record_reading
from service.people.viewer import Viewer
from service.privacy.mask import Masker
from service.texts import Texts
from service.tickets.kinds import CaseKinds

SWEPT_AFTER = timedelta(hours=1)
"""A content without a row is younger than this only while its row is being written."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, with the name its sender gives it."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shelved:
    """A content on the shelf that has no row yet. `size` is in bytes."""

    id: str
    name: str = field(repr=False)
    media_type: str
    size: int
    sha256: str


class Attachments:
    """Keeps attachments. Threads may share this object."""

    def __init__(self, *, shelf: Shelf, mask: Masker, texts: Texts) -> None:
        texts.require(("attachments.unnamed.picture", "attachments.unnamed.file"))
        self._shelf = shelf
        self._mask = mask
        self._texts = texts

    def shelve(self, upload: Upload) -> Shelved:
        """Put a content on the shelf; this takes its time, so best outside any transaction.

        Raises AttachmentKind, AttachmentTooLarge, and OSError where the disk takes no more.
        """
        media_type = rules.check(upload.content)
        name = rules.clean_name(upload.name, media_type)
        if not name:
            unnamed = "picture" if rules.is_picture(media_type) else "file"
            name = f"{self._texts(f'attachments.unnamed.{unnamed}')}{rules.SUFFIXES[media_type][0]}"
        shelved = Shelved(
            id=new_id(),
            name=rules.clean_name(self._mask(name), media_type),
            media_type=media_type,
            size=len(upload.content),
            sha256=hashlib.sha256(upload.content).hexdigest(),
        )
        self._shelf.put(shelved.id, upload.content)
        return shelved

    def hand_in(self, db: Session, chat: Conversation, shelved: Shelved, *, now: datetime) -> Attachment:
        """Keep what is on the shelf, to be sent with a message of `chat`.

        Raises ConversationClosed, TooManyAttachments.
        """
        self.check_room(db, lock_conversation(db, chat.id))
        attachment = Attachment(
            id=shelved.id,
            conversation_id=chat.id,
            name=shelved.name,
            media_type=shelved.media_type,
            size=shelved.size,
            sha256=shelved.sha256,
            at=now,
        )
        db.add(attachment)
        db.flush()
        record(
            db,
            AttachmentReceived(
                at=now,
                conversation_id=chat.id,
                organisation_path=chat.organisation_path,
                channel=chat.channel,
                attachment=attachment.id,
                media_type=attachment.media_type,
                size=attachment.size,
            ),
        )
        return attachment

    def check_room(self, db: Session, chat: Conversation) -> None:
        """Raise ConversationClosed or TooManyAttachments where `chat` takes no more."""
        bot_answers(State(chat.state))
        if queries.count_in(db, chat.id) >= rules.PER_CONVERSATION:
            raise TooManyAttachments(limit=rules.PER_CONVERSATION)

    def open_at_desk(
        self, db: Session, attachment_id: str, *, viewer: Viewer, kinds: CaseKinds, now: datetime
    ) -> Attachment:
        """Return what the viewer may read; that it was opened goes on record. Raises AttachmentNotFound."""
        attachment = queries.visible_attachment(db, attachment_id, viewer=viewer, kinds=kinds)
        opened = AttachmentOpened(
            at=now, attachment=attachment.id, ticket=attachment.ticket_number, staff_id=viewer.staff_id
        )
        record_reading(db, opened)
        return attachment

    def content(self, attachment: Attachment) -> bytes:
        """Return what was sent. Raises AttachmentNotFound where it is gone or another, SealBroken."""
        content = self._shelf.get(attachment.id)
        if content is None or hashlib.sha256(content).hexdigest() != attachment.sha256:
            raise AttachmentNotFound
        return content

    def told(self, news: Sequence[object]) -> None:
        """Take contents off the shelf whose attachments a transaction has dropped."""
        for item in news:
            if isinstance(item, Dropped):
                self._shelf.drop(item.ids)

    def tidy(self, database: Database, *, now: datetime) -> None:
        """Drop what was never sent and what is left of deletions, on the shelf too."""
        with database.write() as db:
            operations.drop(db, queries.abandoned(db, unsent_before=now - rules.UNSENT_FOR))
        kept = list(self._shelf.older_than(now - SWEPT_AFTER))
        for start in range(0, len(kept), AT_ONCE):
            some = kept[start : start + AT_ONCE]
            with database.read() as db:
                known = queries.known(db, some)
            self._shelf.drop(set(some) - known)
