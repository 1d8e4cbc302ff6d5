"""The application: every part built once, from settings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from actions.executor import build_executor
from api.action_webhook import action_router
from api.channels.widget import stream
from api.channels.widget.hub import Hub
from api.erasure import erase_in_dialogue
from api.errors import install_error_handlers
from api.middleware import RequestEdge
from api.pages import serve_pages
from api.parts import Parts
from api.rasa import Probe, RasaClient
from api.routes import conversations, health, messages, search
from api.routes.desk import session as desk_session
from api.serving.secrets import load_secrets
from api.settings import Settings
from api.turns import TurnRunner
from retrieval.encoder import load_encoder
from service.clock import Clock
from service.conversations.fallback import Fallback
from service.database import Database
from service.handover.notices import Notices
from service.insights.events import ServiceStarted, record
from service.knowledge.answers import Answers
from service.knowledge.live_index import LiveIndex
from service.people.contacts import load_contacts
from service.people.operations import keep_organisations
from service.people.organisations import load_organisations
from service.privacy.mask import KINDS, Masker
from service.privacy.sealing import Sealer
from service.texts import load_texts

log = structlog.get_logger()


def create_app(settings: Settings, *, probe: Probe, clock: Clock | None = None) -> FastAPI:
    """Build the application on a migrated database and a built index.

    `probe` tells how Rasa is; the application talks to Rasa but never starts it. Raises what the parts
    raise when a text, a card index, the organisations or a secret is missing.
    """
    parts = _build(settings, probe=probe, clock=clock or Clock(settings.timezone))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        resumed = await parts.turns.resume()
        await asyncio.to_thread(_record_start, parts, resumed)
        erasing = asyncio.create_task(erase_in_dialogue(parts.database, parts.rasa, probe))
        log.info("service_started", resumed_turns=resumed, index=parts.live.current().version)
        try:
            yield
        finally:
            erasing.cancel()
            await asyncio.gather(erasing, return_exceptions=True)
            await parts.turns.close()
            await parts.rasa.close()
            parts.database.close()

    app = FastAPI(
        title="union-assistant",
        summary="工会智能服务助手",
        version="1",
        docs_url=None,  # its page loads scripts from the internet, which an intranet does not have
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.parts = parts
    app.state.rasa_state = probe
    install_error_handlers(app, parts.texts)
    app.add_middleware(RequestEdge, unlimited=("/internal/",), embed_origins=settings.embed_origins)
    app.include_router(health.router)
    for router in (
        conversations.router,
        messages.router,
        search.router,
        stream.router,
        desk_session.router,
    ):
        app.include_router(router, prefix="/api/v1")
    executor = build_executor(
        database=parts.database, clock=parts.clock, answers=parts.answers, notices=parts.notices
    )
    app.state.action_executor = executor
    app.include_router(
        action_router(
            executor,
            secret=parts.secrets.action.get_secret_value(),
            timeout=settings.action_timeout,
            texts=parts.texts,
        )
    )
    serve_pages(app, settings.web_dist, parts.texts)
    return app


def _build(settings: Settings, *, probe: Probe, clock: Clock) -> Parts:
    texts = load_texts(settings.texts_dir)
    mask = Masker({kind: texts(f"privacy.mask.{kind}") for kind in KINDS})
    database = Database(settings.database)
    organisations = load_organisations(settings.knowledge_base / "organisations.yml")
    with database.write() as db:
        keep_organisations(db, organisations)
    contacts = load_contacts(settings.knowledge_base, organisations, texts)
    live = LiveIndex(settings.index_dir, load_encoder(settings.encoder))
    answers = Answers(live, texts, contacts)
    notices = Notices(texts, contacts, answers)
    hub = Hub()
    keys = load_secrets(settings.data / "secrets")
    rasa = RasaClient(settings.rasa_port, secret=keys.turn.get_secret_value(), timeout=settings.rasa_timeout)
    turns = TurnRunner(
        database=database,
        clock=clock,
        texts=texts,
        rasa=rasa,
        probe=probe,
        fallback=Fallback(answers, notices),
        hub=hub,
    )
    return Parts(
        settings=settings,
        secrets=keys,
        clock=clock,
        texts=texts,
        mask=mask,
        sealer=Sealer(keys.seal.get_secret_value()),
        database=database,
        live=live,
        answers=answers,
        notices=notices,
        hub=hub,
        rasa=rasa,
        turns=turns,
    )


def _record_start(parts: Parts, resumed: int) -> None:
    with parts.database.write() as db:
        record(
            db,
            ServiceStarted(
                at=parts.clock.now(), index_version=parts.live.current().version, resumed_turns=resumed
            ),
        )
