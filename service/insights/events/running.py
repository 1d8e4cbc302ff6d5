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


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageNotSent(Event):
    """A message to a messenger was refused for good (`failed`), or nobody knows (`unknown`)."""

    kind = "message_not_sent"
    actor = Actor.SYSTEM
    state: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageResent(Event):
    """A person had a message to a messenger sent once more; `staff_id` None: on the command line."""

    kind = "message_resent"
    actor = Actor.STAFF
    staff_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSendDropped(Event):
    """An administrator decided that a message to a messenger is not sent again."""

    kind = "message_send_dropped"
    actor = Actor.STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class MessengerTrouble(Event):
    """A messenger cannot be used, for a reason an administrator has to see to."""

    kind = "messenger_trouble"
    actor = Actor.SYSTEM
    trouble: str
