"""The actions of activities and consultation hours, with the form that asks for a name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk.events import ActionExecutionRejected, ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy.orm import Session

from actions.answering import slots_after
from actions.forms import REQUESTED, left_form
from actions.performing import Events, Performer, RasaAction, remembered
from actions.turn import ActionTurn, read_turn
from service.activities.names import Understood
from service.activities.people import Person, name_given, person_of
from service.activities.tables import SlotKind
from service.activities.talking import ActivityTalk
from service.activities.wanting import NAME_FOR, Wanted, Wish
from service.activities.words import FLOW, INTENTS
from service.conversations.effects import act_once
from service.conversations.replies import Reply

FORM = "name_form"
NAME = "attendee_name"
USE_NAME, DROP_NAME, ASK_NAME = "action_use_name", "action_drop_name", f"action_ask_{NAME}"
KIND_OF_INTENT = {intent: kind for kind, intent in INTENTS.items()}


@dataclass(frozen=True, slots=True)
class Saying:
    """A turn with what the form knows: what a name is wanted for, and the name."""

    turn: ActionTurn
    wanted: Wanted | None
    name: str | None

    @property
    def wish(self) -> Wish:
        entities = self.turn.entities
        return Wish(
            activity=entities.get("activity"), slot=entities.get("slot"), wait=entities.get("wait") == "yes"
        )


Act = Callable[[Saying, Session, Person], Reply]


def actions(performer: Performer, talk: ActivityTalk) -> dict[str, RasaAction]:
    """Return the actions of activities by name."""
    acts = _Acts(performer, talk)
    done: dict[str, Act] = {
        "action_list_activities": acts.list,
        "action_join_activity": acts.join,
        "action_cancel_activity": acts.cancel,
        "action_book_consultation": acts.book,
        ASK_NAME: acts.ask_name,
        USE_NAME: acts.use_name,
        DROP_NAME: acts.drop_name,
    }
    return {
        **{name: _acting(performer, name, act) for name, act in done.items()},
        f"validate_{FORM}": _validating(talk),
    }


class _Acts:
    """What each action does, in the transaction that stores its reply."""

    def __init__(self, performer: Performer, talk: ActivityTalk) -> None:
        self._clock = performer.clock
        self._talk = talk

    def list(self, saying: Saying, db: Session, person: Person) -> Reply:
        return self._talk.signing_up.list(db, saying.turn.asked, person, now=self._clock.now())

    def join(self, saying: Saying, db: Session, person: Person) -> Reply:
        wish = replace(saying.wish, name=_known_name(db, person))
        return self._talk.signing_up.join(db, saying.turn.asked, person, wish, now=self._clock.now())

    def cancel(self, saying: Saying, db: Session, person: Person) -> Reply:
        return self._talk.signing_up.cancel(db, saying.turn.asked, person, saying.wish, now=self._clock.now())

    def book(self, saying: Saying, db: Session, person: Person) -> Reply:
        kind = KIND_OF_INTENT[saying.turn.asked.intent or ""]
        # A counsellor is told what the person wants to be called, never what the portal or a list says.
        name = None if kind is SlotKind.COUNSELLING else _known_name(db, person)
        return self._book(saying, db, person, replace(saying.wish, name=name), kind)

    def ask_name(self, saying: Saying, _db: Session, _person: Person) -> Reply:
        if saying.wanted is None:
            raise NothingWanted
        text = self._talk.words(f"name.ask.{saying.wanted.purpose}")
        return Reply(text, intent=saying.wanted.intent, decision=FLOW)

    def use_name(self, saying: Saying, db: Session, person: Person) -> Reply:
        if saying.wanted is None or saying.name is None:
            raise NothingWanted
        wish = saying.wanted.named(saying.name)
        asked = replace(saying.turn.asked, intent=saying.wanted.intent)
        if saying.wanted.kind is not None:
            reply = self._talk.consulting.book(
                db, asked, person, wish, kind=saying.wanted.kind, now=self._clock.now()
            )
        else:
            reply = self._talk.signing_up.join(db, asked, person, wish, now=self._clock.now())
        return replace(reply, slots={**reply.slots, NAME_FOR: None, NAME: None})

    def drop_name(self, saying: Saying, db: Session, person: Person) -> Reply:
        wish = saying.wish
        if wish.activity is not None or wish.slot is not None:  # the button of something else
            reply = self.cancel(saying, db, person)
        elif saying.wanted is None:
            raise NothingWanted
        elif self._talk.names.asks(saying.turn.asked.text):  # “活动突然取消了怎么办” drops nothing
            return Reply("", intent=saying.turn.asked.intent)
        else:
            text = self._talk.words(f"name.dropped.{saying.wanted.purpose}")
            reply = Reply(text, intent=saying.turn.asked.intent, decision=FLOW)
        return replace(reply, slots={NAME_FOR: None, NAME: None})

    def _book(self, saying: Saying, db: Session, person: Person, wish: Wish, kind: SlotKind) -> Reply:
        return self._talk.consulting.book(
            db, saying.turn.asked, person, wish, kind=kind, now=self._clock.now()
        )


class NothingWanted(Exception):
    """The form's action was called outside the form."""


def _known_name(db: Session, person: Person) -> str | None:
    """Return the portal's name of an employee, or the one a visitor gave before."""
    return person.name or name_given(db, person.participant)


def _acting(performer: Performer, name: str, act: Act) -> RasaAction:
    def perform(saying: Saying) -> Reply | None:
        def doing(db: Session) -> Reply:
            reply = act(saying, db, person_of(db, saying.turn.conversation_id))
            reply = replace(reply, slots={**slots_after(saying.turn, reply), **reply.slots})
            return saying.turn.explained(reply, name)

        return act_once(performer.database, saying.turn.turn_id, name, doing, clock=performer.clock)

    async def run(dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        reply = await asyncio.to_thread(perform, _saying(tracker))
        if reply is None:
            return []
        if reply.text:
            dispatcher.utter_message(json_message={"action": name})
        return [*remembered(reply), *_form_events(tracker, name, reply)]

    return run


def _form_events(tracker: Tracker, name: str, reply: Reply) -> Events:
    """Return what becomes of the form: opened, ended, or kept while a question is answered."""
    if reply.slots.get(NAME_FOR):
        return [*left_form(tracker, name), SlotSet(NAME, None), FollowupAction(FORM)]
    if name == DROP_NAME:
        if not reply.text:
            return [FollowupAction("action_answer_question")]
        return [ActiveLoop(None), SlotSet(REQUESTED, None)]
    return [] if name in (ASK_NAME, USE_NAME) else left_form(tracker, name)


def _validating(talk: ActivityTalk) -> RasaAction:
    """Take the message for the name that was asked for, if it is one.

    Nothing set makes the form step back, and the message leads where it leads anywhere else; one that only
    says that one does not go on ends it, whatever was understood.
    """

    async def run(_dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        if tracker.get_slot(REQUESTED) != NAME:
            return []
        asked = read_turn(tracker).asked
        if talk.names.stops(asked.text):
            return [ActionExecutionRejected(FORM), FollowupAction(DROP_NAME)]
        understood = Understood(asked.intent, asked.intent_confidence, named=_all_is_a_term(tracker))
        name = talk.names.read(asked.text, understood)
        return [] if name is None else [SlotSet(NAME, name)]

    return run


def _all_is_a_term(tracker: Tracker) -> bool:
    message = tracker.latest_message
    length = len((message.get("text") or "").strip())
    return any(
        entity.get("entity") == "topic" and entity.get("end", 0) - entity.get("start", 0) == length
        for entity in message.get("entities") or ()
    )


def _saying(tracker: Tracker) -> Saying:
    kept = tracker.get_slot(NAME_FOR)
    return Saying(read_turn(tracker), Wanted.read(kept) if kept else None, tracker.get_slot(NAME))
