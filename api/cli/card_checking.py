"""`union-assistant cards check`: do the cards say what the articles they cite say?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import typer

from api.cli.context import MISUSED, fail
from api.cli.import_report import near
from api.cli.keeping import opened
from api.cli.words import word
from api.settings import Settings
from retrieval.cards import card_files, card_of
from retrieval.frontmatter import read_front
from retrieval.lint_relations import Card
from service.entitlements.parameters import FOLDER as PARAMETERS
from service.entitlements.worked_examples import FOLDER as WORKED_EXAMPLES
from service.knowledge.alike import FILE as TOLD_APART
from service.knowledge.documents import queries
from service.knowledge.documents.checking import Finding, Grade, check_card
from service.knowledge.documents.derived import FILE as DERIVED
from service.knowledge.documents.derived import DerivedError, load_derived
from service.knowledge.documents.figures import Figure, figures
from service.knowledge.documents.library import Library
from service.tickets.kinds import FILE as KINDS
from service.tickets.kinds import KindsError, load_kinds

SOMETHING_WRONG = 1
_OF_CALCULATORS = (PARAMETERS.name, WORKED_EXAMPLES.name)
_NO_FIGURES = frozenset({DERIVED, KINDS.name, TOLD_APART.name, "hotlines.yml"})


def check(settings: Settings, *, as_json: bool) -> int:
    """Print what is wrong by file and line; return 1 when anything is."""
    with opened(settings) as keeping, keeping.database.read() as db:
        library = Library(queries.passages(db))
        today = keeping.today
    parameters = settings.knowledge_base / "parameters"
    try:
        known, derived = _parameters(parameters), load_derived(parameters / DERIVED)
    except (DerivedError, KindsError) as error:
        fail(str(error), status=MISUSED)
    findings = [
        found
        for card in cards_of(settings.knowledge_base / "cards")
        for found in check_card(card, library, known=known | derived.get(card.passage.id, set()), today=today)
    ]
    findings.sort(key=lambda one: one.problem)
    if as_json:
        typer.echo(json.dumps([_row(one) for one in findings], ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_lines(findings, cards=len(keeping.files))))
    return SOMETHING_WRONG if any(one.grade is Grade.WRONG for one in findings) else 0


def cards_of(folder: Path) -> list[Card]:
    """The cards with the place of everything in their files; that they can be read was seen before."""
    fronts = (read_front(file)[0] for file in card_files(folder))
    return [Card(front, card_of(front)) for front in fronts if front is not None]


def _parameters(folder: Path) -> set[Figure]:
    """The figures that are data of their own, and the legal time limits of cases, which say their article.

    What calculators go by is not: a card that says such a figure cites its article itself.
    """
    files = sorted(
        file
        for file in folder.rglob("*.yml")
        if file.name not in _NO_FIGURES and file.parent.name not in _OF_CALCULATORS
    )
    kinds = load_kinds(folder.parent / KINDS) if (folder.parent / KINDS).exists() else ()
    limits = [kind.deadline.text for kind in kinds if kind.deadline is not None]
    texts = [*limits, *(file.read_text(encoding="utf-8") for file in files)]
    return {figure for text in texts for figure in figures(text)}


def _lines(findings: Sequence[Finding], *, cards: int) -> list[str]:
    lines = []
    for grade in (Grade.WRONG, Grade.NOTE):
        lines += [_told(one) for one in findings if one.grade is grade]
    absent = Counter(one.problem.message for one in findings if one.grade is Grade.ABSENT)
    if absent:
        lines += ["", word("cards.not_imported", count=len(absent))]
        lines += [f"  {said} × {count}" for said, count in sorted(absent.items(), key=lambda one: -one[1])]
    counts = Counter(one.grade for one in findings)
    return [
        *lines,
        "",
        word("cards.checked", cards=cards, wrong=counts[Grade.WRONG], notes=counts[Grade.NOTE]),
    ]


def _told(one: Finding) -> str:
    found = one.problem
    return f"{near(found.file)}:{found.line}: {found.code} {found.message}"


def _row(one: Finding) -> dict[str, object]:
    found = one.problem
    return {
        "grade": one.grade.value,
        "code": found.code,
        "file": str(found.file),
        "line": found.line,
        "detail": found.message,
    }
