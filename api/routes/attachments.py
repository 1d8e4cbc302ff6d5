"""Pictures and papers: an employee hands them in and looks at them again, staff look at them."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api.multipart import MultipartError, read_file
from api.parts import Part, Parts
from api.routes.access import ConversationToken
from api.routes.desk.access import DeskViewer
from api.schemas import AttachmentView
from service.attachments.keeping import Upload
from service.attachments.queries import own_attachment
from service.attachments.rules import is_picture
from service.attachments.tables import Attachment
from service.conversations.queries import own_conversation

router = APIRouter(tags=["attachments"])

FIELD = "file"
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {FIELD: {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "the content as it came", "content": {"application/octet-stream": {}}}
}
CONTENT_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}


@router.post("/conversations/{conversation_id}/attachments", status_code=201, openapi_extra=FORM)
async def hand_in(
    conversation_id: str, token: ConversationToken, parts: Part, request: Request
) -> AttachmentView:
    """Hand in a picture, PDF or Word document of at most 10 MB; a message sends it, within a day.

    The content is kept sealed.
    """
    await asyncio.to_thread(_check_room, parts, conversation_id, token)
    try:
        upload = read_file(request.headers.get("Content-Type", ""), await request.body(), field=FIELD)
    except MultipartError as error:
        raise HTTPException(400) from error
    return await asyncio.to_thread(_hand_in, parts, conversation_id, token, upload)


def _check_room(parts: Parts, conversation_id: str, token: str) -> None:
    with parts.database.read() as db:
        parts.attachments.check_room(db, own_conversation(db, conversation_id, token=token))


def _hand_in(parts: Parts, conversation_id: str, token: str, upload: Upload) -> AttachmentView:
    shelved = parts.attachments.shelve(upload)
    with parts.database.write() as db:
        chat = own_conversation(db, conversation_id, token=token)
        return AttachmentView.of(parts.attachments.hand_in(db, chat, shelved, now=parts.clock.now()))


@router.get(
    "/conversations/{conversation_id}/attachments/{attachment_id}",
    response_class=Response,
    responses=CONTENT,
)
def read_own(conversation_id: str, attachment_id: str, token: ConversationToken, parts: Part) -> Response:
    """Return what was sent in this conversation or for an own case."""
    with parts.database.read() as db:
        chat = own_conversation(db, conversation_id, token=token)
        attachment = own_attachment(db, chat, attachment_id)
    return _content(parts, attachment)


@router.get("/desk/attachments/{attachment_id}", response_class=Response, responses=CONTENT)
def read_at_desk(attachment_id: str, viewer: DeskViewer, parts: Part) -> Response:
    """Return what was sent in a conversation or for a case that the viewer may read; it goes on record."""
    kinds, now = parts.ticket_talk.words.kinds, parts.clock.now()
    with parts.database.write() as db:
        attachment = parts.attachments.open_at_desk(db, attachment_id, viewer=viewer, kinds=kinds, now=now)
    return _content(parts, attachment)


def _content(parts: Parts, attachment: Attachment) -> Response:
    """Return the content with what keeps it from doing anything: only pictures are shown in place."""
    how = "inline" if is_picture(attachment.media_type) else "attachment"
    disposition = f"{how}; filename*=UTF-8''{quote(attachment.name, safe='')}"
    return Response(
        parts.attachments.content(attachment),
        media_type=attachment.media_type,
        headers={**CONTENT_HEADERS, "Content-Disposition": disposition},
    )
