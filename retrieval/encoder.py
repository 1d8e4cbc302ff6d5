"""Text to vectors, from any sentence-transformers folder.

The shipped encoder is a static embedding (a text's vector is the mean of its tokens' vectors): reading it
needs numpy and the tokenizer alone, so answering starts without loading PyTorch. Every other folder is
loaded by sentence-transformers.
"""

import hashlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]

SHIPPED = Path(__file__).parent / "artifacts" / "encoder"
_STATIC = "StaticEmbedding"
_NORMALIZE = "Normalize"
_CHUNK = 1024
# Words about the model, not the model: they may change without any vector changing.
_NOT_THE_MODEL = frozenset({"README.md", "manifest.json", ".gitattributes"})


class EncoderError(Exception):
    """The folder cannot be loaded as a sentence-transformers model."""


class Encoder(Protocol):
    """Texts to vectors of length 1. Encoders with one `fingerprint` give the same vectors."""

    fingerprint: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 [len(texts), dimensions], rows of length 1 (or 0 for a text without any known token)."""


def load_encoder(folder: Path | None = None) -> Encoder:
    """The encoder in `folder`, None for the shipped one.

    Raises:
        EncoderError: no model there, or one that cannot be read.
    """
    folder = SHIPPED if folder is None else folder
    modules = _modules(folder)
    if modules[0] == _STATIC and set(modules[1:]) <= {_NORMALIZE}:
        return StaticEncoder(folder)
    return TransformerEncoder(folder)


def fingerprint_of(folder: Path) -> str:
    """A hash over names and contents of the model's files."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and name not in _NOT_THE_MODEL:
            digest.update(name.encode() + b"\0")
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()[:16]


class StaticEncoder:
    """A sentence-transformers `StaticEmbedding`, read without PyTorch. Safe from several threads.

    `table` holds the tokens' vectors, float32 [vocabulary, dimensions].
    """

    def __init__(self, folder: Path) -> None:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        place = folder / modules[0]["path"]
        try:
            self.tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
            self.table = _token_vectors(load_file(place / "model.safetensors"))
        except Exception as error:  # tokenizers and safetensors raise bare exceptions of their own
            raise EncoderError(f"cannot read the static model in {place}: {error}") from error
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.fingerprint = fingerprint_of(folder)

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.table.shape[1]), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            chunk = list(texts[start : start + _CHUNK])
            encodings = self.tokenizer.encode_batch(chunk, add_special_tokens=False)
            for at, encoding in enumerate(encodings, start):
                if encoding.ids:
                    self.table[encoding.ids].mean(axis=0, out=vectors[at])
        return _unit(vectors)


class TransformerEncoder:
    """Any other sentence-transformers folder, on the processor. Safe from several threads."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer  # takes seconds: only when such a model is used

        try:
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except Exception as error:  # whatever a broken folder makes the library raise
            raise EncoderError(f"cannot load the model in {folder}: {error}") from error
        self._lock = threading.Lock()  # a fast tokenizer may not be used by two threads at once
        self.fingerprint = fingerprint_of(folder)

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, int(self._model.get_embedding_dimension() or 0)), dtype=np.float32)
        with self._lock:
            vectors = self._model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return _unit(np.asarray(vectors, dtype=np.float32))


def _modules(folder: Path) -> list[str]:
    """The modules' class names, in order; a folder without modules.json is a bare transformer."""
    file = folder / "modules.json"
    if not file.exists():
        if (folder / "config.json").exists():
            return ["Transformer"]
        raise EncoderError(f"no sentence-transformers model in {folder}")
    try:
        modules: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        return [module["type"].rsplit(".", 1)[-1] for module in modules]
    except (ValueError, KeyError, TypeError) as error:
        raise EncoderError(f"cannot read {file}: {error}") from error


def _token_vectors(weights: dict[str, npt.NDArray[Any]]) -> Vectors:
    """float32 [vocabulary, dimensions]; the int8 form carries one scale per token, as model2vec stores it."""
    if "embedding.weight" in weights:
        return np.ascontiguousarray(weights["embedding.weight"], dtype=np.float32)
    table = weights["embeddings"]
    if "mapping" in weights:
        table = table[weights["mapping"]]
    table = table.astype(np.float32)
    if "weights" in weights:
        table *= weights["weights"].astype(np.float32)[:, None]
    return table


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, lengths, out=vectors, where=lengths > 0)
    return vectors
