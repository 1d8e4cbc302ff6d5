"""Parts of the labelled questions that are asked in turn of encoders and memories that have not seen them.

Two ways of dealing them out, because two kinds of question come: one whose article others have asked about,
and one about an article nobody has asked about yet, such as those of a document imported today.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.training.sources import LabelledQuestion

FOLDS = 4


@dataclass(frozen=True, slots=True)
class Fold:
    """Questions to ask, and all that encoder and memory must not have learned from: those and more."""

    asked: Sequence[LabelledQuestion]
    left_out: frozenset[str]
    """Texts of the questions, with labels or with written answers."""
    new: bool
    """Whether nothing that is left speaks of an article that answers any of them."""


def known_folds(questions: Sequence[LabelledQuestion], *, seed: int) -> list[Fold]:
    """FOLDS parts at random: about half the questions share an article with one in another part."""
    order = sorted(questions, key=lambda question: question.text)
    random.Random(seed).shuffle(order)  # noqa: S311 - sampling, not secrets
    parts = [order[at::FOLDS] for at in range(FOLDS)]
    return [Fold(part, frozenset(one.text for one in part), new=False) for part in parts]


def new_folds(questions: Sequence[LabelledQuestion], written: Sequence[LabelledQuestion]) -> list[Fold]:
    """FOLDS parts no two of which share an article; questions with written answers (`written`) on a part's
    articles are left out with it."""
    parts: list[list[LabelledQuestion]] = [[] for _ in range(FOLDS)]
    for group in _groups(questions):
        min(parts, key=len).extend(group)
    folds = []
    for part in parts:
        articles = {gold for one in part for gold in one.gold}
        about = [one for one in (*questions, *written) if not articles.isdisjoint(one.gold)]
        folds.append(Fold(part, frozenset(one.text for one in about), new=True))
    return folds


def _groups(questions: Sequence[LabelledQuestion]) -> list[list[LabelledQuestion]]:
    """The questions by what hangs together through shared articles, the largest group first."""
    leader: dict[str, str] = {}

    def find(article: str) -> str:
        while leader.setdefault(article, article) != article:
            article = leader[article]
        return article

    for question in questions:
        for gold in question.gold[1:]:
            leader[find(gold)] = find(question.gold[0])
    groups: dict[str, list[LabelledQuestion]] = {}
    for question in sorted(questions, key=lambda question: question.text):
        groups.setdefault(find(question.gold[0]), []).append(question)
    return sorted(groups.values(), key=len, reverse=True)
