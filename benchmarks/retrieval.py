"""The product's search on a folder in BEIR layout, beside plain BM25 over jieba words in the same process.

    python -m benchmarks.retrieval --data ../shared/bench/stard [--split dev] [--artifacts shipped|train|both]
        [--train-on DIR] [--json OUT]

`shipped` uses the repository's encoder, ranker and memory. They learned from the texts of
../shared/bench/stard/corpus.jsonl, from the questions of its `train` split and from ../shared/bench/pairs
(whose gold articles include some of those behind `dev_unseen`), so on any other folder holding those
questions it is no test. `train` trains all three on the folder's own `train` split alone, which takes some
ten minutes. `--train-on` trains as the shipped ones were, on another folder, the pairs beside it and the
questions on labour law (`retrieval.training.sources.LABOUR`), without the questions of that folder that share
a text or a gold passage with the ones measured: what the product is worth on questions it has not learned.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import bm25s
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.beir import means, paired_difference, per_question
from language.words import Segmenter, load_stop_words
from retrieval.article_ranking import load_article_ranker
from retrieval.artifacts import SHIPPED, Artifacts
from retrieval.bm25 import Filter
from retrieval.build import build_index
from retrieval.encoder import Encoder, load_encoder
from retrieval.index import Index
from retrieval.memory import Remembered, Trust
from retrieval.passages import Passage
from retrieval.search import Question
from retrieval.tokens import STOP_WORDS, segmenter
from retrieval.training.sources import (
    LABOUR,
    LabelledQuestion,
    read_corpus,
    read_judgements,
    read_labelled,
    read_pairs,
    read_placed,
    read_questions,
)
from retrieval.training.words import write_words

DEPTH = 100
BASELINE = "BM25 over jieba words (bm25s, k1 .9, b .75)"
_DAY = date(2026, 11, 23)


class Learned(StrEnum):
    SHIPPED = "shipped"
    TRAIN = "train"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class System:
    """What was measured of one system: figures by question, milliseconds by question, seconds to build."""

    name: str
    figures: Sequence[Mapping[str, float]]
    milliseconds: Sequence[float]
    build_seconds: float

    def summary(self) -> dict[str, float]:
        p50, p95 = np.quantile(self.milliseconds, [0.5, 0.95])
        return {
            **means(self.figures),
            "p50 ms": float(p50),
            "p95 ms": float(p95),
            "build s": self.build_seconds,
        }


@dataclass(frozen=True, slots=True)
class Task:
    """A folder's passages, and the questions of one split with their gold passages."""

    passages: Sequence[Passage]
    questions: Mapping[str, str]
    gold: Mapping[str, Mapping[str, int]]

    def measure(self, name: str, rank: Callable[[str], Sequence[str]], build_seconds: float) -> System:
        """Rank every question with `rank` (text → ids, best first), one at a time."""
        figures, milliseconds = [], []
        rank(next(iter(self.questions.values())))  # what is loaded at the first use is no search time
        for key, text in self.questions.items():
            started = time.perf_counter()
            ids = rank(text)
            milliseconds.append((time.perf_counter() - started) * 1000)
            figures.append(per_question(ids, self.gold[key]))
        return System(name, figures, milliseconds, build_seconds)


def read_task(folder: Path, split: str) -> Task:
    """The passages of `folder` and the questions of `split`."""
    gold = read_judgements(folder, split)
    texts = read_questions(folder)
    return Task(read_corpus(folder), {key: texts[key] for key in sorted(gold)}, gold)


def baseline(task: Task) -> System:
    """BM25 over jieba's words without stop words, by bm25s; the title counts as text."""
    started = time.perf_counter()
    words = Segmenter(None, stop_words=load_stop_words(STOP_WORDS))
    texts = [words.words(f"{passage.title}\n{passage.text}") for passage in task.passages]
    retriever = bm25s.BM25(k1=0.9, b=0.75)  # type: ignore[no-untyped-call]
    retriever.index(texts, show_progress=False)
    seconds = time.perf_counter() - started
    depth = min(DEPTH, len(task.passages))

    def rank(text: str) -> list[str]:
        numbers, _ = retriever.retrieve([words.words(text)], k=depth, show_progress=False)
        return [task.passages[number].id for number in numbers[0]]

    return task.measure(BASELINE, rank, seconds)


@contextmanager
def indexed(
    task: Task, encoder: Encoder, artifacts: Artifacts, memory: Sequence[Remembered] | None = None
) -> Iterator[tuple[Index, float]]:
    """The product's own index over the task's passages, and the seconds it took to build."""
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        build_index(task.passages, Path(folder), encoder, memory=memory)
        seconds = time.perf_counter() - started
        yield Index.open(Path(folder), encoder=encoder, artifacts=artifacts), seconds


def ranker(index: Index) -> Callable[[str], list[str]]:
    """The ids the product finds for a question, as many as the figures look at.

    What was folded into a hit stands behind it, as it is shown.
    """

    def rank(text: str) -> list[str]:
        hits = index.search(Question(text, _DAY, limit=DEPTH)).hits
        return [passage.id for hit in hits for passage in (hit.passage, *hit.also)][:DEPTH]

    return rank


def words_and_pairs(task: Task) -> System:
    """The product's own BM25 and nothing else."""
    started = time.perf_counter()
    with TemporaryDirectory() as folder:
        words = write_words(task.passages, Path(folder))
        seconds = time.perf_counter() - started

        def rank(text: str) -> list[str]:
            found = words.search(segmenter().tokens(text), DEPTH, Filter())
            return [task.passages[number].id for number, _ in found]

        return task.measure("BM25 over words and character pairs (tantivy)", rank, seconds)


def shipped(task: Task) -> System:
    """The product as it ships, on its fused scores alone and with its ranker."""
    encoder = load_encoder()
    with indexed(task, encoder, Artifacts.load(encoder.fingerprint)) as (index, seconds):
        return task.measure("shipped", ranker(index), seconds)


def trained(
    task: Task,
    passages: Sequence[Passage],
    labelled: Sequence[LabelledQuestion],
    answered: Sequence[LabelledQuestion] = (),
) -> System:
    """Encoder, ranker and memory learned from `labelled` and `answered` over `passages`, nothing else."""
    # PyTorch takes seconds to load: only when something is trained.
    from rich.progress import Progress

    from retrieval.training.article_ranking import remembered
    from retrieval.training.artifact import write_folder
    from retrieval.training.encoder import fit_articles
    from retrieval.training.trainer import Material, Recipe, Trainer

    recipe = Recipe()
    material = Material(passages=passages, labelled=labelled, answered=answered)
    with TemporaryDirectory() as folder, TemporaryDirectory() as words_folder, Progress() as progress:
        words = write_words(material.passages, Path(words_folder))
        trainer = Trainer(material, words, recipe, progress)
        fitted = fit_articles(trainer, material, recipe, progress)
        write_folder(trainer.tokenizer, trainer.tune(), Path(folder) / "encoder")
        encoder = load_encoder(Path(folder) / "encoder")
        if fitted is not None:
            fitted.save(Path(folder), {"encoder": encoder.fingerprint})
        artifacts = replace(Artifacts.read(SHIPPED), article_ranker=load_article_ranker(Path(folder)))
    written = [question for question in answered if question.gold]
    memory = [
        *remembered(passages, labelled, Trust.ASKED),
        *remembered(passages, written, Trust.WRITTEN),
    ]
    with indexed(task, encoder, artifacts, memory) as (index, seconds):
        return task.measure(f"trained on {len(labelled)} questions", ranker(index), seconds)


def unrelated(questions: Sequence[LabelledQuestion], task: Task) -> list[LabelledQuestion]:
    """`questions` without those that share a text or a gold passage with the task's."""
    texts = set(task.questions.values())
    gold = {passage for judged in task.gold.values() for passage in judged}
    return [one for one in questions if one.text not in texts and gold.isdisjoint(one.gold)]


def as_shipped(corpus: Path, passages: Sequence[Passage], task: Task) -> list[LabelledQuestion]:
    """The questions with written answers and on labour law that the shipped artifacts learned from, but for
    texts that are measured."""
    pairs = corpus.parent / "pairs" / "law_qa.jsonl"
    found = [*(read_pairs(pairs) if pairs.exists() else ()), *read_placed(LABOUR, passages)]
    texts = set(task.questions.values())
    return [one for one in found if one.text not in texts]


def compare(systems: Sequence[System], base: System) -> dict[str, dict[str, dict[str, float]]]:
    """The lead of every system behind `base` in the list, by figure."""
    return {
        system.name: {
            name: asdict(paired_difference(system.figures, base.figures, name))
            for name in ("nDCG@10", "recall@100", "hit@5")
        }
        for system in systems[systems.index(base) + 1 :]
    }


def show(systems: Sequence[System], console: Console) -> None:
    """Print figures and leads as tables."""
    table = Table(title="figures")
    table.add_column("system")
    summaries = [system.summary() for system in systems]
    for name in summaries[0]:
        table.add_column(name, justify="right")
    for system, summary in zip(systems, summaries, strict=True):
        table.add_row(system.name, *(_shown(name, value) for name, value in summary.items()))
    console.print(table)
    for base in systems[:2]:
        leads = Table(title=f"lead over {base.name}, 95 % paired bootstrap")
        leads.add_column("system")
        for name in ("nDCG@10", "recall@100", "hit@5"):
            leads.add_column(name, justify="right")
        for system_name, figures in compare(systems, base).items():
            cells = (
                f"{one['mean']:+.3f} [{one['low']:+.3f}, {one['high']:+.3f}]" for one in figures.values()
            )
            leads.add_row(system_name, *cells)
        console.print(leads)


def _shown(name: str, value: float) -> str:
    return f"{value:.1f}" if name.endswith((" ms", " s")) else f"{value:.3f}"


def main(
    data: Annotated[Path, typer.Option(help="folder in BEIR layout")],
    split: Annotated[str, typer.Option(help="qrels/<split>.tsv")] = "dev",
    artifacts: Annotated[Learned, typer.Option(help="which encoder and weights")] = Learned.BOTH,
    train_on: Annotated[
        Path | None,
        typer.Option(help="train as the shipped ones were, on this folder, minus what is asked"),
    ] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="write the figures there too")] = None,
) -> None:
    """Measure the product's search on a folder in BEIR layout."""
    for needed in (data / "corpus.jsonl", data / "queries.jsonl", data / "qrels" / f"{split}.tsv"):
        if not needed.exists():
            typer.echo(f"{needed} is missing: the benchmark data is not part of the repository", err=True)
            sys.exit(2)
    console = Console(width=220)
    task = read_task(data, split)
    console.print(f"{data} {split}: {len(task.questions)} questions, {len(task.passages)} passages")
    systems = [baseline(task), words_and_pairs(task)]
    if artifacts is not Learned.TRAIN:
        systems.append(shipped(task))
    if artifacts is not Learned.SHIPPED:
        corpus = train_on or data
        if (corpus / "qrels" / "train.tsv").exists():
            passages, labelled = read_corpus(corpus), read_labelled(corpus, "train")
            if train_on is None:
                systems.append(trained(task, passages, labelled))
            else:
                written = as_shipped(corpus, passages, task)
                systems.append(trained(task, passages, unrelated(labelled, task), written))
        else:
            console.print(f"{corpus} has no train split: nothing was trained (see --train-on)")
    show(systems, console)
    if json_out is not None:
        _write(json_out, data, split, task, systems)


def _write(file: Path, data: Path, split: str, task: Task, systems: Sequence[System]) -> None:
    report: dict[str, Any] = {
        "data": str(data),
        "split": split,
        "questions": len(task.questions),
        "passages": len(task.passages),
        "shipped encoder": load_encoder().fingerprint,
        "systems": {system.name: system.summary() for system in systems},
        "lead over": {base.name: compare(systems, base) for base in systems[:2]},
    }
    file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
