"""Rasa's own DIETClassifier as a classifier of benchmarks.intents, trained and run by Rasa's own graph."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from benchmarks.intent_models import prediction_of
from bot.components.intent_pool import Facets
from bot.judging.figures import Prediction

if TYPE_CHECKING:
    from rasa.core.agent import Agent


class DietModel:
    """DIET over jieba words (with the union's dictionary) and characters, one model for intents alone.

    Texts come in normalised, as they do to the product. A message goes through Rasa's whole graph, so its
    milliseconds hold cutting it into words and counting them.
    """

    def __init__(self, lexicon: Path, facets: Mapping[str, Facets], *, epochs: int) -> None:
        self.name = f"DIET, words and characters, {epochs} epochs"
        self._epochs = epochs
        self._dictionary = lexicon / "jieba"
        self._facets = facets
        self._intents: list[str] = []
        self._agent: Agent | None = None

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        from rasa.core.agent import Agent  # takes seconds, and only where DIET is compared
        from rasa.model_training import train_nlu
        from rasa.utils.log_utils import configure_structlog

        configure_structlog(logging.WARNING)  # else every message is logged: held-out ones are not to be read
        self._intents = sorted(set(intents))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            os.environ["RASA_CACHE_DIRECTORY"] = str(folder / "cache")
            config, examples = folder / "config.yml", folder / "nlu.yml"
            config.write_text(yaml.safe_dump(self._config(), allow_unicode=True), encoding="utf-8")
            examples.write_text(
                yaml.safe_dump(_training_data(texts, intents), allow_unicode=True, width=4096),
                encoding="utf-8",
            )
            archive = train_nlu(str(config), str(examples), str(folder / "models"))
            if archive is None:
                raise RuntimeError("Rasa trained no model")
            self._agent = Agent.load(archive)

    def predict(self, text: str) -> Prediction:
        if self._agent is None:
            raise RuntimeError("predict before fit")
        parsed: dict[str, Any] = asyncio.run(self._agent.parse_message(text))
        confidence = {rank["name"]: float(rank["confidence"]) for rank in parsed["intent_ranking"]}
        row = [confidence.get(intent, 0.0) for intent in self._intents]
        return prediction_of(row, self._intents, self._facets)

    def _config(self) -> dict[str, Any]:
        return {
            "recipe": "default.v1",
            "assistant_id": "compared",
            "language": "zh",
            "pipeline": [
                {"name": "bot.components.tokenizer.WordTokenizer", "dictionary": str(self._dictionary)},
                {"name": "CountVectorsFeaturizer"},
                {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 3},
                {
                    "name": "DIETClassifier",
                    "epochs": self._epochs,
                    "entity_recognition": False,
                    "constrain_similarities": True,
                    "ranking_length": 0,
                    "random_seed": 7,
                },
            ],
        }


def _training_data(texts: Sequence[str], intents: Sequence[str]) -> dict[str, Any]:
    said: dict[str, list[str]] = {}
    for text, intent in zip(texts, intents, strict=True):
        said.setdefault(intent, []).append(f"- {text}\n")
    blocks = [{"intent": intent, "examples": "".join(lines)} for intent, lines in said.items()]
    return {"version": "3.1", "nlu": blocks}
