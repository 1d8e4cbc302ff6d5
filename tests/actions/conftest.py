"""Actions on a real database and the shipped knowledge base."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa_sdk.executor import ActionExecutor

from actions.executor import build_executor
from service.activities.talking import build_activity_talk
from service.clock import Clock
from service.conversations.channel_words import ChannelWords
from service.database import Database
from service.handover.calendar import Calendar
from service.handover.hours import hours_of_units
from service.handover.notices import Notices
from service.handover.when import When
from service.people.contacts import load_contacts
from service.people.organisations import load_organisations
from service.privacy.sealing import Sealer
from service.tickets.kinds import FILE, load_kinds
from service.tickets.talking import build_ticket_talk
from tests.actions.calculating import calculation_talk
from tests.actions.calling import NOW
from tests.knowledge import answers_from, live_index, shipped_texts
from tests.schema import make_tables

PUBLIC_URL = "https://union.example"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    url = f"sqlite:///{tmp_path_factory.mktemp('actions') / 'database.sqlite3'}"
    make_tables(url)
    return Database(url)


@pytest.fixture(scope="module")
def executor(database: Database, home: Path, tmp_path_factory: pytest.TempPathFactory) -> ActionExecutor:
    live = live_index(home, tmp_path_factory.mktemp("index"))
    answers = answers_from(live, home)
    texts = shipped_texts(home)
    units = load_organisations(home / "knowledge_base" / "organisations.yml")
    contacts = load_contacts(home / "knowledge_base", units, texts)
    notices = Notices(texts, contacts, answers)
    clock = Clock("Asia/Shanghai", lambda: NOW)
    talk = build_activity_talk(texts, contacts, clock.zone)
    tickets = build_ticket_talk(
        texts,
        contacts,
        kinds=load_kinds(home / "knowledge_base" / FILE),
        when=When(texts, clock.zone),
        hours=hours_of_units(units, Calendar(), clock.zone),
        root=units[0].path,
        activity_words=talk.words,
        live=live,
        sealer=Sealer("key"),
    )
    return build_executor(
        database=database,
        clock=clock,
        answers=answers,
        notices=notices,
        activity_talk=talk,
        ticket_talk=tickets,
        calculation_talk=calculation_talk(texts, tickets.wording, live),
        channel_words=ChannelWords(texts, public_url=PUBLIC_URL),
    )
