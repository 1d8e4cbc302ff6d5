"""What is said and done about consultation hours in the chat: offering times and booking one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.activities import booking, queries
from service.activities.people import Person
from service.activities.rules import SlotState, state_of_slot
from service.activities.tables import ConsultationSlot, SlotKind
from service.activities.wanting import Wanted, Wish
from service.activities.words import FLOW, ActivityWords, book_payload, release_payload
from service.conversations.replies import Choice, Reply
from service.errors import AlreadyBooked, SlotNotFound, SlotTaken
from service.knowledge.asked import Asked
from service.knowledge.choices import ASK_HUMAN
from service.people.contacts import Contacts
from service.texts import Texts

SHOWN = 6
"""Times offered at once."""


class Consulting:
    """Answers book_legal_consultation and book_counselling. Threads may share this object.

    Every method runs in the caller's transaction and does what its reply says.
    """

    def __init__(self, texts: Texts, contacts: Contacts, words: ActivityWords) -> None:
        texts.require(("knowledge.refuse.person", "activities.cancelling"))
        self._words = words
        self._contacts = contacts
        self._cancelling = tuple(str(word) for word in texts.value("activities.cancelling"))
        self._person = Choice(texts("knowledge.refuse.person"), ASK_HUMAN)

    def book(
        self, db: Session, asked: Asked, person: Person, wish: Wish, *, kind: SlotKind, now: datetime
    ) -> Reply:
        """Book the time of a button, or offer the times that are free."""
        own = queries.own_bookings(db, person.participant, now=now, kind=kind)
        if own:
            return self._already(asked, own[0], now=now)
        if wish.slot is None:
            if any(word in asked.text for word in self._cancelling):  # nothing is booked: nothing to cancel
                contact = self._contacts.fields(person.organisation, as_of=asked.as_of)
                return self._say(asked, self._words("cancel.none", **contact), self._person)
            return self._offer(db, asked, person, kind, now=now)
        try:
            wanted = queries.slot(db, wish.slot)
        except SlotNotFound:
            return self._offer(db, asked, person, kind, now=now, lead="book.gone")
        if state_of_slot(wanted, now) is not SlotState.FREE:
            lead = "book.taken" if state_of_slot(wanted, now) is SlotState.BOOKED else "book.gone"
            return self._offer(db, asked, person, kind, now=now, lead=lead)
        if wish.name is None:
            return Wanted(slot=wanted.id, kind=kind).ask_name(asked)
        try:
            booked = booking.book(db, wanted.id, person, name=wish.name, now=now)
        except SlotTaken:
            return self._offer(db, asked, person, kind, now=now, lead="book.taken")
        except AlreadyBooked as error:
            return self._already(asked, queries.slot(db, str(error.fields["slot"])), now=now)
        about = self._words.about_slot(booked, now=now)
        return self._say(asked, self._words(f"book.{kind}.booked", **about), self._cancel(booked, now=now))

    def _offer(
        self,
        db: Session,
        asked: Asked,
        person: Person,
        kind: SlotKind,
        *,
        now: datetime,
        lead: str | None = None,
    ) -> Reply:
        """Offer free times; `lead` is said first where the wanted one is gone."""
        free = queries.free_slots(db, kind, person.organisation, now=now, limit=SHOWN)
        choices = [
            Choice(self._words("slot.button", **self._words.about_slot(slot, now=now)), book_payload(slot))
            for slot in free
        ]
        if free:
            return self._say(asked, self._words(lead or f"book.{kind}.choose"), *choices)
        contact = self._contacts.fields(person.organisation, as_of=asked.as_of)
        none = self._words(f"book.{kind}.none", **contact)
        gone = {"book.taken": "book.taken_all", "book.gone": "book.gone_all"}
        text = none if lead is None else f"{self._words(gone[lead])}\n\n{none}"
        return self._say(asked, text, self._person)

    def _already(self, asked: Asked, booked: ConsultationSlot, *, now: datetime) -> Reply:
        text = self._words("book.already", **self._words.about_slot(booked, now=now))
        return self._say(asked, text, self._cancel(booked, now=now))

    def _cancel(self, booked: ConsultationSlot, *, now: datetime) -> Choice:
        title = self._words("slot.cancel", **self._words.about_slot(booked, now=now))
        return Choice(title, release_payload(booked.id))

    def _say(self, asked: Asked, text: str, *choices: Choice) -> Reply:
        return Reply(text, intent=asked.intent, decision=FLOW, choices=choices)
