"""A cry for help is not missed because the classifier had its mind on something else."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
)
from rasa.shared.nlu.training_data.message import Message

from bot.components.danger import DangerRule

URGENT = "urgent_help"
KIND = "kind"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class UrgentFirst(GraphComponent, IntentClassifier):
    """Makes a message `urgent_help` when the entities name a danger and `DangerRule` applies."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        rule = DangerRule()
        return {"always": sorted(rule.always), "sure_question": rule.sure_question}

    def __init__(self, config: dict[str, Any]) -> None:
        self._rule = DangerRule(
            always=frozenset(config["always"]), sure_question=float(config["sure_question"])
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> UrgentFirst:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if self._is_urgent(message):
                urgent = {INTENT_NAME_KEY: URGENT, PREDICTED_CONFIDENCE_KEY: 1.0}
                others = [
                    rank for rank in message.get(INTENT_RANKING_KEY, []) if rank[INTENT_NAME_KEY] != URGENT
                ]
                message.set(INTENT, urgent, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [urgent, *others], add_to_output=True)
        return messages

    def _is_urgent(self, message: Message) -> bool:
        kinds = {
            entity[ENTITY_ATTRIBUTE_VALUE]
            for entity in message.get(ENTITIES, [])
            if entity[ENTITY_ATTRIBUTE_TYPE] == KIND
        }
        understood = message.get(INTENT) or {}
        return self._rule.applies(
            kinds,
            intent=understood.get(INTENT_NAME_KEY),
            confidence=understood.get(PREDICTED_CONFIDENCE_KEY, 0.0),
        )
