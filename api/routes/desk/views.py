"""Conversations as the desk shows them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from api.channels.wecom.failure_words import reason_words
from api.parts import Parts
from api.routes.desk.schemas import (
    DeskConversation,
    DeskMessage,
    HandoverView,
    MessageDelivery,
    PersonView,
    Queue,
    QueueItem,
    StaffName,
    TicketOfConversation,
)
from api.schemas import Message
from service.conversations import queries
from service.conversations.tables import Conversation
from service.conversations.tables import Message as StoredMessage
from service.handover.board import Board, Row, board
from service.handover.queries import can_claim, handovers_of, visible_conversation
from service.messengers.unsent import deliveries
from service.people.queries import employee_name, organisation_names
from service.people.staff import staff_name
from service.people.viewer import Viewer
from service.tickets.queries import tickets_of_conversation


def queue_view(parts: Parts, viewer: Viewer) -> Queue:
    with parts.database.read() as db:
        found, names = board(db, viewer=viewer), organisation_names(db)
        return _queue(found, names)


def _queue(found: Board, names: dict[str, str]) -> Queue:
    return Queue(
        waiting=_items(found.waiting, names),
        mine=_items(found.mine, names),
        others=_items(found.others, names),
    )


def _items(rows: Iterable[Row], names: dict[str, str]) -> list[QueueItem]:
    return [_item(row, names) for row in rows]


def _item(row: Row, names: dict[str, str]) -> QueueItem:
    handover, chat = row.handover, row.chat
    return QueueItem.model_validate(
        {
            "handover_id": handover.id,
            "conversation_id": chat.id,
            "channel": chat.channel,
            "state": chat.state,
            "reason": handover.reason,
            "explanation": handover.explanation,
            "urgent": handover.urgent,
            "beside": handover.beside,
            "position": row.position,
            "organisation": chat.organisation_path,
            "organisation_name": names.get(chat.organisation_path or ""),
            "routed_to": handover.routed_to,
            "routed_to_name": names.get(handover.routed_to, handover.routed_to),
            "person": PersonView(known=chat.employee_id is not None, name=row.person),
            "topic": handover.topic,
            "last_text": row.last_text,
            "unread": row.unread,
            "requested_at": handover.requested_at,
            "expected_at": handover.expected_at,
            "ticket": handover.ticket_number,
            "claimed_by": (
                StaffName(id=handover.claimed_by, name=row.holder or "")
                if handover.claimed_by is not None
                else None
            ),
            "claimed_at": handover.claimed_at,
        }
    )


def conversation_view(parts: Parts, db: Session, conversation_id: str, *, viewer: Viewer) -> DeskConversation:
    """Return what the viewer may read of a conversation. Raises ConversationNotFound."""
    chat = visible_conversation(db, conversation_id, viewer=viewer)
    names = organisation_names(db)
    return DeskConversation.model_validate(
        {
            "id": chat.id,
            "state": chat.state,
            "organisation_name": names.get(chat.organisation_path or ""),
            "channel": chat.channel,
            "person": _person(db, chat),
            "created_at": chat.created_at,
            "read_seq": chat.read_seq,
            "staff": owner_of(db, chat),
            "mine": chat.staff_id == viewer.staff_id,
            "can_claim": can_claim(db, chat.id, viewer=viewer),
            "handovers": [
                HandoverView.model_validate(
                    {
                        "id": handover.id,
                        "reason": handover.reason,
                        "explanation": handover.explanation,
                        "routed_to_name": names.get(handover.routed_to, handover.routed_to),
                        "urgent": handover.urgent,
                        "beside": handover.beside,
                        "requested_at": handover.requested_at,
                        "claimed_at": handover.claimed_at,
                        "claimed_by": staff_name(db, handover.claimed_by),
                        "ended_at": handover.ended_at,
                        "ending": handover.ending,
                    }
                )
                for handover in handovers_of(db, chat.id)
            ],
            "messages": messages_view(parts, db, queries.messages_after(db, chat.id, 0), chat.id),
            "tickets": _tickets(parts, db, chat.id, viewer=viewer),
        }
    )


def messages_view(
    parts: Parts, db: Session, messages: Iterable[StoredMessage], conversation_id: str
) -> list[DeskMessage]:
    """Return messages of a conversation, each with where it stands on its way to a messenger."""
    found = {item.message_id: item for item in deliveries_view(parts, db, conversation_id)}
    return [_message(message, found.get(message.id)) for message in messages]


def deliveries_view(parts: Parts, db: Session, conversation_id: str) -> list[MessageDelivery]:
    return [
        MessageDelivery.model_validate(
            {
                "message_id": message_id,
                "delivery": delivery.state.value,
                "delivery_reason": reason_words(delivery.state, delivery.error, parts.texts),
            }
        )
        for message_id, delivery in deliveries(db, conversation_id).items()
    ]


def _message(message: StoredMessage, delivery: MessageDelivery | None) -> DeskMessage:
    return DeskMessage(
        **Message.of(message).model_dump(),
        delivery=delivery.delivery if delivery is not None else None,
        delivery_reason=delivery.delivery_reason if delivery is not None else None,
    )


def _tickets(
    parts: Parts, db: Session, conversation_id: str, *, viewer: Viewer
) -> list[TicketOfConversation]:
    kinds = parts.ticket_talk.words.kinds
    return [
        TicketOfConversation.model_validate(
            {"number": ticket.number, "kind_title": kinds[ticket.kind].title, "state": ticket.state}
        )
        for ticket in tickets_of_conversation(db, conversation_id, viewer=viewer, kinds=kinds)
    ]


def owner_of(db: Session, chat: Conversation) -> StaffName | None:
    """Return in whose hands a conversation is."""
    if chat.staff_id is None:
        return None
    return StaffName(id=chat.staff_id, name=staff_name(db, chat.staff_id) or "")


def _person(db: Session, chat: Conversation) -> PersonView:
    return PersonView(known=chat.employee_id is not None, name=employee_name(db, chat.employee_id))
