"""Passages and encoders that tests of retrieval are made of."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, models, pre_tokenizers

from retrieval.artifacts import Artifacts
from retrieval.calibration import Calibration, Judge
from retrieval.fusion import Weights
from retrieval.passages import Kind, Passage, article_id, content_version
from retrieval.scope_words import ScopeWords
from retrieval.training.artifact import write_folder

TODAY = date(2026, 11, 23)
WEIGHTS = Weights(card_lexical=0.5, article_lexical=0.7, negative=0.5)


class _Covered:
    """Probable when the card covers the question: half at ½."""

    features: Sequence[str] = ("covered",)

    def score(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        return np.asarray(1 / (1 + np.exp(5 - 10 * features[:, 0].astype(np.float64))), np.float64)


_COVERED = _Covered()
JUDGE = Judge(
    answers=_COVERED, in_scope=_COVERED, answer_from=0.9, in_scope_from=0.3, short_in_scope_from=0.3
)
"""Looks at what the card covers: 0.72 of the question's characters make an answer, 0.42 a choice."""
CALIBRATION = Calibration(heard=JUDGE, alone=JUDGE, exact=0.99, choice_from=0.05)
ARTIFACTS = Artifacts("by hand", WEIGHTS, CALIBRATION, ScopeWords.of({}, 0.0))


def card(name: str, *questions: str, **fields: Any) -> Passage:
    """A national card in force since 2000 that says little beyond its questions."""
    passage = Passage(
        id=name,
        kind=Kind.CARD,
        title=fields.pop("title", name),
        text=fields.pop("text", f"{name}的答案。"),
        effective_from=fields.pop("effective_from", date(2000, 1, 1)),
        questions=questions,
        **fields,
    )
    return replace(passage, version=content_version(passage))


def article(law: str, label: str, text: str, **fields: Any) -> Passage:
    """A statute article in force since 2000."""
    return Passage(
        id=article_id(law, label),
        kind=Kind.ARTICLE,
        title=f"{law}{label}",
        text=text,
        law=law,
        article=label,
        effective_from=fields.pop("effective_from", date(2000, 1, 1)),
        **fields,
    )


def static_folder(folder: Path, *, seed: int = 0, dimensions: int = 64) -> Path:
    """A static model that knows every common Chinese character by a random vector of its own."""
    characters = [chr(code) for code in range(0x4E00, 0x9FA6)] + list("0123456789abcdefghijklmnopqrstuvwxyz")
    tokens = ["[UNK]", *characters]
    tokenizer = Tokenizer(models.WordLevel({token: at for at, token in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    table = np.random.default_rng(seed).normal(size=(len(tokens), dimensions)).astype(np.float32)
    table[0] = 0
    write_folder(tokenizer, table, folder)
    return folder


def small_transformer(folder: Path, words: str = "年休假有几天加班费怎么算") -> Path:
    """A transformer of two tiny layers that knows the characters of `words`, saved as sentence-transformers
    saves downloaded ones; `folder` exists."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    vocabulary = list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]))
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizer(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    pooling = Pooling(transformer.get_embedding_dimension())
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(folder / "model"))
    return folder / "model"
