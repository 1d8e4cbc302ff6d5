"""What earlier questions were answered by, as evidence for a question that resembles them.

A remembered question names articles by law and number, so one list serves every index: what an index does
not hold is left out when it is built. Questions that people had answered by lawyers (`asked`) and questions
whose written answers cite the law (`written`) are kept apart: the first prove more.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.encoder import Encoder, Vectors
from retrieval.passages import Passage

SHIPPED = Path(__file__).parent / "artifacts" / "memory.jsonl"
_FILE = "memory.npz"
NEAREST = 20
"""Remembered questions that have a say."""
_SHARPNESS = 4
"""Exponent of a cosine's say: a question half as near counts a sixteenth."""


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


class Memory:
    """The remembered questions of one version, as vectors; may be used from several threads."""

    def __init__(
        self,
        vectors: Vectors,
        written: npt.NDArray[np.bool_],
        leads_to: Sequence[Sequence[int]],
        law_codes: npt.NDArray[np.int32],
    ) -> None:
        self._groups = {
            Trust.ASKED: _Group.of(vectors, ~written, leads_to, law_codes),
            Trust.WRITTEN: _Group.of(vectors, written, leads_to, law_codes),
        }

    @classmethod
    def read(cls, folder: Path, law_codes: npt.NDArray[np.int32]) -> "Memory":
        """The memory of the version in `folder`; `law_codes` [passages] names the law of each."""
        with np.load(folder / _FILE) as arrays:
            starts, numbers = arrays["starts"].tolist(), arrays["numbers"].tolist()
            leads_to = [numbers[start:end] for start, end in pairwise(starts)]
            return cls(arrays["vectors"], arrays["written"], leads_to, law_codes)

    def votes(self, query: Vectors) -> Mapping[Trust, Votes]:
        """What is remembered that resembles `query` [d]."""
        return {trust: group.votes(query) for trust, group in self._groups.items()}

    def priors(self, trust: Trust) -> "Priors":
        """How often anything remembered led to a passage or a law."""
        return self._groups[trust].priors


@dataclass(frozen=True, slots=True)
class Priors:
    passages: Mapping[int, int]
    laws: Mapping[int, int]


class _Group:
    """The questions of one trust."""

    def __init__(
        self, vectors: Vectors, leads_to: Sequence[Sequence[int]], law_codes: npt.NDArray[np.int32]
    ) -> None:
        self._vectors = np.ascontiguousarray(vectors)
        self._leads_to = leads_to
        self._laws = [sorted({int(law_codes[number]) for number in found}) for found in leads_to]
        self.priors = Priors(
            _counted(number for found in leads_to for number in found),
            _counted(int(law_codes[number]) for found in leads_to for number in found),
        )

    @classmethod
    def of(
        cls,
        vectors: Vectors,
        chosen: npt.NDArray[np.bool_],
        leads_to: Sequence[Sequence[int]],
        law_codes: npt.NDArray[np.int32],
    ) -> "_Group":
        return cls(vectors[chosen], [leads_to[at] for at in np.flatnonzero(chosen).tolist()], law_codes)

    def votes(self, query: Vectors) -> Votes:
        votes = Votes()
        if not len(self._vectors):
            return votes
        cosines = self._vectors @ query
        order = np.argsort(-cosines, kind="stable")[:NEAREST].tolist()
        votes.nearest = float(cosines[order[0]])
        for at in order:
            near = max(float(cosines[at]), 0.0)
            say = near**_SHARPNESS
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
