"""Ways of searching vectors, beside each other: why `retrieval.engines` has those it has.

    python -m benchmarks.engines [--passages 100000] [--bench ../shared/bench/stard] [--json OUT]

The shipped encoder's vectors of mixed articles (`benchmarks.mixed`), one thread, the hundred nearest of
everything, and for what takes a selection also of a third and of a hundredth of all rows, drawn at random.
"""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import faiss
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.mixed import DAY, mixed, real_passages
from benchmarks.scale import BENCH
from benchmarks.sized import CARDS, Spread, questions
from language.normalise import normalise
from retrieval.bm25 import Filter
from retrieval.build import passage_vectors
from retrieval.cards import load_cards
from retrieval.encoder import Vectors, load_encoder
from retrieval.engines.approximate import Approximate
from retrieval.engines.engine import Limits, Numbers, Rows, Selection
from retrieval.engines.flat import FlatSearch, faiss_selector
from retrieval.passages import NATIONAL, Kind

SHARES = (1.0, 1 / 3, 0.01)
_LIMIT = 100

Search = Callable[[Vectors, Selection | None], Numbers]


@dataclass(frozen=True, slots=True)
class Measured:
    """One way at one share of rows that may be found."""

    way: str
    build_seconds: float
    share: float
    spread: Spread
    recall_at_10: float
    recall_at_100: float


def inverted_lists(vectors: Vectors, probes: Sequence[int]) -> list[tuple[str, float, Search]]:
    """IVF-Flat with 4·√n lists, looking into some of them."""
    started = time.perf_counter()
    lists = int(4 * len(vectors) ** 0.5)
    index: Any = faiss.index_factory(vectors.shape[1], f"IVF{lists},Flat", faiss.METRIC_INNER_PRODUCT)
    index.cp.spherical = True
    index.cp.max_points_per_centroid = 64
    index.train(vectors)
    index.add(vectors)
    seconds = time.perf_counter() - started

    def search(query: Vectors, selection: Selection | None, probe: int) -> Numbers:
        parameters = faiss.SearchParametersIVF()
        parameters.nprobe = probe if selection is None else min(lists, int(probe / selection.share))
        parameters.sel = None if selection is None else faiss_selector(selection)
        rows: Numbers = index.search(query[None, :], _LIMIT, params=parameters)[1][0]
        return rows

    return [
        (
            f"IVF{lists}-Flat, {probe} probed",
            seconds,
            lambda query, selection, probe=probe: search(query, selection, probe),  # type: ignore[misc]
        )
        for probe in probes
    ]


def graph(vectors: Vectors, breadths: Sequence[int]) -> list[tuple[str, float, Search]]:
    """HNSW with 32 neighbours each."""
    started = time.perf_counter()
    index: Any = faiss.IndexHNSWFlat(vectors.shape[1], 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 100
    index.add(vectors)
    seconds = time.perf_counter() - started

    def search(query: Vectors, selection: Selection | None, breadth: int) -> Numbers:
        parameters: Any = getattr(faiss, "SearchParametersHNSW")()  # noqa: B009 - its stubs do not know it
        parameters.efSearch = breadth
        parameters.sel = None if selection is None else faiss_selector(selection)
        rows: Numbers = index.search(query[None, :], _LIMIT, params=parameters)[1][0]
        return rows

    return [
        (
            f"HNSW32, breadth {breadth}",
            seconds,
            lambda query, selection, breadth=breadth: search(query, selection, breadth),  # type: ignore[misc]
        )
        for breadth in breadths
    ]


def ours(vectors: Vectors, folder: Path) -> tuple[str, float, Search]:
    """`retrieval.engines.approximate`."""
    engine = Approximate()
    started = time.perf_counter()
    owners = np.arange(len(vectors), dtype=np.int32)
    anybody = Limits(NATIONAL, DAY, None)
    engine.write(Rows(vectors, owners, (anybody,) * len(owners)), "measured", folder)
    seconds = time.perf_counter() - started
    search = engine.open(vectors, "measured", folder)
    return "approximate", seconds, lambda query, selection: search.nearest(query, _LIMIT, selection)[1]


def measure(
    ways: Sequence[tuple[str, float, Search]], vectors: Vectors, queries: Sequence[Vectors]
) -> list[Measured]:
    """Every way at every share, its recall against comparing all rows."""
    exact = FlatSearch(vectors)
    measured = []
    for share in SHARES:
        kept = np.random.default_rng(0).random(len(vectors)) < share
        selection = None if share == 1.0 else Selection(kept, Filter())
        truth = [exact.nearest(query, _LIMIT, selection)[0] for query in queries]
        for way, seconds, search in ways:
            spread = Spread.of(partial(_look, search, selection), queries)
            found = [search(query, selection) for query in queries]
            recalls = [
                [_recall(vectors, query, rows, cosines, count) for count in (10, _LIMIT)]
                for query, rows, cosines in zip(queries, found, truth, strict=True)
            ]
            ten, hundred = np.mean(recalls, axis=0).tolist()
            measured.append(Measured(way, seconds, share, spread, ten, hundred))
    return measured


def _look(search: Search, selection: Selection | None, query: Vectors) -> Numbers:
    return search(query, selection)


def _recall(vectors: Vectors, query: Vectors, rows: Numbers, truth: Vectors, count: int) -> float:
    """The part of the `count` nearest that was found; of equally near ones either will do."""
    near = vectors[rows[rows >= 0][:count]] @ query
    return float(np.sum(near >= truth[:count].min() - 1e-5)) / len(truth[:count])


def main(
    passages: Annotated[int, typer.Option(help="how many vectors")] = 100_000,
    bench: Annotated[Path, typer.Option(help="folder in BEIR layout whose statutes are mixed")] = BENCH,
    json_out: Annotated[Path | None, typer.Option("--json", help="write the figures there too")] = None,
) -> None:
    """Compare ways of searching vectors."""
    faiss.omp_set_num_threads(1)
    console, encoder = Console(width=160), load_encoder()
    statutes = bench if (bench / "corpus.jsonl").exists() else None
    if statutes is None:
        console.print(f"{bench} is not there: only the cards are mixed, so texts and words repeat more")
    _, articles = real_passages(load_cards(CARDS), statutes)
    texts = [passage_vectors(one)[-1][1] for one in mixed(articles, passages, Kind.ARTICLE)]
    vectors = encoder.encode(texts)
    queries = list(encoder.encode([normalise(question.text) for question in questions(statutes)]))
    exact = FlatSearch(vectors)
    with TemporaryDirectory() as folder:
        ways: list[tuple[str, float, Search]] = [
            ("exact", 0.0, lambda query, selection: exact.nearest(query, _LIMIT, selection)[1]),
            *inverted_lists(vectors, (16, 64, 256)),
            *graph(vectors, (100, 400)),
            ours(vectors, Path(folder)),
        ]
        measured = measure(ways, vectors, queries)
    table = Table(title=f"{passages:,} vectors, one thread, milliseconds p50 / p95 (of its own computing)")
    for name in ("share", "way", "build s", "search", "recall@10", "recall@100"):
        table.add_column(name, justify="right")
    for one in measured:
        table.add_row(
            f"{one.share:.2f}",
            one.way,
            f"{one.build_seconds:.1f}",
            str(one.spread),
            f"{one.recall_at_10:.4f}",
            f"{one.recall_at_100:.4f}",
        )
    console.print(table)
    if json_out is not None:
        json_out.write_text(json.dumps([asdict(one) for one in measured], indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
