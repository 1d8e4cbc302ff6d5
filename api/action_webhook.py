"""Rasa's way to the actions: the action server's webhook, inside the API process, behind a secret.

The answers follow the protocol Rasa expects of an action server: 200 with events and responses, 400 with
`action_name` when an action rejects, 404 for an unknown action. Bodies may arrive deflated.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import zlib

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from service.texts import Texts

log = structlog.get_logger()

BODY_LIMIT = 16 * 1024 * 1024
"""Bytes of an inflated action call. The whole history of a conversation travels with it."""


def action_router(executor: ActionExecutor, *, secret: str, timeout: float, texts: Texts) -> APIRouter:
    """Serve `executor` to whoever knows `secret`; an action may take `timeout` seconds."""
    router = APIRouter(include_in_schema=False)
    refusal = {"code": "not_allowed", "detail": texts("errors.not_allowed")}

    @router.post("/internal/actions/webhook")
    async def webhook(request: Request) -> JSONResponse:
        if not hmac.compare_digest(request.headers.get("X-Action-Secret", ""), secret):
            return JSONResponse({**refusal, "request_id": request.state.request_id}, status_code=403)
        call = _decode(await request.body(), request.headers.get("Content-Encoding"))
        name = str(call.get("next_action"))
        try:
            # The work goes on in its thread when time is up; what it commits is found by its turn.
            result = await asyncio.wait_for(executor.run(call), timeout)
        except ActionNotFoundException as error:
            log.error("action_unknown", action=name)
            return JSONResponse({"error": str(error), "action_name": error.action_name}, status_code=404)
        except ActionExecutionRejection as error:
            return JSONResponse({"error": str(error), "action_name": error.action_name}, status_code=400)
        except TimeoutError:
            log.error("action_too_slow", action=name, seconds=timeout)
            return JSONResponse({"error": "timeout", "action_name": name}, status_code=500)
        except Exception as error:
            log.error("action_failed", action=name, exc_info=error)
            return JSONResponse({"error": type(error).__name__, "action_name": name}, status_code=500)
        return JSONResponse(result.model_dump() if result is not None else {"events": [], "responses": []})

    return router


def _decode(body: bytes, encoding: str | None) -> dict[str, object]:
    if encoding == "deflate":
        inflater = zlib.decompressobj()
        body = inflater.decompress(body, BODY_LIMIT)
        if inflater.unconsumed_tail:
            raise ValueError("action call too large")
    call = json.loads(body)
    if not isinstance(call, dict):
        raise ValueError("action call is not an object")
    return call
