"""Importing files: each is read and understood first, then stored whole in one transaction, or not at all."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from retrieval.documents.model import Doubt, Instrument, QuestionTable, Reading
from retrieval.documents.reading import UnreadableError
from retrieval.passages import NATIONAL, Passage
from service.database import Database
from service.errors import ChangedMeanwhile, EffectiveDateMissing, ServiceError
from service.knowledge.documents.citing import affected_by, affected_by_end
from service.knowledge.documents.differences import differences
from service.knowledge.documents.drafts import Drafting
from service.knowledge.documents.operations import Stored, store
from service.knowledge.documents.queries import articles_of, document_called, documents_in
from service.knowledge.documents.reports import (
    Ending,
    Failure,
    FileReport,
    FileState,
    InstrumentReport,
)
from service.knowledge.documents.rules import Basis, starts_of
from service.knowledge.documents.writing import Intake, SourceFile
from service.people.queries import check_organisation
from service.people.viewer import Viewer

Structure = Callable[[Reading], Sequence[Instrument]]
_NO_DOCUMENTS = frozenset({"Thumbs.db", "desktop.ini"})
_DOUBTFUL = {
    Basis.AMENDED: "start_from_amendment",
    Basis.PROMULGATED: "start_from_promulgation",
    Basis.TOGETHER: "start_from_file",
}
_SAID_BETTER = frozenset({"effective_missing", "effective_of_version"})
"""Doubts about the first day that those above replace: they say which day was taken."""


class FileReader(Protocol):
    """Reads files, such as `retrieval.documents.reading.Reader`."""

    def read(self, path: Path, *, columns: Mapping[str, str] | None = None) -> Reading | QuestionTable: ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """What whoever imports says about the files: `effective_from` of a text that does not say it, `columns`
    of a question table (heading to meaning), and where its drafts go."""

    scope: str = NATIONAL
    effective_from: date | None = None
    replacing: bool = False
    sample: bool = False
    dry_run: bool = False
    columns: Mapping[str, str] | None = None
    drafting: Drafting | None = None


def files_in(paths: Iterable[Path]) -> list[Path]:
    """Return the files, and those in the folders, each once; hidden ones and what programs leave behind are
    no documents. Raises FileNotFoundError."""
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(path)
        inside = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for file in inside:
            if path.is_dir() and any(_is_hidden(part) for part in file.relative_to(path).parts):
                continue
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name in _NO_DOCUMENTS


class _DryRunError(Exception):
    """Ends the transaction of a trial."""


class Importing:
    """Imports files for one viewer. `root` is the head office; `cards` are those that may cite a change."""

    def __init__(
        self,
        *,
        database: Database,
        reader: FileReader,
        structure: Structure,
        cards: Sequence[Passage],
        root: str,
        viewer: Viewer,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._reader = reader
        self._structure = structure
        self._cards = cards
        self._root = root
        self._viewer = viewer
        self._now = now

    def run(
        self,
        files: Iterable[Path],
        wishes: Wishes,
        *,
        confirmed: Callable[[Path, QuestionTable], bool] = lambda file, table: False,
    ) -> Iterator[FileReport]:
        """Import one file after the other, saying what each came to; a bad one costs only itself.

        `confirmed` tells whether a person agrees with what the columns of a question table were taken for.
        Raises OrganisationUnknown before anything is done.
        """
        if wishes.scope != NATIONAL:
            with self._database.read() as db:
                check_organisation(db, wishes.scope)
        for file in files:
            began = time.monotonic()
            report = self._report(file, wishes, confirmed)
            yield replace(report, seconds=time.monotonic() - began)

    def _report(
        self, file: Path, wishes: Wishes, confirmed: Callable[[Path, QuestionTable], bool]
    ) -> FileReport:
        try:
            reading = self._reader.read(file, columns=wishes.columns)
            if isinstance(reading, QuestionTable):
                return self._drafts(file, reading, wishes, confirmed)
            return self._documents(file, reading, wishes)
        except UnreadableError as error:
            failure = Failure(f"documents.error.{error.code}", error.values, error.place)
        except OSError as error:
            failure = Failure("documents.error.not_readable", {"reason": error.strerror or str(error)})
        except ServiceError as error:
            failure = Failure(f"errors.{error.code}", error.fields)
        return FileReport(file, FileState.FAILED, failure=failure)

    def _drafts(
        self,
        file: Path,
        table: QuestionTable,
        wishes: Wishes,
        confirmed: Callable[[Path, QuestionTable], bool],
    ) -> FileReport:
        report = FileReport(
            file, FileState.TO_CONFIRM, format="table", columns=table.columns, doubts=table.doubts
        )
        if wishes.columns is None and not confirmed(file, table):
            return report
        if wishes.dry_run or wishes.drafting is None:
            return report
        drafts = wishes.drafting.write(table.rows, self._cards)
        return replace(report, state=FileState.DRAFTED, drafts=tuple(drafts))

    def _documents(self, file: Path, reading: Reading, wishes: Wishes) -> FileReport:
        report = FileReport(
            file, FileState.IMPORTED, format=reading.format, scanned=reading.scanned, doubts=reading.doubts
        )
        instruments = [one for one in self._structure(reading) if one.articles]
        if not instruments:
            return replace(report, state=FileState.FAILED, failure=Failure("documents.error.no_articles", {}))
        intakes = self._intakes(file, reading, instruments, wishes)
        stored: list[InstrumentReport] = []
        try:
            with self._database.write() as db:
                stored += [self._store(db, intake) for intake in intakes]
                if wishes.dry_run:
                    raise _DryRunError
        except _DryRunError:
            pass
        except IntegrityError as error:  # another import stored the same meanwhile
            raise ChangedMeanwhile from error
        changed = any(one.outcome.changes for one in stored)
        state = FileState.IMPORTED if changed else FileState.UNCHANGED
        return replace(report, state=state, instruments=tuple(stored))

    def _intakes(
        self, file: Path, reading: Reading, instruments: Sequence[Instrument], wishes: Wishes
    ) -> list[Intake]:
        """What is to be stored. Raises EffectiveDateMissing."""
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        name = os.fsencode(file.name).decode("utf-8", "replace")  # it may be in GB18030
        source = SourceFile(name, reading.format, digest, reading.scanned, reading.doubts)
        intakes = []
        starts = starts_of(instruments, given=wishes.effective_from)
        for instrument, start in zip(instruments, starts, strict=True):
            if start is None:
                raise EffectiveDateMissing(name=instrument.name)
            doubts = [doubt for doubt in instrument.doubts if doubt.code not in _SAID_BETTER]
            if (code := _DOUBTFUL.get(start.basis)) is not None:
                values = (("name", instrument.name), ("day", start.day.isoformat()))
                doubts.append(Doubt(code, values=values))
            intakes.append(
                Intake(
                    instrument,
                    source,
                    start,
                    wishes.scope,
                    sample=wishes.sample,
                    replacing=wishes.replacing,
                    doubts=tuple(doubts),
                )
            )
        return intakes

    def _store(self, db: Session, intake: Intake) -> InstrumentReport:
        stored = store(db, intake, root=self._root, viewer=self._viewer, now=self._now())
        instrument, version = intake.instrument, stored.version
        report = InstrumentReport(
            outcome=stored.outcome,
            name=stored.document.name,
            title=instrument.title,
            part=instrument.part,
            kind=instrument.kind.value,
            articles=len(instrument.articles),
            headings=len(
                {one.headings[:end] for one in instrument.articles for end in _depths(one.headings)}
            ),
            effective_from=version.effective_from,
            effective_to=version.effective_to,
            basis=Basis(version.basis),
            issuer=instrument.issuer,
            document_no=instrument.document_no,
            promulgated_on=instrument.promulgated_on,
            doubts=(*_doubts(intake, version.effective_from), *self._amends(db, intake)),
        )
        return self._with_consequences(db, report, stored)

    def _amends(self, db: Session, intake: Intake) -> list[Doubt]:
        """Documents that are stored, and that this one changes: their new text has to be imported too."""
        documents = documents_in(db, intake.scope)
        found = (document_called(documents, name) for name in intake.instrument.amends)
        return [Doubt("amends_stored", values=(("name", one.name),)) for one in found if one is not None]

    def _with_consequences(self, db: Session, report: InstrumentReport, stored: Stored) -> InstrumentReport:
        document, version = stored.document, stored.version
        affected, changes = [], None
        if stored.before is not None:
            found = differences(stored.before, articles_of(db, version.id))
            changes = dict(Counter(one.change.value for one in found))
            day = version.effective_from
            affected += affected_by(self._cards, document.name, found, scope=document.scope, day=day)
        endings = []
        for one in stored.ended:
            end = one.version.effective_to
            if end is not None:
                endings.append(Ending(one.document.name, one.version.effective_from, end, one.repealed))
            if end is not None and one.repealed:
                after, scope = end + timedelta(days=1), one.document.scope
                affected += affected_by_end(self._cards, one.document.name, scope=scope, day=after)
        return replace(report, changes=changes, endings=tuple(endings), affected=tuple(affected))


def _depths(headings: Sequence[str]) -> range:
    return range(1, len(headings) + 1)


def _doubts(intake: Intake, day: date) -> list[Doubt]:
    """The doubts about an instrument, without those about a first day that turned out to be another."""
    guesses = _DOUBTFUL.values() if day != intake.start.day else ()
    return [doubt for doubt in intake.doubts if doubt.code not in guesses]
