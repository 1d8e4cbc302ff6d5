"""Trains the static encoder the repository ships.

    python -m retrieval.training.encoder --bench ../shared/bench --cards knowledge_base/cards \\
        --out retrieval/artifacts/encoder

First from random vectors, on everything that means or answers each other (statutes, answered questions,
cards); then on questions and the passages that answer them, against the wrong passages that BM25 ranks
high, while the first material is replayed. Takes a few minutes on two cores; the same inputs give the same
folder.
"""

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.progress import Progress

from retrieval.bm25 import Bm25
from retrieval.cards import card_files, load_cards
from retrieval.encoder import SHIPPED, load_encoder
from retrieval.fusion import SHIPPED as FUSION
from retrieval.training.artifact import write_folder
from retrieval.training.modelcard import manifest, model_card
from retrieval.training.shares import choose_share, gold_of, hold_out
from retrieval.training.sources import data_hash, read_corpus, read_labelled, read_pairs
from retrieval.training.trainer import Material, Recipe, Trainer, write_words


def article_share(trainer: Trainer, material: Material, words: Bm25, recipe: Recipe) -> float:
    """BM25's best share for articles no training question was about."""
    held = hold_out(material.labelled, seed=recipe.seed)
    with TemporaryDirectory() as folder:
        write_folder(trainer.tokenizer, trainer.tune(without=gold_of(held)), Path(folder))
        share, _ = choose_share(material.passages, words, load_encoder(Path(folder)), held)
    return share


def _keep_share(file: Path, share: float) -> None:
    """Write the share for articles into the fusion weights beside the encoder, where there are any."""
    if file.exists():
        content = json.loads(file.read_text(encoding="utf-8"))
        content["weights"]["article_lexical"] = share
        file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _counts(material: Material) -> dict[str, int]:
    return {
        "statute articles": len(material.passages),
        "questions with articles": len(material.labelled),
        "questions with a written answer": len(material.answered),
        "cards": len(material.cards),
        "questions of cards": sum(len(card.questions) for card in material.cards),
    }


def main(
    bench: Annotated[Path, typer.Option(help="folder with stard/ (BEIR layout) and pairs/law_qa.jsonl")],
    cards: Annotated[Path, typer.Option(help="knowledge cards")],
    out: Annotated[Path, typer.Option(help="where the encoder goes")] = SHIPPED,
) -> None:
    """Train the shipped encoder on the benchmark's corpus and `train` split, the pairs and the cards."""
    stard, pairs = bench / "stard", bench / "pairs" / "law_qa.jsonl"
    for needed in (stard / "corpus.jsonl", pairs, cards):
        if not needed.exists():
            raise typer.BadParameter(f"{needed} is missing")
    recipe = Recipe()
    material = Material(
        passages=read_corpus(stard),
        labelled=read_labelled(stard, "train"),
        answered=read_pairs(pairs),
        cards=load_cards(cards),
    )
    with Progress() as progress, TemporaryDirectory() as folder:
        words = write_words(material.passages, Path(folder))
        trainer = Trainer(material, words, recipe, progress)
        share = article_share(trainer, material, words, recipe)
        table = trainer.tune()
    fingerprint = write_folder(trainer.tokenizer, table, out)
    used = [stard / "corpus.jsonl", stard / "queries.jsonl", stard / "qrels" / "train.tsv", pairs]
    digest = data_hash(*used, *card_files(cards))
    _keep_share(out.parent / FUSION.name, share)
    made = manifest(recipe=asdict(recipe), counts=_counts(material), data=digest, fingerprint=fingerprint)
    text = json.dumps(made, ensure_ascii=False, indent=2)
    (out / "manifest.json").write_text(text + "\n", encoding="utf-8")
    (out / "README.md").write_text(model_card(made, table.shape[1]), encoding="utf-8")
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    typer.echo(f"{out}: {size / 2**20:.1f} MiB, fingerprint {fingerprint}")


if __name__ == "__main__":
    typer.run(main)
