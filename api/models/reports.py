"""What is known of a model, stored beside it as `union-<hash>.json`."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Stored(BaseModel):
    model_config = ConfigDict(frozen=True)


class Heard(Stored):
    """Figures on the held-out sentences; see bot/judging/sentences.py."""

    sentences: int
    accuracy: float
    macro_f1: float
    right_action: float
    services: float
    routing: float
    urgent: int
    urgent_missed: int
    urgent_false: int


class Failure(Stored):
    """The first turn (from 1) of a conversation that went another way."""

    name: str
    turn: int
    says: str
    expected: tuple[str, ...]
    done: tuple[str, ...]


class Conversations(Stored):
    held: int
    failed: tuple[Failure, ...] = ()


class Examined(Stored):
    """What `bot.judging` says of a model file. `model_id` is Rasa's own name for it."""

    model_id: str
    heard: Heard
    conversations: Conversations
    seconds: dict[str, float]


class Worse(Stored):
    """One reason to refuse: `figure` was `was` and is `now`, more than `margin` apart.

    Without a model to compare with, `was` is the floor. For a conversation `name` says which one.
    """

    figure: str
    was: float
    now: float
    margin: float
    name: str | None = None


class Report(Stored):
    """An examined model. `exam` identifies what it was examined on, `against` names the model it was
    compared with; `worse` is empty for a model that was found good enough."""

    model: str
    trained_at: datetime
    exam: str
    examined_at: datetime
    examined: Examined
    against: str | None = None
    worse: tuple[Worse, ...] = ()
