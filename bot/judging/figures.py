"""How well intents are understood, from predictions alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

OUT_OF_SCOPE = "out_of_scope"
URGENT = "urgent_help"
RETRIEVAL = "action_answer_question"

GROUPS: dict[str, frozenset[str]] = {
    "talk": frozenset(
        {
            "greet", "goodbye", "thank", "affirm", "deny", "cancel", "help", "inform", "not_what_i_meant",
            "bot_challenge", "ask_about_assistant", "feedback_good", "feedback_bad",
        }
    ),
    "people": frozenset({"ask_human", "urgent_help", "choose_other_level"}),
    "choices": frozenset({"choose_topic", "list_services"}),
    "activities": frozenset({"list_activities", "join_activity", "cancel_activity"}),
    "out of scope": frozenset({OUT_OF_SCOPE}),
}  # fmt: skip

SERVICES = frozenset({"cases", "activities", "calculators", "people"})


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a classifier made of a message; `in_scope` grows with the belief that the union handles it.

    `themes` are those of the likeliest intents, each once, best first. `truth` is the intent it has, `also`
    those that are as right.
    """

    intent: str
    confidence: float
    in_scope: float
    themes: tuple[str, ...] = ()
    truth: str = ""
    also: frozenset[str] = frozenset()

    @property
    def judged(self) -> str:
        """The intent, or the true one where it is as right."""
        return self.truth if self.intent in self.also else self.intent


@dataclass(frozen=True, slots=True)
class Figures:
    """`action_accuracy`: the right action is chosen; `gated_accuracy`: the same behind the fallback.

    `routing`: of services and questions, those taken for one where they are one; `services`: of services,
    those understood rightly; `topics_first`, `topics_three`: of questions, those with the right topic first
    and among three.
    """

    accuracy: float
    macro_f1: float
    group_f1: dict[str, float]
    action_accuracy: float
    gated_accuracy: float
    ece: float
    oos_auroc: float
    oos_auroc_top: float
    urgent_recall: float
    urgent_false: int
    routing: float
    services: float
    topics_first: float
    topics_three: float


def figures(predictions: Sequence[Prediction], actions: Mapping[str, str], *, threshold: float) -> Figures:
    """Return the figures; `actions` names the first action of each intent, `threshold` is the fallback's.

    A guess that has no action is a wrong one: an older model may know intents that are gone.
    """
    truth = [prediction.truth for prediction in predictions]
    guess = [prediction.judged for prediction in predictions]
    right = np.array([a == b for a, b in zip(truth, guess, strict=True)])
    confidence = np.array([prediction.confidence for prediction in predictions])
    in_scope = [intent != OUT_OF_SCOPE for intent in truth]
    intents = sorted(set(truth))
    by_intent = dict(
        zip(intents, f1_score(truth, guess, labels=intents, average=None, zero_division=0), strict=True)
    )
    urgent = [prediction for prediction in predictions if prediction.truth == URGENT]
    questions = [prediction for prediction in predictions if side_of(prediction.truth) == "question"]
    return Figures(
        accuracy=float(right.mean()),
        macro_f1=float(np.mean(list(by_intent.values()))),
        group_f1=_by_group(by_intent),
        action_accuracy=_share_of_right_actions(predictions, actions, threshold=0.0),
        gated_accuracy=_share_of_right_actions(predictions, actions, threshold=threshold),
        ece=_calibration_error(confidence, right),
        oos_auroc=_auroc(in_scope, [prediction.in_scope for prediction in predictions]),
        oos_auroc_top=_auroc(in_scope, list(confidence)),
        urgent_recall=float(np.mean([prediction.intent == URGENT for prediction in urgent]))
        if urgent
        else 0.0,
        urgent_false=sum(
            prediction.intent == URGENT != prediction.truth and prediction.confidence >= threshold
            for prediction in predictions
        ),
        routing=_share(
            side_of(one.judged) == side_of(one.truth) for one in predictions if side_of(one.truth) is not None
        ),
        services=_share(one.judged == one.truth for one in predictions if side_of(one.truth) == "service"),
        topics_first=_share(one.judged == one.truth for one in questions),
        topics_three=_share(not _topics_of(one).isdisjoint(one.themes[:3]) for one in questions),
    )


def _topics_of(prediction: Prediction) -> set[str]:
    return {intent.removeprefix("ask_") for intent in (prediction.truth, *prediction.also)}


def side_of(intent: str) -> str | None:
    """Return whether an intent is a service or a question; None for talk and what is out of scope."""
    group = _group(intent)
    if group == "questions":
        return "question"
    return "service" if group in SERVICES else None


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else float("nan")


def _share_of_right_actions(
    predictions: Sequence[Prediction], actions: Mapping[str, str], *, threshold: float
) -> float:
    given = [
        RETRIEVAL if prediction.confidence < threshold else actions.get(prediction.judged)
        for prediction in predictions
    ]
    due = [actions[prediction.truth] for prediction in predictions]
    return float(np.mean([a == b for a, b in zip(given, due, strict=True)]))


def _by_group(by_intent: Mapping[str, float]) -> dict[str, float]:
    groups: dict[str, list[float]] = {}
    for intent, score in by_intent.items():
        groups.setdefault(_group(intent), []).append(float(score))
    return {group: float(np.mean(scores)) for group, scores in sorted(groups.items())}


def _group(intent: str) -> str:
    for group, intents in GROUPS.items():
        if intent in intents:
            return group
    if intent.startswith("ask_"):
        return "questions"
    return "calculators" if intent.startswith("calc_") else "cases"


def _auroc(in_scope: Sequence[bool], scores: Sequence[float]) -> float:
    return float(roc_auc_score(in_scope, scores)) if len(set(in_scope)) == 2 else float("nan")


def _calibration_error(
    confidence: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    right: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> float:
    """Return the expected calibration error over ten bins of equal width (Naeini et al. 2015)."""
    bins = np.clip((confidence * 10).astype(int), 0, 9)
    error = 0.0
    for number in range(10):
        inside = bins == number
        if inside.any():
            error += float(inside.mean()) * abs(float(right[inside].mean() - confidence[inside].mean()))
    return error
