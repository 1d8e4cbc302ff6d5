"""Activities and slots in words: one line of a list, the title of a button, the news to those signed up."""

from __future__ import annotations

from datetime import datetime

from service.activities.rules import ActivityState, state_of
from service.activities.tables import Activity, ConsultationSlot, Signup, SignupState, SlotKind
from service.conversations.replies import Choice, Reply
from service.handover.when import When
from service.texts import Texts

FLOW = "flow"
KEYS = (
    "activity.line", "activity.open", "activity.full", "activity.closed", "activity.joined",
    "activity.waitlisted",
    *(f"list.{key}" for key in ("lead", "lead_closed", "more", "none", "join", "wait", "cancel", "leave")),
    *(
        f"join.{key}"
        for key in (
            "choose", "confirm", "details", "confirm_button", "later", "full", "wait_button",
            "closed", "over", "cancelled", "joined", "waitlisted", "already", "already_waiting", "gone",
        )
    ),
    *(
        f"cancel.{key}"
        for key in (
            "choose", "confirm", "confirm_waiting", "confirm_booking", "confirm_button", "keep", "done",
            "done_waiting", "done_booking", "none", "too_late", "too_late_booking",
        )
    ),
    *(f"news.{key}" for key in ("promoted", "changed", "called_off", "slot_cancelled")),
    *(f"slot.{part}.{kind}" for part in ("kind", "adviser") for kind in SlotKind),
    *(f"book.{kind}.{key}" for kind in SlotKind for key in ("choose", "none", "booked")),
    *(f"book.{key}" for key in ("taken", "taken_all", "already", "gone", "gone_all")),
    "slot.button", "slot.cancel", "slot.rebook",
    *(f"case.{key}" for key in ("joined", "waitlisted", "called_off", "booked")),
)  # fmt: skip


class ActivityWords:
    """Says activities and slots. Threads may share this object."""

    def __init__(self, texts: Texts, when: When) -> None:
        texts.require(f"activities.{key}" for key in KEYS)
        self._texts = texts
        self.when = when

    def __call__(self, key: str, /, **fields: object) -> str:
        return self._texts(f"activities.{key}", **fields)

    def time(self, activity: Activity, *, now: datetime) -> str:
        return self.when.span(activity.starts_at, activity.ends_at, now=now)

    def about(self, activity: Activity, *, now: datetime) -> dict[str, object]:
        """Return what fills {title}, {time}, {day}, {place}, {until}, {left} and {contact} of a text."""
        return {
            "title": activity.title,
            "time": self.time(activity, now=now),
            "day": self.when.day_of(activity.starts_at, now=now),
            "place": activity.place,
            "until": self.when.moment(activity.register_until, now=now),
            "left": activity.capacity - activity.taken,
            "contact": activity.contact,
        }

    def line(self, activity: Activity, signup: Signup | None, *, waiting: int, now: datetime) -> str:
        """Return an activity as one line of Markdown, with what the asker has in it."""
        if signup is not None and signup.state != SignupState.CANCELLED:
            state = self(f"activity.{signup.state}")
        else:
            state = self(
                f"activity.{_shown(state_of(activity, now))}",
                **(self.about(activity, now=now) | {"waiting": waiting}),
            )
        return self("activity.line", **(self.about(activity, now=now) | {"state": state}))

    def take_back(self, activity: Activity, *, now: datetime, waiting: bool = False) -> Choice:
        """Return the button that takes a sign-up back."""
        key = "list.leave" if waiting else "list.cancel"
        return Choice(self(key, **self.about(activity, now=now)), cancel_payload(activity.id))

    def about_slot(self, slot: ConsultationSlot, *, now: datetime) -> dict[str, object]:
        """Return what fills {kind}, {adviser}, {time}, {day}, {minutes}, {place} and {name} of a text."""
        return {
            "kind": self(f"slot.kind.{slot.kind}"),
            "adviser": self(f"slot.adviser.{slot.kind}"),
            "time": self.when.moment(slot.starts_at, now=now),
            "day": self.when.day_of(slot.starts_at, now=now),
            "minutes": slot.minutes,
            "place": slot.place,
            "name": slot.name or "",
        }

    def promoted(self, activity: Activity, *, now: datetime) -> Reply:
        """The news that one who waited has a seat."""
        cancel = Choice(self("list.cancel", **self.about(activity, now=now)), cancel_payload(activity.id))
        return Reply(self("news.promoted", **self.about(activity, now=now)), decision=FLOW, choices=(cancel,))

    def changed(self, activity: Activity, *, now: datetime) -> Reply:
        text = self("news.changed", **self.about(activity, now=now))
        return Reply(text, decision=FLOW, choices=(self.take_back(activity, now=now),))

    def called_off(self, activity: Activity, *, now: datetime) -> Reply:
        return Reply(self("news.called_off", **self.about(activity, now=now)), decision=FLOW)

    def slot_cancelled(self, slot: ConsultationSlot, *, now: datetime) -> Reply:
        """The news that a booked time was taken away, with the way to another."""
        again = Choice(self("slot.rebook"), f"/{INTENTS[SlotKind(slot.kind)]}")
        return Reply(
            self("news.slot_cancelled", **self.about_slot(slot, now=now)), decision=FLOW, choices=(again,)
        )


INTENTS = {SlotKind.LEGAL: "book_legal_consultation", SlotKind.COUNSELLING: "book_counselling"}


def join_payload(activity_id: str, *, wait: bool = False) -> str:
    """Return the command that joins, or puts on the waiting list where no seat is left."""
    waiting = ', "wait": "yes"' if wait else ""
    return f'/join_activity{{"activity": "{activity_id}"{waiting}}}'


def cancel_payload(activity_id: str) -> str:
    return f'/cancel_activity{{"activity": "{activity_id}"}}'


def book_payload(slot: ConsultationSlot) -> str:
    return f'/{INTENTS[SlotKind(slot.kind)]}{{"slot": "{slot.id}"}}'


def release_payload(slot_id: str) -> str:
    return f'/cancel_activity{{"slot": "{slot_id}"}}'


def _shown(state: ActivityState) -> ActivityState:
    """A list shows what is ahead: open, full, or closed."""
    return state if state in (ActivityState.OPEN, ActivityState.FULL) else ActivityState.CLOSED
