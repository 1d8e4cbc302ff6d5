"""Fits the two probabilities a decision rests on, and chooses their thresholds on questions not fitted on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from retrieval.calibration import Judge, Logistic
from retrieval.scope_words import ScopeWords
from retrieval.signs import HEARD_SIGNS, SHORT, SIGNS, Signs, read_signs, rows_of
from retrieval.training.card_ranking import FOLDS
from retrieval.training.posed import Posed, Source, fold_of
from retrieval.training.scope_words import fit_scope_words
from retrieval.training.validation import Scope

WRONG = 0.045
"""Largest share of wrong ones among the answers, below the five in a hundred that are promised."""
REFUSED = 0.04
"""Largest share of questions in scope that are refused, a point below what is promised."""
SHARES: Mapping[Source, float] = {Source.ROW: 3.0, Source.MORE: 1.0, Source.CARD: 0.3, Source.MISSING: 0.3}
"""What a question counts: most where it is worded as people ask. A card's own counts for less here than in
ranking: it may do for another card too, which nobody wrote down."""
_FEWEST = 20
"""A threshold is not moved for a handful of questions."""
_STRENGTH = 0.1
"""Inverse of the penalty on weights: the signs say much of the same, and few questions tell them apart."""
_BINS = 10

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judged:
    """A judge, what it was worth out of fold, and which questions (by place) it would ask back about."""

    judge: Judge
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
    names = (*SIGNS, *HEARD_SIGNS) if heard else SIGNS
    first = np.array([one.first for one in examples], np.bool_)
    known = [at for at, one in enumerate(examples) if _tells_answers(one.posed)]
    telling, labels = [examples[at] for at in known], first[known]
    weights = np.array([SHARES[one.posed.source] for one in telling])
    gate = [one for one in examples if _tells_scope(one.posed)]
    of_scope = np.array([one.posed.scope is Scope.IN for one in gate], np.bool_)
    balanced = _balanced(of_scope, np.array([SHARES[one.posed.source] for one in gate]))
    answers = _out_of_fold(telling, labels, weights, examples, names)
    in_scope = _out_of_fold(gate, of_scope, balanced, examples, names)
    asked = np.array([_is_asked(one.posed) for one in examples], np.bool_)
    scopes = np.array([one.posed.scope for one in examples])
    shares = np.array([SHARES[one.posed.source] for one in examples])
    answer_from = _answer_threshold(answers[asked], first[asked], shares[asked])
    short = np.array([len(one.posed.text) <= SHORT for one in examples], np.bool_)
    inside = asked & (scopes == Scope.IN)
    judge = Judge(
        answers=_fit(telling, labels, weights, names),
        in_scope=_fit(gate, of_scope, balanced, names),
        answer_from=round(answer_from, 4),
        in_scope_from=round(_scope_threshold(in_scope[inside & ~short]), 4),
        short_in_scope_from=round(_scope_threshold(in_scope[inside & short]), 4),
    )
    needed = np.where(short, judge.short_in_scope_from, judge.in_scope_from)
    report: dict[str, float] = {}
    for name, chosen in (("all", asked), ("short", asked & short)):
        refused = in_scope[chosen] < needed[chosen]
        part = _report(
            judge, answers[chosen], in_scope[chosen], refused, first[chosen], scopes[chosen], shares[chosen]
        )
        report |= {f"{name}: {key}": value for key, value in part.items()}
    back = (in_scope >= needed) & (answers < judge.answer_from)
    return Judged(judge, report, frozenset(examples[at].at for at in np.flatnonzero(back).tolist()))


def scope_by_words(posed: Sequence[Posed]) -> tuple[ScopeWords, Floats]:
    """The words of scope, and the log-odds that words without a question's group give for it, [n]."""
    texts, inside = [one.text for one in posed], np.array([one.scope is Scope.IN for one in posed], np.bool_)
    weights = np.array([SHARES[one.source] for one in posed])
    folds = np.array([fold_of(one.group, FOLDS) for one in posed])
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


def _out_of_fold(
    fitted: Sequence[_Example],
    labels: Flags,
    weights: Floats,
    asked: Sequence[_Example],
    names: Sequence[str],
) -> Floats:
    """Each of `asked`'s probability from a regression that has seen none of its group, [len(asked)]."""
    folds = np.array([fold_of(one.posed.group, FOLDS) for one in fitted])
    probabilities = np.zeros(len(asked))
    for fold in range(FOLDS):
        chosen = np.flatnonzero(folds != fold)
        model = _fit([fitted[at] for at in chosen.tolist()], labels[chosen], weights[chosen], names)
        for at, one in enumerate(asked):
            if fold_of(one.posed.group, FOLDS) == fold:
                probabilities[at] = model.probability(one.signs)
    return probabilities


def _fit(examples: Sequence[_Example], labels: Flags, weights: Floats, names: Sequence[str]) -> Logistic:
    signs = rows_of([one.signs for one in examples], names)
    mean, scale = signs.mean(axis=0), np.maximum(signs.std(axis=0), 1e-6)
    regression: Any = LogisticRegression(C=_STRENGTH, max_iter=2000)  # type: ignore[no-untyped-call]
    regression.fit((signs - mean) / scale, labels, sample_weight=weights)
    return Logistic(
        mean=_named(names, mean),
        scale=_named(names, scale),
        weights=_named(names, regression.coef_[0]),
        intercept=round(float(regression.intercept_[0]), 6),
    )


def _named(names: Sequence[str], values: Floats) -> Mapping[str, float]:
    return dict(zip(names, values.round(6).tolist(), strict=True))


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
