"""`union-assistant cards`: what the cards of the knowledge base need."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import typer

from api.cli.context import MISUSED, fail
from api.cli.words import word
from api.settings import Settings
from retrieval.cards import CardError, read_cards
from service.clock import Clock
from service.knowledge.expiring import Due, DueStandard, State, due_cards, due_standards
from service.knowledge.standards import StandardsError, load_standards

SOMETHING_TO_DO = 1


def show_expiring(settings: Settings, *, days: int, as_json: bool) -> int:
    """Print what has ended, ends within `days` or is due for review; return 1 when that wants work."""
    try:
        files = read_cards(settings.knowledge_base / "cards")
        standards = load_standards(settings.knowledge_base)
    except (CardError, StandardsError) as error:
        fail(str(error), status=MISUSED)
    today = Clock(settings.timezone).today()
    places = {card.id: file for card, file in files}
    found = due_cards([card for card, _ in files], today=today, within=timedelta(days=days))
    figures = due_standards(standards, today=today, within=timedelta(days=days))
    if as_json:
        rows = [*(_row(due, places[due.card.id]) for due in found), *map(_standard_row, figures)]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join([*_lines(found, places, days=days), *map(_standard_line, figures)]))
    return SOMETHING_TO_DO if figures or any(due.wants_work for due in found) else 0


def _standard_line(due: DueStandard) -> str:
    value = due.value
    fields = {
        "title": due.standard.title,
        "id": due.standard.id,
        "scope": value.scope,
        "from": value.effective_from,
        "to": value.effective_to or word("cards.open"),
        "reviewed": value.reviewed_on,
    }
    return word(f"cards.standard_{due.state}", **fields)


def _standard_row(due: DueStandard) -> dict[str, object]:
    value = due.value
    return {
        "state": due.state.value,
        "standard": due.standard.id,
        "title": due.standard.title,
        "scope": value.scope,
        "effective_from": value.effective_from.isoformat(),
        "effective_to": value.effective_to.isoformat() if value.effective_to else None,
        "reviewed_on": value.reviewed_on.isoformat(),
    }


def _lines(found: Sequence[Due], places: dict[str, Path], *, days: int) -> list[str]:
    if not found:
        return [word("cards.none", days=days)]
    lines = []
    for state in State:
        of_state = [due for due in found if due.state is state]
        if of_state:
            lines.append(word(f"cards.{state}", count=len(of_state), days=days))
            lines += [line for due in of_state for line in _card(due, places[due.card.id])]
    return lines


def _card(due: Due, file: Path) -> list[str]:
    card = due.card
    fields = {
        "scope": card.scope,
        "from": card.effective_from,
        "to": card.effective_to or word("cards.open"),
        "reviewed": card.reviewed_on,
        "owner": card.owner,
        "file": os.path.relpath(file),
    }
    lines = [f"  {card.title}  [{card.id}]", f"    {word('cards.line', **fields)}"]
    if due.successor is not None:
        start = due.successor.effective_from
        lines.append(f"    {word('cards.successor', id=due.successor.id, **{'from': start})}")
    return lines


def _row(due: Due, file: Path) -> dict[str, object]:
    card = due.card
    return {
        "state": due.state.value,
        "id": card.id,
        "title": card.title,
        "scope": card.scope,
        "effective_from": card.effective_from.isoformat(),
        "effective_to": card.effective_to.isoformat() if card.effective_to else None,
        "reviewed_on": card.reviewed_on.isoformat() if card.reviewed_on else None,
        "owner": card.owner,
        "file": str(file),
        "successor": due.successor.id if due.successor is not None else None,
    }
