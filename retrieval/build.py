"""Builds a version of the index from passages."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import bm25, dense
from retrieval.encoder import Encoder
from retrieval.passages import Passage, to_record
from retrieval.store import publish
from retrieval.tokens import lexicon_fingerprint, passage_tokens

FORMAT = 1
"""Raised when the files of a version change their meaning; every version is then built anew."""

PASSAGES = "passages.jsonl"
WORDS = "words"
NEAR_MISSES = "near_misses.npz"


def build_index(passages: Sequence[Passage], root: Path, encoder: Encoder) -> str:
    """Make an index of `passages` the live one below `root`; returns its version.

    Nothing is rebuilt when that version is already there. Readers keep the version they opened.
    """
    version = index_version(passages, encoder)
    publish(root, version, lambda folder: _write(passages, folder, encoder, version))
    return version


def index_version(passages: Sequence[Passage], encoder: Encoder) -> str:
    """A hash of all that goes into the files: passages in their order, encoder, lexicon, format."""
    digest = hashlib.sha256(f"{FORMAT} {encoder.fingerprint} {lexicon_fingerprint()}".encode())
    for passage in passages:
        digest.update(_line(passage).encode())
    return digest.hexdigest()[:16]


def passage_vectors(passage: Passage) -> list[tuple[int, str]]:
    """The texts a passage is encoded as, each with the part it stands for.

    A card: every question, the title, title and text. An article: law, heading and text together, since a
    bare “劳动合同法第三十九条” is near to every question about any article.
    """
    whole = "\n".join(text for text in (passage.title, passage.heading, passage.text) if text)
    parts = list(enumerate(passage.questions))
    if passage.questions:
        parts.append((dense.TITLE, passage.title))
    return [*parts, (dense.TEXT, whole)]


def _write(passages: Sequence[Passage], folder: Path, encoder: Encoder, version: str) -> dict[str, Any]:
    with (folder / PASSAGES).open("w", encoding="utf-8") as stream:
        stream.writelines(_line(passage) for passage in passages)
    words = folder / WORDS
    words.mkdir()
    bm25.write(
        (
            bm25.Document(
                number, passage_tokens(passage), passage.scope, passage.effective_from, passage.effective_to
            )
            for number, passage in enumerate(passages)
        ),
        words,
    )
    owners, parts, texts = [], [], []
    for number, passage in enumerate(passages):
        for part, text in passage_vectors(passage):
            owners.append(number)
            parts.append(part)
            texts.append(text)
    dense.write(encoder.encode(texts), owners, parts, folder)
    misses = [(number, text) for number, passage in enumerate(passages) for text in passage.not_questions]
    np.savez(
        folder / NEAR_MISSES,
        owners=np.array([number for number, _ in misses], dtype=np.int32),
        vectors=encoder.encode([text for _, text in misses]),
    )
    return {
        "version": version,
        "format": FORMAT,
        "encoder": encoder.fingerprint,
        "lexicon": lexicon_fingerprint(),
        "passages": len(passages),
        "vectors": len(texts),
    }


def _line(passage: Passage) -> str:
    return json.dumps(to_record(passage), ensure_ascii=False) + "\n"
