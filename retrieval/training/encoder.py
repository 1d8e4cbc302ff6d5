"""Trains the static encoder the repository ships.

    python -m retrieval.training.encoder --bench ../shared/bench --cards knowledge_base/cards \\
        --out retrieval/artifacts/encoder

First from random vectors, on everything that means or answers each other (statutes, answered questions,
cards); then on questions and the passages that answer them, against the wrong passages that BM25 ranks
high, while the first material is replayed. Takes a few minutes on two cores; the same inputs give the same
folder.
"""

import json
import os
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.progress import Progress
from tokenizers import Tokenizer

from retrieval import bm25
from retrieval.cards import card_files, load_cards
from retrieval.encoder import SHIPPED, Vectors
from retrieval.passages import Passage
from retrieval.tokens import passage_tokens, segmenter
from retrieval.training.artifact import write_folder
from retrieval.training.contrastive import Example, Texts, new_embedding, train
from retrieval.training.modelcard import manifest, model_card
from retrieval.training.pairs import answer_pairs, article_text, card_pairs, statute_pairs
from retrieval.training.sources import LabelledQuestion, data_hash, read_corpus, read_labelled, read_pairs
from retrieval.training.vocabulary import learn_vocabulary

_HARD_DEPTH = 40
_HARD = 4


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the encoder is trained. The defaults were chosen on questions held out of the `train` split."""

    vocabulary: int = 32_000
    seed: int = 20261123
    threads: int = 2
    first_steps: int = 400
    first_batch: int = 1024
    first_rate: float = 0.1
    second_steps: int = 150
    second_batch: int = 512
    second_rate: float = 0.02


@dataclass(frozen=True, slots=True)
class Material:
    """The texts to learn from; any of them may be empty except `passages`."""

    passages: Sequence[Passage]
    labelled: Sequence[LabelledQuestion] = ()
    """Questions with the ids of the passages that answer them."""
    answered: Sequence[LabelledQuestion] = ()
    """Questions with a written answer, at times with ids too."""
    cards: Sequence[Passage] = ()


def train_encoder(material: Material, recipe: Recipe, progress: Progress) -> tuple[Tokenizer, Vectors]:
    """Tokenizer and token vectors [vocabulary, dimensions] learned from `material`."""
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    os.environ["RAYON_NUM_THREADS"] = str(recipe.threads)
    torch.set_num_threads(recipe.threads)
    tokenizer = learn_vocabulary(_texts(material), size=recipe.vocabulary)
    texts = Texts(tokenizer)
    rng = random.Random(recipe.seed)  # noqa: S311 - sampling, not secrets
    statutes = texts.examples(statute_pairs(material.passages, rng=rng))
    answers = texts.examples(answer_pairs(material.answered, rng=rng))
    cards = texts.examples(card_pairs(material.cards, rng=rng))
    labelled = _labelled_examples(material, texts)
    bag = new_embedding(tokenizer.get_vocab_size(), seed=recipe.seed)
    train(
        bag,
        [(statutes, 7), (answers, 1), (cards, 1)],
        batch=recipe.first_batch,
        steps=recipe.first_steps,
        learning_rate=recipe.first_rate,
        seed=recipe.seed,
        progress=progress,
        title="texts that mean each other",
    )
    train(
        bag,
        [(labelled, 2), (cards, 1), (statutes, 1), (answers, 1)],
        batch=recipe.second_batch,
        steps=recipe.second_steps,
        learning_rate=recipe.second_rate,
        seed=recipe.seed + 1,
        progress=progress,
        title="questions and what answers them",
        hard=_HARD,
    )
    return tokenizer, bag.weight.detach().numpy()


def _labelled_examples(material: Material, texts: Texts) -> list[Example]:
    """Question → gold passage, each with the best passages of BM25 that are not gold."""
    questions = [question for question in (*material.labelled, *material.answered) if question.gold]
    if not questions:
        return []
    numbers = {passage.id: number for number, passage in enumerate(material.passages)}
    whole = [article_text(passage) for passage in material.passages]
    texts.read([*whole, *(question.text for question in questions)])
    examples = []
    with tempfile.TemporaryDirectory() as folder:
        bm25.write(_documents(material.passages), Path(folder))
        words = bm25.Bm25(Path(folder))
        for question in questions:
            tokens = segmenter().tokens(question.text)
            wrong = [
                (texts.ids(whole[number]), texts.group(material.passages[number].id))
                for number, _ in words.search(tokens, _HARD_DEPTH, bm25.Filter())
                if material.passages[number].id not in question.gold
            ]
            examples += [
                Example(texts.ids(question.text), texts.ids(whole[numbers[gold]]), texts.group(gold), wrong)
                for gold in question.gold
                if gold in numbers
            ]
    return examples


def _documents(passages: Sequence[Passage]) -> Iterator[bm25.Document]:
    for number, passage in enumerate(passages):
        yield bm25.Document(number, passage_tokens(passage), passage.scope, passage.effective_from, None)


def _texts(material: Material) -> Iterable[str]:
    for passage in (*material.passages, *material.cards):
        yield from (passage.title, passage.text, *passage.questions)
    for question in (*material.labelled, *material.answered):
        yield question.text
        if question.answer:
            yield question.answer


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
    with Progress() as progress:
        tokenizer, table = train_encoder(material, recipe, progress)
    fingerprint = write_folder(tokenizer, table, out)
    used = [stard / "corpus.jsonl", stard / "queries.jsonl", stard / "qrels" / "train.tsv", pairs]
    digest = data_hash(*used, *card_files(cards))
    made = manifest(recipe=asdict(recipe), counts=_counts(material), data=digest, fingerprint=fingerprint)
    text = json.dumps(made, ensure_ascii=False, indent=2)
    (out / "manifest.json").write_text(text + "\n", encoding="utf-8")
    (out / "README.md").write_text(model_card(made, table.shape[1]), encoding="utf-8")
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    typer.echo(f"{out}: {size / 2**20:.1f} MiB, fingerprint {fingerprint}")


if __name__ == "__main__":
    typer.run(main)
