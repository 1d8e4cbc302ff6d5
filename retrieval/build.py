"""Builds a version of the index from passages."""

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from retrieval import bm25, dense
from retrieval.catalogue import Catalogue
from retrieval.confirmed import remembered
from retrieval.earlier import KEYS, MISS_OWNERS, MISSES, Bag, Earlier, TokenFile, passage_key
from retrieval.encoder import Encoder, Vectors
from retrieval.engines.choice import choose_engine
from retrieval.engines.engine import Limits, Rows, VectorEngine
from retrieval.engines.server import MilvusServer
from retrieval.exact import CitationTable, QuestionTable
from retrieval.memory import Remembered, shipped_memory, write_resolved
from retrieval.passages import Passage
from retrieval.shelf import Shelf, line
from retrieval.store import live_folder, publish, read_manifest
from retrieval.tokens import lexicon_fingerprint, passage_tokens

FORMAT = 7
"""Raised when the files of a version change their meaning; every version is then built anew."""

WORDS = "words"
_TEXTS_AT_ONCE = 8_192


class Worked(Protocol):
    """What need not be worked out again (see `Earlier`)."""

    def tokens(self, key: int) -> Bag | None: ...
    def vectors(self, key: int) -> tuple[Vectors, Vectors] | None: ...


class Nothing:
    """For the first build."""

    def tokens(self, key: int) -> Bag | None:
        del key
        return None

    def vectors(self, key: int) -> tuple[Vectors, Vectors] | None:
        del key
        return None


def build_index(
    passages: Sequence[Passage],
    root: Path,
    encoder: Encoder,
    *,
    milvus: MilvusServer | None = None,
    memory: Sequence[Remembered] | None = None,
) -> str:
    """Make an index of `passages` the live one below `root`; returns its version.

    Nothing is rebuilt when that version is already there, and of passages that did not change the live
    version's tokens and vectors are taken over. Readers keep the version they opened. `memory` holds
    questions whose answers are known, by default those the repository ships.

    Raises:
        EngineError: Milvus is to keep the vectors and does not answer.
    """
    rows = vector_count(passages)
    engine = choose_engine(rows, milvus)
    memory = shipped_memory() if memory is None else memory
    version = index_version(passages, encoder, milvus=milvus, memory=memory)
    publish(
        root,
        version,
        lambda folder: write_version(
            passages, memory, folder, version, encoder, engine=engine, worked=_earlier(root, encoder)
        ),
        complete=lambda folder: _complete(passages, rows, folder, version, engine),
        keep=engine.keep,
    )
    return version


def index_version(
    passages: Sequence[Passage],
    encoder: Encoder,
    *,
    milvus: MilvusServer | None = None,
    memory: Sequence[Remembered] | None = None,
) -> str:
    """A hash of all that goes into the files: passages in their order, remembered questions, encoder,
    lexicon, engine, format."""
    engine = choose_engine(vector_count(passages), milvus).identity
    digest = hashlib.sha256(f"{FORMAT} {encoder.fingerprint} {lexicon_fingerprint()} {engine}\n".encode())
    for passage in passages:
        digest.update(line(passage))
    for one in shipped_memory() if memory is None else memory:
        digest.update(repr(one).encode())
    return digest.hexdigest()[:16]


def passage_vectors(passage: Passage) -> list[tuple[int, str]]:
    """The texts a passage is encoded as, each with the part it stands for.

    A card: every question, confirmed ones last, the title, title and text. An article: confirmed questions;
    law, heading and text together, since a bare “劳动合同法第三十九条” is near to every question about any
    article.
    """
    whole = "\n".join(text for text in (passage.title, passage.heading, passage.text) if text)
    parts = list(enumerate(passage.asked))
    if passage.questions:
        parts.append((dense.TITLE, passage.title))
    return [*parts, (dense.TEXT, whole)]


def vector_count(passages: Sequence[Passage]) -> int:
    """How many vectors `passages` have."""
    return sum(len(passage.asked) + (2 if passage.questions else 1) for passage in passages)


def _earlier(root: Path, encoder: Encoder) -> Worked:
    """What the live version has worked out, if there is one and it is whole."""
    folder = live_folder(root)
    if folder is None:
        return Nothing()
    manifest = read_manifest(folder)
    if manifest.get("format") != FORMAT:
        return Nothing()
    return Earlier(
        folder,
        tokens=manifest["lexicon"] == lexicon_fingerprint(),
        vectors=manifest["encoder"] == encoder.fingerprint,
    )


def _limits(passages: Sequence[Passage]) -> list[Limits]:
    return [Limits(passage.scope, passage.effective_from, passage.effective_to) for passage in passages]


def _complete(
    passages: Sequence[Passage], rows: int, folder: Path, version: str, engine: VectorEngine
) -> None:
    """Have `engine` keep the vectors of a whole version again when it lost them."""
    if not engine.holds(version, rows):
        vectors, owners = np.load(folder / dense.VECTORS, mmap_mode="r"), np.load(folder / dense.OWNERS)
        engine.write(Rows(vectors, owners, _limits(passages)), version, folder)


def write_version(
    passages: Sequence[Passage],
    memory: Sequence[Remembered],
    folder: Path,
    version: str,
    encoder: Encoder,
    *,
    engine: VectorEngine,
    worked: Worked,
) -> dict[str, Any]:
    """Write everything of `version` into the empty `folder`; returns what its manifest says."""
    Shelf.write(passages, folder)
    Catalogue.write(passages, folder)
    QuestionTable.write(passages, folder)
    CitationTable.write(passages, folder)
    keys = [passage_key(passage) for passage in passages]
    np.save(folder / KEYS, np.array(keys, dtype=np.uint64))
    _write_words(passages, keys, folder, worked)
    vectors, owners = _write_vectors(passages, keys, folder, encoder, worked)
    engine.write(Rows(vectors, owners, _limits(passages)), version, folder)
    write_resolved([*memory, *remembered(passages)], passages, encoder, folder)
    return {
        "version": version,
        "format": FORMAT,
        "encoder": encoder.fingerprint,
        "lexicon": lexicon_fingerprint(),
        "engine": engine.identity,
        "passages": len(passages),
        "vectors": len(owners),
    }


def _write_words(passages: Sequence[Passage], keys: Sequence[int], folder: Path, worked: Worked) -> None:
    words = folder / WORDS
    words.mkdir()
    kept = TokenFile()

    def documents() -> Iterator[bm25.Document]:
        for number, (passage, key) in enumerate(zip(passages, keys, strict=True)):
            bag = worked.tokens(key) or Bag.of(passage_tokens(passage))
            kept.add(bag)
            yield bm25.Document(
                number, bag.all(), passage.scope, passage.effective_from, passage.effective_to
            )

    bm25.write(documents(), words)
    kept.write(folder)


def _write_vectors(
    passages: Sequence[Passage], keys: Sequence[int], folder: Path, encoder: Encoder, worked: Worked
) -> tuple[Vectors, npt.NDArray[np.int32]]:
    """Write all vectors; returns those of the passages, as the file they are in, with their owners."""
    dimensions = encoder.encode([]).shape[1]
    owners, parts, miss_owners = array("i"), array("i"), array("i")
    for number, passage in enumerate(passages):
        for part, _ in passage_vectors(passage):
            owners.append(number)
            parts.append(part)
        miss_owners.extend([number] * len(passage.not_questions))
    vectors = dense.create(owners, parts, dimensions, folder)
    misses = np.zeros((len(miss_owners), dimensions), dtype=np.float32)
    texts = _Pending(encoder)
    row = miss = 0
    for passage, key in zip(passages, keys, strict=True):
        of = [text for _, text in passage_vectors(passage)]
        known = worked.vectors(key)
        places = (vectors[row : row + len(of)], misses[miss : miss + len(passage.not_questions)])
        if known is None:
            texts.put(of, places[0])
            texts.put(passage.not_questions, places[1])
        else:
            places[0][:], places[1][:] = known
        row += len(of)
        miss += len(passage.not_questions)
    texts.encode()
    np.save(folder / MISSES, misses)
    np.save(folder / MISS_OWNERS, np.asarray(miss_owners, dtype=np.int32))
    return vectors, np.asarray(owners, dtype=np.int32)


class _Pending:
    """Texts that wait to be encoded together, each with the place its vector goes to."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._texts: list[str] = []
        self._places: list[Vectors] = []

    def put(self, texts: Sequence[str], places: Vectors) -> None:
        """Encode `texts` sooner or later into `places` [len(texts), d]."""
        if texts:
            self._texts += texts
            self._places.append(places)
        if len(self._texts) >= _TEXTS_AT_ONCE:
            self.encode()

    def encode(self) -> None:
        """Encode all that wait."""
        encoded = self._encoder.encode(self._texts)
        at = 0
        for places in self._places:
            places[:] = encoded[at : at + len(places)]
            at += len(places)
        self._texts.clear()
        self._places.clear()
