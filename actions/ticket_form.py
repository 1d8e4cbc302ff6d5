"""The form in which a case is filled in: opening it, hearing an answer, asking, and filing at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from rasa_sdk.events import ActionExecutionRejected, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy.orm import Session

from actions.answering import slots_after
from actions.forms import REQUESTED, left_form
from actions.performing import Events, Performer, RasaAction, remembered
from actions.turn import ActionTurn, read_turn
from service.activities.people import Person, person_of
from service.conversations import queries
from service.conversations.effects import act_once
from service.conversations.replies import Reply
from service.knowledge.answers import Answers
from service.tickets import offers
from service.tickets.drafts import FORM, SLOT, Draft, keep_sealed
from service.tickets.filing import Opening, knew_on, resumed
from service.tickets.offers import Offered
from service.tickets.said import Act, Heard, Said
from service.tickets.talking import TicketTalk
from service.tickets.wording import number_in

REPLY = "ticket_reply"
"""The form's one slot: filled by how the form ended, never by what was said."""
OPEN, ASK, FINISH, FILL = (
    "action_open_ticket",
    f"action_ask_{REPLY}",
    "action_finish_ticket",
    "action_fill_ticket",
)
ANSWER = "action_answer_question"


@dataclass(frozen=True, slots=True)
class Filling:
    """A turn with what the form knows."""

    turn: ActionTurn
    draft: Draft | None
    outcome: str | None
    offered: Offered | None


Fill = Callable[[Filling, Session, Person], Reply]


def actions(performer: Performer, talk: TicketTalk, answers: Answers) -> dict[str, RasaAction]:
    """Return the actions of the form by name."""
    fills = _Fills(performer, talk)
    return {
        OPEN: _filling(performer, OPEN, fills.open),
        ASK: _filling(performer, ASK, fills.ask),
        FINISH: _filling(performer, FINISH, fills.finish),
        FILL: _filling(performer, FILL, fills.resume),
        f"validate_{FORM}": _validating(performer, talk, answers),
    }


class _Fills:
    """What each action does, in the transaction that stores its reply."""

    def __init__(self, performer: Performer, talk: TicketTalk) -> None:
        self._clock = performer.clock
        self._talk = talk

    def open(self, filling: Filling, db: Session, person: Person) -> Reply:
        turn, entities = filling.turn, filling.turn.entities
        opening = Opening(
            turn_id=turn.turn_id,
            case=entities.get("case"),
            answer=entities.get("answer"),
            contact=self._contact(db, turn),
            told=self._told(db, filling.offered, entities.get("case")),
        )
        asked = replace(turn.asked, text=written(db, turn))
        reply = self._talk.filing.open(db, asked, person, opening, filling.draft, now=self._clock.now())
        return replace(reply, slots={**reply.slots, offers.SLOT: None})

    def ask(self, filling: Filling, db: Session, person: Person) -> Reply:
        if filling.draft is None:
            return self._talk.filing.stale(filling.turn.asked)
        return self._talk.questions.ask(db, filling.turn.asked, person, filling.draft, now=self._clock.now())

    def finish(self, filling: Filling, db: Session, person: Person) -> Reply:
        filing, asked, draft = self._talk.filing, filling.turn.asked, filling.draft
        if filling.outcome == Act.LATER:
            return filing.put_off(asked)
        if draft is None:
            reply = filing.stale(asked)
        elif filling.outcome == Act.SEND:
            reply = filing.file(db, asked, person, draft, filling.turn.turn_id, now=self._clock.now())
        else:
            reply = filing.drop(db, asked, person)
        return replace(reply, slots={**reply.slots, SLOT: None})

    def resume(self, filling: Filling, _db: Session, _person: Person) -> Reply:
        """A button of the form was pressed outside it: go on with what was left."""
        if filling.draft is None:
            return self._talk.filing.stale(filling.turn.asked)
        draft = resumed(filling.draft)
        return Reply("", intent=filling.turn.asked.intent, slots={SLOT: draft.kept()})

    def _told(self, db: Session, offered: Offered | None, case: str | None) -> str | None:
        """Return what was asked in the answer to which this case was offered."""
        if offered is None or offered.case != case:
            return None
        stored = queries.turn(db, offered.turn_id)
        return stored.payload if stored is not None else None

    def _contact(self, db: Session, turn: ActionTurn) -> str | None:
        number = number_in(unmasked(db, turn, self._talk))
        return self._talk.sealer.seal(number) if number is not None else None


def written(db: Session, turn: ActionTurn) -> str:
    """Return a message as it was written, masked: the dialogue's own spelling is for understanding only."""
    stored = queries.turn(db, turn.turn_id)
    return stored.payload if stored is not None else turn.asked.text


def unmasked(db: Session, turn: ActionTurn, talk: TicketTalk) -> str:
    """Return a message with the personal numbers that were masked in it."""
    stored = queries.turn(db, turn.turn_id)
    if stored is None or stored.sealed is None:
        return written(db, turn)
    return talk.sealer.open(stored.sealed)


def said_in(db: Session, turn: ActionTurn, talk: TicketTalk) -> Said:
    """Return a message inside a form."""
    text = written(db, turn)
    return Said(
        text=text,
        unmasked=unmasked(db, turn, talk),
        intent=turn.asked.intent,
        confidence=turn.asked.intent_confidence,
        turn_id=turn.turn_id,
        entities=turn.entities,
        knew_on=knew_on(text, today=turn.asked.as_of),
    )


def stepped_back(form: str, *, to: str | None = None) -> Events:
    """Return the events by which a form lets a message lead elsewhere, or `to` one action."""
    rejected = ActionExecutionRejected(form)
    return [rejected] if to is None else [rejected, FollowupAction(to)]


def _filling(performer: Performer, name: str, fill: Fill) -> RasaAction:
    def perform(filling: Filling) -> Reply | None:
        def doing(db: Session) -> Reply:
            reply = fill(filling, db, person_of(db, filling.turn.conversation_id))
            reply = replace(reply, slots={**slots_after(filling.turn, reply), **reply.slots})
            return filling.turn.explained(reply, name)

        return act_once(performer.database, filling.turn.turn_id, name, doing, clock=performer.clock)

    async def run(dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        filling = Filling(read_turn(tracker), _draft(tracker), tracker.get_slot(REPLY), _offered(tracker))
        reply = await asyncio.to_thread(perform, filling)
        # However it ends, the next form begins with nothing in its slot.
        emptied = [] if name == ASK else [SlotSet(REPLY, None)]
        if reply is None:
            return emptied
        if reply.text:
            dispatcher.utter_message(json_message={"action": name})
        begun = name in (OPEN, FILL) and not reply.text
        left = [] if name in (ASK, FINISH) else left_form(tracker, name)
        return [*remembered(reply), *left, *emptied, *([FollowupAction(FORM)] if begun else [])]

    return run


def _validating(performer: Performer, talk: TicketTalk, answers: Answers) -> RasaAction:
    """Decide what a message inside the form means; what must stay out of the dialogue is sealed."""

    def hear(turn: ActionTurn, draft: Draft) -> Heard:
        with performer.database.read() as db:
            said = said_in(db, turn, talk)
        heard = talk.listener.hear(draft, said, found=lambda: answers.answer(turn.asked).decision)
        if heard.contact is not None or heard.details is not None:
            with performer.database.write() as db:
                keep_sealed(
                    db,
                    turn.conversation_id,
                    contact=talk.sealer.seal(heard.contact) if heard.contact is not None else None,
                    details=talk.sealer.seal(heard.details) if heard.details is not None else None,
                    now=performer.clock.now(),
                )
        return heard

    async def run(_dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        if tracker.get_slot(REQUESTED) != REPLY:
            return []
        turn, draft = read_turn(tracker), _draft(tracker)
        if draft is None:
            return [SlotSet(REPLY, Act.DROP.value)]
        if draft.heard == turn.turn_id:  # answered in between: nothing is heard twice, the form asks again
            return []
        heard = await asyncio.to_thread(hear, turn, draft)
        if heard.act in (Act.ASIDE, Act.QUESTION):
            back = replace(heard.draft, remark="back", misses=0)
            to = ANSWER if heard.act is Act.QUESTION else None
            return [SlotSet(SLOT, back.kept()), *stepped_back(FORM, to=to)]
        outcome = None if heard.act is Act.TAKEN else heard.act.value
        return [SlotSet(SLOT, heard.draft.kept()), SlotSet(REPLY, outcome)]

    return run


def _draft(tracker: Tracker) -> Draft | None:
    kept = tracker.get_slot(SLOT)
    return Draft.read(kept) if kept else None


def _offered(tracker: Tracker) -> Offered | None:
    kept = tracker.get_slot(offers.SLOT)
    return Offered.read(kept) if kept else None
