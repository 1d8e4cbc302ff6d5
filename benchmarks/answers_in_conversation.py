"""The questions of `benchmarks.answers` put to the running product, where the intent decides as well.

    python -m benchmarks.answers_in_conversation [--file benchmarks/data/answers_test.jsonl]

Starts the product on free ports of the loopback interface; every question is the first of a conversation
of its own, from the branch it is asked by. An answer is right when it rests on a card that answers the
question; a question back is right when it names one.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import httpx
import typer

from benchmarks.product import Product
from retrieval.cards import load_cards
from retrieval.training.validation import Row, Scope, read_rows


@dataclass(frozen=True, slots=True)
class Said:
    """What came back: the decision, and the ids of the cards it rests on or offers."""

    row: Row
    decision: str | None
    cards: tuple[str, ...]

    @property
    def right(self) -> bool:
        return not self.row.cards.isdisjoint(self.cards)


def ask(url: str, rows: Sequence[Row], titles: dict[str, str]) -> list[Said]:
    """Ask the product at `url`; `titles` maps the titles of cards to their ids."""
    said = []
    with httpx.Client(base_url=f"{url}/api/v1", trust_env=False, timeout=30) as http:
        for row in rows:
            org = {"org": row.organisations[0]} if row.organisations else {}
            chat = http.post("/conversations", json=org).raise_for_status().json()
            answer = http.post(
                f"/conversations/{chat['id']}/messages",
                json={"client_id": "1", "text": row.text},
                headers={"Authorization": f"Bearer {chat['token']}"},
            )
            message = answer.raise_for_status().json()["messages"][0]
            cited = [item["source_id"] for item in message["citations"] if item["law"] is None][:1]
            offered = [titles[item["title"]] for item in message["options"] if item["title"] in titles]
            said.append(Said(row, message["decision"], tuple(cited or offered)))
    return said


def figures(said: Sequence[Said]) -> dict[str, float]:
    """Shares between 0 and 1, and the number of questions behind them."""
    report: dict[str, float] = {}
    for scope in Scope:
        part = [one for one in said if one.row.kind is scope]
        report[f"{scope}: questions"] = len(part)
        for decision, count in sorted(Counter(one.decision or "none" for one in part).items()):
            report[f"{scope}: {decision}"] = count / len(part)
    answered = [one for one in said if one.decision == "answer"]
    asked_back = [one for one in said if one.decision == "clarify" and one.row.cards]
    report["answered"] = len(answered)
    report["wrong of answered"] = sum(not one.right for one in answered) / max(1, len(answered))
    report["asked back with the right card named"] = sum(one.right for one in asked_back) / max(
        1, len(asked_back)
    )
    return report


def main(
    file: Annotated[Path, typer.Option(help="questions with their card, one JSON object a line")] = Path(
        "benchmarks/data/answers_test.jsonl"
    ),
    cards: Annotated[Path, typer.Option(help="knowledge cards")] = Path("knowledge_base/cards"),
) -> None:
    """Print what the product says to held-out questions."""
    titles = {card.title: card.id for card in load_cards(cards)}
    with tempfile.TemporaryDirectory() as folder, Product.start(Path(folder)) as product:
        report = figures(ask(product.url, read_rows(file), titles))
    typer.echo(json.dumps(report, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    typer.run(main)
