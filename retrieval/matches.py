"""Which tokens of a question occur in which passages, read off the tokens the build has kept."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.earlier import OCCURRENCE_STARTS, OCCURRENCES, VOCABULARY
from retrieval.keytable import KeyTable


class Matches:
    """The kept tokens of one version, mapped; may be used from several threads."""

    def __init__(self, folder: Path) -> None:
        self._numbers = KeyTable.open(folder, VOCABULARY)
        self._ids: npt.NDArray[np.int32] = np.load(folder / OCCURRENCES, mmap_mode="r").view(np.ndarray)
        self._starts: npt.NDArray[np.int64] = np.load(folder / OCCURRENCE_STARTS, mmap_mode="r").view(
            np.ndarray
        )

    def lengths(self, passages: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """How many different tokens each of `passages` [n] has."""
        lengths: npt.NDArray[np.int64] = self._starts[passages + 1] - self._starts[passages]
        return lengths

    def occur(self, tokens: Sequence[str], passages: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Whether each of `tokens` [t], all different, occurs in each of `passages` [n]: bool [t, n]."""
        found = np.zeros((len(tokens), len(passages)), dtype=np.bool_)
        numbers = self._numbers.first(tokens)
        rows = np.argsort(numbers, kind="stable")[np.count_nonzero(numbers < 0) :]
        if not len(rows) or not len(passages):
            return found
        wanted = numbers[rows]
        starts, lengths = self._starts[passages].tolist(), self.lengths(passages)
        ids = np.concatenate(
            [
                self._ids[start : start + length]
                for start, length in zip(starts, lengths.tolist(), strict=True)
            ]
        )
        owners = np.repeat(np.arange(len(passages)), lengths)
        places = np.minimum(np.searchsorted(wanted, ids), len(wanted) - 1)
        hits = wanted[places] == ids
        found[rows[places[hits]], owners[hits]] = True
        return found
