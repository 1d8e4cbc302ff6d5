"""What enters and leaves over HTTP (the contract's shapes)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from service.attachments.rules import PER_CONVERSATION
from service.attachments.tables import Attachment
from service.conversations.rules import TEXT_LIMIT
from service.conversations.tables import Message as StoredMessage

ClientId = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\w.:-]+$")]
OrganisationPath = Annotated[str, Field(min_length=1, max_length=300)]


class Strict(BaseModel):
    """A body in which an unknown field is an error rather than a surprise."""

    model_config = ConfigDict(extra="forbid")


class Citation(BaseModel):
    """`law` is the official name without 中华人民共和国, `article` as printed; both null for a card."""

    source_id: str
    title: str
    law: str | None
    article: str | None
    quote: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    url: str | None = None


class Option(BaseModel):
    id: str
    title: str


class AttachmentView(BaseModel):
    """A picture or paper; `size` is in bytes."""

    id: str
    name: str
    media_type: str
    size: int

    @staticmethod
    def of(stored: Attachment) -> AttachmentView:
        return AttachmentView(id=stored.id, name=stored.name, media_type=stored.media_type, size=stored.size)


class Message(BaseModel):
    """One message. Employee text is plain; others are CommonMark without HTML and images.

    `sender_name` is who of the union wrote, null for everybody else.
    """

    id: str
    seq: int
    conversation_id: str
    sender: Literal["employee", "bot", "staff", "system"]
    sender_name: str | None
    text: str
    intent: str | None
    decision: Literal["answer", "clarify", "refuse", "handover", "flow"] | None
    confidence: float | None
    citations: list[Citation]
    options: list[Option]
    attachments: list[AttachmentView]
    at: datetime

    @staticmethod
    def of(stored: StoredMessage) -> Message:
        return Message.model_validate(
            {
                "id": stored.id,
                "seq": stored.seq,
                "conversation_id": stored.conversation_id,
                "sender": stored.sender,
                "sender_name": stored.sender_name,
                "text": stored.text,
                "intent": stored.intent,
                "decision": stored.decision,
                "confidence": stored.confidence,
                "citations": stored.citations,
                "options": [{"id": item["id"], "title": item["title"]} for item in stored.options],
                "attachments": stored.attachments,
                "at": stored.at,
            }
        )


class EarlierMessage(Message):
    """A message of an earlier conversation; `channel` is where that began."""

    channel: str

    @staticmethod
    def from_channel(stored: StoredMessage, channel: str) -> EarlierMessage:
        return EarlierMessage(**Message.of(stored).model_dump(), channel=channel)


class History(BaseModel):
    """A page of what was said, the newest first; `more`: there are older messages."""

    messages: list[EarlierMessage]
    more: bool


ConversationState = Literal["bot", "queued", "staff", "closed"]


class Person(BaseModel):
    """Who asks: an employee known by name, or a visitor."""

    known: bool
    name: str | None

    @staticmethod
    def of(name: str | None) -> Person:
        return Person(known=name is not None, name=name)


class QueueStanding(BaseModel):
    """Waiting for a person. `position` counts from 1, null while the bot goes on beside the wait."""

    position: int | None
    expected_at: datetime | None
    urgent: bool


class OpenConversation(Strict):
    channel: Literal["web", "widget", "terminal"] = "web"
    org: OrganisationPath | None = None


class OpenedConversation(BaseModel):
    """`token` is shown here and never again."""

    id: str
    token: str
    state: ConversationState
    org: str | None
    person: Person
    messages: list[Message]


class ConversationView(BaseModel):
    id: str
    state: ConversationState
    org: str | None
    channel: str
    person: Person
    queue: QueueStanding | None
    staff_name: str | None
    created_at: datetime
    closed_at: datetime | None
    rating: int | None
    last_seq: int


class SendMessage(Strict):
    """Exactly one of `text` and `option`, or `attachments` handed in before, with `text` or alone.

    `client_id` is the sender's own name for the message.
    """

    client_id: ClientId
    text: Annotated[str, Field(max_length=50 * TEXT_LIMIT)] | None = None
    option: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    attachments: Annotated[list[str], Field(max_length=PER_CONVERSATION)] = []

    @model_validator(mode="after")
    def _one_of(self) -> SendMessage:
        if self.attachments:
            if self.option is not None:
                raise ValueError("attachments go with a text or alone")
        elif (self.text is None) == (self.option is None):
            raise ValueError("exactly one of text and option")
        return self


class SentMessage(BaseModel):
    """`pending`: the answer was not ready in time and comes by the stream."""

    accepted: Message
    messages: list[Message]
    state: ConversationState
    pending: bool


class Messages(BaseModel):
    """Messages with how the conversation stands, for pages that cannot hold a stream open."""

    messages: list[Message]
    state: ConversationState
    queue: QueueStanding | None
    staff_name: str | None


class Rating(Strict):
    rating: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=500)] | None = None


class GiveFeedback(Strict):
    rating: Literal["up", "down"]
    reason: Literal["wrong", "outdated", "unclear", "not_my_question", "other"] | None = None
    comment: Annotated[str, Field(max_length=500)] | None = None


class FeedbackView(BaseModel):
    message_id: str
    rating: Literal["up", "down"]
    reason: str | None


class SearchRequest(Strict):
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT)]
    org: OrganisationPath | None = None
    as_of: date | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 10


class Hit(BaseModel):
    id: str
    kind: Literal["card", "article"]
    title: str
    snippet: str
    topic: str | None
    score: float
    citations: list[Citation]


class SearchResponse(BaseModel):
    decision: Literal["answer", "clarify", "refuse"]
    confidence: float
    hits: list[Hit]


class SourceView(BaseModel):
    """A card or an article; `text` is null for an article whose statute has not been imported."""

    source_id: str
    kind: Literal["card", "article"]
    title: str
    text: str | None
    topic: str | None
    scope: str | None
    law: str | None
    article: str | None
    citations: list[Citation]
    cited_by: list[Citation]
    effective_from: date | None
    effective_to: date | None
    reviewed_on: date | None
    owner: str | None
    sample: bool
    verified: bool


class OrganisationView(BaseModel):
    path: str
    name: str


class Problem(BaseModel):
    """Every error: a stable code, a sentence a person understands, and the request's id.

    `field` is there where the error is about one value of a calculation.
    """

    code: str
    detail: str
    request_id: str
    field: str | None = None
