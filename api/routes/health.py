"""Health for machines and administrators: /healthz, /readyz, /metrics."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.metrics import RASA_READY
from api.parts import Part
from api.rasa import Probe

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process runs."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(request: Request, parts: Part) -> JSONResponse:
    """200 once every part was ready; later 200 with `degraded` while the fallback answers.

    503 before that, and whenever the database or the index is unusable.
    """
    probe: Probe = request.app.state.rasa_state
    RASA_READY.set(1 if probe.ready else 0)
    database, index = _database_works(parts), parts.live.current().version
    ready = database and probe.ever_ready
    body: dict[str, object] = {
        "ready": ready,
        "degraded": ready and not probe.ready,
        "database": database,
        "index": index,
        "rasa": probe.ready,
        "model": probe.model,
    }
    if parts.wecom is not None:
        body["wecom"] = parts.wecom.state()
    return JSONResponse(body, status_code=200 if ready else 503)


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _database_works(parts: Part) -> bool:
    try:
        with parts.database.read() as db:
            db.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
