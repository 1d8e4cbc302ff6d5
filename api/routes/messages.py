"""Messages: send one and get its answer, read what came, say what one thinks of an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter, BackgroundTasks, Query
from sqlalchemy.exc import IntegrityError

from api.parts import Part, Parts
from api.routes.access import ConversationToken
from api.routes.situation import stand
from api.schemas import FeedbackView, GiveFeedback, Message, Messages, SendMessage, SentMessage
from service.conversations import delivery, queries, satisfaction
from service.conversations.operations import Accepted
from service.conversations.tables import TurnState
from service.knowledge.asked import Asked
from service.messengers.following import back_to_page

router = APIRouter(prefix="/conversations/{conversation_id}", tags=["messages"])


@router.post("/messages")
async def send_message(
    conversation_id: str, body: SendMessage, token: ConversationToken, parts: Part, after: BackgroundTasks
) -> SentMessage:
    """Send a message. The same `client_id` and body again gives the same answer and changes nothing."""
    accepted = await asyncio.to_thread(_accept, parts, conversation_id, token, body)
    if accepted.turn.state == TurnState.ACCEPTED:
        await parts.turns.answered(conversation_id, accepted.turn.id, parts.settings.reply_wait)
    sent = await asyncio.to_thread(_sent, parts, accepted.turn.id)
    after.add_task(_delivered, parts, [message.id for message in sent.messages])
    return sent


def _accept(parts: Parts, conversation_id: str, token: str, body: SendMessage) -> Accepted:
    for last_try in (False, True):
        try:
            with parts.database.write() as db:
                chat = queries.own_conversation(db, conversation_id, token=token)
                back_to_page(db, chat, now=parts.clock.now())
                asked = Asked(
                    text=body.text or "", as_of=parts.clock.today(), organisation=chat.organisation_path
                )
                return parts.receiving.receive(
                    db,
                    chat,
                    client_id=body.client_id,
                    text=body.text,
                    option=body.option,
                    attachments=body.attachments,
                    asked=asked,
                    now=parts.clock.now(),
                )
        except IntegrityError:
            # The same client_id came twice at once and the other was first: now it is found.
            if last_try:
                raise
    raise AssertionError("unreachable")


def _sent(parts: Parts, turn_id: str) -> SentMessage:
    with parts.database.read() as db:
        turn, state = queries.turn_and_state(db, turn_id)
        own, *answers = (Message.of(message) for message in queries.messages_of_turn(db, turn_id))
    return SentMessage.model_validate(
        {
            "accepted": own,
            "messages": answers,
            "state": state,
            "pending": turn.state == TurnState.ACCEPTED,
        }
    )


def _delivered(parts: Parts, message_ids: Sequence[str]) -> None:
    """Mark messages once they have gone out with an answer; one that did not comes by the stream."""
    if message_ids:
        with parts.database.write() as db:
            delivery.mark_delivered(db, message_ids, now=parts.clock.now())


@router.get("/messages")
def read_messages(
    conversation_id: str, token: ConversationToken, parts: Part, after: int = Query(0, ge=0)
) -> Messages:
    """Return up to 500 messages numbered above `after`, in order, and how the conversation stands."""
    with parts.database.read() as db:
        chat = queries.own_conversation(db, conversation_id, token=token)
        messages = [Message.of(item) for item in queries.messages_after(db, chat.id, after)]
        stands = stand(parts, db, chat)
        unsent = delivery.pending_messages(db, [message.id for message in messages])
    if unsent:
        with parts.database.write() as db:
            delivery.mark_delivered(db, unsent, now=parts.clock.now())
    return Messages.model_validate(
        {
            "messages": messages,
            "state": stands.state,
            "queue": stands.queue,
            "staff_name": stands.staff_name,
        }
    )


@router.post("/messages/{message_id}/feedback")
def give_feedback(
    conversation_id: str, message_id: str, body: GiveFeedback, token: ConversationToken, parts: Part
) -> FeedbackView:
    """Say whether an answer helped; a later word replaces the earlier one."""
    with parts.database.write() as db:
        chat = queries.own_conversation(db, conversation_id, token=token)
        feedback = satisfaction.give_feedback(
            db,
            chat,
            message_id,
            rating=body.rating,
            reason=body.reason,
            comment=body.comment,
            mask=parts.mask,
            now=parts.clock.now(),
        )
        parts.handovers.after_feedback(db, chat)
        return FeedbackView.model_validate(
            {"message_id": message_id, "rating": feedback.rating, "reason": feedback.reason}
        )
