"""The intent classifier of the pipeline: `intent_model` with Rasa's handles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.card_questions import read_card_questions
from bot.components.intent_model import IntentModel, read_facets
from bot.components.sources import CODE, contents_hash, located


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CharacterClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking` with calibrated confidences.

    `facets` names the file of acts and themes, `cards` the folder of knowledge cards whose questions themes
    are learned from too; `ranking_length` bounds the ranking, which is stored with
    every message and travels to every action.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "facets": "nlu_data/lexicon/facets.txt",
            "cards": "knowledge_base/cards",
            "ranking_length": 5,
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CharacterClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CharacterClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(Path(folder)))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        settings = {**cls.get_default_config(), **config}
        return contents_hash(*CODE, located(settings["facets"]), located(settings["cards"]))

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn"]

    def train(self, training_data: TrainingData) -> Resource:
        # Sorted, because Rasa hands the examples over in no promised order and the folds depend on it.
        examples = sorted(
            (example.get(TEXT), example.get(INTENT)) for example in training_data.intent_examples
        )
        texts, labels = zip(*examples, strict=True)
        facets = read_facets(located(self._config["facets"]))
        cards = read_card_questions(located(self._config["cards"]))
        model = IntentModel.fit(texts, labels, facets, cards)
        with self._model_storage.write_to(self._resource) as folder:
            model.save(Path(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        if self._model is None or not messages:
            return messages
        probabilities = self._model.probabilities([message.get(TEXT) or "" for message in messages])
        for message, row in zip(messages, probabilities, strict=True):
            best = np.argsort(-row)[: self._config["ranking_length"]]
            ranking = [
                {INTENT_NAME_KEY: self._model.intents[column], PREDICTED_CONFIDENCE_KEY: float(row[column])}
                for column in best
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages
