"""Conversations: open, look at, end, rate, delete."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.parts import Part, Parts
from api.routes.access import ConversationToken, WhoAsks
from api.routes.situation import stand
from api.schemas import ConversationView, Message, OpenConversation, OpenedConversation, Person, Rating
from service.conversations import operations, queries, satisfaction
from service.conversations.tables import Conversation
from service.handover.operations import close_by_employee
from service.messengers.operations import take_up
from service.people.member_tokens import MemberIdentity
from service.people.portal import Identity
from service.people.queries import employee_name

router = APIRouter(prefix="/conversations", tags=["conversations"])


def view(parts: Parts, db: Session, chat: Conversation) -> ConversationView:
    stands = stand(parts, db, chat)
    return ConversationView.model_validate(
        {
            "id": chat.id,
            "state": chat.state,
            "org": chat.organisation_path,
            "channel": chat.channel,
            "person": Person.of(employee_name(db, chat.employee_id)),
            "queue": stands.queue,
            "staff_name": stands.staff_name,
            "created_at": chat.created_at,
            "closed_at": chat.closed_at,
            "rating": chat.rating,
            "last_seq": chat.next_seq - 1,
        }
    )


@router.post("", status_code=201)
def open_conversation(body: OpenConversation, identity: WhoAsks, parts: Part) -> OpenedConversation:
    """Open a conversation. The token in the answer is needed for everything else and is not shown again.

    With a token of the employee, the portal's or our own, the person is known by name and the unit in it
    counts; `org` is for visitors. Who waits for a person in WeChat Work, or talks to one there, goes on in
    that conversation.
    """
    try:
        return _open(parts, body, identity)
    except IntegrityError:
        # The same person came for the first time twice at once and the other was first: now it is found.
        return _open(parts, body, identity)


def _open(
    parts: Parts, body: OpenConversation, identity: Identity | MemberIdentity | None
) -> OpenedConversation:
    now = parts.clock.now()
    with parts.database.write() as db:
        employee = parts.linking.employee(db, identity, now=now) if identity is not None else None
        taken_up = take_up(db, employee.id) if employee is not None else None
        chat, token = taken_up or operations.open_conversation(
            db,
            channel=body.channel,
            organisation=employee.organisation_path if employee is not None else body.org,
            opening=parts.notices.opening(),
            now=now,
            employee_id=employee.id if employee is not None else None,
        )
        messages = [Message.of(message) for message in queries.messages_after(db, chat.id, 0)]
        return OpenedConversation.model_validate(
            {
                "id": chat.id,
                "token": token,
                "state": chat.state,
                "org": chat.organisation_path,
                "person": Person.of(employee.display_name if employee is not None else None),
                "messages": messages,
            }
        )


@router.get("/{conversation_id}")
def read_conversation(conversation_id: str, token: ConversationToken, parts: Part) -> ConversationView:
    with parts.database.read() as db:
        return view(parts, db, queries.own_conversation(db, conversation_id, token=token))


@router.delete("/{conversation_id}", status_code=204)
def delete_conversation(conversation_id: str, token: ConversationToken, parts: Part) -> Response:
    """Remove the conversation and everything said in it, here and in the dialogue's memory."""
    with parts.database.write() as db:
        chat = queries.own_conversation(db, conversation_id, token=token)
        parts.relay.deleting(db, chat, now=parts.clock.now())
        operations.delete_conversation(db, chat, now=parts.clock.now())
    return Response(status_code=204)


@router.post("/{conversation_id}/close")
def close_conversation(conversation_id: str, token: ConversationToken, parts: Part) -> ConversationView:
    """End the conversation; what was said stays readable with its token."""
    with parts.database.write() as db:
        chat = queries.own_conversation(db, conversation_id, token=token)
        close_by_employee(db, chat, now=parts.clock.now())
        return view(parts, db, chat)


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
        return view(parts, db, chat)
