"""What a turn costs: `python -m benchmarks.turns`.

Starts the product on free ports of the loopback interface with a data folder of its own, twice: the first
start trains and indexes, the second finds everything done. Then, in the second:

- the product's API and bare Rasa (its REST channel, with the product's model, patches and actions) are
  told the same sentences in turns, so that whatever else the machine does slows both;
- one conversation speaks without pausing, twelve turns a conversation; sixteen at once with three seconds
  between an answer and the next sentence; sixteen at once without pausing; last one that goes on for a
  hundred turns.

Prints start times, p50 and p95 of a turn (from sending a message to its answer), turns a second and the
memory of each process. `--url` measures the loads on a server that is already running instead; only one on
this machine is ever asked. `--seconds` bounds each measurement.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import httpx

from benchmarks.bare import BareRasa
from benchmarks.load import Figures, Load, run_load
from benchmarks.product import HOME, Product, memory_of_port
from benchmarks.side_by_side import Comparison, compare
from benchmarks.talk import Talk

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOADS = (Load(1, 0.0), Load(16, 3.0), Load(16, 0.0), Load(1, 0.0, turns_each=100))


@dataclass(slots=True)
class Report:
    """Everything measured. All but the loads is known only of a product started here; memory in MiB."""

    loads: list[Figures]
    comparison: Comparison | None = None
    first_start_s: float | None = None
    second_start_s: float | None = None
    api_mib: int | None = None
    rasa_mib: int | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 0, or 1 when any turn failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", help="a server on this machine that is already running")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each measurement lasts")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args(arguments)
    talk = Talk.read(HOME)
    if options.url:
        report = Report(measure(options.url, talk, options.seconds))
    else:
        with tempfile.TemporaryDirectory(prefix="union-assistant-bench-") as folder:
            report = measure_starting(Path(folder), talk, options.seconds)
    print(render(report))
    if options.json:
        options.json.write_text(json.dumps(asdict(report), indent=2), encoding="utf-8")
    failed = sum(figures.failed for figures in report.loads)
    return 1 if failed or (report.comparison and report.comparison.failed) else 0


def measure_starting(folder: Path, talk: Talk, seconds: float) -> Report:
    """Start the product twice in `folder` and measure the second run."""
    with Product.start(folder) as first:
        first_start = first.start_seconds
    with Product.start(folder) as product:
        with BareRasa.start(product) as bare:
            comparison = asyncio.run(compare(product.url, bare, talk, seconds))
        return Report(
            measure(product.url, talk, seconds),
            comparison,
            first_start_s=round(first_start, 1),
            second_start_s=round(product.start_seconds, 1),
            api_mib=memory_of_port(product.port),
            rasa_mib=memory_of_port(product.rasa_port),
        )


def measure(url: str, talk: Talk, seconds: float) -> list[Figures]:
    """Put every load on the server at `url`, one after the other."""
    if httpx.URL(url).host not in LOOPBACK:
        sys.exit(f"{url} is not on this machine; nothing was sent")
    return [asyncio.run(run_load(url, replace(load, seconds=seconds), talk)) for load in LOADS]


def render(report: Report) -> str:
    """Return the report as Markdown."""
    parts = [_table([asdict(figures) for figures in report.loads])]
    if report.comparison is not None:
        parts.insert(0, _table([asdict(report.comparison)]))
    if report.first_start_s is not None:
        starts = ("first_start_s", "second_start_s", "api_mib", "rasa_mib")
        parts.append(_table([{name: getattr(report, name) for name in starts}]))
    return "\n\n".join(parts)


def _table(rows: Sequence[dict[str, object]]) -> str:
    lines = [_row(rows[0]), "|---" * len(rows[0]) + "|", *(_row(row.values()) for row in rows)]
    return "\n".join(lines)


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


if __name__ == "__main__":
    sys.exit(main())
