"""Questions behind another one: 10年以上呢, 需要什么材料, 那他们不给怎么办, and ones that stand alone.

    python -m benchmarks.followups [--file FILE] [--show]

A line of the file is `{"first", "card", "then", "kind", "cards"}`: behind the question `first`, answered by
`card`, comes `then`, rightly answered by one of `cards` (none: by no card). The answer is the service's own,
without the dialogue's intent; the baseline is the same service, asked `then` without what came before.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from retrieval.artifacts import Artifacts
from retrieval.build import build_index
from retrieval.cards import load_cards
from retrieval.encoder import load_encoder
from service.conversations.replies import Reply
from service.knowledge.answers import Answers
from service.knowledge.asked import Asked
from service.knowledge.live_index import LiveIndex
from service.knowledge.standards import load_standards
from service.people.contacts import load_contacts
from service.people.organisations import load_organisations
from service.texts import load_texts

HELD_OUT = Path("benchmarks/data/followups_heldout.jsonl")
KNOWLEDGE = Path("knowledge_base")


@dataclass(frozen=True, slots=True)
class Behind:
    """A question behind another one."""

    first: str
    card: str
    then: str
    kind: str
    cards: frozenset[str]


def read(file: Path) -> list[Behind]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Behind(row["first"], row["card"], row["then"], row["kind"], frozenset(row["cards"])) for row in rows
    ]


def _named(reply: Reply) -> list[str]:
    """The cards a reply rests on or offers, in order."""
    return [source.source_id for source in reply.sources if source.kind == "card"]


def _print(name: str, asked: Sequence[tuple[Behind, Reply]]) -> None:
    groups: dict[str, list[tuple[Behind, Reply]]] = defaultdict(list)
    for one in asked:
        groups[one[0].kind].append(one)
    typer.echo(f"\n{name}")
    typer.echo("  kind         n  right first  among three  answered  wrong of answered")
    for kind, group in (*groups.items(), ("all", list(asked))):
        due = [(row, reply) for row, reply in group if row.cards]
        answered = [(row, reply) for row, reply in group if reply.decision == "answer"]
        first = _share(bool(ids := _named(reply)) and ids[0] in row.cards for row, reply in due)
        among = _share(not row.cards.isdisjoint(_named(reply)[:3]) for row, reply in due)
        wrong = _share(_named(reply)[0] not in row.cards for row, reply in answered)
        share = len(answered) / len(group)
        typer.echo(f"  {kind:10} {len(group):3}  {first:11.3f}  {among:11.3f}  {share:8.3f}  {wrong:17.3f}")


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else float("nan")


def main(
    file: Annotated[Path, typer.Option(help="questions behind questions")] = HELD_OUT,
    show: Annotated[bool, typer.Option(help="print what was not answered rightly")] = False,
    as_of: Annotated[str, typer.Option(help="the day the questions are asked")] = "2026-11-26",
) -> None:
    """Print how often the right card is answered or offered, by kind, beside the service without context."""
    if not file.exists():
        typer.echo(f"{file} is missing", err=True)
        sys.exit(2)
    encoder, day = load_encoder(None), date.fromisoformat(as_of)
    texts = load_texts(Path("texts/zh-CN"))
    contacts = load_contacts(KNOWLEDGE, load_organisations(KNOWLEDGE / "organisations.yml"), texts)
    rows = read(file)
    with TemporaryDirectory() as folder:
        build_index(load_cards(KNOWLEDGE / "cards"), Path(folder), encoder)
        live = LiveIndex(Path(folder), encoder, Artifacts.load(encoder.fingerprint))
        answers = Answers(live, texts, contacts, load_standards(KNOWLEDGE))
        behind = [
            (row, answers.answer(Asked(row.then, day, last_source=row.card, last_question=row.first)))
            for row in rows
        ]
        alone = [(row, answers.answer(Asked(row.then, day))) for row in rows]
        live.close()
    typer.echo(f"{file}: {len(rows)} questions behind another one")
    _print("the service", behind)
    _print("baseline: the same without what came before", alone)
    if show:
        for row, reply in behind:
            if row.cards and (not _named(reply) or _named(reply)[0] not in row.cards):
                typer.echo(f"{row.kind} {reply.decision} {row.first} → {row.then}: {_named(reply)[:3]}")


if __name__ == "__main__":
    typer.run(main)
