"""Words of a message, cut by jieba with the union's own dictionary."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.sources import CODE, contents_hash, located
from language.words import Segmenter


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class WordTokenizer(Tokenizer):
    """jieba over the folder named by `dictionary`, without two traps of Rasa's JiebaTokenizer.

    Its words are process-global and an edited dictionary does not retrain; here each model has a tokenizer
    and a copy of the dictionary of its own, and the dictionary is part of the training fingerprint.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "dictionary": "nlu_data/lexicon/jieba",
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, dictionary: Path
    ) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self._segmenter = Segmenter(dictionary)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WordTokenizer:
        return cls(config, model_storage, resource, located(config["dictionary"]))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> WordTokenizer:
        with model_storage.read_from(resource) as dictionary:
            return cls(config, model_storage, resource, dictionary)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        dictionary = config.get("dictionary", cls.get_default_config()["dictionary"])
        return contents_hash(*CODE, located(dictionary))

    @staticmethod
    def required_packages() -> list[str]:
        return ["jieba"]

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the dictionary with the model: a model cuts words as it did when it was trained."""
        with self._model_storage.write_to(self._resource) as folder:
            for file in sorted(located(self._config["dictionary"]).glob("*.txt")):
                shutil.copy(file, folder)
        return self._resource

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute)
        tokens: list[Token] = []
        position = 0
        for word in self._segmenter.words(text):
            start = text.lower().find(word, position)
            if start < 0:  # an option's payload is not normalised and may be spelt differently from its words
                continue
            position = start + len(word)
            tokens.append(Token(word, start, position))
        return tokens or [Token(text, 0, len(text))]
