"""Held-out sentences, heard by a trained model through its whole pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.shared.core.trackers import DialogueStateTracker

from bot.judging.figures import OUT_OF_SCOPE, URGENT, Prediction, figures
from bot.training_data import FALLBACK_COMPONENT, Example, read_heldout

FALLBACK = "nlu_fallback"


@dataclass(frozen=True, slots=True)
class Heard:
    """The figures a model is judged by; shares are between 0 and 1, the rest are counts of sentences.

    `right_action` is behind the model's own fallback: what an employee notices. `services`: of the sentences
    that want a service, those understood rightly; `routing`: services and questions told apart.
    """

    sentences: int
    accuracy: float
    macro_f1: float
    right_action: float
    services: float
    routing: float
    urgent: int
    urgent_missed: int
    urgent_false: int


def hear(agent: Agent, file: Path, actions: Mapping[str, str]) -> Heard:
    """Return what `agent` makes of the held-out sentences in `file`.

    `actions` names the first action of each intent.
    """
    examples, also = read_heldout(file)
    predictions = [
        _prediction(parsed, example, also.get(example.text, frozenset()))
        for example, parsed in zip(
            examples, parse([example.text for example in examples], agent), strict=True
        )
    ]
    result = figures(predictions, actions, threshold=_threshold(loaded(agent)))
    urgent = [prediction for prediction in predictions if prediction.truth == URGENT]
    return Heard(
        sentences=len(predictions),
        accuracy=result.accuracy,
        macro_f1=result.macro_f1,
        right_action=result.gated_accuracy,
        services=result.services,
        routing=result.routing,
        urgent=len(urgent),
        urgent_missed=sum(prediction.intent != URGENT for prediction in urgent),
        urgent_false=result.urgent_false,
    )


def parse(texts: Sequence[str], agent: Agent) -> list[dict[str, Any]]:
    """Return what the pipeline of `agent` makes of `texts`: in one run, for an eighth of the time."""
    processor = loaded(agent)
    parsed = processor.graph_runner.run(
        inputs={
            PLACEHOLDER_MESSAGE: [UserMessage(text) for text in texts],
            PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("held-out", []),
        },
        targets=[processor.model_metadata.nlu_target],
    )[processor.model_metadata.nlu_target]
    return [message.as_dict(only_output_properties=True) for message in parsed]


def _prediction(parsed: Mapping[str, Any], example: Example, also: frozenset[str]) -> Prediction:
    """Return the best guess, whether or not it was too unsure to be followed."""
    ranking = [rank for rank in parsed["intent_ranking"] if rank["name"] != FALLBACK]
    sure = {rank["name"]: float(rank["confidence"]) for rank in ranking}
    best = ranking[0]["name"]
    others = [confidence for name, confidence in sure.items() if name != OUT_OF_SCOPE]
    return Prediction(
        intent=best,
        confidence=sure[best],
        in_scope=max(others, default=0.0) - sure.get(OUT_OF_SCOPE, 0.0),
        truth=example.intent,
        also=also,
    )


def loaded(agent: Agent) -> MessageProcessor:
    """Return what works on messages. Raises RuntimeError for an agent without a model."""
    if agent.processor is None:
        raise RuntimeError("the agent has no model")
    return agent.processor


def _threshold(processor: MessageProcessor) -> float:
    """Return the confidence below which this model lets a message fall back."""
    for node in processor.model_metadata.predict_schema.nodes.values():
        if node.uses.__name__ == FALLBACK_COMPONENT:
            return float(node.config["threshold"])
    return 0.0
