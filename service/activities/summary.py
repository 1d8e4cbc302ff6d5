"""What one person has signed up for and booked: for “我的办理进度”, and to choose what to cancel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.activities import queries
from service.activities.people import person_of
from service.activities.tables import Activity, ConsultationSlot, Signup, SignupState
from service.activities.words import ActivityWords, cancel_payload, release_payload
from service.conversations.replies import Choice


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A line of the person's own cases: what it is, how it stands, and what can be done."""

    title: str
    state_text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class OwnSignup:
    """A seat or a waiting place in an activity that has not ended."""

    signup: Signup
    activity: Activity

    @property
    def starts_at(self) -> datetime:
        return self.activity.starts_at

    @property
    def payload(self) -> str:
        return cancel_payload(self.activity.id)

    @property
    def waiting(self) -> bool:
        return self.signup.state == SignupState.WAITLISTED

    def open_at(self, now: datetime) -> bool:
        """Tell whether it can still be taken back."""
        return self.starts_at > now and self.activity.cancelled_at is None

    def title(self, _words: ActivityWords) -> str:
        return self.activity.title

    def choice(self, words: ActivityWords, *, now: datetime) -> Choice:
        return words.take_back(self.activity, now=now, waiting=self.waiting)

    def question(self, words: ActivityWords, *, now: datetime) -> str:
        key = "cancel.confirm_waiting" if self.waiting else "cancel.confirm"
        return words(key, **words.about(self.activity, now=now))

    def state_text(self, db: Session, words: ActivityWords, *, now: datetime) -> str:
        about = words.about(self.activity, now=now)
        if self.activity.cancelled_at is not None:
            return words("case.called_off", **about)
        if not self.waiting:
            return words("case.joined", **about)
        return words("case.waitlisted", **(about | {"position": queries.waiting_position(db, self.signup)}))


@dataclass(frozen=True, slots=True)
class OwnBooking:
    """A booked time that is still ahead."""

    slot: ConsultationSlot

    @property
    def starts_at(self) -> datetime:
        return self.slot.starts_at

    @property
    def payload(self) -> str:
        return release_payload(self.slot.id)

    def open_at(self, now: datetime) -> bool:
        return self.starts_at > now

    def title(self, words: ActivityWords) -> str:
        return words(f"slot.kind.{self.slot.kind}")

    def choice(self, words: ActivityWords, *, now: datetime) -> Choice:
        return Choice(words("slot.cancel", **words.about_slot(self.slot, now=now)), self.payload)

    def question(self, words: ActivityWords, *, now: datetime) -> str:
        return words("cancel.confirm_booking", **words.about_slot(self.slot, now=now))

    def state_text(self, _db: Session, words: ActivityWords, *, now: datetime) -> str:
        return words("case.booked", **words.about_slot(self.slot, now=now))


Own = OwnSignup | OwnBooking


def own_things(db: Session, participant: str, *, now: datetime) -> list[Own]:
    """Return what a person has signed up for and booked and what has not ended, the next first."""
    signups = [OwnSignup(signup, held) for signup, held in queries.own_signups(db, participant, now=now)]
    bookings = [OwnBooking(slot) for slot in queries.own_bookings(db, participant, now=now)]
    return sorted([*signups, *bookings], key=lambda own: own.starts_at)


def own_cases(db: Session, conversation_id: str, *, words: ActivityWords, now: datetime) -> list[OwnCase]:
    """Return the sign-ups and bookings of the person of a conversation. Raises ConversationNotFound."""
    person = person_of(db, conversation_id)
    return [
        OwnCase(
            title=own.title(words),
            state_text=own.state_text(db, words, now=now),
            choices=(own.choice(words, now=now),) if own.open_at(now) else (),
        )
        for own in own_things(db, person.participant, now=now)
    ]
