"""Values in a message, read by `language`: laws, articles, lengths of time, money, dates, tickets, units."""

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
from language.ticket_numbers import find_ticket_numbers
from language.units import find_units

FILE = "laws.txt"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class ValueExtractor(GraphComponent, EntityExtractorMixin):
    """Adds entities whose values are plain JSON, with amounts as strings:

    `law` "劳动合同法"; `article` {law, article, paragraph}; `duration` {value, unit, upper, approximate};
    `money` {yuan, upper, approximate}; `date` {first, last}, counted from `today` in the message's metadata
    and left out without it; `ticket` "GH261120-0042"; `branch` as it is written.
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
                for entity, value, start, end in read_values(text, self._laws, _today(message))
            ]
            named = without_parts(message.get(ENTITIES, []), entities)
            message.set(ENTITIES, named + self.add_extractor_name(entities), add_to_output=True)
        return messages


def without_parts(named: list[dict[str, Any]], read: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lexicon's entities without those that are only part of a value.

    合肥支行 within 合肥支行营业部, and the kind of leave within the name of a law (年休假条例).
    """
    wholes = [one for one in read if one[ENTITY_ATTRIBUTE_TYPE] in ("branch", "law")]
    parts = ("branch", "leave_kind")
    return [
        one
        for one in named
        if one[ENTITY_ATTRIBUTE_TYPE] not in parts or not any(_overlap(one, whole) for whole in wholes)
    ]


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(
        one[ENTITY_ATTRIBUTE_START] < other[ENTITY_ATTRIBUTE_END]
        and other[ENTITY_ATTRIBUTE_START] < one[ENTITY_ATTRIBUTE_END]
    )


def read_values(text: str, laws: LawNames, today: date | None) -> Iterator[tuple[str, Any, int, int]]:
    """Return (entity, value, start, end) of the values in a normalised text; dates where `today` is known."""
    for law in laws.find(text):
        yield "law", law.value, law.start, law.end
    for reference in find_articles(text, laws):
        value = {
            "law": reference.law,
            "article": reference.article,
            "paragraph": reference.paragraph,
        }
        yield "article", value, reference.start, reference.end
    for number in find_ticket_numbers(text):
        yield "ticket", number.value, number.start, number.end
    for unit in find_units(text):
        yield "branch", unit.value, unit.start, unit.end
    dates = find_dates(text, today) if today else []
    # 两个月前 is a time, not a length of time.
    lengths = [
        one
        for one in find_durations(text)
        if not any(date.start <= one.start and one.end <= date.end for date in dates)
    ]
    for entity, found in (("duration", lengths), ("money", find_money(text)), ("date", dates)):
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
        return f"{field.normalize():f}"
    if isinstance(field, date):
        return field.isoformat()
    return field
