"""The queue and the conversations of the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter
from sqlalchemy.orm import Session

from api.parts import Part, Parts
from api.routes.desk.access import DeskViewer
from api.routes.desk.schemas import (
    DeskConversation,
    DeskMessage,
    MessageWhy,
    Queue,
    StaffMessage,
    WhyLine,
)
from api.routes.desk.views import conversation_view, messages_view, queue_view
from service.conversations import queries
from service.handover.queries import visible_conversation
from service.messengers.unsent import answer_again
from service.people.viewer import Viewer

router = APIRouter(prefix="/desk", tags=["desk"])


@router.get("/queue")
def read_queue(viewer: DeskViewer, parts: Part) -> Queue:
    """Return who waits, in order, what is in the viewer's hands and what in those of colleagues."""
    return queue_view(parts, viewer)


@router.get("/conversations/{conversation_id}")
def read_conversation(conversation_id: str, viewer: DeskViewer, parts: Part) -> DeskConversation:
    """Return a conversation that was handed over to the viewer's union, with everything said in it."""
    with parts.database.read() as db:
        return conversation_view(parts, db, conversation_id, viewer=viewer)


@router.get("/conversations/{conversation_id}/messages/{message_id}/why")
def read_why(conversation_id: str, message_id: str, viewer: DeskViewer, parts: Part) -> MessageWhy:
    """Return in words why the assistant said a message, to whoever may read the conversation."""
    with parts.database.read() as db:
        chat = visible_conversation(db, conversation_id, viewer=viewer)
        message = queries.message_in(db, chat.id, message_id)
        lines = parts.why_words.lines(queries.why_of(db, message.id), decision=message.decision)
    return MessageWhy(
        lines=[WhyLine(label=one.label, texts=list(one.texts), details=one.details) for one in lines]
    )


@router.post("/conversations/{conversation_id}/claim")
def claim(conversation_id: str, viewer: DeskViewer, parts: Part) -> DeskConversation:
    """Take a waiting conversation. 409 `already_claimed` names who was first."""
    return _do(
        parts,
        conversation_id,
        viewer,
        lambda db, now: parts.desk.take(db, conversation_id, viewer=viewer, now=now),
    )


@router.post("/conversations/{conversation_id}/messages")
def reply(conversation_id: str, body: StaffMessage, viewer: DeskViewer, parts: Part) -> DeskMessage:
    """Write to the employee. The same `client_id` again gives the same message."""
    with parts.database.write() as db:
        message = parts.desk.say(
            db,
            conversation_id,
            text=body.text,
            client_id=body.client_id,
            viewer=viewer,
            now=parts.clock.now(),
        )
        return messages_view(parts, db, [message], conversation_id)[0]


@router.post("/conversations/{conversation_id}/messages/{message_id}/again")
def send_again(conversation_id: str, message_id: str, viewer: DeskViewer, parts: Part) -> DeskMessage:
    """Send an answer once more that did not surely reach the employee; pressed twice it is sent once."""
    with parts.database.write() as db:
        message = answer_again(db, conversation_id, message_id, viewer=viewer, now=parts.clock.now())
        return messages_view(parts, db, [message], conversation_id)[0]


@router.post("/conversations/{conversation_id}/hand-back")
def hand_back(conversation_id: str, viewer: DeskViewer, parts: Part) -> DeskConversation:
    """Let the assistant answer again."""
    return _do(
        parts,
        conversation_id,
        viewer,
        lambda db, now: parts.desk.give_back(db, conversation_id, viewer=viewer, now=now),
    )


@router.post("/conversations/{conversation_id}/close")
def close(conversation_id: str, viewer: DeskViewer, parts: Part) -> DeskConversation:
    """End the conversation."""
    return _do(
        parts,
        conversation_id,
        viewer,
        lambda db, now: parts.desk.finish(db, conversation_id, viewer=viewer, now=now),
    )


def _do(
    parts: Parts, conversation_id: str, viewer: Viewer, change: Callable[[Session, datetime], None]
) -> DeskConversation:
    with parts.database.write() as db:
        change(db, parts.clock.now())
    with parts.database.read() as db:
        return conversation_view(parts, db, conversation_id, viewer=viewer)
