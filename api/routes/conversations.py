"""Conversations: open, look at, end, rate, delete."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from api.parts import Part
from api.routes.access import ConversationToken
from api.schemas import ConversationView, Message, OpenConversation, OpenedConversation, Rating
from service.conversations import operations, queries, satisfaction
from service.conversations.tables import Conversation
from service.errors import IdentityUnsupported

router = APIRouter(prefix="/conversations", tags=["conversations"])


def view(chat: Conversation) -> ConversationView:
    return ConversationView.model_validate(
        {
            "id": chat.id,
            "state": chat.state,
            "org": chat.organisation_path,
            "channel": chat.channel,
            "created_at": chat.created_at,
            "closed_at": chat.closed_at,
            "rating": chat.rating,
            "last_seq": chat.next_seq - 1,
        }
    )


@router.post("", status_code=201)
def open_conversation(body: OpenConversation, request: Request, parts: Part) -> OpenedConversation:
    """Open a conversation. The token in the answer is needed for everything else and is not shown again."""
    if "authorization" in request.headers:
        raise IdentityUnsupported
    with parts.database.write() as db:
        chat, token = operations.open_conversation(
            db,
            channel=body.channel,
            organisation=body.org,
            opening=parts.notices.opening(),
            now=parts.clock.now(),
        )
        messages = [Message.of(message) for message in queries.messages_after(db, chat.id, 0)]
        return OpenedConversation.model_validate(
            {
                "id": chat.id,
                "token": token,
                "state": chat.state,
                "org": chat.organisation_path,
                "messages": messages,
            }
        )


@router.get("/{conversation_id}")
def read_conversation(conversation_id: str, token: ConversationToken, parts: Part) -> ConversationView:
    with parts.database.read() as db:
        return view(queries.own_conversation(db, conversation_id, token=token))


@router.delete("/{conversation_id}", status_code=204)
async def delete_conversation(conversation_id: str, token: ConversationToken, parts: Part) -> Response:
    """Remove the conversation and everything said in it, here and in the dialogue's memory."""

    def remove() -> None:
        with parts.database.write() as db:
            chat = queries.own_conversation(db, conversation_id, token=token)
            operations.delete_conversation(db, chat, now=parts.clock.now())

    await asyncio.to_thread(remove)
    parts.hub.announce(conversation_id)
    return Response(status_code=204)


@router.post("/{conversation_id}/close")
async def close_conversation(conversation_id: str, token: ConversationToken, parts: Part) -> ConversationView:
    """End the conversation; what was said stays readable with its token."""

    def close() -> ConversationView:
        with parts.database.write() as db:
            chat = queries.own_conversation(db, conversation_id, token=token)
            operations.close_conversation(db, chat, now=parts.clock.now())
            return view(chat)

    closed = await asyncio.to_thread(close)
    parts.hub.announce(conversation_id)
    return closed


@router.post("/{conversation_id}/rating")
def rate_conversation(
    conversation_id: str, body: Rating, token: ConversationToken, parts: Part
) -> ConversationView:
    """Keep how satisfied the employee was, 1 (not at all) to 5 (very)."""
    with parts.database.write() as db:
        chat = queries.own_conversation(db, conversation_id, token=token)
        satisfaction.rate_conversation(
            db, chat, rating=body.rating, comment=body.comment, mask=parts.mask, now=parts.clock.now()
        )
        return view(chat)
