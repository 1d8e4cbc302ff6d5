"""The application: every part built once, from settings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from actions.executor import build_executor
from api.action_webhook import action_router
from api.alerts import Alerts
from api.building import build
from api.channels.wecom.tempo import Tempo
from api.delivery import deliver
from api.erasure import erase_in_dialogue
from api.errors import install_error_handlers
from api.jobs import Job, Jobs
from api.live import Live
from api.middleware import RequestEdge
from api.pages import serve_pages
from api.parts import Parts
from api.rasa import Probe
from api.routers import include_routers
from api.settings import Settings
from service.clock import Clock
from service.conversations.delivery import give_up_old
from service.insights.events import ServiceStarted, record
from service.knowledge.confirmed.collecting import collect
from service.messengers.following import follow_to_messenger
from service.messengers.operations import forget_received
from service.people.organisations import load_organisations
from service.people.staff import forget_old_sessions
from service.tickets.operations import close_settled

log = structlog.get_logger()


def create_app(
    settings: Settings, *, probe: Probe, clock: Clock | None = None, tempo: Tempo | None = None
) -> FastAPI:
    """Build the application on a migrated database and a built index.

    `probe` tells how Rasa is; the application talks to Rasa but never starts it. `tempo` is how fast the
    channel of WeChat Work goes. Raises what the parts raise when a text, a card index, the organisations or
    a secret is missing.
    """
    parts = build(settings, probe=probe, clock=clock or Clock(settings.timezone), tempo=tempo or Tempo())

    live = Live(
        parts.database,
        hub=parts.hub,
        desk=parts.desk_hub,
        outgoing=parts.wecom.sending.wake if parts.wecom is not None else None,
    )
    jobs = Jobs(parts.database, parts.clock, _jobs(parts))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        live.attach()
        resumed = await parts.turns.resume()
        await asyncio.to_thread(_record_start, parts, resumed)
        works = [
            erase_in_dialogue(parts.database, parts.rasa, probe),
            deliver(parts.database, parts.hub),
            jobs.run(),
        ]
        if parts.wecom is not None:
            works.append(parts.wecom.run())
        background = [asyncio.create_task(work) for work in works]
        log.info("service_started", resumed_turns=resumed, index=parts.live.current().identity)
        try:
            yield
        finally:
            for work in background:
                work.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            await parts.turns.close()
            await parts.rasa.close()
            if parts.wecom is not None:
                await parts.wecom.close()
            live.detach()
            await asyncio.to_thread(jobs.stop)
            await asyncio.to_thread(parts.live.close)
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
    executor = build_executor(
        database=parts.database,
        clock=parts.clock,
        answers=parts.answers,
        notices=parts.notices,
        activity_talk=parts.activity_talk,
        ticket_talk=parts.ticket_talk,
        calculation_talk=parts.calculation_talk,
        channel_words=parts.channel_words,
    )
    app.state.action_executor = executor
    # Routes are tried in turn: the one that every turn calls comes first.
    app.include_router(
        action_router(
            executor,
            secret=parts.secrets.action.get_secret_value(),
            timeout=settings.action_timeout,
            texts=parts.texts,
        )
    )
    include_routers(app)
    serve_pages(app, settings.web_dist, parts.texts)
    return app


def _jobs(parts: Parts) -> list[Job]:
    """What is done again and again: by which process, the lease decides."""
    root = load_organisations(parts.settings.knowledge_base / "organisations.yml")[0].path
    alerts = Alerts(
        database=parts.database,
        clock=parts.clock,
        url=parts.settings.alert_url.get_secret_value() if parts.settings.alert_url is not None else None,
    )

    async def look_after_waiting() -> None:
        await asyncio.to_thread(parts.waiting.look_after, now=parts.clock.now())

    async def follow() -> None:
        await asyncio.to_thread(follow_to_messenger, parts.database, now=parts.clock.now())

    async def tell_staff() -> None:
        await asyncio.to_thread(parts.staff_notices.tell_what_is_over, now=parts.clock.now())
        await asyncio.to_thread(parts.staff_notices.tell_who_waits, now=parts.clock.now())

    async def tidy() -> None:
        await asyncio.to_thread(_tidy, parts)

    async def collect_questions() -> None:
        await asyncio.to_thread(_collect_questions, parts, root)

    jobs = [
        Job("waiting", 5, look_after_waiting),
        Job("alerts", 2, alerts.send_due),
        Job("following", 5, follow),
        Job("tidying", 3600, tidy),
        Job("questions", 600, collect_questions),
    ]
    if parts.wecom is not None:
        jobs.append(Job("staff notices", 5, tell_staff))
    return jobs


def _tidy(parts: Parts) -> None:
    with parts.database.write() as db:
        give_up_old(db, now=parts.clock.now())
        forget_old_sessions(db, now=parts.clock.now())
        close_settled(db, now=parts.clock.now())
        forget_received(db, now=parts.clock.now())
    parts.attachments.tidy(parts.database, now=parts.clock.now())


def _collect_questions(parts: Parts, root: str) -> None:
    index = parts.live.current()
    with parts.database.write() as db:
        collect(db, index=index, root=root, today=parts.clock.today(), now=parts.clock.now())


def _record_start(parts: Parts, resumed: int) -> None:
    with parts.database.write() as db:
        record(
            db,
            ServiceStarted(
                at=parts.clock.now(), index_version=parts.live.current().identity, resumed_turns=resumed
            ),
        )
