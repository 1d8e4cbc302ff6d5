"""Forms that stepped back: left for good, or asking again.

A form whose question was not answered steps back, and the message leads where it leads anywhere else. After
some actions the form asks again (rules in bot/rules); after any other the person has gone on to something
else and the form is over.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.interfaces import Tracker

REQUESTED = "requested_slot"
ASKING_AGAIN = frozenset({"action_answer_question", "action_answer_source", "action_about_assistant"})
"""Actions that answer in between; the form goes on after them."""


def left_form(tracker: Tracker, action: str) -> list[dict[str, Any]]:
    """Return the events that end a form which stepped back for `action`, if there is one."""
    loop = tracker.active_loop or {}
    if not loop.get("name") or not loop.get("rejected") or action in ASKING_AGAIN:
        return []
    return [ActiveLoop(None), SlotSet(REQUESTED, None)]
