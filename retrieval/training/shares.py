"""Chooses BM25's share in the score of articles, on labelled questions the encoder was not trained on."""

import math
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from retrieval import dense
from retrieval.bm25 import Bm25, Filter
from retrieval.dense import Dense, Near
from retrieval.encoder import Encoder
from retrieval.fusion import fuse
from retrieval.passages import Passage
from retrieval.ranking import DEPTH
from retrieval.tokens import segmenter
from retrieval.training.pairs import article_text
from retrieval.training.sources import LabelledQuestion

SHARES = tuple(step / 20 for step in range(4, 20))
CUTOFF = 10
TOLERANCE = 0.005
_HELD_OUT = 0.2


def hold_out(questions: Sequence[LabelledQuestion], *, seed: int) -> list[LabelledQuestion]:
    """A fifth of the questions, drawn at random.

    Train without any question that shares a gold passage with them (`gold_of`): they are then about
    passages no training question was about, as those of a newly imported document are. Otherwise an encoder
    that remembers which articles are asked about looks better than it is.
    """
    order = list(questions)
    random.Random(seed).shuffle(order)  # noqa: S311 - sampling, not secrets
    return order[: int(len(order) * _HELD_OUT)]


def gold_of(questions: Iterable[LabelledQuestion]) -> frozenset[str]:
    """All passages that answer any of the questions."""
    return frozenset(passage for question in questions for passage in question.gold)


def choose_share(
    passages: Sequence[Passage],
    words: Bm25,
    encoder: Encoder,
    questions: Sequence[LabelledQuestion],
) -> tuple[float, dict[float, float]]:
    """A share that ranks `questions` best, and the nDCG@10 of every share tried.

    The curve is flat and a few hundred questions are few: the middle of the shares within TOLERANCE of the
    best is taken, not the peak.
    """
    with TemporaryDirectory() as folder:
        vectors = encoder.encode([article_text(passage) for passage in passages])
        dense.write(vectors, range(len(passages)), [dense.TEXT] * len(passages), Path(folder))
        near = Dense(Path(folder), len(passages))
        totals = dict.fromkeys(SHARES, 0.0)
        for question in questions:
            by_words = dict(words.search(segmenter().tokens(question.text), DEPTH, Filter()))
            vector = encoder.encode([question.text])[0]
            found: dict[int, Near] = {one.number: one for one in near.search(vector, DEPTH)}
            for number in by_words.keys() - found.keys():
                found[number] = near.nearest_part(vector, number)
            cosines = {number: one.cosine for number, one in found.items()}
            for share in SHARES:
                scores = fuse(by_words, cosines, lambda _, share=share: share)  # type: ignore[misc]
                best = sorted(scores, key=lambda number: -scores[number])[:CUTOFF]
                totals[share] += ndcg([passages[number].id for number in best], question.gold)
    figures = {share: total / max(1, len(questions)) for share, total in totals.items()}
    highest = max(figures.values())
    good = [share for share, figure in figures.items() if figure >= highest - TOLERANCE]
    return good[len(good) // 2], figures


def ndcg(ranked: Sequence[str], gold: Sequence[str], cutoff: int = CUTOFF) -> float:
    """Normalised discounted cumulative gain of the first `cutoff` ids, every gold passage counting 1."""
    gained = sum(1 / math.log2(at + 2) for at, one in enumerate(ranked[:cutoff]) if one in gold)
    possible = sum(1 / math.log2(at + 2) for at in range(min(cutoff, len(gold))))
    return gained / possible if possible else 0.0
