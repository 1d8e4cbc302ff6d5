"""What the index must know of every passage without reading it, as columns that are mapped, not loaded."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.keytable import KeyTable
from retrieval.passages import Kind, Passage

_NAMES = "names.json"
_IDS = "ids"
_COLUMNS = ("scopes", "topics", "laws", "cards", "starts", "ends", "based", "following")
_NONE = -1


class Catalogue:
    """Columns over passages, by number; `scope_names` are what the numbers in `scopes` stand for, `laws`
    what those in `law_codes` do, where -1 is none.

    `starts` and `ends` are days as ordinals, both inclusive. `based` lists the passages that have a `base`,
    `following` those that supersede another.
    """

    def __init__(self, folder: Path) -> None:
        names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
        self.scope_names: list[str] = names["scopes"]
        self.laws: list[str] = names["laws"]
        self._topic_names: list[str] = names["topics"]
        columns = {name: np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray) for name in _COLUMNS}
        self.scopes: npt.NDArray[np.int32] = columns["scopes"]
        self.starts: npt.NDArray[np.int32] = columns["starts"]
        self.ends: npt.NDArray[np.int32] = columns["ends"]
        self.based: list[int] = columns["based"].tolist()
        self.following: list[int] = columns["following"].tolist()
        self.law_codes: npt.NDArray[np.int32] = columns["laws"]
        self._topics: npt.NDArray[np.int32] = columns["topics"]
        self._cards: npt.NDArray[np.bool_] = columns["cards"]
        self._ids = KeyTable.open(folder, _IDS)

    @staticmethod
    def write(passages: Sequence[Passage], folder: Path) -> None:
        """Write the columns of `passages` into the existing folder."""
        scopes, scope_names = _coded(passage.scope for passage in passages)
        topics, topic_names = _coded(passage.topic for passage in passages)
        laws, law_names = _coded(passage.law or None for passage in passages)
        columns = {
            "scopes": scopes,
            "topics": topics,
            "laws": laws,
            "cards": np.array([passage.kind is Kind.CARD for passage in passages], dtype=np.bool_),
            "starts": _days(passages, lambda passage: passage.effective_from),
            "ends": _days(passages, lambda passage: passage.effective_to or date.max),
            "based": _having(passages, lambda passage: passage.base),
            "following": _having(passages, lambda passage: passage.supersedes),
        }
        for name, column in columns.items():
            np.save(folder / f"{name}.npy", column)
        names = {"scopes": scope_names, "topics": topic_names, "laws": law_names}
        (folder / _NAMES).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
        KeyTable.write(((passage.id, number) for number, passage in enumerate(passages)), folder, _IDS)

    def __len__(self) -> int:
        return len(self.scopes)

    def numbers(self, source_id: str) -> list[int]:
        """The passages with that id: one, or several versions of it."""
        return self._ids.get(source_id)

    def is_card(self, number: int) -> bool:
        return bool(self._cards.item(number))

    def cards(self) -> npt.NDArray[np.int64]:
        """The numbers of all cards, rising."""
        return np.flatnonzero(self._cards)

    def cards_of(self, topic: str) -> list[int]:
        """The cards of a topic."""
        if topic not in self._topic_names:
            return []
        of_topic = self._topics == self._topic_names.index(topic)
        return [int(number) for number in np.flatnonzero(of_topic & self._cards)]


def _coded(values: Iterable[str | None]) -> tuple[npt.NDArray[np.int32], list[str]]:
    codes: dict[str, int] = {}
    column = [_NONE if value is None else codes.setdefault(value, len(codes)) for value in values]
    return np.array(column, dtype=np.int32), list(codes)


def _having(passages: Sequence[Passage], field: Callable[[Passage], str | None]) -> npt.NDArray[np.int32]:
    numbers = [number for number, passage in enumerate(passages) if field(passage) is not None]
    return np.array(numbers, dtype=np.int32)


def _days(passages: Sequence[Passage], day: Callable[[Passage], date]) -> npt.NDArray[np.int32]:
    return np.array([day(passage).toordinal() for passage in passages], dtype=np.int32)
