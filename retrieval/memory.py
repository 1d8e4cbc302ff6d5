"""What earlier questions were answered by, as evidence for a question that resembles them.

A remembered question names articles by law and number, so one list serves every index: what an index does
not hold is left out when it is built. Questions that people had answered by lawyers (`asked`) and questions
whose written answers cite the law (`written`) are kept apart: the first prove more.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.encoder import Encoder, Vectors
from retrieval.memory_words import Floats, MemoryWords, write_memory_words
from retrieval.passages import Passage
from retrieval.tokens import segmenter

SHIPPED = Path(__file__).parent / "artifacts" / "memory.jsonl"
_FILE = "memory.npz"
NEAREST = 20
"""Remembered questions that have a say."""
_SHARPNESS, _SHARPNESS_OF_WORDS = 4, 2
"""Exponents of a cosine's say: a question half as near by vectors counts a sixteenth."""
_REMEMBERED_CUTS = 65_536


class Trust(StrEnum):
    ASKED = "asked"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Remembered:
    """A question and the (law, article) places that answer it."""

    question: str
    places: tuple[tuple[str, str], ...]
    trust: Trust


@dataclass(slots=True)
class Votes:
    """What the nearest remembered questions of one trust say, by passage number and by law code.

    `sums` add up the say of all, `best` are the cosines of the nearest; `nearest` is the nearest of them all.
    """

    sums: dict[int, float] = field(default_factory=dict)
    best: dict[int, float] = field(default_factory=dict)
    law_sums: dict[int, float] = field(default_factory=dict)
    law_best: dict[int, float] = field(default_factory=dict)
    nearest: float = 0.0


@dataclass(frozen=True, slots=True)
class Recollection:
    """What is remembered that resembles a question: by vectors, and by words."""

    near: Mapping[Trust, Votes]
    alike: Mapping[Trust, Votes]

    def passages(self) -> set[int]:
        """The passages that questions near by vectors lead to."""
        return {number for votes in self.near.values() for number in votes.sums}


def read_memory(file: Path = SHIPPED) -> list[Remembered]:
    """The remembered questions in `file`, one JSON object a line.

    Raises:
        OSError, ValueError, KeyError: missing, or not written by `write_memory`.
    """
    with file.open(encoding="utf-8") as stream:
        records = [json.loads(line) for line in stream]
    return [
        Remembered(
            record["question"],
            tuple((law, article) for law, article in record["places"]),
            Trust(record["trust"]),
        )
        for record in records
    ]


@cache
def shipped_memory() -> tuple[Remembered, ...]:
    """The remembered questions the repository ships."""
    return tuple(read_memory())


def write_memory(remembered: Iterable[Remembered], file: Path) -> None:
    """Write what `read_memory` reads."""
    with file.open("w", encoding="utf-8") as stream:
        for one in remembered:
            record = {"question": one.question, "places": one.places, "trust": one.trust.value}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def place_numbers(passages: Sequence[Passage]) -> dict[tuple[str, str], list[int]]:
    """The passages that are an article, by law and number."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for number, passage in enumerate(passages):
        if passage.law and passage.article:
            numbers.setdefault((passage.law, passage.article), []).append(number)
    return numbers


def write_resolved(
    remembered: Sequence[Remembered], passages: Sequence[Passage], encoder: Encoder, folder: Path
) -> None:
    """Write into a version's folder what of `remembered` leads to its `passages`."""
    numbers = place_numbers(passages)
    resolved = [
        (one, [number for place in one.places for number in numbers.get(place, ())]) for one in remembered
    ]
    kept = [(one, found) for one, found in resolved if found]
    np.savez(
        folder / _FILE,
        vectors=encoder.encode([one.question for one, _ in kept]),
        written=np.array([one.trust is Trust.WRITTEN for one, _ in kept], dtype=np.bool_),
        starts=np.cumsum([0, *(len(found) for _, found in kept)]),
        numbers=np.array([number for _, found in kept for number in found], dtype=np.int64),
    )
    write_memory_words([_cut(one.question) for one, _ in kept], folder)


@lru_cache(_REMEMBERED_CUTS)
def _cut(question: str) -> list[str]:
    """The tokens of a remembered question: most of them come again with every build."""
    return segmenter().tokens(question)


class Memory:
    """The remembered questions of one version; may be used from several threads."""

    def __init__(
        self,
        vectors: Vectors,
        words: MemoryWords,
        written: npt.NDArray[np.bool_],
        leads_to: Sequence[Sequence[int]],
        law_codes: npt.NDArray[np.int32],
    ) -> None:
        self._vectors = vectors
        self._words = words
        self._groups = {
            Trust.ASKED: _Group(np.flatnonzero(~written), leads_to, law_codes),
            Trust.WRITTEN: _Group(np.flatnonzero(written), leads_to, law_codes),
        }

    @classmethod
    def read(cls, folder: Path, law_codes: npt.NDArray[np.int32]) -> "Memory":
        """The memory of the version in `folder`; `law_codes` [passages] names the law of each."""
        words = MemoryWords.open(folder)
        with np.load(folder / _FILE) as arrays:
            starts, numbers = arrays["starts"].tolist(), arrays["numbers"].tolist()
            leads_to = [numbers[start:end] for start, end in pairwise(starts)]
            return cls(arrays["vectors"], words, arrays["written"], leads_to, law_codes)

    def recall(self, vector: Vectors, tokens: Sequence[str]) -> Recollection:
        """What is remembered that resembles a question with `vector` [d] and `tokens`."""
        near = (self._vectors @ vector).astype(np.float64)
        alike = self._words.likeness(tokens)
        return Recollection(
            {trust: group.votes(near, _SHARPNESS) for trust, group in self._groups.items()},
            {trust: group.votes(alike, _SHARPNESS_OF_WORDS) for trust, group in self._groups.items()},
        )

    def priors(self, trust: Trust) -> "Priors":
        """How often anything remembered led to a passage or a law."""
        return self._groups[trust].priors


@dataclass(frozen=True, slots=True)
class Priors:
    passages: Mapping[int, int]
    laws: Mapping[int, int]


class _Group:
    """The questions of one trust: `rows` of all that is remembered."""

    def __init__(
        self,
        rows: npt.NDArray[np.int64],
        leads_to: Sequence[Sequence[int]],
        law_codes: npt.NDArray[np.int32],
    ) -> None:
        self._rows = rows
        self._leads_to = [leads_to[row] for row in rows.tolist()]
        self._laws = [sorted({int(law_codes[number]) for number in found}) for found in self._leads_to]
        self.priors = Priors(
            _counted(number for found in self._leads_to for number in found),
            _counted(int(law_codes[number]) for found in self._leads_to for number in found),
        )

    def votes(self, cosines: Floats, sharpness: int) -> Votes:
        """The votes of the nearest by `cosines` with all that is remembered."""
        votes = Votes()
        own = cosines[self._rows]
        order = np.argsort(-own, kind="stable")[:NEAREST].tolist()
        if order:
            votes.nearest = float(own[order[0]])
        for at in order:
            near = float(own[at])
            if near <= 0:
                break
            say = near**sharpness
            for keys, sums, best in (
                (self._leads_to[at], votes.sums, votes.best),
                (self._laws[at], votes.law_sums, votes.law_best),
            ):
                for key in keys:
                    sums[key] = sums.get(key, 0.0) + say
                    best[key] = max(best.get(key, 0.0), near)
        return votes


def _counted(keys: Iterable[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts
