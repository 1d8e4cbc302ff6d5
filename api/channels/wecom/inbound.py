"""What came from WeChat Work, by whichever way, taken in once; what is to be answered is set going."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from api.channels.wecom.fetching import Fetching, NotFetched
from api.channels.wecom.incoming import (
    Entered,
    Incoming,
    Left,
    MenuChosen,
    Pressed,
    Rated,
    Said,
    SentMedia,
    Unheard,
)
from api.channels.wecom.intake import Intake
from api.channels.wecom.newcomers import Newcomers
from api.channels.wecom.rendering import Rendering, message_of_task
from api.metrics import WECOM_RECEIVED
from api.turns import TurnRunner
from service.attachments.keeping import Upload
from service.clock import Clock
from service.conversations.tables import Message
from service.database import Database
from service.handover.handovers import Handovers
from service.messengers import handing_over, operations
from service.messengers.arrivals import Arrival
from service.messengers.judging import judge
from service.messengers.operations import Writer
from service.messengers.taking_in import Taken, TakingIn
from service.privacy.mask import Masker
from service.privacy.sealing import Sealer

log = structlog.get_logger()

WELCOMED_WITHIN = timedelta(seconds=5)
"""For so long a welcome is left to be handed over, where the platform waits for it."""


class Inbound:
    """Takes deliveries in. Use it on the event loop; the database is used in worker threads."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        taking_in: TakingIn,
        handovers: Handovers,
        mask: Masker,
        sealer: Sealer,
        rendering: Rendering,
        fetching: Fetching,
        newcomers: Newcomers | None,
        turns: TurnRunner,
    ) -> None:
        self._database = database
        self._clock = clock
        self._taking_in = taking_in
        self._handovers = handovers
        self._mask = mask
        self._sealer = sealer
        self._rendering = rendering
        self._fetching = fetching
        self._newcomers = newcomers
        self._intake = Intake(database, wake=turns.wake)

    async def keep(self, arrival: Arrival) -> None:
        """Keep a delivery that is to be handled later. Raises what the database raises."""
        await self._intake.keep(arrival)

    async def handle(self, incoming: Incoming, *, polled: bool = False) -> Taken:
        """Take a delivery in, and have its turn answered if it began one. Raises what the database raises.

        Files in it are fetched first, because their addresses are good for minutes; that may take a while.
        `polled`: the platform will ask for the answer to words.
        """
        kind = type(incoming.what).__name__.lower()
        WECOM_RECEIVED.labels(provider=incoming.provider, kind=kind).inc()
        uploads = await self._uploads(incoming.what) if isinstance(incoming.what, SentMedia) else []
        sort = partial(self._sort, incoming=incoming, uploads=uploads, polled=polled)
        taken = await self._intake.take(sort, sender=incoming.userid)
        if self._newcomers is not None and incoming.chatid is None:
            self._newcomers.meet(incoming.userid)
        log.info(
            "wecom_received",
            provider=incoming.provider,
            kind=kind,
            repeated=taken.repeated,
            conversation=taken.conversation_id,
            turn=taken.turn_id,
        )
        return taken

    async def pressed_card(self, pressed: Pressed) -> Mapping[str, object] | None:
        """Return the card as it looks after a press, None if it is none of ours."""
        return await asyncio.to_thread(self._pressed_card, pressed)

    async def close(self) -> None:
        """Let go of the thread that stores, and of connections."""
        self._intake.close()
        await self._fetching.close()
        if self._newcomers is not None:
            await self._newcomers.close()

    async def _uploads(self, sent: SentMedia) -> list[Upload]:
        """Return the files of a message, none if one of them cannot be had: half of them help nobody."""
        try:
            return [await self._fetching.fetch(media) for media in sent.media]
        except NotFetched as error:
            log.warning("wecom_media_not_fetched", reason=error.reason)
            return []

    # In worker threads:

    def title_of(self, pressed: Pressed) -> str | None:
        """Return what is written on the button that was pressed, None if it is none of ours."""
        message = self._message_of(pressed)
        options = message.options if message is not None else []
        return next((option["title"] for option in options if option["id"] == pressed.option), None)

    def _sort(self, db: Session, *, incoming: Incoming, uploads: Sequence[Upload], polled: bool) -> Taken:
        writer = Writer(incoming.provider, incoming.userid, incoming.chatid)
        key, taking_in = incoming.key, self._taking_in
        match incoming.what:
            case Said(text=text):
                taken = taking_in.said(db, writer, key, text)
            case Pressed(option=option):
                taken = taking_in.pressed(db, writer, key, option)
            case MenuChosen(key=entry):
                taken = taking_in.chose_from_menu(db, writer, key, entry)
            case Entered():
                taken = taking_in.entered(db, writer, key)
            case Unheard(kind=kind):
                taken = taking_in.unheard(db, writer, key, kind)
            case SentMedia(text=text) if uploads:
                taken = taking_in.sent_media(db, writer, key, uploads, text)
            case SentMedia():
                taken = taking_in.unheard(db, writer, key, "not_fetched")
            case Rated() as rated:
                taken = self._rate(db, writer, key, rated)
            case Left():
                operations.leave(db, writer, now=self._clock.now())
                taken = Taken()
        if polled and taken.welcome is not None:
            until = self._clock.now() + WELCOMED_WITHIN
            handing_over.leave_to_platform(db, taken.welcome, until=until)
        if taken.conversation_id is not None and not taken.repeated and not isinstance(incoming.what, Rated):
            url = incoming.reply_url
            sealed = self._sealer.seal(url) if url is not None else None
            streamed = polled and taken.answering and not isinstance(incoming.what, Pressed)
            operations.keep_ways(db, writer, key, reply_url=sealed, streamed=streamed)
        return taken

    def _rate(self, db: Session, writer: Writer, key: str, rated: Rated) -> Taken:
        now = self._clock.now()
        record, first = operations.received(db, writer, key, now=now)
        if not first:
            return Taken(record.conversation_id, repeated=True)
        chat = judge(
            db,
            writer,
            rated.feedback_id,
            rating=rated.rating,
            reasons=rated.reasons,
            comment=rated.comment,
            mask=self._mask,
            now=now,
        )
        if chat is None:
            return Taken()
        self._handovers.after_feedback(db, chat)
        record.conversation_id = chat.id
        return Taken(chat.id)

    def _pressed_card(self, pressed: Pressed) -> Mapping[str, object] | None:
        message = self._message_of(pressed)
        return self._rendering.pressed(message, pressed.option) if message is not None else None

    def _message_of(self, pressed: Pressed) -> Message | None:
        message_id = message_of_task(pressed.task_id)
        if message_id is None:
            return None
        with self._database.read() as db:
            return db.get(Message, message_id)
