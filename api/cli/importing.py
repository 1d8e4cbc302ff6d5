"""`union-assistant import`: files become documents that can be searched and cited."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress

from api.cli import context
from api.cli.import_report import Wording, as_json, lines, shown
from api.cli.keeping import WRONG, Keeping, Refreshed, opened
from api.cli.words import word
from api.settings import Settings
from retrieval.documents.model import QuestionTable
from retrieval.documents.reading import Reader
from retrieval.documents.structure import instruments
from retrieval.lint import lint_cards, read_organisations
from retrieval.passages import NATIONAL
from retrieval.store import current_version
from retrieval.tokens import law_names
from service.knowledge.documents.drafts import Drafting
from service.knowledge.documents.importing import Importing, Wishes, files_in
from service.knowledge.documents.reports import FileReport, FileState

MEANINGS = ("question", "other", "answer", "topic", "basis")
STOPPED = 130
NOT_IMPORTED = frozenset({FileState.FAILED, FileState.TO_CONFIRM})


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command as they were typed."""

    org: str | None = None
    effective_from: date | None = None
    replacing: bool = False
    sample: bool = False
    dry_run: bool = False
    columns: str | None = None
    agreed: bool = False
    cards_out: Path | None = None
    as_json: bool = False


def take(settings: Settings, paths: Sequence[Path], asked: Asked) -> int:
    """Import and report; return 1 when a file was not imported, 130 when stopped before the last."""
    try:
        files = files_in(paths)
    except FileNotFoundError as error:
        context.fail(word("import.no_such_path", path=error.args[0]), status=context.MISUSED)
    if asked.effective_from is not None and len(files) != 1:
        context.fail(word("import.one_file", count=len(files)), status=context.MISUSED)
    columns = _columns(asked.columns)
    with opened(settings) as keeping, Reader() as reader:
        importing = Importing(
            database=keeping.database,
            reader=reader,
            structure=instruments,
            cards=keeping.cards,
            root=keeping.root,
            viewer=keeping.viewer,
            now=keeping.now,
        )
        reports = _run(importing, files, _wishes(keeping, asked, columns), asked)
        index = None if asked.dry_run else _refreshed(keeping, reports)
        wording = Wording(keeping.texts, {card.id: file for card, file in keeping.files})
        if asked.as_json:
            version = index.version if index is not None else None
            content = as_json(reports, wording, dry_run=asked.dry_run, index_version=version)
            typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        else:
            typer.echo("\n".join(lines(reports, wording, dry_run=asked.dry_run)))
            _say_drafts(keeping, reports)
            if index is not None:
                typer.echo(index)
    if len(reports) < len(files):
        context.fail(keeping.texts("documents.stopped", count=len(files) - len(reports)), status=STOPPED)
    return WRONG if any(report.state in NOT_IMPORTED for report in reports) else 0


def _refreshed(keeping: Keeping, reports: Sequence[FileReport]) -> Refreshed | None:
    """Bring the index up to date, also when an import before this one was stopped between storing and that;
    None where it was up to date."""
    if not any(report.instruments for report in reports):
        return None
    before = current_version(keeping.settings.index_dir)
    index = keeping.refresh()
    return index if index.version != before else None


def _run(importing: Importing, files: Sequence[Path], wishes: Wishes, asked: Asked) -> list[FileReport]:
    reports = []
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task(word("import.reading"), total=len(files))

        def confirmed(file: Path, table: QuestionTable) -> bool:
            if asked.agreed:
                return True
            if asked.as_json or not sys.stdin.isatty():
                return False
            progress.stop()
            for heading, meaning in table.columns:
                typer.echo(word("import.column", heading=heading, meaning=word(f"import.means.{meaning}")))
            answer = typer.confirm(word("import.columns_right", file=shown(file), rows=len(table.rows)))
            progress.start()
            return answer

        with suppress(KeyboardInterrupt):  # what is stored by then is stored, and has to be told
            for report in importing.run(files, wishes, confirmed=confirmed):
                reports.append(report)
                progress.advance(bar)
    return reports


def _wishes(keeping: Keeping, asked: Asked, columns: Mapping[str, str] | None) -> Wishes:
    scope = asked.org or NATIONAL
    topics = keeping.texts.section("knowledge.topic")
    drafting = Drafting(
        folder=asked.cards_out or keeping.settings.data / "drafts",
        topics={**{str(name): topic for topic, name in topics.items()}, **{topic: topic for topic in topics}},
        laws=law_names(),
        scope=scope,
        sample=asked.sample,
        today=keeping.today,
    )
    return Wishes(
        scope=scope,
        effective_from=asked.effective_from,
        replacing=asked.replacing,
        sample=asked.sample,
        dry_run=asked.dry_run,
        columns=columns,
        drafting=drafting,
    )


def _columns(given: str | None) -> dict[str, str] | None:
    """Read 问题=question,答案=answer; leave with status 2 when it is nothing like that."""
    if given is None:
        return None
    columns = {}
    for pair in given.replace("，", ",").split(","):
        heading, _, meaning = (part.strip() for part in pair.partition("="))
        if not heading or meaning not in MEANINGS:
            fields = {"given": pair, "meanings": " ".join(MEANINGS)}
            context.fail(word("import.bad_columns", **fields), status=context.MISUSED)
        columns[heading] = meaning
    return columns


def _say_drafts(keeping: Keeping, reports: Sequence[FileReport]) -> None:
    """Name what is still missing in the drafts that were written, as the linter does."""
    files = [draft.file for report in reports for draft in report.drafts if draft.file is not None]
    if not files:
        return
    units, _ = read_organisations(keeping.settings.knowledge_base / "organisations.yml")
    problems = lint_cards(files, units)
    typer.echo(word("import.drafts_to_do", count=len(problems)))
    for problem in problems:
        typer.echo(f"  {problem}")
