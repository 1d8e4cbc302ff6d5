"""Values in a message, read by `language`: laws and articles, lengths of time, sums of money, dates."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    METADATA,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.normaliser import PAYLOAD_PREFIX
from bot.components.sources import CODE, contents_hash, located
from language.dates import find_dates
from language.durations import find_durations
from language.law_names import LawNames
from language.laws import find_articles
from language.money import find_money

FILE = "laws.txt"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ValueExtractor(GraphComponent, EntityExtractorMixin):
    """Adds entities whose values are plain JSON, with amounts as strings:

    `law` "劳动合同法"; `article` {law, article, paragraph}; `duration` {value, unit, upper, approximate};
    `money` {yuan, upper, approximate}; `date` {first, last}, counted from `today` in the message's metadata
    and left out without it.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"laws": "nlu_data/lexicon/laws.txt"}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, laws: Path
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._laws = LawNames.load(laws)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ValueExtractor:
        return cls(config, model_storage, resource, located(config["laws"]))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ValueExtractor:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Path(folder, FILE))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        laws = config.get("laws", cls.get_default_config()["laws"])
        return contents_hash(*CODE, located(laws))

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the names of the laws with the model."""
        with self._model_storage.write_to(self._resource) as folder:
            shutil.copyfile(located(self._config["laws"]), Path(folder, FILE))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            if text.startswith(PAYLOAD_PREFIX):
                continue
            entities = [
                {
                    ENTITY_ATTRIBUTE_TYPE: entity,
                    ENTITY_ATTRIBUTE_VALUE: value,
                    ENTITY_ATTRIBUTE_START: start,
                    ENTITY_ATTRIBUTE_END: end,
                }
                for entity, value, start, end in self._values(text, _today(message))
            ]
            found = message.get(ENTITIES, []) + self.add_extractor_name(entities)
            message.set(ENTITIES, found, add_to_output=True)
        return messages

    def _values(self, text: str, today: date | None) -> Iterator[tuple[str, Any, int, int]]:
        for law in self._laws.find(text):
            yield "law", law.value, law.start, law.end
        for reference in find_articles(text, self._laws):
            value = {
                "law": reference.law,
                "article": reference.article,
                "paragraph": reference.paragraph,
            }
            yield "article", value, reference.start, reference.end
        for entity, found in (
            ("duration", find_durations(text)),
            ("money", find_money(text)),
            ("date", find_dates(text, today) if today else []),
        ):
            for item in found:
                yield entity, _plain(item.value), item.start, item.end


def _today(message: Message) -> date | None:
    try:
        return date.fromisoformat((message.get(METADATA) or {})["today"])
    except (KeyError, TypeError, ValueError):
        return None


def _plain(value: Any) -> dict[str, Any]:
    """Return the fields of a value of `language` as JSON knows them."""
    return {name: _plain_field(getattr(value, name)) for name in value.__slots__}


def _plain_field(field: Any) -> Any:
    if isinstance(field, Enum):
        return field.value
    if isinstance(field, Decimal):
        return str(field)
    if isinstance(field, date):
        return field.isoformat()
    return field
