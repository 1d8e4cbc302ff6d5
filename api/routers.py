"""Every route of the service: what the application serves and the OpenAPI document describes."""

from __future__ import annotations

from fastapi import FastAPI

from api.channels.desk import stream as desk_stream
from api.channels.wecom import callbacks as wecom_callbacks
from api.channels.widget import stream
from api.routes import (
    activities,
    attachments,
    conversations,
    entitlements,
    health,
    history,
    messages,
    reports,
    search,
    tickets,
    wecom_login,
)
from api.routes.desk import activities as desk_activities
from api.routes.desk import conversations as desk_conversations
from api.routes.desk import questions as desk_questions
from api.routes.desk import reports as desk_reports
from api.routes.desk import session as desk_session
from api.routes.desk import slots as desk_slots
from api.routes.desk import tickets as desk_tickets


def include_routers(app: FastAPI) -> None:
    app.include_router(health.router)
    for router in (
        messages.router,
        conversations.router,
        attachments.router,
        history.router,
        wecom_login.router,
        search.router,
        entitlements.router,
        stream.router,
        reports.router,
        activities.router,
        tickets.router,
        desk_session.router,
        desk_conversations.router,
        desk_reports.router,
        desk_questions.router,
        desk_activities.router,
        desk_slots.router,
        desk_tickets.router,
        desk_stream.router,
        wecom_callbacks.router,
    ):
        app.include_router(router, prefix="/api/v1")
