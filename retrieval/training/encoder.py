"""Trains what the repository ships for statutes: the static encoder, the ranker of articles, and its memory.

    python -m retrieval.training.encoder --bench ../shared/bench --cards knowledge_base/cards \\
        --out retrieval/artifacts

The encoder learns first from random vectors, on everything that means or answers each other (statutes,
answered questions, cards); then on questions and the passages that answer them, against the wrong passages
that BM25 ranks high, while the first material is replayed. The ranker learns from questions that an encoder
trained without them was asked. Takes about a quarter of an hour on one core; the same inputs give the same
files. Fit fusion and calibration for the new encoder afterwards (`python -m retrieval.training.calibration`).
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.progress import Progress

from retrieval.artifacts import SHIPPED
from retrieval.cards import card_files, load_cards
from retrieval.encoder import Encoder, load_encoder
from retrieval.fusion import SHIPPED as FUSION
from retrieval.memory import SHIPPED as MEMORY
from retrieval.memory import Trust, write_memory
from retrieval.training.article_ranking import FEWEST, Fit, fit, judged_rows, remembered
from retrieval.training.artifact import write_folder
from retrieval.training.modelcard import COMMAND, manifest, model_card
from retrieval.training.sources import (
    LABOUR,
    data_hash,
    read_corpus,
    read_labelled,
    read_pairs,
    read_placed,
)
from retrieval.training.trainer import Material, Recipe, Trainer
from retrieval.training.words import write_words

ENCODER = "encoder"


def fit_articles(trainer: Trainer, material: Material, recipe: Recipe, progress: Progress) -> Fit | None:
    """The ranker of articles for encoders that `trainer` makes; None when the questions are too few."""
    if len(material.labelled) < FEWEST:
        return None
    written = [question for question in material.answered if question.gold]
    with TemporaryDirectory() as folder:
        judged = judged_rows(
            material.passages,
            material.labelled,
            written,
            _encoder_without(trainer, Path(folder)),
            progress,
            seed=recipe.seed,
        )
    return fit(judged, seed=recipe.seed)


def _encoder_without(trainer: Trainer, folder: Path) -> Callable[[Collection[str]], Encoder]:
    def make(left_out: Collection[str]) -> Encoder:
        write_folder(trainer.tokenizer, trainer.tune(without=left_out), folder)
        return load_encoder(folder)

    return make


def train_shipped(bench: Path, cards: Path, out: Path, progress: Progress) -> str:
    """Write encoder, ranker of articles and memory into `out`; returns the encoder's fingerprint.

    `bench` holds stard/ (BEIR layout) and pairs/law_qa.jsonl.

    Raises:
        FileNotFoundError: something of the material is missing.
    """
    stard, pairs = bench / "stard", bench / "pairs" / "law_qa.jsonl"
    for needed in (stard / "corpus.jsonl", pairs, cards):
        if not needed.exists():
            raise FileNotFoundError(needed)
    recipe = Recipe()
    passages = read_corpus(stard)
    material = Material(
        passages=passages,
        labelled=read_labelled(stard, "train"),
        answered=[*read_pairs(pairs), *read_placed(LABOUR, passages)],
        cards=load_cards(cards),
    )
    with TemporaryDirectory() as folder:
        words = write_words(material.passages, Path(folder))
        trainer = Trainer(material, words, recipe, progress)
        fitted = fit_articles(trainer, material, recipe, progress)
        table = trainer.tune()
    fingerprint = write_folder(trainer.tokenizer, table, out / ENCODER)
    used = [stard / "corpus.jsonl", stard / "queries.jsonl", stard / "qrels" / "train.tsv", pairs, LABOUR]
    digest = data_hash(*used, *card_files(cards))
    made = manifest(recipe=asdict(recipe), counts=_counts(material), data=digest, fingerprint=fingerprint)
    _write_json(out / ENCODER / "manifest.json", made)
    (out / ENCODER / "README.md").write_text(model_card(made, table.shape[1]), encoding="utf-8")
    if fitted is not None:
        fitted.save(out, {"command": COMMAND, "data_sha256": data_hash(*used), "encoder": fingerprint})
        _keep_share(out / FUSION.name, fitted.share)
    answered = [question for question in material.answered if question.gold]
    write_memory(
        (
            *remembered(material.passages, material.labelled, Trust.ASKED),
            *remembered(material.passages, answered, Trust.WRITTEN),
        ),
        out / MEMORY.name,
    )
    return fingerprint


def _keep_share(file: Path, share: float) -> None:
    """Write the share for articles into the fusion weights beside the encoder, where there are any."""
    if file.exists():
        content = json.loads(file.read_text(encoding="utf-8"))
        content["weights"]["article_lexical"] = share
        _write_json(file, content)


def _write_json(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _counts(material: Material) -> dict[str, int]:
    return {
        "statute articles": len(material.passages),
        "questions with articles": len(material.labelled),
        "questions with a written answer": sum(one.answer is not None for one in material.answered),
        "questions on articles of labour law": sum(one.answer is None for one in material.answered),
        "cards": len(material.cards),
        "questions of cards": sum(len(card.questions) for card in material.cards),
    }


def main(
    bench: Annotated[Path, typer.Option(help="folder with stard/ (BEIR layout) and pairs/law_qa.jsonl")],
    cards: Annotated[Path, typer.Option(help="knowledge cards")],
    out: Annotated[Path, typer.Option(help="where encoder, ranker and memory go")] = SHIPPED,
) -> None:
    """Train what the repository ships on the corpus, its `train` split, the pairs and the cards."""
    with Progress() as progress:
        try:
            fingerprint = train_shipped(bench, cards, out, progress)
        except FileNotFoundError as error:
            raise typer.BadParameter(f"{error} is missing") from error
    size = sum(file.stat().st_size for file in (out / ENCODER).rglob("*") if file.is_file())
    typer.echo(f"{out}: encoder of {size / 2**20:.1f} MiB, fingerprint {fingerprint}")


if __name__ == "__main__":
    typer.run(main)
