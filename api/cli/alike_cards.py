"""`union-assistant cards alike`: cards that may be one, and figures that contradict each other."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

import typer

from api.cli.card_checking import cards_of
from api.cli.context import MISUSED, fail
from api.cli.words import word
from api.settings import Settings
from retrieval.cards import CardError, read_cards
from retrieval.encoder import load_encoder
from retrieval.lint_relations import Card
from service.knowledge.alike import (
    FILE,
    Alike,
    Contradiction,
    ToldApartError,
    alike_cards,
    contradictions,
    load_told_apart,
)

SOMETHING_FOUND = 1


def show_alike(settings: Settings, *, as_json: bool) -> int:
    """Print pairs nobody has told apart yet; return 1 when there are any."""
    try:
        read_cards(settings.knowledge_base / "cards")
        known = load_told_apart(settings.knowledge_base / FILE)
    except (CardError, ToldApartError) as error:
        fail(str(error), status=MISUSED)
    cards = cards_of(settings.knowledge_base / "cards")
    alike = [one for one in alike_cards(cards, load_encoder(settings.encoder)) if _pair(one) not in known]
    contrary = [one for one in contradictions(cards) if _pair(one) not in known]
    if as_json:
        rows = {
            "alike": [_alike_row(one) for one in alike],
            "figures": [_figures_row(one) for one in contrary],
        }
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_lines(alike, contrary, cards=len(cards))))
    return SOMETHING_FOUND if alike or contrary else 0


def _pair(found: Alike | Contradiction) -> frozenset[str]:
    return frozenset((found.one.passage.id, found.other.passage.id))


def _lines(alike: Sequence[Alike], contrary: Sequence[Contradiction], *, cards: int) -> list[str]:
    lines = [word("alike.cards", count=len(alike))] if alike else []
    for pair in alike:
        lines += [f"  {_named(pair.one)}", f"  {_named(pair.other)}"]
        lines.append("    " + word("alike.why", asked=round(100 * pair.asked), said=round(100 * pair.said)))
    lines += [word("alike.figures", count=len(contrary))] if contrary else []
    for found in contrary:
        lines += [f"  {_named(found.one)}", f"    {found.sentence}"]
        lines += [f"  {_named(found.other)}", f"    {found.other_sentence}"]
    return [*lines, word("alike.summary", cards=cards, alike=len(alike), figures=len(contrary))]


def _named(card: Card) -> str:
    return f"{card.passage.title}  [{card.passage.id}]  {os.path.relpath(card.front.file)}"


def _alike_row(pair: Alike) -> dict[str, object]:
    return {"cards": [pair.one.passage.id, pair.other.passage.id], "asked": pair.asked, "said": pair.said}


def _figures_row(found: Contradiction) -> dict[str, object]:
    return {
        "cards": [found.one.passage.id, found.other.passage.id],
        "sentences": [found.sentence, found.other_sentence],
        "alike": found.alike,
    }
