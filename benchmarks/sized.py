"""One size of collection: built, changed by one card, served alone and measured."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bm25s
import faiss
import numpy as np
import psutil

from benchmarks.mixed import BRANCHES, DAY, mixed, real_passages
from benchmarks.pieces import Pieces
from language.normalise import normalise
from retrieval import dense
from retrieval.artifacts import Artifacts
from retrieval.bm25 import Filter
from retrieval.build import build_index, index_version, vector_count, write_version
from retrieval.cards import load_cards
from retrieval.catalogue import Catalogue
from retrieval.encoder import Vectors, load_encoder
from retrieval.engines.choice import choose_engine
from retrieval.engines.engine import Selection, VectorSearch
from retrieval.engines.flat import FlatSearch
from retrieval.index import Index
from retrieval.memory import shipped_memory
from retrieval.passages import NATIONAL, Kind, Passage
from retrieval.search import Question
from retrieval.shelf import Shelf
from retrieval.store import live_folder, publish, read_manifest
from retrieval.tokens import segmenter
from retrieval.training.sources import read_labelled
from retrieval.visibility import Visibility
from service.knowledge.live_index import LiveIndex

HOME = Path(__file__).resolve().parent.parent
CARDS = HOME / "knowledge_base" / "cards"
SHORT_CUT_FROM = 500_000
"""From here words are cut sentence by sentence and remembered: the same tokens, in minutes less."""
BASELINE_TO = 100_000
_PATIENCE = 60.0
_QUESTIONS = 300
_MIB = 2**20
_EQUAL = 1e-6


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of one thing done many times; `processor` is what the thread itself computed.

    On a machine that others use too the second says more than the first.
    """

    p50: float
    p95: float
    processor_p50: float
    processor_p95: float

    @classmethod
    def of(cls, do: Callable[[Any], object], items: Sequence[Any]) -> "Spread":
        """Do it for each item, after doing it for the first twenty to warm up."""
        for item in items[:20]:
            do(item)
        passed, computed = [], []
        for item in items:
            started, began = time.perf_counter(), time.thread_time()
            do(item)
            computed.append((time.thread_time() - began) * 1000)
            passed.append((time.perf_counter() - started) * 1000)
        return cls(*(float(np.quantile(of, at)) for of in (passed, computed) for at in (0.5, 0.95)))

    def __str__(self) -> str:
        own = f"{self.processor_p50:.1f} / {self.processor_p95:.1f}"
        return f"{self.p50:.1f} / {self.p95:.1f} ({own})"


@dataclass(frozen=True, slots=True)
class Size:
    """Everything measured at one size; MiB and seconds.

    `mapped_mib` is the part of `resident_mib` that is files mapped into memory: the system takes it back
    when it is short. `resident_before_mib` is what the process has without an index.
    """

    passages: int
    vectors: int
    engine: str
    build_seconds: float
    build_short_cut: bool
    open_seconds: float
    resident_mib: float
    resident_before_mib: float
    mapped_mib: float
    disk_mib: float
    search: Spread
    vectors_alone: Spread
    exact_vectors: Spread
    recall_at_10: float
    bm25s: Spread | None = None
    changed_card_seconds: float | None = None


def passages_of(size: int, bench: Path | None) -> list[Passage]:
    """A sixth cards, but no more than 1,000, the rest articles."""
    cards, articles = real_passages(load_cards(CARDS), bench)
    count = min(1_000, size // 6)
    return [*mixed(cards, count, Kind.CARD), *mixed(articles, size - count, Kind.ARTICLE)]


def questions(bench: Path | None) -> list[Question]:
    """Questions as they are put to the product, every third by somebody from a branch."""
    if bench is None:
        texts = [text[:-1] for card in load_cards(CARDS) for text in card.questions if len(text) > 6]
    else:
        texts = [one.text for one in read_labelled(bench, "train")]
    step = max(1, len(texts) // _QUESTIONS)
    asked = texts[::step][:_QUESTIONS]
    units = [() if at % 3 else ("示例银行", BRANCHES[at % len(BRANCHES)]) for at in range(len(asked))]
    return [Question(text, DAY, unit) for text, unit in zip(asked, units, strict=True)]


def build(size: int, root: Path, bench: Path | None) -> float:
    """Build an index of `size` passages below `root`; the seconds it took."""
    passages, encoder = passages_of(size, bench), load_encoder()
    started = time.perf_counter()
    if size < SHORT_CUT_FROM:
        build_index(passages, root, encoder)
    else:
        publish(
            root,
            version := index_version(passages, encoder),
            lambda folder: write_version(
                passages,
                shipped_memory(),
                folder,
                version,
                encoder,
                engine=choose_engine(vector_count(passages)),
                worked=Pieces(passages),
            ),
        )
    return time.perf_counter() - started


def change_one_card(size: int, root: Path, bench: Path | None) -> float:
    """Seconds from the start of the build with one card changed to the first answer that knows of it."""
    passages, encoder = passages_of(size, bench), load_encoder()
    live = LiveIndex(root, encoder, Artifacts.load(encoder.fingerprint))
    at = next(at for at, one in enumerate(passages) if one.scope == NATIONAL and one.effective_to is None)
    card = passages[at]
    new = "".join(card.questions[:2])
    live.current().search(Question(new, DAY))
    changed = replace(card, questions=(*card.questions, new))
    started = time.perf_counter()
    build_index([*passages[:at], changed, *passages[at + 1 :]], root, encoder)
    while time.perf_counter() - started < _PATIENCE:
        hits = live.current().search(Question(new, DAY)).hits
        if hits and hits[0].matched_question == new:
            return time.perf_counter() - started
        time.sleep(0.01)
    raise TimeoutError("the changed card was not found")


def measure(root: Path, build_seconds: float, bench: Path | None) -> Size:
    """Serve the index below `root` in this process, alone, and measure it."""
    faiss.omp_set_num_threads(1)
    asked, encoder = questions(bench), load_encoder()
    folder = live_folder(root)
    assert folder is not None  # noqa: S101 - it has just been built
    manifest = read_manifest(folder)
    segmenter()
    process = psutil.Process()
    before = process.memory_info().rss
    started = time.perf_counter()
    index = Index.open(root, encoder=encoder, artifacts=Artifacts.load(encoder.fingerprint))
    open_seconds = time.perf_counter() - started
    search = Spread.of(index.search, asked)
    memory = process.memory_info()
    vectors = encoder.encode([normalise(question.text) for question in asked])
    alone, exact, recall = vectors_alone(folder, manifest["version"], vectors)
    return Size(
        passages=manifest["passages"],
        vectors=manifest["vectors"],
        engine=manifest["engine"],
        build_seconds=build_seconds,
        build_short_cut=manifest["passages"] >= SHORT_CUT_FROM,
        open_seconds=open_seconds,
        resident_mib=memory.rss / _MIB,
        resident_before_mib=before / _MIB,
        mapped_mib=memory.shared / _MIB,
        disk_mib=sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / _MIB,
        search=search,
        vectors_alone=alone,
        exact_vectors=exact,
        recall_at_10=recall,
        bm25s=plain_bm25(Shelf(folder), asked) if manifest["passages"] <= BASELINE_TO else None,
    )


def vectors_alone(folder: Path, version: str, queries: Vectors) -> tuple[Spread, Spread, float]:
    """The engine's and exact FAISS's times for the hundred nearest of what a branch may see, recall@10."""
    stored = np.load(folder / dense.VECTORS, mmap_mode="r").view(np.ndarray)
    owners = np.load(folder / dense.OWNERS)
    mask = Visibility(Catalogue(folder)).mask(("national", "示例银行", BRANCHES[0]), DAY)
    selection = None if mask is None else Selection(mask[owners], Filter())
    engine = choose_engine(len(owners)).open(stored, version, folder)
    exact = FlatSearch(stored)
    spreads = [
        Spread.of(lambda query, searched=searched: searched.nearest(query, 100, selection), list(queries))  # type: ignore[misc]
        for searched in (engine, exact)
    ]
    return spreads[0], spreads[1], float(np.mean([recall(engine, exact, one, selection) for one in queries]))


def recall(engine: VectorSearch, exact: VectorSearch, query: Vectors, selection: Selection | None) -> float:
    """The part of the ten nearest that the engine has; of equally near ones either will do."""
    ours, _ = engine.nearest(query, 100, selection)
    all_, _ = exact.nearest(query, 100, selection)
    return float(np.sum(ours[:10] >= all_[:10].min() - _EQUAL)) / len(all_[:10])


def plain_bm25(passages: Sequence[Passage], asked: Sequence[Question]) -> Spread:
    """The words alone, without a filter: bm25s over jieba's words."""
    words = segmenter().words
    retriever = bm25s.BM25(k1=0.9, b=0.75)  # type: ignore[no-untyped-call]
    retriever.index([words(passage.text) or ["-"] for passage in passages], show_progress=False)
    return Spread.of(
        lambda question: retriever.retrieve([words(question.text)], k=100, show_progress=False), asked
    )
