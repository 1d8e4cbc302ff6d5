"""Calling actions as Rasa does, for a turn that is in the database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from rasa_sdk.executor import ActionExecutor
from sqlalchemy.orm import Session

from service.conversations import operations
from service.conversations.replies import Reply
from service.conversations.tables import Conversation
from service.database import Database
from service.privacy.mask import KINDS, Masker
from service.privacy.sealing import Sealer

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def new_turn(database: Database, *, channel: str = "web") -> str:
    with database.write() as db:
        chat, _ = operations.open_conversation(
            db, channel=channel, organisation=None, opening=Reply("你好"), now=NOW
        )
        return say(db, chat, at=NOW)


def say(db: Session, chat: Conversation, *, at: datetime) -> str:
    """Store a message and return its turn."""
    return operations.accept_message(
        db,
        chat,
        client_id=at.isoformat(),
        text="问题",
        option=None,
        mask=Masker({kind: kind for kind in KINDS}),
        sealer=Sealer("key"),
        max_open_turns=5,
        now=at,
    ).turn.id


def call(
    executor: ActionExecutor,
    action: str,
    turn_id: str | None,
    *,
    text: str = "",
    intent: str = "",
    **more: Any,
) -> dict[str, Any]:
    metadata: dict[str, Any] = (
        {"turn_id": turn_id, "today": "2026-11-23", "organisation": None} if turn_id else {}
    )
    if "channel" in more:
        metadata["channel"] = more["channel"]
    message = {
        "text": text,
        "intent": {"name": intent},
        "entities": [{"entity": name, "value": value} for name, value in more.get("entities", {}).items()],
        "metadata": metadata,
        **more.get("heard", {}),
    }
    tracker = {
        "sender_id": more.get("sender", "c"),
        "slots": more.get("slots", {}),
        "latest_message": message,
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": more.get("active_loop", {}),
        "latest_action_name": "action_listen",
    }
    body = {"next_action": action, "sender_id": "c", "tracker": tracker, "domain": {}}
    result = asyncio.run(executor.run(body))
    assert result is not None
    return dict(result.model_dump())


def slots(result: dict[str, Any]) -> dict[str, Any]:
    return {event["name"]: event["value"] for event in result["events"] if event["event"] == "slot"}
