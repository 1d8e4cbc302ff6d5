"""The calculators in the dialogue: begun, asking for values, worked out, and changed again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.answering import answering, question_answered, slots_after
from actions.forms import REQUESTED, left_form
from actions.performing import Compose as AnswerQuestion
from actions.performing import Events, Performer, RasaAction, remembered
from actions.ticket_form import ANSWER, said_in, stepped_back
from actions.turn import ActionTurn, read_turn
from service.conversations.effects import perform_once
from service.conversations.replies import Reply
from service.entitlements.calculation import FORM, SLOT, Calculation
from service.entitlements.calculations import WORKED_OUT
from service.entitlements.hearing import FILL, INTENT, Act
from service.entitlements.saying import CALCULATED, START
from service.entitlements.settling import Outcome
from service.entitlements.talking import CalculationTalk
from service.insights.events import EntitlementWorkedOut
from service.knowledge.answers import Answers
from service.tickets.talking import TicketTalk

REPLY = "calculation_reply"
"""The form's one slot: filled by how the form ended, never by what was said."""
CALCULATE, CHANGE = "action_calculate", "action_change_calculation"
ASK, FINISH = f"action_ask_{REPLY}", "action_finish_calculation"


Compose = Callable[[ActionTurn, str | None], Reply]
"""Makes a reply of a turn and of how the form ended. One without text begins the form."""


def actions(
    performer: Performer, talk: CalculationTalk, tickets: TicketTalk, answers: Answers
) -> dict[str, RasaAction]:
    """Return the actions of the calculators by name."""
    composers = _Composers(talk, answering(answers, tickets.offering))
    return {
        CALCULATE: _performing(performer, CALCULATE, composers.calculate),
        CHANGE: _performing(performer, CHANGE, composers.change),
        ASK: _performing(performer, ASK, composers.ask),
        FINISH: _performing(performer, FINISH, composers.finish),
        f"validate_{FORM}": _validating(performer, talk, tickets, answers),
    }


def in_general(
    talk: CalculationTalk, tickets: TicketTalk, answers: Answers
) -> Callable[[ActionTurn], Reply | None]:
    """Return what answers how something is calculated: None for a message that is to be calculated."""
    answer = answering(answers, tickets.offering)

    def compose(turn: ActionTurn) -> Reply | None:
        begins = turn.asked.text.startswith("/") or talk.begin(turn.asked, chosen=None, before=None)
        return None if begins else answer(turn)

    return compose


class _Composers:
    """What each action says."""

    def __init__(self, talk: CalculationTalk, answer: AnswerQuestion) -> None:
        self._talk = talk
        self._answer = answer

    def calculate(self, turn: ActionTurn, _ended: str | None) -> Reply:
        """Say a result, or begin to ask; whoever asks how it is done is told that."""
        outcome = self._begun(turn)
        if outcome is None:
            return self._talk.offer(self._answer(turn), turn.asked)
        return self._told(outcome, turn)

    def _begun(self, turn: ActionTurn) -> Outcome | None:
        asked, before, said = turn.asked, turn.calculation, turn.entities
        if asked.text.startswith(f"/{FILL}") and before is not None:
            return self._talk.pressed(before, said.get("field", ""), said.get("answer", ""), asked)
        chosen = said.get("calculator") if asked.text.startswith(f"/{START}") else None
        return self._talk.begin(asked, chosen=chosen, before=before)

    def change(self, turn: ActionTurn, _ended: str | None) -> Reply:
        """What was said right behind a result is wrong: with a value it is worked out again."""
        before = turn.calculation
        outcome = self._talk.again(turn.asked, before) if before is not None else None
        return (
            self._talk.saying.unchanged(before, turn.asked) if outcome is None else self._told(outcome, turn)
        )

    def ask(self, turn: ActionTurn, _ended: str | None) -> Reply:
        calculation = turn.calculation
        if calculation is None or calculation.asked is None:
            return self._talk.saying.dropped(calculation, Act.DROP)
        return self._talk.saying.question(calculation, turn.asked)

    def finish(self, turn: ActionTurn, ended: str | None) -> Reply:
        if turn.calculation is None or ended != Act.DONE:
            return self._talk.saying.dropped(turn.calculation, ended or Act.DROP)
        return self._talk.saying.finished(turn.calculation, turn.asked)

    def _told(self, outcome: Outcome, turn: ActionTurn) -> Reply:
        if outcome.calculation.asked is None:
            return self._talk.saying.result(outcome, turn.asked)
        return Reply("", intent=turn.asked.intent, slots={SLOT: outcome.calculation.kept()})


def _performing(performer: Performer, name: str, compose: Compose) -> RasaAction:
    def perform(turn: ActionTurn, ended: str | None) -> Reply | None:
        def make() -> Reply:
            reply = compose(turn, ended)
            if reply.text:
                reply = replace(reply, slots={**slots_after(turn, reply), **reply.slots})
            return turn.explained(reply, name)

        return perform_once(
            performer.database,
            turn.turn_id,
            name,
            make,
            clock=performer.clock,
            events=lambda reply: [
                *question_answered(performer, turn, reply, name),
                *_worked_out(performer, turn, reply),
            ],
        )

    async def run(dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        reply = await asyncio.to_thread(perform, read_turn(tracker), tracker.get_slot(REPLY))
        # However it ends, the next form begins with nothing in its slot.
        emptied = [] if name == ASK else [SlotSet(REPLY, None)]
        if reply is None:
            return emptied
        if reply.text:
            dispatcher.utter_message(json_message={"action": name})
        return [*remembered(reply), *emptied, *_forms_after(tracker, name, reply)]

    return run


def _forms_after(tracker: Tracker, name: str, reply: Reply) -> Events:
    """Return what becomes of the forms: this one begins, or another one that was open asks again."""
    if not reply.text:
        left = [] if name in (ASK, FINISH) else left_form(tracker, name)
        return [*left, FollowupAction(FORM)]
    other = (tracker.active_loop or {}).get("name")
    if name == CALCULATE and other not in (None, FORM):
        return [FollowupAction(other)]
    return [] if name in (ASK, FINISH) else left_form(tracker, name)


def _worked_out(performer: Performer, turn: ActionTurn, reply: Reply) -> list[EntitlementWorkedOut]:
    if not reply.slots.get(CALCULATED):
        return []
    return [
        EntitlementWorkedOut(
            at=performer.clock.now(),
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
            organisation_path=turn.asked.organisation,
            channel=turn.channel,
            topic=reply.topic,
            intent=reply.intent,
            calculator=(reply.intent or "").removeprefix(INTENT),
            outcome=WORKED_OUT,
            today=True,
        )
    ]


def _validating(
    performer: Performer, talk: CalculationTalk, tickets: TicketTalk, answers: Answers
) -> RasaAction:
    """Decide what a message inside the form means."""

    def hear(turn: ActionTurn, calculation: Calculation) -> tuple[Act, Calculation]:
        with performer.database.read() as db:
            said = said_in(db, turn, tickets)
        return talk.hearing.hear(
            calculation, said, turn.asked, found=lambda: answers.answer(turn.asked).decision
        )

    async def run(_dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        if tracker.get_slot(REQUESTED) != REPLY:
            return []
        turn = read_turn(tracker)
        calculation = turn.calculation
        if calculation is None:
            return [SlotSet(REPLY, Act.DROP.value)]
        if calculation.heard == turn.turn_id:  # answered in between: nothing is heard twice, it asks again
            return []
        act, heard = await asyncio.to_thread(hear, turn, calculation)
        kept = SlotSet(SLOT, heard.kept())
        if act in (Act.ASIDE, Act.QUESTION):
            return [kept, *stepped_back(FORM, to=ANSWER if act is Act.QUESTION else None)]
        return [kept, SlotSet(REPLY, None if act is Act.TAKEN else act.value)]

    return run
