"""What an import came to, for people and for programs."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from api.cli.words import word
from retrieval.documents.model import Doubt, Place
from service.knowledge.documents.citing import Affected
from service.knowledge.documents.reports import Draft, Failure, FileReport, FileState, InstrumentReport
from service.texts import Texts

MARKS = {
    FileState.IMPORTED: "✓",
    FileState.UNCHANGED: "=",
    FileState.DRAFTED: "✓",
    FileState.TO_CONFIRM: "?",
    FileState.FAILED: "✗",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """Puts doubts, failures and cards into words; `cards` are the cards' files by id."""

    texts: Texts
    cards: Mapping[str, Path]

    def doubt(self, doubt: Doubt) -> str:
        return self._filled(f"documents.doubt.{doubt.code}", dict(doubt.values))

    def placed(self, doubt: Doubt) -> str:
        """A doubt with its place before it."""
        return f"{_where(doubt.place)}{self.doubt(doubt)}"

    def failure(self, failure: Failure) -> str:
        return self._filled(failure.key, failure.values)

    def _filled(self, key: str, values: Mapping[str, object]) -> str:
        """The sentence, with … where whoever read the file could not say more."""
        return str(self.texts.value(key)).format_map(defaultdict(lambda: "…", values))

    def card(self, affected: Affected) -> str:
        cited = affected.citation
        place = f"{cited.law}{cited.article or ''}"
        moved = affected.moved_to or ""
        said = word(f"import.effect.{affected.effect}", place=place, moved_to=moved)
        file = near(self.cards[affected.card.id])
        return word("import.card", title=affected.card.title, id=affected.card.id, file=file, said=said)


def shown(path: Path | str) -> str:
    """Return a path as it can be printed: a name may be in another encoding than the terminal's."""
    return os.fsencode(path).decode("utf-8", "replace")


def near(path: Path) -> str:
    """Return a path as it can be printed, from here or as it is, whichever is shorter."""
    return min(shown(path), shown(os.path.relpath(path)), key=len)


def lines(reports: Sequence[FileReport], wording: Wording, *, dry_run: bool) -> list[str]:
    """Return the report a person reads."""
    told = [line for report in reports for line in _file(report, wording)]
    cards = [wording.card(one) for one in affected_cards(reports)]
    if cards:
        told += ["", word("import.affected", count=len(cards)), *(f"  {line}" for line in cards)]
    counts = Counter(report.state for report in reports)
    told += [
        "",
        word("import.summary", files=len(reports), **{state.value: counts[state] for state in FileState}),
    ]
    doubts = sum(len(report.all_doubts) for report in reports)
    if doubts:
        told.append(word("import.doubts", count=doubts))
    if dry_run:
        told.append(word("import.dry_run_done"))
    return told


def affected_cards(reports: Sequence[FileReport]) -> list[Affected]:
    """Return every card that rests on what changed, once for each place it cites."""
    found = (one for report in reports for instrument in report.instruments for one in instrument.affected)
    unique = {(one.card.id, one.citation, one.effect): one for one in found}
    return sorted(unique.values(), key=lambda one: (one.card.id, str(one.citation)))


def _file(report: FileReport, wording: Wording) -> Iterator[str]:
    mark, name = MARKS[report.state], near(report.file)
    if report.failure is not None:
        where = _where(report.failure.place or Place())
        yield f"{mark} {name}：{where}{wording.failure(report.failure)}"
    elif report.columns:
        yield f"{mark} {name}：{word(f'import.state.{report.state}', drafts=_written(report.drafts))}"
        for heading, meaning in report.columns:
            yield f"    {word('import.column', heading=heading, meaning=word(f'import.means.{meaning}'))}"
        for draft in report.drafts:
            if draft.known_as is not None:
                yield f"    {word('import.known', question=draft.question, card=draft.known_as)}"
            elif draft.kept:
                yield f"    {word('import.kept', question=draft.question, file=draft.file)}"
    else:
        yield f"{mark} {name}"
    if report.scanned:
        yield f"    {word('import.scanned')}"
    for instrument in report.instruments:
        yield f"    {_instrument(instrument)}"
        for ending in instrument.endings:
            key = "repealed" if ending.repealed else "superseded"
            days = {"from": ending.effective_from, "to": ending.effective_to}
            yield f"    {word(f'import.{key}', name=ending.name, **days)}"
        if instrument.changes:
            counts = "，".join(
                word(f"import.change.{kind}", count=count) for kind, count in instrument.changes.items()
            )
            yield f"    {word('import.changes', counts=counts)}"
    for doubt in report.all_doubts:
        yield f"    ? {wording.placed(doubt)}"


def _instrument(one: InstrumentReport) -> str:
    name = f"{one.name}·{one.part}" if one.part else one.name
    holds = word("import.holds", **{"from": one.effective_from})
    if one.effective_to is not None:
        holds = word("import.held", **{"from": one.effective_from, "to": one.effective_to})
    details = [word("import.articles", count=one.articles), holds, one.document_no, one.issuer]
    said = word(f"import.outcome.{one.outcome}")
    return f"{said}：{name}（{'，'.join(detail for detail in details if detail)}）"


def _written(drafts: Sequence[Draft]) -> int:
    return sum(1 for draft in drafts if draft.file is not None and not draft.kept)


def _where(place: Place) -> str:
    parts = [
        word(f"import.place.{name}", at=value)
        for name in ("sheet", "page", "line")
        if (value := getattr(place, name)) is not None
    ]
    return f"{''.join(parts)}：" if parts else ""


def as_json(
    reports: Sequence[FileReport], wording: Wording, *, dry_run: bool, index_version: str | None
) -> dict[str, object]:
    """Return the report a program reads."""
    return {
        "dry_run": dry_run,
        "index_version": index_version,
        "files": [_file_row(report, wording) for report in reports],
        "affected_cards": [
            {
                "card": one.card.id,
                "file": str(wording.cards[one.card.id]),
                "law": one.citation.law,
                "article": one.citation.article,
                "effect": one.effect.value,
                "moved_to": one.moved_to,
            }
            for one in affected_cards(reports)
        ],
    }


def _file_row(report: FileReport, wording: Wording) -> dict[str, object]:
    failure = report.failure
    return {
        "file": shown(report.file),
        "state": report.state.value,
        "format": report.format,
        "scanned": report.scanned,
        "seconds": round(report.seconds, 3),
        "instruments": [_instrument_row(one) for one in report.instruments],
        "columns": [list(pair) for pair in report.columns],
        "drafts": [
            {
                "question": draft.question,
                "file": str(draft.file) if draft.file is not None else None,
                "known_as": draft.known_as,
                "kept": draft.kept,
            }
            for draft in report.drafts
        ],
        "doubts": [
            {"code": one.code, **_place_row(one.place), "detail": wording.doubt(one)}
            for one in report.all_doubts
        ],
        "failure": {
            "code": failure.code,
            **_place_row(failure.place or Place()),
            "detail": wording.failure(failure),
        }
        if failure is not None
        else None,
    }


def _instrument_row(one: InstrumentReport) -> dict[str, object]:
    return {
        "outcome": one.outcome.value,
        "name": one.name,
        "title": one.title,
        "part": one.part,
        "kind": one.kind,
        "articles": one.articles,
        "headings": one.headings,
        "effective_from": one.effective_from.isoformat(),
        "effective_to": one.effective_to.isoformat() if one.effective_to else None,
        "basis": one.basis.value,
        "issuer": one.issuer,
        "document_no": one.document_no,
        "promulgated_on": one.promulgated_on.isoformat() if one.promulgated_on else None,
        "changes": dict(one.changes) if one.changes is not None else None,
        "ends": [
            {
                "name": ending.name,
                "effective_from": ending.effective_from.isoformat(),
                "effective_to": ending.effective_to.isoformat(),
                "repealed": ending.repealed,
            }
            for ending in one.endings
        ],
    }


def _place_row(place: Place) -> dict[str, object]:
    return {"page": place.page, "line": place.line, "sheet": place.sheet}
