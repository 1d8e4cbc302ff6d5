"""What a new session of the dialogue begins with: what was known, and the form that was broken off.

Rasa's own session start forgets an open form, so that whoever was called away at the counter would find it
closed. Rasa calls this action before the first message after half an hour of silence.
"""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk.events import ActionExecuted, ActiveLoop, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.forms import REQUESTED
from actions.performing import Events, Performer, RasaAction
from service.conversations import rules
from service.conversations.queries import silent_since

NAME = "action_session_start"
RASAS_OWN = "session_started_metadata"
"""A slot that Rasa fills itself."""


def actions(performer: Performer) -> dict[str, RasaAction]:
    """Return the action that begins a session, by name."""

    def goes_on(conversation_id: str) -> bool:
        with performer.database.read() as db:
            since = silent_since(db, conversation_id)
        return since is not None and rules.form_goes_on(since, now=performer.clock.now())

    async def run(_dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
        known = {name: value for name, value in tracker.slots.items() if value is not None}
        requested = known.pop(REQUESTED, None)
        loop = tracker.active_loop or {}
        events = [SessionStarted(), *(SlotSet(n, v) for n, v in known.items() if n != RASAS_OWN)]
        broken_off = loop.get("name") and not loop.get("rejected")
        if broken_off and await asyncio.to_thread(goes_on, tracker.sender_id):
            events += [ActiveLoop(loop["name"]), SlotSet(REQUESTED, requested)]
        return [*events, ActionExecuted("action_listen")]

    return {NAME: run}
