"""The actions of filed tickets: looking, adding, urging, taking back, objecting; and anonymous reports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy.orm import Session

from actions.answering import slots_after
from actions.forms import REQUESTED, left_form
from actions.performing import Events, Performer, RasaAction, remembered
from actions.ticket_form import ANSWER, said_in, stepped_back, written
from actions.turn import ActionTurn, read_turn
from service.activities.people import Person, person_of
from service.conversations.effects import act_once
from service.conversations.replies import Reply
from service.knowledge.answers import Answers
from service.knowledge.in_context import names_matter
from service.tickets import drafts
from service.tickets.drafts import Draft
from service.tickets.following import NOTE_FOR, NoteFor
from service.tickets.said import Act
from service.tickets.talking import TicketTalk
from service.tickets.words import FLOW

FORM = "ticket_note_form"
NOTE = "ticket_note"
"""The form's one slot: filled by how the form ended, never by what was said."""
ASK_NOTE, KEEP_NOTE = f"action_ask_{NOTE}", "action_keep_note"


@dataclass(frozen=True, slots=True)
class Wanting:
    """A turn with the ticket it names, the text that is wanted, and a case left unfinished."""

    turn: ActionTurn
    note_for: NoteFor | None
    outcome: str | None
    draft: Draft | None

    @property
    def number(self) -> str | None:
        return self.turn.entities.get("ticket")


Do = Callable[[Wanting, Session, Person], Reply]


def actions(performer: Performer, talk: TicketTalk, answers: Answers) -> dict[str, RasaAction]:
    """Return the actions of filed tickets by name."""
    does = _Does(performer, talk, answers)
    done: dict[str, Do] = {
        "action_check_ticket": does.check,
        "action_add_to_ticket": does.add,
        "action_urge_ticket": does.urge,
        "action_withdraw_ticket": does.withdraw,
        "action_object_result": does.object,
        ASK_NOTE: does.ask_note,
        KEEP_NOTE: does.keep_note,
    }
    return {
        **{name: _doing(performer, name, do) for name, do in done.items()},
        f"validate_{FORM}": _validating(performer, talk, answers),
        "action_report_anonymously": performer.action(
            "action_report_anonymously", lambda turn: _anonymous(turn, talk)
        ),
    }


class _Does:
    """What each action does, in the transaction that stores its reply."""

    def __init__(self, performer: Performer, talk: TicketTalk, answers: Answers) -> None:
        self._clock = performer.clock
        self._answers = answers
        self._following = talk.following
        self._progress = talk.progress

    def check(self, wanting: Wanting, db: Session, person: Person) -> Reply:
        asked, now = wanting.turn.asked, self._clock.now()
        if wanting.number is not None:
            return self._progress.one(db, asked, person, wanting.number, now=now)
        return self._progress.all(db, asked, person, wanting.draft, now=now)

    def add(self, wanting: Wanting, db: Session, person: Person) -> Reply:
        asked = replace(wanting.turn.asked, text=written(db, wanting.turn))
        return self._following.add(db, asked, person, wanting.number, now=self._clock.now())

    def object(self, wanting: Wanting, db: Session, person: Person) -> Reply:
        asked, now = wanting.turn.asked, self._clock.now()
        said = wanting.number is None and not asked.text.startswith("/")
        if said and names_matter(asked.text) and not self._following.could(db, person, "object", now=now):
            # Not a result of ours: 我对考核结果不服 is a question on appraisals.
            answered = self._answers.answer(replace(asked, intent=None, intents=()))
            if answered.decision != "refuse":
                return replace(answered, intent=asked.intent)
        return self._following.object(db, asked, person, wanting.number, now=now)

    def urge(self, wanting: Wanting, db: Session, person: Person) -> Reply:
        return self._following.urge(db, wanting.turn.asked, person, wanting.number, now=self._clock.now())

    def withdraw(self, wanting: Wanting, db: Session, person: Person) -> Reply:
        sure = wanting.turn.entities.get("sure") == "yes"
        return self._following.withdraw(
            db, wanting.turn.asked, person, wanting.number, sure=sure, now=self._clock.now()
        )

    def ask_note(self, wanting: Wanting, db: Session, person: Person) -> Reply:
        return self._following.ask_note(db, person, _wanted(wanting))

    def keep_note(self, wanting: Wanting, db: Session, person: Person) -> Reply:
        wanted = _wanted(wanting)
        if wanting.outcome == Act.SEND:
            asked = replace(wanting.turn.asked, text=written(db, wanting.turn))
            reply = self._following.keep_note(db, asked, person, wanted, now=self._clock.now())
        else:
            reply = self._following.drop_note(wanting.turn.asked, wanted)
        return replace(reply, slots={**reply.slots, NOTE_FOR: None})


class NothingWanted(Exception):
    """The note form's action was called while no text is wanted."""


def _wanted(wanting: Wanting) -> NoteFor:
    if wanting.note_for is None:
        raise NothingWanted
    return wanting.note_for


def _anonymous(turn: ActionTurn, talk: TicketTalk) -> Reply:
    return Reply(talk.words("anonymous.text"), intent=turn.asked.intent, decision=FLOW)


def _doing(performer: Performer, name: str, do: Do) -> RasaAction:
    def perform(wanting: Wanting) -> Reply | None:
        def doing(db: Session) -> Reply:
            reply = do(wanting, db, person_of(db, wanting.turn.conversation_id))
            reply = replace(reply, slots={**slots_after(wanting.turn, reply), **reply.slots})
            return wanting.turn.explained(reply, name)

        return act_once(performer.database, wanting.turn.turn_id, name, doing, clock=performer.clock)

    async def run(dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        reply = await asyncio.to_thread(perform, _wanting(tracker))
        emptied = [] if name == ASK_NOTE else [SlotSet(NOTE, None)]
        if reply is None:
            return emptied
        if reply.text:
            dispatcher.utter_message(json_message={"action": name})
        begun = bool(reply.slots.get(NOTE_FOR)) and not reply.text
        left = [] if name in (ASK_NOTE, KEEP_NOTE) else left_form(tracker, name)
        return [*remembered(reply), *left, *emptied, *([FollowupAction(FORM)] if begun else [])]

    return run


def _validating(performer: Performer, talk: TicketTalk, answers: Answers) -> RasaAction:
    """Decide whether a message is the text that is wanted."""

    def hear(turn: ActionTurn, wanted: NoteFor) -> Act:
        with performer.database.read() as db:
            said = said_in(db, turn, talk)
        return talk.listener.hear_note(
            said,
            sure=wanted.act == "withdraw",
            found=lambda: answers.answer(turn.asked).decision,
        )

    async def run(_dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        if tracker.get_slot(REQUESTED) != NOTE:
            return []
        turn, wanted = read_turn(tracker), _note_for(tracker)
        if wanted is None or wanted.heard == turn.turn_id:
            return []
        act = await asyncio.to_thread(hear, turn, wanted)
        if act in (Act.ASIDE, Act.QUESTION):
            back = replace(wanted, back=True, missed=False, heard=turn.turn_id)
            to = ANSWER if act is Act.QUESTION else None
            return [SlotSet(NOTE_FOR, back.kept()), *stepped_back(FORM, to=to)]
        missed = replace(wanted, back=False, missed=act is Act.TAKEN)
        outcome = None if act is Act.TAKEN else act.value
        return [SlotSet(NOTE_FOR, missed.kept()), SlotSet(NOTE, outcome)]

    return run


def _wanting(tracker: Tracker) -> Wanting:
    draft = tracker.get_slot(drafts.SLOT)
    return Wanting(
        turn=read_turn(tracker),
        note_for=_note_for(tracker),
        outcome=tracker.get_slot(NOTE),
        draft=Draft.read(draft) if draft else None,
    )


def _note_for(tracker: Tracker) -> NoteFor | None:
    kept = tracker.get_slot(NOTE_FOR)
    return NoteFor.read(kept) if kept else None
