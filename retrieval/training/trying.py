"""Tries an encoder on questions that it has not learned from."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.build import passage_vectors
from retrieval.encoder import Encoder
from retrieval.exact import question_key
from retrieval.passages import Passage
from retrieval.training.kept_back import is_kept_back

_ONE_IN = 10
FEWEST = 20
"""Questions below which figures would be chance."""
_CUTOFF = 10
_FIVE = 5
_ONE_IN_TWENTY = 1.645
"""Standard errors that chance exceeds upwards one time in twenty."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What an encoder found: the rank of every question's source, from 1."""

    ranks: npt.NDArray[np.int64]

    @property
    def first(self) -> float:
        """Share of questions whose source is first."""
        return float((self.ranks == 1).mean())

    @property
    def among_five(self) -> float:
        """Share of questions whose source is among the first five."""
        return float((self.ranks <= _FIVE).mean())

    @property
    def reciprocal_rank(self) -> float:
        """Mean of 1 / rank, 0 for a source that is not among the first ten."""
        return float(self.reciprocals.mean())

    @property
    def reciprocals(self) -> npt.NDArray[np.float64]:
        return np.where(self.ranks <= _CUTOFF, 1 / self.ranks, 0.0)

    def is_better_than(self, other: Figures) -> bool:
        """Whether the same questions are found better, by more than chance would do one time in twenty."""
        gained = self.reciprocals - other.reciprocals
        error = float(gained.std(ddof=1)) / math.sqrt(len(gained))
        return float(gained.mean()) - _ONE_IN_TWENTY * error > 0


@dataclass(frozen=True, slots=True)
class Trial:
    """Held-out questions as (text, number of the target that answers it), and what is searched.

    `texts` are (target, text): a target is found by the best of its texts.
    """

    questions: Sequence[tuple[str, int]]
    texts: Sequence[tuple[int, str]]


def is_held_out(source: str) -> bool:
    """Whether questions answered by `source` (an id, or a written answer) are left out to try: one in ten."""
    return hashlib.sha256(source.encode()).digest()[0] % _ONE_IN == 0


def trials(passages: Sequence[Passage], asked: Sequence[tuple[str, str | None, str | None]]) -> Trial:
    """What to try: asked questions (text, source id, answer) of sources held out, and the passages' own
    questions that no encoder learns from.

    Everything is searched: all passages, and all written answers to questions without a passage.
    """
    targets: dict[str, int] = {}
    texts: list[tuple[int, str]] = []
    questions: dict[tuple[str, int], None] = {}
    for passage in passages:
        number = targets.setdefault(passage.id, len(targets))
        texts += [(number, text) for _, text in passage_vectors(passage)]
        own = (question for question in passage.questions if is_kept_back(question))
        questions |= dict.fromkeys((question, number) for question in own)
    for text, source_id, answer in asked:
        found = targets.get(source_id) if source_id is not None else None
        if found is None and answer is not None:
            new = answer not in targets
            found = targets.setdefault(answer, len(targets))
            texts += [(found, answer)] if new else []
        if found is not None and is_held_out(source_id if source_id in targets else answer or ""):
            questions[text, found] = None
    return Trial(list(questions), texts)


def try_out(encoder: Encoder, trial: Trial) -> Figures | None:
    """How well `encoder` finds the targets of held-out questions; None when there are too few.

    A text that is the question itself is not searched: a question must be found by the others.
    """
    if len(trial.questions) < FEWEST:
        return None
    owners = np.array([target for target, _ in trial.texts])
    keys = np.array([question_key(text) for _, text in trial.texts])
    vectors = encoder.encode([text for _, text in trial.texts])
    asked = encoder.encode([text for text, _ in trial.questions])
    ranks = []
    for (text, target), vector in zip(trial.questions, asked, strict=True):
        cosines = np.where(keys == question_key(text), -1.0, vectors @ vector)
        best = np.full(int(owners.max()) + 1, -1.0)
        np.maximum.at(best, owners, cosines)
        ranks.append(int((best > best[target]).sum()) + 1)
    return Figures(np.array(ranks, dtype=np.int64))
