"""Around every request: its id, its log line, its measured time, security headers, the size of its body."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import REQUEST_SECONDS
from service.attachments.rules import SIZE_LIMIT

log = structlog.get_logger()

BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body; the action webhook, which has a secret, has its own limit."""
UPLOAD_LIMIT = SIZE_LIMIT + 64 * 1024
"""Bytes of a form with an attachment."""
UPLOAD = re.compile(r"/api/v1/conversations/[^/]+/attachments")
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
)
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
CHAT_PAGE = ("/", "/index.html")
"""What a portal may frame. Console and report page stay out of its reach, clicks on them included."""
QUIET = ("/healthz", "/readyz", "/metrics", "/internal/", "/assets/")
TRACELESS = ("/report", "/api/v1/reports")
"""Neither logged nor counted: when somebody reported anonymously would tell who was there just then."""


class RequestEdge:
    """ASGI middleware; plain, so that streams and WebSockets pass through untouched."""

    def __init__(self, app: ASGIApp, *, unlimited: tuple[str, ...], embed_origins: str) -> None:
        self._app = app
        self._unlimited = unlimited
        self._chat_policy = " ".join((CONTENT_POLICY, *embed_origins.split()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request=request_id)
        started, status, taken = time.perf_counter(), 500, 0
        limited = not scope["path"].startswith(self._unlimited)
        limit = UPLOAD_LIMIT if UPLOAD.fullmatch(scope["path"]) else BODY_LIMIT

        async def measured_receive() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if limited and taken > limit:
                raise HTTPException(413)
            return message

        async def finished_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                policy = self._chat_policy if scope["path"] in CHAT_PAGE else CONTENT_POLICY
                headers.setdefault("Content-Security-Policy", policy)
            await send(message)

        try:
            await self._app(scope, measured_receive, finished_send)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "other")
            traceless = scope["path"].startswith(TRACELESS)
            if not traceless:
                REQUEST_SECONDS.labels(scope["method"], route, str(status)).observe(seconds)
            if not traceless and not scope["path"].startswith(QUIET):
                log.info(
                    "request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000)
                )
            structlog.contextvars.unbind_contextvars("request")
