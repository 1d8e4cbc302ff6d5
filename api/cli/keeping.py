"""What commands that change documents work with."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.exc import OperationalError

from api.cli import context
from api.cli.words import word
from api.indexing import indexing_of
from api.settings import Settings
from retrieval.cards import CardError, read_cards
from retrieval.encoder import EncoderError, load_encoder
from retrieval.engines.engine import EngineUnreachableError
from retrieval.passages import Passage
from service.clock import Clock
from service.database import Database, migrate
from service.errors import ServiceError
from service.people.operations import keep_organisations
from service.people.organisations import load_organisations
from service.people.roles import Role
from service.people.viewer import Grant, Viewer
from service.texts import Texts

WRONG = 1


@dataclass(frozen=True, slots=True)
class Refreshed:
    """An index that is up to date, and how long that took."""

    version: str
    seconds: float

    def __str__(self) -> str:
        return word("index.done", version=self.version, seconds=f"{self.seconds:.1f}")


@dataclass(frozen=True, slots=True)
class Keeping:
    """An up-to-date database and the cards. `viewer` is the administrator of the whole bank: who may start
    commands on this machine may do everything there; what is done is recorded without a name."""

    settings: Settings
    texts: Texts
    database: Database
    viewer: Viewer
    root: str
    clock: Clock
    files: Sequence[tuple[Passage, Path]]

    @property
    def cards(self) -> list[Passage]:
        return [card for card, _ in self.files]

    def now(self) -> datetime:
        return self.clock.now()

    @property
    def today(self) -> date:
        return self.clock.today()

    def refresh(self) -> Refreshed:
        """Bring the index up to date; a running service takes it up by itself."""
        began = time.monotonic()
        try:
            encoder = load_encoder(self.settings.encoder)
            version = indexing_of(self.settings, encoder, self.database).refresh()
            return Refreshed(version, time.monotonic() - began)
        except EngineUnreachableError as error:
            context.fail(word("index.unreachable", address=error.address, reason=error.reason))
        except EncoderError as error:
            context.fail(str(error))


def _reason(error: OSError | OperationalError) -> object:
    return error.strerror or error if isinstance(error, OSError) else error.orig


@contextmanager
def opened(settings: Settings) -> Iterator[Keeping]:
    """Open everything; a rule that is broken is said in one line."""
    texts = context.texts(settings)
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        migrate(settings.database)
    except (OSError, OperationalError) as error:
        context.fail(texts("documents.no_data_folder", folder=settings.data, reason=_reason(error)))
    units = load_organisations(settings.knowledge_base / "organisations.yml")
    root = units[0].path
    database = Database(settings.database)
    try:
        with database.write() as db:
            keep_organisations(db, units)
        yield Keeping(
            settings=settings,
            texts=texts,
            database=database,
            viewer=Viewer("", frozenset({Grant(Role.ADMINISTRATOR, root)})),
            root=root,
            clock=Clock(settings.timezone),
            files=read_cards(settings.knowledge_base / "cards"),
        )
    except ServiceError as error:
        context.fail(texts(f"errors.{error.code}", **error.fields))
    except CardError as error:
        context.fail(str(error))
    finally:
        database.close()
