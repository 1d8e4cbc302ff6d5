"""Checks of what is kept: data folder, secrets, database, model, knowledge and its index."""

from __future__ import annotations

import shutil
import stat
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select
from sqlalchemy.exc import SQLAlchemyError

from api.cli import context
from api.cli.doctor.finding import Finding, bad, good, warning
from api.cli.knowledge import knowledge_problems
from api.indexing import indexing_of
from api.models.building import life_of
from api.models.life import Ending
from api.models.shelf import Shelf
from api.models.wording import reasons
from api.serving.folder import FREE_AT_LEAST
from api.serving.preparing import first_line
from api.settings import Settings
from retrieval.artifacts import Artifacts, ArtifactsError
from retrieval.cards import load_cards
from retrieval.encoder import load_encoder
from retrieval.engines.engine import EngineUnreachableError
from retrieval.store import current_version
from service.database import Database, pending_migrations
from service.handover.calendar import CalendarError, load_calendar
from service.handover.queries import TAKERS, staffed
from service.knowledge.expiring import due_cards
from service.people.roles import Role
from service.privacy.sealing import SealBroken, Sealer
from service.reports.tables import ReportEntry
from service.tickets.tables import Ticket

CALENDAR_AHEAD = timedelta(days=30)
CARDS_AHEAD = timedelta(days=30)


def data_folder(settings: Settings) -> Finding:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=settings.data):
            pass
    except OSError as error:
        return bad("folder", folder=settings.data, reason=error.strerror or error)
    return good("folder", folder=settings.data)


def room(settings: Settings) -> Finding:
    free = shutil.disk_usage(_existing(settings.data)).free
    shown = {"free": f"{free / 1024**3:.1f}", "needed": f"{FREE_AT_LEAST / 1024**3:.1f}"}
    return (good if free >= FREE_AT_LEAST else bad)("room", **shown)


def secrets(settings: Settings) -> Finding:
    folder = settings.data / "secrets"
    files = [folder / "action", folder / "turn", folder / "seal"]
    if not all(file.is_file() for file in files):
        return Finding(False, "secrets.missing", {"folder": folder})
    open_ones = [file for file in (folder, *files) if stat.S_IMODE(file.stat().st_mode) & 0o077]
    if open_ones:
        return bad("secrets", folder=folder)
    return good("secrets")


def database(settings: Settings) -> Finding:
    address = make_url(settings.database)
    shown = address.render_as_string(hide_password=True)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return Finding(False, "database.missing", {"address": shown})
    try:
        pending = pending_migrations(settings.database)
    except SQLAlchemyError as error:
        return Finding(False, "database.unreachable", {"address": shown, "reason": first_line(error)})
    return (bad if pending else good)("database", address=shown)


def seal(settings: Settings) -> Finding:
    """Contacts and reports are worth nothing without the key they were sealed with."""
    file = settings.data / "secrets" / "seal"
    if not database(settings).good or not file.is_file():
        return Finding(False, "seal.unknown", {"folder": file.parent})
    key = file.read_text(encoding="ascii").strip()
    opened = Database(settings.database)
    try:
        with opened.read() as db:
            queries = (select(Ticket.contact).where(Ticket.contact.is_not(None)), select(ReportEntry.text))
            sealed = [text for query in queries if (text := db.scalars(query.limit(1)).first()) is not None]
    finally:
        opened.close()
    try:
        for text in sealed:
            Sealer(key).open(text)
    except SealBroken:
        return bad("seal", folder=settings.data / "secrets")
    return good("seal")


def staff(settings: Settings) -> Finding:
    """Without an officer nobody can be handed to; without somebody on call danger at night is seen late."""
    if not database(settings).good:
        return Finding(False, "staff.unknown", {})
    opened = Database(settings.database)
    try:
        with opened.read() as db:
            officers, on_call = staffed(db, *TAKERS), staffed(db, Role.ON_CALL)
    finally:
        opened.close()
    if not officers:
        return Finding(True, "staff.none", {}, warning=True)
    if not on_call:
        return warning("staff", units=len(officers))
    return good("staff", units=len(officers), on_call=len(on_call))


def model(settings: Settings) -> Finding:
    """Which model is in use, and whether it is the one that the tree makes."""
    shelf = Shelf(settings.models_dir)
    names = shelf.names()
    if not names:
        return Finding(False, "model.missing", {"folder": settings.models_dir})
    settled = life_of(settings, env={}).settled()
    if settled is None:
        choice = shelf.choice()
        return bad("model", model=choice.model if choice else names[0])
    against = settled.report.against if settled.report else None
    why = reasons(context.texts(settings), settled.worse, against=against)
    told = {"model": settled.model, "why": why}
    match settled.ending:
        case Ending.ALONE:
            return Finding(False, "model.alone", told)
        case Ending.REFUSED:
            return Finding(False, "model.refused", told)
        case Ending.CHOSEN:
            return Finding(True, "model.chosen", told, warning=True)
        case _:
            return good("model", model=settled.model)


def knowledge(settings: Settings) -> Finding:
    problems = knowledge_problems(settings)
    if problems:
        return bad("knowledge", count=len(problems), first=problems[0])
    cards = load_cards(settings.knowledge_base / "cards")
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    due = [due for due in due_cards(cards, today=today, within=CARDS_AHEAD) if due.wants_work]
    return (
        warning("knowledge", cards=len(cards), due=len(due)) if due else good("knowledge", cards=len(cards))
    )


def calendar(settings: Settings) -> Finding:
    """Waiting times and deadlines are worked out a month ahead: holidays of that month have to be known."""
    try:
        known = load_calendar(settings.knowledge_base / "calendar")
    except CalendarError as error:
        return bad("calendar", reason=" ".join(str(error).split()))
    ahead = datetime.now(ZoneInfo(settings.timezone)).date() + CALENDAR_AHEAD
    if not known.day(ahead).known:
        return warning("calendar", year=ahead.year, day=ahead)
    unverified = [str(year.year) for year in known.years if not year.verified]
    if unverified:
        return Finding(True, "calendar.unverified", {"years": "、".join(unverified)}, warning=True)
    return good("calendar", years="、".join(str(year.year) for year in known.years))


def index(settings: Settings) -> Finding:
    version = current_version(settings.index_dir)
    if version is None:
        return Finding(False, "index.missing", {"folder": settings.index_dir})
    if not database(settings).good:
        return Finding(False, "index.unknown", {})
    opened = Database(settings.database)
    try:
        indexing = indexing_of(settings, load_encoder(settings.encoder), opened)
        indexable = indexing.indexable()
        if not indexing.is_current(indexable):
            return bad("index", version=version)
        if not indexing.has_vectors(indexable):
            return Finding(False, "index.lost", {"version": version})
    except EngineUnreachableError as error:
        return Finding(False, "index.unreachable", {"address": error.address, "reason": error.reason})
    finally:
        opened.close()
    return good("index", version=version)


def ranking(settings: Settings) -> Finding:
    """A probability fitted for another encoder would be wrong, so the service does not start with it."""
    encoder = load_encoder(settings.encoder).fingerprint
    try:
        artifacts = Artifacts.load(encoder, settings.ranking_dir)
    except ArtifactsError:
        return bad("ranking", encoder=encoder)
    return good("ranking", encoder=encoder, fingerprint=artifacts.fingerprint)


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


KEPT = (data_folder, room, secrets, database, seal, staff, model, knowledge, calendar, index, ranking)
