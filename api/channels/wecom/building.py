"""Building the channel of WeChat Work from settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from api.alerts import tell_administrator
from api.channels.wecom.app_api import AppApi
from api.channels.wecom.app_talk import AppTalk
from api.channels.wecom.arrivals import Arrivals
from api.channels.wecom.bot_connection import BotConnection
from api.channels.wecom.bot_listening import BotListening
from api.channels.wecom.bot_polls import BotPolls
from api.channels.wecom.bot_replies import BotReplies
from api.channels.wecom.bot_talk import BotTalk
from api.channels.wecom.crypto import WecomCrypto
from api.channels.wecom.directory import Directory
from api.channels.wecom.fetching import Fetching
from api.channels.wecom.inbound import Inbound
from api.channels.wecom.newcomers import Newcomers
from api.channels.wecom.office import AppDoor, BotDoor, BotLine, Office
from api.channels.wecom.outcomes import Route
from api.channels.wecom.pacing import Trouble
from api.channels.wecom.rendering import Rendering
from api.channels.wecom.sending import Limits, Sending
from api.channels.wecom.tempo import Tempo
from api.channels.wecom.troubles import Troubles
from api.settings import Settings
from api.turns import TurnRunner
from api.wecom_settings import AppSettings, LongConnection, Webhook
from service.clock import Clock
from service.database import Database
from service.handover.handovers import Handovers
from service.messengers import handing_over
from service.messengers.handing_over import Prospect
from service.messengers.relay import Relay
from service.messengers.tables import Provider
from service.messengers.taking_in import TakingIn
from service.privacy.mask import Masker
from service.privacy.sealing import Sealer
from service.texts import Texts

log = structlog.get_logger()


def build_office(
    settings: Settings,
    *,
    database: Database,
    clock: Clock,
    texts: Texts,
    taking_in: TakingIn,
    handovers: Handovers,
    mask: Masker,
    sealer: Sealer,
    turns: TurnRunner,
    relay: Relay,
    department_units: Mapping[int, str],
    tempo: Tempo,
) -> Office | None:
    """Return the channel, None where neither an app nor a bot is set up.

    `department_units`: the unit of each department of WeChat Work.
    """
    app, bot = settings.wecom_app, settings.wecom_bot
    if app is None and bot is None:
        return None
    rendering = Rendering(texts)
    url = settings.alert_url.get_secret_value() if settings.alert_url is not None else None
    troubles = Troubles(
        database=database,
        clock=clock,
        alert=lambda trouble: tell_administrator(url, trouble, at=clock.now()),
    )
    api = _api(app) if app is not None else None
    directory = Directory(api) if api is not None else None
    aes_key = bot.callback.aes_key if isinstance(bot, Webhook) else None
    proxy = settings.wecom_proxy.get_secret_value() if settings.wecom_proxy is not None else None
    inbound = Inbound(
        database=database,
        clock=clock,
        taking_in=taking_in,
        handovers=handovers,
        mask=mask,
        sealer=sealer,
        rendering=rendering,
        fetching=Fetching(api=api, aes_key=aes_key, proxy=proxy),
        newcomers=(Newcomers(directory, database, units=department_units) if directory is not None else None),
        turns=turns,
    )
    routes: dict[Provider, Route] = {}
    app_talk = None
    if api is not None:
        app_talk = AppTalk(
            api=api,
            rendering=rendering,
            texts=texts,
            troubles=troubles,
            text_only=settings.wecom_app_text_only,
        )
        routes[Provider.APP] = app_talk
    line, door = None, None
    if isinstance(bot, LongConnection):
        line = _line(
            bot,
            database=database,
            rendering=rendering,
            texts=texts,
            inbound=inbound,
            troubles=troubles,
            tempo=tempo,
        )
        routes[Provider.BOT] = line.talk
    elif isinstance(bot, Webhook):
        polls = BotPolls(
            database=database,
            clock=clock,
            rendering=rendering,
            texts=texts,
            sealer=sealer,
            replies=BotReplies(proxy=bot.proxy),
            app=app_talk,
        )
        door = BotDoor(
            _crypto(bot.callback.token, bot.callback.aes_key, ""), polls, bot.bot_id, bot.name or ""
        )
        routes[Provider.BOT] = polls
    callback = app.callback if app is not None else None
    return Office(
        database=database,
        clock=clock,
        inbound=inbound,
        sending=Sending(
            database=database,
            clock=clock,
            routes=routes,
            limits=Limits(settings.wecom_per_minute, settings.wecom_per_hour),
            relay=relay,
            every=tempo.look_every,
        ),
        tempo=tempo,
        troubles=troubles,
        api=api,
        directory=directory,
        app_door=(
            AppDoor(
                _crypto(callback.token, callback.aes_key, app.corp_id),
                Arrivals(
                    inbound=inbound,
                    talk=app_talk,
                    database=database,
                    clock=clock,
                    sealer=sealer,
                    look_every=tempo.look_every,
                ),
            )
            if app is not None and callback is not None and app_talk is not None
            else None
        ),
        bot_door=door,
        bot_line=line,
    )


def _api(app: AppSettings) -> AppApi:
    return AppApi(app.corp_id, app.secret, agent_id=app.agent_id, base_url=app.api_url, proxy=app.proxy)


def _line(
    bot: LongConnection,
    *,
    database: Database,
    rendering: Rendering,
    texts: Texts,
    inbound: Inbound,
    troubles: Troubles,
    tempo: Tempo,
) -> BotLine:
    async def prospect(turn_id: str) -> Prospect:
        return await asyncio.to_thread(_prospect, database, turn_id)

    def noticed(trouble: Trouble) -> None:
        if trouble in (Trouble.BAD_SECRET, Trouble.KICKED):
            troubles.begin(f"bot_{trouble}")

    connection = BotConnection(
        url=bot.url,
        bot_id=bot.bot_id,
        secret=bot.secret,
        receive=lambda callback: listening.receive(callback),
        notice=noticed,
        pace=tempo.pace,
        patience=tempo.patience,
        proxy=bot.proxy,
    )
    talk = BotTalk(
        request=connection.request,
        rendering=rendering,
        texts=texts,
        prospect=prospect,
        connected=lambda: connection.health.subscribed,
        times=tempo.stream,
    )
    listening = BotListening(inbound, talk, bot_name=bot.name or "", store_again=tempo.store_again)
    return BotLine(connection, talk)


def _prospect(database: Database, turn_id: str) -> Prospect:
    try:
        with database.read() as db:
            return handing_over.prospect(db, turn_id)
    except SQLAlchemyError as error:
        log.error("wecom_prospect_unknown", error=type(error).__name__)
        return Prospect.COMES  # as soon as the database is back


def _crypto(token: SecretStr, aes_key: SecretStr, receive_id: str) -> WecomCrypto:
    return WecomCrypto(token.get_secret_value(), aes_key.get_secret_value(), receive_id)
