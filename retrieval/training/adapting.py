"""Adapts a static encoder to a deployment: to its cards, its documents and the questions it was asked.

Training goes on from the encoder's own token vectors, slowly: questions ↔ what answers them, with the cards
and statutes replayed. A token that no text has keeps its vector. The questions about every tenth source are
first left out, to see whether they are found better by what was learned from the others.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from rich.progress import Progress
from tokenizers import Tokenizer
from torch import nn

from retrieval.encoder import StaticEncoder, Vectors, load_encoder
from retrieval.passages import Kind, Passage
from retrieval.training.artifact import write_folder
from retrieval.training.contrastive import Example, Texts, train
from retrieval.training.pairs import Pair, card_pairs, statute_pairs
from retrieval.training.trying import Figures, Trial, is_held_out, trials, try_out


class NotAdaptableError(Exception):
    """The base is no static embedding; only those are trained here."""


@dataclass(frozen=True, slots=True)
class AdaptRecipe:
    """How far the encoder is moved. The defaults were chosen on card questions the shipped encoder had not
    learned, about cards left out of the adaptation (docs/encoder.md)."""

    seed: int = 20261125
    threads: int = 1
    steps: int = 300
    batch: int = 256
    rate: float = 0.01
    statutes: int = 4_000
    """Pairs from statutes that are replayed, at most."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what answers it: the id of a passage, or a written answer."""

    text: str
    source_id: str | None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a deployment has: everything in its index, and questions people asked."""

    passages: Sequence[Passage]
    asked: Sequence[Asked] = ()


@dataclass(frozen=True, slots=True)
class Adapted:
    """Token vectors [vocabulary, dimensions] for `tokenizer`, learned from everything.

    `before` and `after` were measured on `held_out` questions that a training of its own did not learn;
    both are None when there were too few.
    """

    tokenizer: Tokenizer
    table: Vectors
    learned: int
    held_out: int
    before: Figures | None
    after: Figures | None

    @property
    def is_better(self) -> bool | None:
        """Whether left-out questions are found better, beyond chance; None when that could not be told."""
        if self.before is None or self.after is None:
            return None
        return self.after.is_better_than(self.before)


def adapt(base: Path, deployment: Deployment, recipe: AdaptRecipe, progress: Progress) -> Adapted:
    """Train the static encoder in the folder `base` on from where it is; the same input gives the same.

    Raises:
        EncoderError: there is no model in `base`.
        NotAdaptableError: it is a transformer.
    """
    encoder = load_encoder(base)
    if not isinstance(encoder, StaticEncoder):
        raise NotAdaptableError(f"{base} is no static embedding")
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(recipe.threads)
    asked = sorted(set(deployment.asked), key=lambda one: (one.source_id or "", one.answer or "", one.text))
    held = trials(deployment.passages, [(one.text, one.source_id, one.answer) for one in asked])
    before = try_out(encoder, held)
    after = None
    if before is not None:
        title = "without every tenth source's questions"
        table = _train(encoder, deployment.passages, asked, recipe, progress, title=title, whole=False)
        after = _tried(encoder.tokenizer, table, held)
    table = _train(encoder, deployment.passages, asked, recipe, progress, title="with everything", whole=True)
    return Adapted(
        encoder.tokenizer, table, len(asked), len(held.questions) if before is not None else 0, before, after
    )


def _tried(tokenizer: Tokenizer, table: Vectors, held: Trial) -> Figures | None:
    with TemporaryDirectory() as folder:
        write_folder(tokenizer, table, Path(folder))
        return try_out(load_encoder(Path(folder)), held)


def _train(
    encoder: StaticEncoder,
    passages: Sequence[Passage],
    asked: Sequence[Asked],
    recipe: AdaptRecipe,
    progress: Progress,
    *,
    title: str,
    whole: bool,
) -> Vectors:
    """The table after training; questions about sources that are held out are left out unless `whole`."""
    answered = [one for one in asked if whole or not is_held_out(one.source_id or one.answer or "")]
    texts = Texts(encoder.tokenizer)
    rng = random.Random(recipe.seed)  # noqa: S311 - sampling, not secrets
    cards = [passage for passage in passages if passage.kind is Kind.CARD]
    statutes = statute_pairs([passage for passage in passages if passage.kind is Kind.ARTICLE], rng=rng)
    replayed = rng.sample(statutes, min(len(statutes), recipe.statutes))
    stages: list[tuple[Sequence[Example], int]] = [
        (texts.examples(list(_asked_pairs(answered, passages))), 2),
        (texts.examples(card_pairs(cards, rng=rng)), 1),
        (texts.examples(replayed), 1),
    ]
    bag = nn.EmbeddingBag.from_pretrained(torch.from_numpy(encoder.table.copy()), freeze=False, mode="mean")
    if any(examples for examples, _ in stages):
        train(
            bag,
            stages,
            batch=recipe.batch,
            steps=recipe.steps,
            learning_rate=recipe.rate,
            seed=recipe.seed,
            progress=progress,
            title=title,
        )
    table: Vectors = bag.weight.detach().numpy()
    return table


def _asked_pairs(asked: Sequence[Asked], passages: Sequence[Passage]) -> Iterator[Pair]:
    """Question ↔ passage or answer, and ↔ the passage's own questions, which are what it is compared with."""
    by_id = {passage.id: passage for passage in passages}
    for one in asked:
        passage = by_id.get(one.source_id) if one.source_id is not None else None
        if passage is not None:
            yield Pair(one.text, f"{passage.title}\n{passage.text}", passage.id)
            for question in (passage.title, *passage.questions):
                yield Pair(one.text, question, passage.id)
        if one.answer is not None:
            yield Pair(one.text, one.answer, passage.id if passage is not None else one.answer)
