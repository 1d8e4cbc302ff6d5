"""`union-assistant cards coverage`: what the knowledge base covers, as the page docs/coverage.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from api.cli.context import MISUSED, fail
from api.cli.words import word
from api.settings import Settings
from retrieval.cards import CardError, load_cards
from retrieval.passages import Passage
from service.knowledge.coverage import Covered, cited_laws, coverage
from service.texts import Texts, load_texts


def show_coverage(settings: Settings, *, out: Path | None) -> int:
    """Print the page, or write it to `out`."""
    try:
        cards = load_cards(settings.knowledge_base / "cards")
    except CardError as error:
        fail(str(error), status=MISUSED)
    rows = coverage(cards)
    page = coverage_page(rows, cards, load_texts(settings.home / "texts" / "zh-CN"))
    if out is None:
        typer.echo(page, nl=False)
    else:
        out.write_text(page, encoding="utf-8")
        typer.echo(word("coverage.written", file=out, cards=len(cards)))
    return 0


def coverage_page(rows: Sequence[Covered], cards: Sequence[Passage], texts: Texts) -> str:
    """Return the page in Markdown."""
    total = {
        "cards": sum(row.cards for row in rows),
        "questions": sum(row.questions for row in rows),
        "topics": len(rows),
        "unverified": sum(row.unverified for row in rows),
    }
    laws = cited_laws(cards)
    lines = [word("coverage.intro", **total, laws=len(laws)), "", *_table("coverage.columns")]
    lines += [_line(row, texts(f"knowledge.topic.{row.topic}")) for row in rows]
    lines += ["", word("coverage.laws"), "", *_table("coverage.law_columns")]
    lines += [f"| {law} | {count} | {articles or '–'} |" for law, count, articles in laws]
    return "\n".join(lines) + "\n"


def _table(key: str) -> list[str]:
    columns = word(key).split()
    return [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]


def _line(row: Covered, title: str) -> str:
    cells = (
        f"{title} `{row.topic}`", row.cards, row.national, row.own, row.earlier, row.unverified,
        row.for_officers, row.questions, row.laws, row.places, row.reviewed_first or "–",
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"
