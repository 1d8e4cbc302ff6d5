"""Performing an action: once per turn, its message stored as the effect, its slots given to the dialogue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker
from sqlalchemy.orm import Session

from actions.forms import left_form
from actions.turn import ActionTurn, read_turn
from service.clock import Clock
from service.conversations.effects import perform_once
from service.conversations.replies import Reply
from service.database import Database
from service.insights.events import Event

Events = list[dict[str, Any]]
RasaAction = Callable[[CollectingDispatcher, Tracker, dict[str, Any]], Awaitable[Events]]
Compose = Callable[[ActionTurn], Reply]
Write = Callable[[ActionTurn, Session, Reply], None]
Recorded = Callable[[ActionTurn, Reply], Sequence[Event]]


def _nothing_written(_turn: ActionTurn, _db: Session, _reply: Reply) -> None:
    """For an action whose effect is its reply alone."""


def _nothing_recorded(_turn: ActionTurn, _reply: Reply) -> Sequence[Event]:
    return ()


class Performer:
    """Makes Rasa's actions from functions that compose a reply."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    def action(
        self,
        name: str,
        compose: Compose,
        *,
        write: Write = _nothing_written,
        events: Recorded = _nothing_recorded,
    ) -> RasaAction:
        """Return the action `name`.

        `compose` makes the reply outside any transaction; `write` makes further changes, and `events` are
        recorded, in the transaction that stores it. A reply without text says nothing; its `slots` count.
        """

        def perform(turn: ActionTurn) -> Reply | None:
            return perform_once(
                self.database,
                turn.turn_id,
                name,
                lambda: turn.explained(compose(turn), name),
                clock=self.clock,
                events=lambda reply: events(turn, reply),
                write=lambda db, reply: write(turn, db, reply),
            )

        async def run(dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]) -> Events:
            reply = await asyncio.to_thread(perform, read_turn(tracker))
            if reply is None:  # the turn was answered without this action: say and remember nothing
                return []
            if reply.text:
                # The message itself is the effect stored above; only its name travels through Rasa.
                dispatcher.utter_message(json_message={"action": name})
            return [*remembered(reply), *left_form(tracker, name)]

        return run


def remembered(reply: Reply) -> Events:
    """Return the events that give the dialogue what a reply has it remember."""
    return [SlotSet(slot, value) for slot, value in reply.slots.items()]
