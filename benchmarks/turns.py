"""How long a turn takes: `python -m benchmarks.turns`.

Starts the product on free ports of the loopback interface with a data folder of its own, twice: the first
start trains and indexes, the second finds everything done. Then one conversation asks without pausing, and
sixteen ask at once with three seconds between an answer and the next question, twelve questions a
conversation; last one that goes on for a hundred, because Rasa's history travels with every turn.

Prints start times, p50 and p95 of a turn (from sending a message to its answer) and the memory of each
process. `--url` measures a server that is already running instead; only one on this machine is ever asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from benchmarks.product import HOME, Product, memory_of_port
from retrieval.cards import load_cards

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SEED = 20261123
MOST_TURNS = 2000


@dataclass(frozen=True, slots=True)
class Load:
    """So many conversations for `seconds`, pausing `think` seconds (give or take half) between turns."""

    conversations: int
    think: float
    seconds: float
    turns_each: int = 12
    """Turns after which a person is done and another begins."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one load measured; times in milliseconds."""

    conversations: int
    turns_each: int
    think_s: float
    turns: int
    p50_ms: float
    p95_ms: float
    longest_ms: float
    pending: int
    failed: int


@dataclass(slots=True)
class Report:
    """Everything measured. Starting and memory (resident, MiB) are known only of a product started here."""

    loads: list[Figures]
    first_start_s: float | None = None
    second_start_s: float | None = None
    api_mib: int | None = None
    rasa_mib: int | None = None


LOADS = (Load(1, 0.0, 30.0), Load(16, 3.0, 60.0), Load(1, 0.0, 30.0, turns_each=100))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 0, or 1 when any turn failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", help="a server on this machine that is already running")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args(arguments)
    if options.url:
        report = measure(options.url)
    else:
        with tempfile.TemporaryDirectory(prefix="union-assistant-bench-") as folder:
            report = measure_starting(Path(folder))
    print(render(report))
    if options.json:
        options.json.write_text(json.dumps(asdict(report), indent=2), encoding="utf-8")
    return 1 if any(figures.failed for figures in report.loads) else 0


def measure_starting(folder: Path) -> Report:
    """Start the product twice in `folder` and measure the second run."""
    with Product.start(folder) as first:
        first_start = first.start_seconds
    with Product.start(folder) as product:
        report = measure(product.url)
        report.first_start_s, report.second_start_s = round(first_start, 1), round(product.start_seconds, 1)
        report.api_mib, report.rasa_mib = memory_of_port(product.port), memory_of_port(product.rasa_port)
    return report


def measure(url: str) -> Report:
    """Put every load on the server at `url`, one after the other."""
    if httpx.URL(url).host not in LOOPBACK:
        sys.exit(f"{url} is not on this machine; nothing was sent")
    questions = [text for card in load_cards(HOME / "knowledge_base" / "cards") for text in card.questions]
    return Report([asyncio.run(run_load(url, load, questions)) for load in LOADS])


async def run_load(url: str, load: Load, questions: Sequence[str]) -> Figures:
    """Run one load to its end."""
    chance = random.Random(SEED + load.conversations)
    seeds = [chance.random() for _ in range(load.conversations)]
    limits = httpx.Limits(max_connections=load.conversations + 1)
    async with httpx.AsyncClient(
        base_url=f"{url}/api/v1", timeout=60, trust_env=False, limits=limits
    ) as http:
        deadline = time.monotonic() + load.seconds
        turns = await asyncio.gather(*(converse(http, load, questions, seed, deadline) for seed in seeds))
    times = sorted(seconds for one in turns for seconds, _ in one)
    outcomes = [outcome for one in turns for _, outcome in one]
    return Figures(
        conversations=load.conversations,
        turns_each=load.turns_each,
        think_s=load.think,
        turns=len(times),
        p50_ms=round(1000 * percentile(times, 0.50), 1),
        p95_ms=round(1000 * percentile(times, 0.95), 1),
        longest_ms=round(1000 * times[-1], 1),
        pending=outcomes.count("pending"),
        failed=outcomes.count("failed"),
    )


async def converse(
    http: httpx.AsyncClient, load: Load, questions: Sequence[str], seed: float, deadline: float
) -> list[tuple[float, str]]:
    """Hold one conversation after the other until `deadline`; return each turn's seconds and outcome."""
    chance = random.Random(seed)
    measured: list[tuple[float, str]] = []
    await asyncio.sleep(load.think * chance.random())  # people do not all begin in the same second
    while time.monotonic() < deadline and len(measured) < MOST_TURNS // load.conversations:
        if len(measured) % load.turns_each == 0:
            opened = (await http.post("/conversations", json={"channel": "web"})).raise_for_status().json()
            headers = {"Authorization": f"Bearer {opened['token']}"}
        body = {"client_id": uuid.uuid4().hex, "text": chance.choice(questions)}
        began = time.monotonic()
        answer = await http.post(f"/conversations/{opened['id']}/messages", json=body, headers=headers)
        took = time.monotonic() - began
        if answer.is_success:
            told = answer.json()
            outcome = "pending" if told["pending"] else "answered" if told["messages"] else "failed"
        else:
            outcome = "failed"
        measured.append((took, outcome))
        await asyncio.sleep(load.think * chance.uniform(0.5, 1.5))
    return measured


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of `ordered` (ascending) do not exceed."""
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def render(report: Report) -> str:
    """Return the report as Markdown."""
    heads = (
        "conversations",
        "turns each",
        "think s",
        "turns",
        "p50 ms",
        "p95 ms",
        "longest ms",
        "pending",
        "failed",
    )
    lines = [_row(heads), "|---" * len(heads) + "|"]
    lines += [_row(asdict(figures).values()) for figures in report.loads]
    if report.first_start_s is not None:
        starts = ("first start s", "second start s", "API MiB", "Rasa MiB")
        cells = (report.first_start_s, report.second_start_s, report.api_mib, report.rasa_mib)
        lines += ["", _row(starts), "|---" * len(starts) + "|", _row(cells)]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


if __name__ == "__main__":
    sys.exit(main())
