"""Fits the two probabilities a decision rests on, and chooses their thresholds on questions not fitted on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xgboost
from sklearn.metrics import roc_auc_score

from retrieval.calibration import SIGNS_OF, Judge
from retrieval.card_features import Rows
from retrieval.learned import BoostedTrees, Platt
from retrieval.scope_words import ScopeWords
from retrieval.signs import SHORT, Signs, read_signs, rows_of
from retrieval.training.card_ranking import FOLDS
from retrieval.training.posed import Posed, Source, fold_of
from retrieval.training.scope_words import fit_scope_words
from retrieval.training.validation import Scope

WRONG = 0.045
"""Largest share of wrong ones among the answers, below the five in a hundred that are promised."""
REFUSED = 0.05
"""Largest share of questions in scope that are refused."""
SHARES: Mapping[Source, float] = {Source.ROW: 3.0, Source.MORE: 1.0, Source.CARD: 0.3, Source.MISSING: 0.3}
"""What a question counts: most where it is worded as people ask. A card's own counts for less here than in
ranking: it may do for another card too, which nobody wrote down."""
_FEWEST = 20
"""A threshold is not moved for a handful of questions."""
UNANSWERABLE = 0.2
"""Part of the questions asked that thresholds reckon no card answers: one in five. The files hold far more of
them than people ask, and hard ones."""
_ROUNDS = 150
_SEED = 20261125
_PARAMETERS: Mapping[str, Any] = {
    "objective": "binary:logistic",
    "eta": 0.05,
    "max_depth": 3,
    "min_child_weight": 10,
    "subsample": 0.7,
    "colsample_bytree": 0.4,
    "lambda": 5,
    "nthread": 1,
}
_BINS = 10

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judged:
    """A judge, the trees of its two probabilities by name, what it was worth out of fold, and which questions
    (by place) it would ask back about."""

    judge: Judge
    trees: Mapping[str, xgboost.Booster]
    report: dict[str, float]
    asks_back: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Example:
    at: int
    posed: Posed
    signs: Signs
    first: bool


def fit_judge(
    posed: Sequence[Posed], probabilities: Sequence[Floats], words: Floats, *, heard: bool
) -> Judged:
    """The judge for questions with (`heard`) or without what the dialogue made of them.

    `probabilities` are those of rankers, `words` [n] the log-odds of scope words (`scope_by_words`), that
    have not seen the question.
    """
    examples = [
        _Example(at, one, _signs(one, scores, word, heard=heard), bool(one.right[np.argmax(scores)]))
        for at, (one, scores, word) in enumerate(zip(posed, probabilities, words.tolist(), strict=True))
        if len(scores) and (one.heard is not None or not heard)
    ]
    names = SIGNS_OF["heard" if heard else "alone"]
    rows = rows_of([one.signs for one in examples], names)
    by_card = np.array([fold_of(one.posed.group, FOLDS) for one in examples])
    first = np.array([one.first for one in examples], np.bool_)
    scopes = np.array([one.posed.scope for one in examples])
    shares = np.array([SHARES[one.posed.source] for one in examples])
    asked = np.array([_is_asked(one.posed) for one in examples], np.bool_)
    short = np.array([len(one.posed.text) <= SHORT for one in examples], np.bool_)
    telling = np.array([_tells_answers(one.posed) for one in examples], np.bool_)
    gate = np.array([_tells_scope(one.posed) for one in examples], np.bool_)
    of_scope = scopes == Scope.IN
    balanced = np.where(gate, shares, 0.0)
    balanced[gate] = _balanced(of_scope[gate], shares[gate])
    answers = _Labelled(rows, first, shares, telling, by_card, names)
    in_scope = _Labelled(rows, of_scope, balanced, gate, _by_question([one.posed for one in examples]), names)
    answering, inside = answers.out_of_fold(), in_scope.out_of_fold()
    scope_from = _scope_threshold(inside[asked & of_scope & ~short])
    short_from = _scope_threshold(inside[asked & of_scope & short])
    kept = asked & (inside >= np.where(short, short_from, scope_from))
    as_asked = _as_asked(shares, scopes, asked)
    trees = {"answers": answers.fit(), "in_scope": in_scope.fit()}
    judge = Judge(
        answers=BoostedTrees(trees["answers"], names, Platt()),
        in_scope=BoostedTrees(trees["in_scope"], names, Platt()),
        answer_from=round(_answer_threshold(answering[kept], first[kept], as_asked[kept]), 4),
        in_scope_from=round(scope_from, 4),
        short_in_scope_from=round(short_from, 4),
    )
    needed = np.where(short, judge.short_in_scope_from, judge.in_scope_from)
    report: dict[str, float] = {}
    for name, chosen in (("all", asked), ("short", asked & short)):
        refused = inside[chosen] < needed[chosen]
        part = _report(
            judge, answering[chosen], inside[chosen], refused, first[chosen], scopes[chosen], as_asked[chosen]
        )
        report |= {f"{name}: {key}": value for key, value in part.items()}
    back = (inside >= needed) & (answering < judge.answer_from)
    return Judged(judge, trees, report, frozenset(examples[at].at for at in np.flatnonzero(back).tolist()))


@dataclass(frozen=True, slots=True)
class _Labelled:
    """Signs of all questions, [n, len(names)]; those that are `used` are learned from with their weights."""

    rows: Rows
    labels: Flags
    weights: Floats
    used: Flags
    folds: npt.NDArray[np.int64]
    names: Sequence[str]

    def fit(self) -> xgboost.Booster:
        """Trees from all that is used."""
        return self._fit(self.used)

    def out_of_fold(self) -> Floats:
        """The probability of every question from trees that have seen none of its fold, [n]."""
        probabilities = np.zeros(len(self.rows))
        for fold in np.unique(self.folds).tolist():
            booster = self._fit(self.used & (self.folds != fold))
            own = self.folds == fold
            probabilities[own] = BoostedTrees(booster, self.names, Platt()).score(self.rows[own])
        return probabilities

    def _fit(self, chosen: Flags) -> xgboost.Booster:
        data = xgboost.DMatrix(
            self.rows[chosen],
            self.labels[chosen],
            weight=self.weights[chosen],
            feature_names=list(self.names),
        )
        return xgboost.train({**_PARAMETERS, "seed": _SEED}, data, _ROUNDS)


def scope_by_words(posed: Sequence[Posed]) -> tuple[ScopeWords, Floats]:
    """The words of scope, and the log-odds that words without a question's own give for it, [n]."""
    texts, inside = [one.text for one in posed], np.array([one.scope is Scope.IN for one in posed], np.bool_)
    weights = np.array([SHARES[one.source] for one in posed])
    folds = _by_question(posed)
    usable = np.array(
        [one.source is not Source.MISSING and one.scope is not Scope.UNCOVERED for one in posed], np.bool_
    )

    def fitted(chosen: Flags) -> ScopeWords:
        at = np.flatnonzero(chosen)
        return fit_scope_words(
            [texts[one] for one in at.tolist()], inside[at], _balanced(inside[at], weights[at])
        )

    odds = np.zeros(len(posed))
    for fold in range(FOLDS):
        words = fitted(usable & (folds != fold))
        for one in np.flatnonzero(folds == fold).tolist():
            odds[one] = words.log_odds(texts[one])
    return fitted(usable), odds


def _by_question(posed: Sequence[Posed]) -> npt.NDArray[np.int64]:
    """Folds for what is learned of scope, [n]. Others have asked about nearly every matter already, so their
    questions may be learned from; whether a card answers is judged by trees that saw no question of it."""
    return np.array([fold_of(one.text, FOLDS) for one in posed])


def _signs(posed: Posed, scores: Floats, words: float, *, heard: bool) -> Signs:
    first = posed.seen.numbers[int(np.argmax(scores))]
    return read_signs(
        posed.seen,
        scores,
        first,
        posed.text,
        heard=posed.heard if heard else None,
        words_of_scope=words,
    )


def _tells_scope(posed: Posed) -> bool:
    """Whether scope is learned from it: a question of a card says nothing new, one that no card covers may
    be of either kind."""
    return posed.source in (Source.ROW, Source.MORE) and posed.scope is not Scope.UNCOVERED


def _is_asked(posed: Posed) -> bool:
    """Whether thresholds are chosen on it: worded as people ask, and known to have an answer or none."""
    return posed.source in (Source.ROW, Source.MORE) and _tells_answers(posed)


def _tells_answers(posed: Posed) -> bool:
    """Whether it is known which card answers: not of a bare word, which says only what it is about."""
    return posed.source is not Source.MORE or posed.scope is not Scope.IN


def _balanced(inside: Flags, weights: Floats) -> Floats:
    """The same weights with both kinds counting alike."""
    total = weights.sum() / 2
    shares = np.where(inside, weights[inside].sum(), weights[~inside].sum())
    balanced: Floats = weights * total / np.maximum(shares, 1e-9)
    return balanced


def _as_asked(shares: Floats, scopes: npt.NDArray[np.str_], asked: Flags) -> Floats:
    """`shares` with those that no card answers brought to UNANSWERABLE of all that is asked, half of it out
    of scope and half not covered, however many of either the files hold."""
    within = shares[asked & (scopes == Scope.IN)].sum()
    wanted = UNANSWERABLE / 2 / (1 - UNANSWERABLE) * within
    as_asked = shares.copy()
    for scope in (Scope.OUT, Scope.UNCOVERED):
        own = scopes == scope
        as_asked[own] *= wanted / max(shares[asked & own].sum(), 1e-9)
    return as_asked


def _answer_threshold(probability: Floats, right: Flags, shares: Floats) -> float:
    """The lowest probability from which no more than WRONG of the answers, each counting its share, are
    wrong; 1 when there is none."""
    order = np.argsort(-probability, kind="stable")
    wrong = np.cumsum(~right[order] * shares[order]) / np.cumsum(shares[order])
    enough = np.flatnonzero((wrong <= WRONG) & (np.arange(1, len(order) + 1) >= _FEWEST))
    return float(probability[order[enough[-1]]]) if len(enough) else 1.0


def _scope_threshold(inside: Floats) -> float:
    """The highest probability below which no more than REFUSED of the questions in scope lie."""
    return float(np.sort(inside)[int(len(inside) * REFUSED)]) if len(inside) else 0.0


def _report(
    judge: Judge,
    answers: Floats,
    in_scope: Floats,
    refused: Flags,
    first: Flags,
    scopes: npt.NDArray[np.str_],
    shares: Floats,
) -> dict[str, float]:
    answered = ~refused & (answers >= judge.answer_from)
    inside, outside = scopes == Scope.IN, scopes == Scope.OUT
    uncovered = scopes == Scope.UNCOVERED
    either = inside | outside
    return {
        "questions": float(len(answers)),
        "in scope: answered": _share(answered[inside]),
        "in scope: refused": _share(refused[inside]),
        "out of scope: refused": _share(refused[outside]),
        "uncovered: refused": _share(refused[uncovered]),
        "uncovered: answered": _share(answered[uncovered]),
        "wrong of answered": float(np.average(~first[answered], weights=shares[answered]))
        if answered.any()
        else float("nan"),
        "AUROC of scope": _auroc(inside[either], in_scope[either]),
        "AUROC of answers": _auroc(first, answers),
        "calibration error of answers": _calibration_error(answers, first),
        "calibration error of scope": _calibration_error(in_scope[either], inside[either]),
    }


def _auroc(truth: Flags, probability: Floats) -> float:
    return float(roc_auc_score(truth, probability)) if truth.any() and not truth.all() else float("nan")


def _share(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else float("nan")


def _calibration_error(probability: Floats, truth: Flags) -> float:
    """Expected calibration error over bins that hold equally many questions."""
    order = np.argsort(probability, kind="stable")
    bins = np.array_split(order, _BINS)
    gaps = [
        abs(float(probability[one].mean()) - float(truth[one].mean())) * len(one) for one in bins if len(one)
    ]
    return sum(gaps) / max(1, len(order))
