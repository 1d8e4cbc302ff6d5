"""The parts of the running service, built once by `create_app`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.channels.desk.hub import DeskHub
from api.channels.wecom.directory import Directory
from api.channels.wecom.login import Login
from api.channels.wecom.login_state import LoginStates
from api.channels.wecom.office import Office
from api.channels.widget.hub import Hub
from api.rasa import RasaClient
from api.serving.secrets import Secrets
from api.settings import Settings
from api.turns import TurnRunner
from service.activities.talking import ActivityTalk
from service.attachments.keeping import Attachments
from service.clock import Clock
from service.conversations.channel_words import ChannelWords
from service.conversations.why_words import WhyWords
from service.database import Database
from service.entitlements.calculations import Calculations
from service.entitlements.talking import CalculationTalk
from service.handover.desk import Desk
from service.handover.handovers import Handovers
from service.handover.notices import Notices
from service.handover.receiving import Receiving
from service.handover.waiting import Waiting
from service.knowledge.answers import Answers
from service.knowledge.indexing import Indexing
from service.knowledge.live_index import LiveIndex
from service.knowledge.standards import Standards
from service.messengers.linking import Linking
from service.messengers.relay import Relay
from service.messengers.staff_notices import StaffNotices
from service.privacy.mask import Masker
from service.privacy.sealing import Sealer
from service.reports.operations import Reports
from service.reports.pace import Pace
from service.texts import Texts
from service.tickets.desk import TicketDesk
from service.tickets.talking import TicketTalk


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a route may need."""

    settings: Settings
    secrets: Secrets
    clock: Clock
    texts: Texts
    mask: Masker
    sealer: Sealer
    database: Database
    live: LiveIndex
    indexing: Indexing
    standards: Standards
    answers: Answers
    calculations: Calculations
    notices: Notices
    channel_words: ChannelWords
    handovers: Handovers
    attachments: Attachments
    receiving: Receiving
    waiting: Waiting
    desk: Desk
    relay: Relay
    staff_notices: StaffNotices
    activity_talk: ActivityTalk
    ticket_talk: TicketTalk
    calculation_talk: CalculationTalk
    ticket_desk: TicketDesk
    why_words: WhyWords
    reports: Reports
    report_pace: Pace
    linking: Linking
    department_units: Mapping[int, str]
    directory: Directory | None
    login: Login | None
    login_states: LoginStates
    hub: Hub
    desk_hub: DeskHub
    rasa: RasaClient
    turns: TurnRunner
    wecom: Office | None


async def _parts(request: Request) -> Parts:  # async: anything else is called in a thread of its own
    parts: Parts = request.app.state.parts
    return parts


Part = Annotated[Parts, Depends(_parts)]
