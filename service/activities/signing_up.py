"""What is said and done about activities in the chat: listing, signing up, taking it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.activities import booking, operations, queries
from service.activities.matching import meant
from service.activities.people import Person
from service.activities.rules import JOINABLE, ActivityState, state_of
from service.activities.summary import own_things
from service.activities.tables import Activity, Signup, SignupState
from service.activities.wanting import Wanted, Wish
from service.activities.words import FLOW, ActivityWords, join_payload
from service.conversations.replies import Choice, Reply
from service.errors import (
    ActivityClosed,
    ActivityFull,
    ActivityNotFound,
    AlreadyJoined,
    NotBooked,
    NotJoined,
    SlotNotFound,
)
from service.knowledge.asked import Asked
from service.knowledge.choices import ASK_HUMAN
from service.people.contacts import Contacts
from service.texts import Texts

SHOWN = 6
"""Activities listed at once; the others are counted."""
CHANGE_NOTHING = "/deny"


class SigningUp:
    """Answers list_activities, join_activity and cancel_activity. Threads may share this object.

    Every method runs in the caller's transaction and does what its reply says.
    """

    def __init__(self, texts: Texts, contacts: Contacts, words: ActivityWords) -> None:
        texts.require(("knowledge.refuse.person", "activities.common"))
        self._words = words
        self._contacts = contacts
        self._person = Choice(texts("knowledge.refuse.person"), ASK_HUMAN)
        self._common = tuple(str(word) for word in texts.value("activities.common"))

    def list(self, db: Session, asked: Asked, person: Person, *, now: datetime) -> Reply:
        """What one's own union and those above it have coming up, with a button for each."""
        coming = queries.coming_activities(db, person.organisation, now=now)
        if not coming:
            contact = self._contacts.fields(person.organisation, as_of=asked.as_of)
            return self._say(asked, self._words("list.none", **contact), self._person)
        shown = coming[:SHOWN]
        own = {held.id: signup for signup, held in queries.own_signups(db, person.participant, now=now)}
        waiting = queries.waiting_counts(db, [held.id for held in shown])
        lines = [
            self._words.line(held, own.get(held.id), waiting=waiting.get(held.id, 0), now=now)
            for held in shown
        ]
        choices = [self._join(held, now=now) for held in shown if held.id not in own and joinable(held, now)]
        parts = [self._words("list.lead" if choices else "list.lead_closed")]
        parts.append("\n".join(f"- {line}" for line in lines))
        if len(coming) > SHOWN:
            parts.append(self._words("list.more", count=len(coming) - SHOWN))
        return self._say(asked, "\n\n".join(parts), *choices)

    def join(self, db: Session, asked: Asked, person: Person, wish: Wish, *, now: datetime) -> Reply:
        """Sign up for the activity of a button, or find out which one is meant."""
        if wish.activity is not None:
            return self._join_this(db, asked, person, wish, now=now)
        coming = queries.coming_activities(db, person.organisation, now=now)
        found, told_apart = meant(
            asked.text,
            coming,
            title=lambda held: held.title,
            day=lambda held: self._words.when.local_day(held.starts_at),
            today=asked.as_of,
            common=self._common,
        )
        if told_apart and len(found) == 1:
            return self._ask_to_confirm(db, asked, person, found[0], now=now)
        open_ones = [held for held in found if joinable(held, now)]
        if not open_ones:
            return self.list(db, asked, person, now=now)
        if len(open_ones) == 1:
            return self._ask_to_confirm(db, asked, person, open_ones[0], now=now)
        choices = [self._join(held, now=now) for held in open_ones[:SHOWN]]
        return self._say(asked, self._words("join.choose"), *choices)

    def cancel(self, db: Session, asked: Asked, person: Person, wish: Wish, *, now: datetime) -> Reply:
        """Take back the sign-up or booking of a button, or find out which one is meant."""
        if wish.activity is not None:
            return self._cancel_this(db, asked, person, wish.activity, now=now)
        if wish.slot is not None:
            return self._release_this(db, asked, person, wish.slot, now=now)
        own = [own for own in own_things(db, person.participant, now=now) if own.open_at(now)]
        if not own:
            contact = self._contacts.fields(person.organisation, as_of=asked.as_of)
            return self._say(asked, self._words("cancel.none", **contact), self._person)
        found, _ = meant(
            asked.text,
            own,
            title=lambda item: item.title(self._words),
            day=lambda item: self._words.when.local_day(item.starts_at),
            today=asked.as_of,
            common=self._common,
        )
        if len(found) > 1:
            choices = [item.choice(self._words, now=now) for item in found]
            return self._say(asked, self._words("cancel.choose"), *choices)
        (item,) = found
        keep = Choice(self._words("cancel.keep"), CHANGE_NOTHING)
        confirm = Choice(self._words("cancel.confirm_button"), item.payload)
        return self._say(asked, item.question(self._words, now=now), confirm, keep)

    def _join_this(self, db: Session, asked: Asked, person: Person, wish: Wish, *, now: datetime) -> Reply:
        try:
            held = queries.activity(db, wish.activity or "")
        except ActivityNotFound:
            return self._say(asked, self._words("join.gone"))
        hindered = self._hindered(db, asked, person, held, now=now)
        if hindered is not None:
            return hindered
        if state_of(held, now) is ActivityState.FULL and not wish.wait:
            return self._offer_waiting(asked, held, now=now)
        if wish.name is None:
            return Wanted(activity=held.id, wait=wish.wait).ask_name(asked)
        try:
            signup = operations.join(db, held.id, person, name=wish.name, or_wait=wish.wait, now=now)
        except ActivityFull:
            return self._offer_waiting(asked, held, now=now)
        except (ActivityClosed, AlreadyJoined):  # meanwhile, in another window
            fresh = queries.activity(db, held.id, fresh=True)
            return self._hindered(db, asked, person, fresh, now=now) or self._say(
                asked, self._words("join.gone")
            )
        waiting = signup.state == SignupState.WAITLISTED
        about = self._words.about(held, now=now) | {"name": signup.name}
        if waiting:
            text = self._words(
                "join.waitlisted", **(about | {"position": queries.waiting_position(db, signup)})
            )
        else:
            text = self._words("join.joined", **about)
        return self._say(asked, text, self._words.take_back(held, now=now, waiting=waiting))

    def _ask_to_confirm(
        self, db: Session, asked: Asked, person: Person, held: Activity, *, now: datetime
    ) -> Reply:
        hindered = self._hindered(db, asked, person, held, now=now)
        if hindered is not None:
            return hindered
        if state_of(held, now) is ActivityState.FULL:
            return self._offer_waiting(asked, held, now=now)
        about = self._words.about(held, now=now)
        text = self._words("join.confirm", **(about | {"details": self._words("join.details", **about)}))
        confirm = Choice(self._words("join.confirm_button"), join_payload(held.id))
        return self._say(asked, text, confirm, Choice(self._words("join.later"), CHANGE_NOTHING))

    def _offer_waiting(self, asked: Asked, held: Activity, *, now: datetime) -> Reply:
        wait = Choice(self._words("join.wait_button"), join_payload(held.id, wait=True))
        later = Choice(self._words("join.later"), CHANGE_NOTHING)
        return self._say(asked, self._words("join.full", **self._words.about(held, now=now)), wait, later)

    def _hindered(
        self, db: Session, asked: Asked, person: Person, held: Activity, *, now: datetime
    ) -> Reply | None:
        """Say why nobody, or not this person, can sign up; None when nothing is in the way."""
        about = self._words.about(held, now=now)
        signup = queries.signup_of(db, held.id, person.participant)
        state = state_of(held, now)
        if state not in (*JOINABLE, ActivityState.CLOSED):
            return self._say(asked, self._words(f"join.{state}", **about))
        if signup is not None and signup.state != SignupState.CANCELLED:
            waiting = signup.state == SignupState.WAITLISTED
            take_back = self._words.take_back(held, now=now, waiting=waiting)
            return self._say(asked, self._already(db, signup, about), take_back)
        if state is ActivityState.CLOSED:
            return self._say(asked, self._words("join.closed", **about))
        return None

    def _already(self, db: Session, signup: Signup, about: dict[str, object]) -> str:
        if signup.state == SignupState.JOINED:
            return self._words("join.already", **about)
        position = queries.waiting_position(db, signup)
        return self._words("join.already_waiting", **(about | {"position": position}))

    def _cancel_this(
        self, db: Session, asked: Asked, person: Person, activity_id: str, *, now: datetime
    ) -> Reply:
        try:
            held = queries.activity(db, activity_id)
            waited = queries.signup_of(db, activity_id, person.participant)
            waiting = waited is not None and waited.state == SignupState.WAITLISTED
            operations.leave(db, activity_id, person, words=self._words, now=now)
        except (ActivityNotFound, NotJoined):
            contact = self._contacts.fields(person.organisation, as_of=asked.as_of)
            return self._say(asked, self._words("cancel.none", **contact), self._person)
        except ActivityClosed:
            return self._say(asked, self._words("cancel.too_late", title=held.title))
        key = "cancel.done_waiting" if waiting else "cancel.done"
        return self._say(asked, self._words(key, **self._words.about(held, now=now)))

    def _release_this(
        self, db: Session, asked: Asked, person: Person, slot_id: str, *, now: datetime
    ) -> Reply:
        try:
            slot = booking.release(db, slot_id, person, now=now)
        except (SlotNotFound, NotBooked):
            return self._say(asked, self._words("cancel.too_late_booking"))
        return self._say(asked, self._words("cancel.done_booking", **self._words.about_slot(slot, now=now)))

    def _join(self, held: Activity, *, now: datetime) -> Choice:
        full = state_of(held, now) is ActivityState.FULL
        title = self._words("list.wait" if full else "list.join", **self._words.about(held, now=now))
        return Choice(title, join_payload(held.id, wait=full))

    def _say(self, asked: Asked, text: str, *choices: Choice) -> Reply:
        return Reply(text, intent=asked.intent, decision=FLOW, choices=choices)


def joinable(held: Activity, now: datetime) -> bool:
    return state_of(held, now) in JOINABLE
