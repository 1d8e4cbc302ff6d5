"""What members of staff may do. A module of its own, so that the command line names roles at once."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member of staff may do within the organisation a grant names, and below it."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ADVISER = "adviser"
    COUNSELLOR = "counsellor"
    MEDIATOR = "mediator"
    CONFIDANT = "confidant"
    ON_CALL = "on_call"
    ADMINISTRATOR = "administrator"
