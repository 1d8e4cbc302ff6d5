"""Pictures and papers as material: which case they go to, and what is told about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from service.attachments import operations
from service.attachments.rules import ATTACH_TO, LOOSE_FOR, attach_command, is_picture
from service.attachments.tables import Attachment
from service.conversations.queries import remembered
from service.conversations.replies import Choice, Reply
from service.conversations.rules import FORM_GOES_ON
from service.conversations.tables import Conversation
from service.errors import TicketMoveNotAllowed, TicketNotFound
from service.handover.notices import OPENING_PAYLOADS
from service.texts import Texts
from service.tickets import drafts
from service.tickets.following import LISTED, NOTE_FOR, NoteFor
from service.tickets.kinds import CaseKinds
from service.tickets.operations import add
from service.tickets.queries import own_ticket, own_tickets
from service.tickets.tables import Ticket
from service.tickets.words import FLOW, payload

KEYS = (
    "shown", "step", "added", "draft", "draft_goes_on", "note", "which", "purpose", "words", "gone", "into",
    "anew", "person",
)  # fmt: skip
COUNTED = ("pictures", "files", "both")


class Material:
    """Puts what employees send where it belongs. Threads may share this object.

    Every method runs in the caller's transaction and does what its reply says.
    """

    def __init__(self, texts: Texts, kinds: CaseKinds) -> None:
        texts.require(
            (
                *(f"attachments.{key}" for key in KEYS),
                *(f"attachments.count.{key}" for key in COUNTED),
            )
        )
        self._texts = texts
        self._kinds = kinds

    def shown(self, sent: Sequence[Attachment]) -> str:
        """Return what a message without words says."""
        return self._say("shown", what=self._what(sent))

    def keep_material(
        self, db: Session, chat: Conversation, sent: Sequence[Attachment], *, now: datetime
    ) -> Reply:
        """Put what came without words where it is wanted, or ask where.

        It is wanted by the case to which something is being added, by the one that is being filled in, or by
        the person's only case that is worked on.
        """
        wanted = self._wanted_by(db, chat, now=now)
        if wanted is not None:
            return self._add(db, wanted, sent, now=now)
        if remembered(db, chat.id, drafts.SLOT, since=now - FORM_GOES_ON):
            return self._reply("draft_goes_on", sent)
        active = self._active(db, chat)
        if len(active) == 1:
            return self._add(db, active[0], sent, now=now)
        waiting = operations.loose(db, chat.id, since=now - LOOSE_FOR)
        if active:
            return self._reply("which", waiting, choices=self._into(active, now=now))
        choices = (
            Choice(self._say("anew"), OPENING_PAYLOADS["service"]),
            Choice(self._say("person"), OPENING_PAYLOADS["person"]),
        )
        return self._reply("purpose", waiting, choices=choices)

    def keep_with_words(
        self, db: Session, chat: Conversation, sent: Sequence[Attachment], *, now: datetime
    ) -> Reply:
        """Confirm what came with words, which the dialogue answers: what it files or adds takes it along."""
        wanted = self._wanted_by(db, chat, now=now)
        if wanted is not None:
            return self._reply("note", sent, number=wanted.number)
        if remembered(db, chat.id, drafts.SLOT, since=now - FORM_GOES_ON):
            return self._reply("draft", sent)
        active = self._active(db, chat)
        return self._reply("words", sent, choices=self._into(active, now=now))

    def attach(self, db: Session, chat: Conversation, command: str, *, now: datetime) -> Reply:
        """Do what an option of this module says: put what was loose when it was offered into a case."""
        values = json.loads(command.removeprefix(f"/{ATTACH_TO}"))
        number, since = str(values["ticket"]), datetime.fromtimestamp(int(values["since"]), UTC)
        sent = operations.loose(db, chat.id, since=since)
        try:
            ticket = own_ticket(db, chat, number)
            if not sent or self._kinds.get(ticket.kind) is None:
                return self._reply("gone", sent)
            return self._add(db, ticket, sent, now=now)
        except (TicketNotFound, TicketMoveNotAllowed):
            return self._reply("gone", sent)

    def _add(self, db: Session, ticket: Ticket, sent: Sequence[Attachment], *, now: datetime) -> Reply:
        what = self._what(sent)
        add(db, ticket, self._kinds[ticket.kind], text=self._say("step", what=what), now=now)
        operations.make_material(sent, ticket.number)
        db.flush()
        see = Choice(
            self._texts("tickets.check.see", number=ticket.number), payload("check_ticket", ticket.number)
        )
        return self._reply("added", sent, number=ticket.number, choices=(see,))

    def _wanted_by(self, db: Session, chat: Conversation, *, now: datetime) -> Ticket | None:
        """Return the case for which the dialogue has just asked what is to be added."""
        kept = remembered(db, chat.id, NOTE_FOR, since=now - LOOSE_FOR)
        if not isinstance(kept, str) or not kept:
            return None
        wanted = NoteFor.read(kept)
        active = [ticket for ticket in self._active(db, chat) if ticket.number == wanted.number]
        return active[0] if active and wanted.act == "add" else None

    def _active(self, db: Session, chat: Conversation) -> list[Ticket]:
        """Return the person's cases that take material."""
        found = own_tickets(db, chat, active=True)
        return [ticket for ticket in found if self._kinds.get(ticket.kind) is not None]

    def _into(self, tickets: Sequence[Ticket], *, now: datetime) -> tuple[Choice, ...]:
        return tuple(
            Choice(
                self._say("into", number=ticket.number, kind=self._kinds[ticket.kind].title),
                attach_command(ticket.number, since=now - LOOSE_FOR),
            )
            for ticket in tickets[:LISTED]
        )

    def _what(self, sent: Sequence[Attachment]) -> str:
        pictures = sum(is_picture(item.media_type) for item in sent)
        files = len(sent) - pictures
        said = {
            "pictures": self._say("count.pictures", count=pictures),
            "files": self._say("count.files", count=files),
        }
        if pictures and files:
            return self._say("count.both", **said)
        return said["pictures" if pictures else "files"]

    def _reply(
        self, key: str, sent: Sequence[Attachment], *, choices: tuple[Choice, ...] = (), **fields: object
    ) -> Reply:
        return Reply(self._say(key, what=self._what(sent), **fields), decision=FLOW, choices=choices)

    def _say(self, key: str, **fields: object) -> str:
        return self._texts(f"attachments.{key}", **fields)
