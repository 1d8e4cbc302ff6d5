"""What happens to the service itself, and outside any conversation."""

from __future__ import annotations

from dataclasses import dataclass

from service.insights.events.event import Actor, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMade(Event):
    """A search through the programming interface, outside any conversation."""

    kind = "search_made"
    actor = Actor.EMPLOYEE
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOpened(Event):
    kind = "source_opened"
    actor = Actor.EMPLOYEE


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementWorkedOut(Event):
    """A calculator was used. `outcome`: `worked_out` or the error's code; `today`: by today's rules."""

    kind = "entitlement_worked_out"
    actor = Actor.EMPLOYEE
    calculator: str
    outcome: str
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStarted(Event):
    kind = "service_started"
    actor = Actor.SYSTEM
    resumed_turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueLost(Event):
    """Rasa stopped answering; the fallback answers from here on."""

    kind = "dialogue_lost"
    actor = Actor.SYSTEM


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueBack(Event):
    kind = "dialogue_back"
    actor = Actor.SYSTEM
