"""How a conversation stands, as the employee is told over HTTP and by the stream."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.parts import Parts
from api.schemas import QueueStanding
from service.conversations.tables import Conversation


@dataclass(frozen=True, slots=True)
class Stand:
    """The owner's state, the place in the queue, the name of who talks."""

    state: str
    queue: QueueStanding | None
    staff_name: str | None

    def frame(self) -> dict[str, object]:
        """Return the stream's frame of this."""
        queue = self.queue.model_dump(mode="json") if self.queue is not None else None
        return {"type": "state", "state": self.state, "queue": queue, "staff_name": self.staff_name}


def stand(parts: Parts, db: Session, chat: Conversation) -> Stand:
    situation = parts.handovers.situation(db, chat)
    waits = situation.standing
    queue = (
        QueueStanding(position=waits.position, expected_at=waits.expected_at, urgent=waits.urgent)
        if waits is not None
        else None
    )
    return Stand(chat.state, queue, situation.staff_name)
