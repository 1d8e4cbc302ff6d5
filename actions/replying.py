"""The actions that reply, each done once per turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.turn import ActionTurn, read_turn
from service.clock import Clock
from service.conversations.effects import perform_once
from service.conversations.replies import Reply
from service.database import Database
from service.handover.notices import Notices
from service.insights.events import Event, QuestionAnswered, UrgentHelpShown
from service.knowledge.answers import ASK_HUMAN, Answers

Events = list[dict[str, Any]]
Compose = Callable[[ActionTurn], Reply]
RasaAction = Callable[[CollectingDispatcher, Tracker, dict[str, Any]], Awaitable[Events]]


def build_executor(*, database: Database, clock: Clock, answers: Answers, notices: Notices) -> ActionExecutor:
    """Return an executor that knows every custom action of the dialogue's domain."""
    composers: dict[str, Compose] = {
        "action_answer_question": lambda turn: answers.answer(turn.asked),
        "action_answer_source": lambda turn: answers.answer_source(
            turn.entities.get("source", ""), turn.asked
        ),
        "action_choose_topic": lambda turn: answers.choose_topic(turn.entities.get("topic"), turn.asked),
        "action_service": lambda turn: notices.service(turn.asked),
        "action_ask_human": lambda turn: notices.ask_human(turn.asked),
        "action_urgent_help": lambda turn: notices.urgent_help(turn.entities.get("kind"), turn.asked),
        "action_about_assistant": lambda turn: notices.about_assistant(turn.asked),
        "action_feedback": lambda turn: notices.feedback(turn.asked),
    }
    executor = ActionExecutor()
    for name, compose in composers.items():
        executor.register_function(name, _action(name, compose, database=database, clock=clock))
    return executor


def _action(name: str, compose: Compose, *, database: Database, clock: Clock) -> RasaAction:
    async def run(dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        turn = read_turn(tracker)
        reply = await asyncio.to_thread(
            perform_once,
            database,
            turn.turn_id,
            name,
            lambda: compose(turn),
            clock=clock,
            events=lambda reply: _events(name, turn, reply, clock=clock),
        )
        if reply is None:  # the turn was answered without this action: say and remember nothing
            return []
        # The message itself is the effect stored above; only its name travels through Rasa.
        dispatcher.utter_message(json_message={"action": name})
        return _slots(turn, reply)

    return run


def _slots(turn: ActionTurn, reply: Reply) -> Events:
    refused = reply.decision == "refuse"
    slots: Events = [
        SlotSet("refusals", turn.asked.refusals + 1 if refused else 0),
        SlotSet("offered_person", refused and any(choice.payload == ASK_HUMAN for choice in reply.choices)),
    ]
    if reply.decision == "answer" and reply.sources:
        slots.append(SlotSet("last_source", reply.sources[0].source_id))
    if reply.topic is not None:
        slots.append(SlotSet("last_topic", reply.topic))
    return slots


def _events(name: str, turn: ActionTurn, reply: Reply, *, clock: Clock) -> list[Event]:
    if reply.need is not None:
        return [
            UrgentHelpShown(
                at=clock.now(),
                conversation_id=turn.conversation_id,
                turn_id=turn.turn_id,
                organisation_path=turn.asked.organisation,
                channel=turn.channel,
                intent=reply.intent,
                need=reply.need,
            )
        ]
    if reply.index_version is None:
        return []
    return [
        QuestionAnswered(
            at=clock.now(),
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
            organisation_path=turn.asked.organisation,
            channel=turn.channel,
            topic=reply.topic,
            intent=reply.intent,
            decision=reply.decision,
            confidence=reply.confidence,
            sources=tuple(f"{source.source_id}@{source.version}" for source in reply.sources),
            index_version=reply.index_version,
            action=name,
        )
    ]
