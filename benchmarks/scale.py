"""Whole searches, builds, memory and recall as the collection grows.

    python -m benchmarks.scale [--passages N …] [--bench ../shared/bench/stard] [--json OUT]

Passages are mixed from real ones (`benchmarks.mixed`). Every size is built and then measured in processes of
their own, so that memory is that of serving alone. The baselines run in the same process: exact FAISS for
the vectors, bm25s for the words up to 100,000 passages (above, it needs more memory than this is worth).
Questions are those of STARD's `train` split, else the cards' own without their last character.
"""

import json
import os
import platform
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.sized import Size, build, change_one_card, measure

HOME = Path(__file__).resolve().parent.parent
BENCH = HOME.parent / "shared" / "bench" / "stard"
SIZES = (6_000, 100_000, 1_000_000)


def alone(do: Callable[..., Any], *arguments: Any) -> Any:
    """Call it in a new process, which has nothing else in memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(do, *arguments).result()


def show(sizes: Sequence[Size], console: Console) -> None:
    table = Table(title="one thread; milliseconds p50 / p95 (of its own computing), seconds, MiB")
    names = ("passages", "vectors", "engine", "search", "vectors alone", "exact FAISS", "recall@10", "bm25s")
    for name in (*names, "build s", "open s", "changed card s", "resident", "mapped", "before", "disk"):
        table.add_column(name, justify="right")
    for size in sizes:
        mib = (size.resident_mib, size.mapped_mib, size.resident_before_mib, size.disk_mib)
        table.add_row(
            f"{size.passages:,}",
            f"{size.vectors:,}",
            size.engine,
            *(str(one) for one in (size.search, size.vectors_alone, size.exact_vectors)),
            f"{size.recall_at_10:.4f}",
            str(size.bm25s) if size.bm25s else "-",
            f"{size.build_seconds:.1f}" + (" (words by sentence)" if size.build_short_cut else ""),
            f"{size.open_seconds:.2f}",
            f"{size.changed_card_seconds:.2f}" if size.changed_card_seconds else "-",
            *(f"{one:.0f}" for one in mib),
        )
    console.print(table)


def main(
    passages: Annotated[list[int] | None, typer.Option(help="how many; may be given several times")] = None,
    bench: Annotated[Path, typer.Option(help="folder in BEIR layout whose statutes are mixed")] = BENCH,
    json_out: Annotated[Path | None, typer.Option("--json", help="write the figures there too")] = None,
) -> None:
    """Measure the product's search as the collection grows."""
    console = Console(width=240)
    statutes = bench if (bench / "corpus.jsonl").exists() else None
    if statutes is None:
        console.print(f"{bench} is not there: only the cards are mixed, so texts and words repeat more")
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    sizes = []
    for size in passages or SIZES:
        with TemporaryDirectory() as folder:
            root = Path(folder)
            console.print(f"{size:,} passages …")
            seconds = alone(build, size, root, statutes)
            measured: Size = alone(measure, root, seconds, statutes)
            if size <= SIZES[0]:
                measured = replace(
                    measured, changed_card_seconds=alone(change_one_card, size, root, statutes)
                )
            sizes.append(measured)
    show(sizes, console)
    if json_out is not None:
        load = os.getloadavg()[0]
        report = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f} at the end",
            "statutes": statutes is not None,
            "sizes": [asdict(size) for size in sizes],
        }
        json_out.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
