"""The states of a question. A module of its own, so that the command line names them at once."""

from __future__ import annotations

from enum import StrEnum


class QuestionState(StrEnum):
    """A candidate is known to nobody but those who decide; only a confirmed question is used."""

    CANDIDATE = "candidate"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
