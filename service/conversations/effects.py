"""Effects: what an action does in a turn is done once, however often the turn is tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.clock import Clock
from service.conversations.replies import Reply
from service.conversations.tables import Turn, TurnEffect, TurnState
from service.database import Database
from service.insights.events import Event, record

Write = Callable[[Session, Reply], None]


def nothing_more(_db: Session, _reply: Reply) -> None:
    """For an action whose effect is its reply alone."""


def perform_once(
    database: Database,
    turn_id: str,
    action: str,
    make: Callable[[], Reply],
    *,
    clock: Clock,
    events: Callable[[Reply], Sequence[Event]] = lambda _reply: (),
    write: Write = nothing_more,
) -> Reply | None:
    """Do what `action` does in this turn and return its reply; done before, return the reply of then.

    `make` composes the reply outside any transaction; `write` makes further changes in the transaction
    that stores it. None when the turn has its answer already or is gone: then nothing is done at all.
    """
    with database.read() as db:
        known = db.get(TurnEffect, (turn_id, action))
        if known is not None:
            return Reply.from_json(known.result)
    reply = make()
    with database.write() as db:
        if not _hold_turn(db, turn_id):
            return None
        known = db.get(TurnEffect, (turn_id, action))
        if known is not None:
            return Reply.from_json(known.result)
        db.add(TurnEffect(turn_id=turn_id, action=action, result=reply.to_json(), at=clock.now()))
        write(db, reply)
        for event in events(reply):
            record(db, event)
    return reply


def act_once(
    database: Database, turn_id: str, action: str, act: Callable[[Session], Reply], *, clock: Clock
) -> Reply | None:
    """Like `perform_once` for an action whose reply says what came of its change: `act` does both.

    It runs in the transaction that stores the reply, so it asks nothing of retrieval and waits for nobody.
    """
    with database.write() as db:
        if not _hold_turn(db, turn_id):
            return None
        known = db.get(TurnEffect, (turn_id, action))
        if known is not None:
            return Reply.from_json(known.result)
        reply = act(db)
        db.add(TurnEffect(turn_id=turn_id, action=action, result=reply.to_json(), at=clock.now()))
    return reply


def _hold_turn(db: Session, turn_id: str) -> bool:
    """Hold an open turn until commit; tell whether it is open. `answer_turn` does the same first."""
    held = db.execute(
        update(Turn)
        .where(Turn.id == turn_id, Turn.state == TurnState.ACCEPTED)
        .values(state=TurnState.ACCEPTED)
        .returning(Turn.id)
    ).scalar_one_or_none()
    return held is not None
