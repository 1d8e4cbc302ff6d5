"""What happens in conversations between employees and the assistant."""

from __future__ import annotations

from dataclasses import dataclass

from service.insights.events.event import Actor, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationOpened(Event):
    kind = "conversation_opened"
    actor = Actor.EMPLOYEE


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed(Event):
    kind = "conversation_closed"
    actor = Actor.EMPLOYEE


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationDeleted(Event):
    kind = "conversation_deleted"
    actor = Actor.EMPLOYEE
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRated(Event):
    kind = "conversation_rated"
    actor = Actor.EMPLOYEE
    rating: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """`masked` tells that a personal number was taken out; `length` is in characters."""

    kind = "message_received"
    actor = Actor.EMPLOYEE
    length: int
    option: bool
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentReceived(Event):
    """A picture or paper was handed in; `size` is in bytes."""

    kind = "attachment_received"
    actor = Actor.EMPLOYEE
    attachment: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentOpened(Event):
    """A member of staff opened a picture or paper, of a case where `ticket` names one."""

    kind = "attachment_opened"
    actor = Actor.STAFF
    attachment: str
    ticket: str | None
    staff_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(Event):
    """Retrieval was asked in a turn; written with the effect, so once per turn and action."""

    kind = "question_answered"
    actor = Actor.BOT
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentHelpShown(Event):
    """`need` is the kind of emergency (self_harm, violence, medical, fire, unknown)."""

    kind = "urgent_help_shown"
    actor = Actor.BOT
    need: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAnswered(Event):
    """`degraded` tells that the fallback answered; `waited_ms` runs from acceptance to the answer."""

    kind = "turn_answered"
    actor = Actor.BOT
    degraded: bool
    waited_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackGiven(Event):
    kind = "feedback_given"
    actor = Actor.EMPLOYEE
    rating: str
    reason: str | None
