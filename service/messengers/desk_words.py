"""What members of staff read in the messenger: texts/messenger.yml, `desk`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from service.conversations.replies import Choice, Reply
from service.handover.board import Row
from service.handover.tables import Handover, Reason
from service.knowledge.topics import TOPICS
from service.messengers.desk_options import Act, payload_of
from service.people.organisations import Unit
from service.texts import Texts

LISTED = 6
"""Conversations in a list: a card of the platform has no more buttons."""
NOTICE, LISTING, LOST = "desk_notice", "desk_listing", "desk_lost"
"""What a message to staff is, as its intent: what is typed after it is understood by that."""


class Command(StrEnum):
    """A lone word by which staff act while what they write goes to an employee."""

    FINISH = "finish"
    GIVE_BACK = "give_back"
    LEAVE = "leave"
    LIST = "list"


class Loss(StrEnum):
    """Why what is written does not go to the employee any more, though nobody here ended it."""

    CLOSED = "closed"
    RELEASED = "released"
    DELETED = "deleted"
    ACCOUNT = "account"


SENTENCES = (
    "urgent", "waiting", "waiting_nowhere", "why", "why_about", "whose", "whose_nowhere", "talking",
    "finished", "given_back", "left", "gone", "own", "busy", "only_text", "lost_told", "not_sent",
    "mine", "waiting_too", "line", "line_unread", "line_talking", "line_urgent", "more", "nobody",
    "unit_nowhere", "heading", "heading_unnamed",
)  # fmt: skip
OPTIONS = ("take", "list", "take_nth", "talk_nth")
SPANS = ("moment", "minutes", "hours")


class DeskWords:
    """Sentences for staff. Threads may share this object."""

    def __init__(self, texts: Texts, units: Mapping[str, Unit]) -> None:
        texts.require(
            (
                *(f"messenger.desk.{key}" for key in SENTENCES),
                *(f"messenger.desk.option.{key}" for key in OPTIONS),
                *(f"messenger.desk.waited.{key}" for key in SPANS),
                *(f"messenger.desk.command.{command}" for command in Command),
                *(f"messenger.desk.lost.{loss}" for loss in Loss),
                *(f"messenger.desk.reason.{reason}" for reason in Reason),
                *(f"knowledge.topic.{topic}" for topic in TOPICS),
                *(f"errors.{code}" for code in ("already_claimed", "text_empty", "text_too_long")),
                "messenger.option_gone",
            )
        )
        self._texts = texts
        self._units = units
        self._commands = {command: texts(f"messenger.desk.command.{command}") for command in Command}

    def command(self, text: str) -> Command | None:
        """Return what `text` orders if it is nothing but the word for it."""
        word = text.strip()
        return next((command for command, said in self._commands.items() if said == word), None)

    def say(self, key: str, *, of: str | None = None) -> Reply:
        """Return the sentence `desk.<key>`; `of` is the unit of the employee it speaks of."""
        fields = {command.value: word for command, word in self._commands.items()}
        return Reply(self._texts(f"messenger.desk.{key}", whose=self._whose(of), **fields))

    def refused(self, code: str, fields: Mapping[str, object]) -> Reply:
        """Return the sentence of an error."""
        return Reply(self._texts(f"errors.{code}", **fields))

    def option_gone(self) -> Reply:
        return Reply(self._texts("messenger.option_gone"))

    def lost(self, loss: Loss) -> Reply:
        """Return that what is written does not go to the employee any more."""
        why = self._texts(f"messenger.desk.lost.{loss}")
        return Reply(
            self._texts("messenger.desk.lost_told", why=why), intent=LOST, choices=(self._list_option(),)
        )

    def not_sent(self, loss: Loss) -> Reply:
        """Return that what was written just now went nowhere."""
        why = self._texts(f"messenger.desk.lost.{loss}")
        return Reply(self._texts("messenger.desk.not_sent", why=why), choices=(self._list_option(),))

    def notice(self, handover: Handover, unit: str | None, *, now: datetime) -> Reply:
        """Return that somebody of `unit` waits: why and for how long, nothing of what was written."""
        waited = self._waited(handover, now=now)
        name = self._name_of(unit)
        lines = [
            self._texts("messenger.desk.waiting_nowhere", waited=waited)
            if name is None
            else self._texts("messenger.desk.waiting", unit=name, waited=waited)
        ]
        if handover.urgent:
            lines.insert(0, self._texts("messenger.desk.urgent"))
        reason = self._texts(f"messenger.desk.reason.{handover.reason}")
        if handover.topic in TOPICS:
            topic = self._texts(f"knowledge.topic.{handover.topic}")
            lines.append(self._texts("messenger.desk.why_about", reason=reason, topic=topic))
        else:
            lines.append(self._texts("messenger.desk.why", reason=reason))
        take = Choice(self._option("take"), payload_of(Act.TAKE, handover.conversation_id))
        return Reply("\n".join(lines), intent=NOTICE, choices=(take, self._list_option()))

    def listing(
        self, mine: Sequence[Row], waiting: Sequence[Row], *, talking: str | None, now: datetime
    ) -> Reply:
        """Return what is in one's hands and who waits; `talking` is the conversation one writes in."""
        if not mine and not waiting:
            return Reply(self._texts("messenger.desk.nobody"), intent=LISTING)
        lines, choices, number = list[str](), list[Choice](), 0
        for lead, rows in (("mine", mine), ("waiting_too", waiting)):
            shown = rows[: LISTED - number]
            if shown:
                lines.append(self._texts(f"messenger.desk.{lead}"))
            for row in shown:
                number += 1
                lines.append(self._line(row, number, is_current=row.chat.id == talking, now=now))
                if row.chat.id != talking:
                    choices.append(self._choice(row, number))
        left_out = len(mine) + len(waiting) - number
        if left_out:
            lines.append(self._texts("messenger.desk.more", count=left_out))
        return Reply("\n".join(lines), intent=LISTING, choices=tuple(choices))

    def heading(self, unit: str | None, name: str | None) -> str:
        """Return who wrote a message that is shown to the member of staff who answers."""
        shown = self._name_of(unit) or self._texts("messenger.desk.unit_nowhere")
        if name is None:
            return self._texts("messenger.desk.heading_unnamed", unit=shown)
        return self._texts("messenger.desk.heading", unit=shown, name=name)

    def _line(self, row: Row, number: int, *, is_current: bool, now: datetime) -> str:
        unit = self._name_of(row.chat.organisation_path) or self._texts("messenger.desk.unit_nowhere")
        fields = {"number": number, "unit": unit, "unread": row.unread}
        if row.handover.claimed_by is None:
            key = "line_urgent" if row.handover.urgent else "line"
        else:
            key = "line_talking" if is_current else "line_unread"
        return self._texts(f"messenger.desk.{key}", **fields, waited=self._waited(row.handover, now=now))

    def _choice(self, row: Row, number: int) -> Choice:
        if row.handover.claimed_by is None:
            return Choice(self._option("take_nth", number), payload_of(Act.TAKE, row.chat.id))
        return Choice(self._option("talk_nth", number), payload_of(Act.TALK, row.chat.id))

    def _list_option(self) -> Choice:
        return Choice(self._option("list"), payload_of(Act.LIST))

    def _option(self, key: str, number: int = 0) -> str:
        return self._texts(f"messenger.desk.option.{key}", number=number)

    def _whose(self, path: str | None) -> str:
        name = self._name_of(path)
        if name is None:
            return self._texts("messenger.desk.whose_nowhere")
        return self._texts("messenger.desk.whose", unit=name)

    def _name_of(self, path: str | None) -> str | None:
        unit = self._units.get(path or "")
        return unit.short_name if unit is not None else None

    def _waited(self, handover: Handover, *, now: datetime) -> str:
        minutes = int((now - handover.requested_at).total_seconds() // 60)
        span = "moment" if minutes < 1 else "minutes" if minutes < 60 else "hours"
        return self._texts(f"messenger.desk.waited.{span}", minutes=minutes, hours=minutes // 60)
