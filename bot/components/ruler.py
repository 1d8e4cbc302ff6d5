"""Entities named in the lexicon, found by spaCy's span ruler over single characters.

No trained spaCy model is needed: a blank Chinese pipeline that takes each character as a token finds
wordings exactly, whatever stands around them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.tokens import Span

from bot.components.lexicon import Wording, read_lexicon
from bot.components.sources import CODE, contents_hash, located

SPANS = "lexicon"
FILE = "lexicon.json"


class Ruler:
    """Finds the wordings in a normalised text; within one entity the longest wording wins."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        self._wordings = list(wordings)
        self._nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "char"}}})
        ruler = self._nlp.add_pipe("span_ruler", config={"spans_key": SPANS})
        # The span's id leads back to the wording, and so to entity and value.
        ruler.add_patterns(  # type: ignore[attr-defined]
            [
                {"label": wording.entity, "pattern": wording.text, "id": str(number)}
                for number, wording in enumerate(self._wordings)
            ]
        )

    def find(self, text: str) -> list[tuple[Wording, int, int]]:
        """Return (wording, start, end) in order of place."""
        found: list[tuple[Wording, int, int]] = []
        taken: dict[str, list[Span]] = {}
        doc = self._nlp(text)  # held in a name: its spans do not outlive it
        spans = sorted(doc.spans[SPANS], key=lambda span: (-len(span), span.start))
        for span in spans:
            others = taken.setdefault(span.label_, [])
            if any(span.start < other.end and other.start < span.end for other in others):
                continue
            others.append(span)
            found.append((self._wordings[int(span.id_)], span.start_char, span.end_char))
        return sorted(found, key=lambda item: item[1:])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LexiconExtractor(GraphComponent, EntityExtractorMixin):
    """Adds the lexicon's entities to a message; the model keeps the lexicon it was trained with.

    Entities named in `whole_words` are taken only where a word begins or ends with them: 结婚 假如 is no
    婚假.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"lexicon": "nlu_data/lexicon/entities", "whole_words": ["leave_kind"]}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, wordings: list[Wording]
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._wordings = wordings
        self._ruler = Ruler(wordings)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LexiconExtractor:
        return cls(config, model_storage, resource, read_lexicon(located(config["lexicon"])))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LexiconExtractor:
        with model_storage.read_from(resource) as folder:
            rows = json.loads(Path(folder, FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, [Wording(*row) for row in rows])

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        lexicon = config.get("lexicon", cls.get_default_config()["lexicon"])
        return contents_hash(*CODE, located(lexicon))

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    def train(self, training_data: TrainingData) -> Resource:
        rows = [[wording.entity, wording.value, wording.text] for wording in self._wordings]
        with self._model_storage.write_to(self._resource) as folder:
            Path(folder, FILE).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        whole = set(self._config["whole_words"])
        for message in messages:
            tokens = message.get(TOKENS_NAMES[TEXT]) or []
            edges = {edge for token in tokens for edge in (token.start, token.end)}
            entities = [
                {
                    ENTITY_ATTRIBUTE_TYPE: wording.entity,
                    ENTITY_ATTRIBUTE_VALUE: wording.value,
                    ENTITY_ATTRIBUTE_START: start,
                    ENTITY_ATTRIBUTE_END: end,
                }
                for wording, start, end in self._ruler.find(message.get(TEXT) or "")
                if wording.entity not in whole or not edges or not edges.isdisjoint((start, end))
            ]
            found = message.get(ENTITIES, []) + self.add_extractor_name(entities)
            message.set(ENTITIES, found, add_to_output=True)
        return messages
