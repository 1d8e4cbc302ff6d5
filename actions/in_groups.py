"""What is done in a group chat, where others read along: knowledge, talk and help in danger, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.answering import question_answered, slots_after
from actions.forms import REQUESTED
from actions.performing import Events, Performer, RasaAction
from actions.turn import ActionTurn
from service.conversations.channel_words import ChannelWords
from service.conversations.replies import Reply
from service.conversations.tables import GROUP_CHANNEL

OPEN = frozenset({
    "action_session_start",
    "action_answer_question",
    "action_answer_source",
    "action_choose_topic",
    "action_about_assistant",
    "action_feedback",
    "action_urgent_help",
    "action_report_anonymously",
})  # fmt: skip
"""The actions that are the same in a group. One that is not named here is private: it is not run there."""

InGeneral = Callable[[ActionTurn], Reply | None]
"""Answers from the knowledge base in place of a private action; None where it is about the asker alone."""


def kept_private(
    performer: Performer, words: ChannelWords, name: str, action: RasaAction, in_general: InGeneral | None
) -> RasaAction:
    """Return an action that in a group, unless it is open to groups, leaves everything undone and says why.

    Nothing is remembered of it, and a form that is open ends.
    """
    if name in OPEN:
        return action

    def compose(turn: ActionTurn) -> Reply:
        known = in_general(turn) if in_general is not None else None
        reply = known or words.private(Reply("", intent=turn.asked.intent))
        return replace(reply, slots={**slots_after(turn, reply), **reply.slots})

    instead = performer.action(
        name, compose, events=lambda turn, reply: question_answered(performer, turn, reply, name)
    )

    async def run(dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        metadata = tracker.latest_message.get("metadata") or {}
        if metadata.get("channel") != GROUP_CHANNEL:
            return await action(dispatcher, tracker, domain)
        events = await instead(dispatcher, tracker, domain)
        in_form = (tracker.active_loop or {}).get("name")
        return [*events, ActiveLoop(None), SlotSet(REQUESTED, None)] if in_form else events

    return run
