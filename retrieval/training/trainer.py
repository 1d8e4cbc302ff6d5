"""Trains a static encoder in two stages; the second can be repeated with other questions."""

import copy
import os
import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from rich.progress import Progress
from tokenizers import Tokenizer
from torch import nn

from retrieval.bm25 import Bm25, Filter
from retrieval.encoder import Vectors
from retrieval.passages import Passage
from retrieval.tokens import segmenter
from retrieval.training.contrastive import Example, Texts, new_embedding, train
from retrieval.training.pairs import answer_pairs, article_text, card_pairs, statute_pairs
from retrieval.training.sources import LabelledQuestion
from retrieval.training.vocabulary import learn_vocabulary

_HARD_DEPTH = 40
_HARD = 4


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the encoder is trained. The defaults were chosen on questions held out of the `train` split."""

    vocabulary: int = 32_000
    dimensions: int = 384
    seed: int = 20261125
    threads: int = 1
    first_steps: int = 500
    first_batch: int = 1024
    first_rate: float = 0.1
    second_steps: int = 400
    second_batch: int = 512
    second_rate: float = 0.02
    labelled_times: int = 3
    """How often a labelled question comes for each time a question with a written answer does."""


@dataclass(frozen=True, slots=True)
class Material:
    """The texts to learn from; any of them may be empty except `passages`."""

    passages: Sequence[Passage]
    labelled: Sequence[LabelledQuestion] = ()
    """Questions with the ids of the passages that answer them."""
    answered: Sequence[LabelledQuestion] = ()
    """Questions with a written answer, at times with ids too."""
    cards: Sequence[Passage] = ()


class Trainer:
    """The vocabulary and the first stage, done once; `tune` runs the second stage on a copy of it.

    `words` is a BM25 index of the material's passages, by their position.
    """

    def __init__(self, material: Material, words: Bm25, recipe: Recipe, progress: Progress) -> None:
        os.environ["TOKENIZERS_PARALLELISM"] = "true"
        os.environ["RAYON_NUM_THREADS"] = str(recipe.threads)
        torch.set_num_threads(recipe.threads)
        self._material = material
        self._recipe = recipe
        self._progress = progress
        self.tokenizer: Tokenizer = learn_vocabulary(_texts(material), size=recipe.vocabulary)
        self._texts = Texts(self.tokenizer)
        rng = random.Random(recipe.seed)  # noqa: S311 - sampling, not secrets
        self._statutes = self._texts.examples(statute_pairs(material.passages, rng=rng))
        self._answers = self._texts.examples(answer_pairs(material.answered, rng=rng))
        self._cards = self._texts.examples(card_pairs(material.cards, rng=rng))
        self._labelled = dict(self._labelled_examples(words))
        self._bag = self._first_stage()

    def tune(self, *, without: Collection[str] = ()) -> Vectors:
        """Token vectors [vocabulary, dimensions] after the second stage.

        Questions with a text in `without` are left out, so that the vectors can be tried on them.
        """
        left_out = frozenset(without)
        repeated = [*self._material.labelled] * self._recipe.labelled_times
        used = [one for one in (*repeated, *self._material.answered) if one.text not in left_out]
        examples = [example for question in used for example in self._of(question)]
        bag = copy.deepcopy(self._bag)
        if examples or self._cards:
            train(
                bag,
                [(examples, 2), (self._cards, 1), (self._statutes, 1), (self._answers, 1)],
                batch=self._recipe.second_batch,
                steps=self._recipe.second_steps,
                learning_rate=self._recipe.second_rate,
                seed=self._recipe.seed + 1,
                progress=self._progress,
                title="questions and what answers them",
                hard=_HARD,
            )
        table: Vectors = bag.weight.detach().numpy()
        return table

    def _first_stage(self) -> nn.EmbeddingBag:
        bag = new_embedding(self.tokenizer.get_vocab_size(), self._recipe.dimensions, seed=self._recipe.seed)
        train(
            bag,
            [(self._statutes, 7), (self._answers, 1), (self._cards, 1)],
            batch=self._recipe.first_batch,
            steps=self._recipe.first_steps,
            learning_rate=self._recipe.first_rate,
            seed=self._recipe.seed,
            progress=self._progress,
            title="texts that mean each other",
        )
        return bag

    def _of(self, question: LabelledQuestion) -> list[Example]:
        return self._labelled.get(question.text, [])

    def _labelled_examples(self, words: Bm25) -> Iterator[tuple[str, list[Example]]]:
        """By question: question → gold passage, with the best passages of BM25 that are not gold."""
        material, texts = self._material, self._texts
        questions = [question for question in (*material.labelled, *material.answered) if question.gold]
        if not questions:
            return
        numbers = {passage.id: number for number, passage in enumerate(material.passages)}
        whole = [article_text(passage) for passage in material.passages]
        texts.read([*whole, *(question.text for question in questions)])
        for question in questions:
            left = texts.ids(question.text)
            found = words.search(segmenter().tokens(question.text), _HARD_DEPTH, Filter())
            wrong = [
                (texts.ids(whole[number]), texts.group(material.passages[number].id))
                for number, _ in found
                if material.passages[number].id not in question.gold
            ]
            known = [gold for gold in question.gold if gold in numbers]
            yield (
                question.text,
                [Example(left, texts.ids(whole[numbers[gold]]), texts.group(gold), wrong) for gold in known],
            )


def _texts(material: Material) -> Iterable[str]:
    for passage in (*material.passages, *material.cards):
        yield from (passage.title, passage.text, *passage.questions)
    for question in (*material.labelled, *material.answered):
        yield question.text
        if question.answer:
            yield question.answer
