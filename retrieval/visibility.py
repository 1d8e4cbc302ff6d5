"""Which passages an asker may find on a day."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from retrieval.passages import Passage

Mask = npt.NDArray[np.bool_]


class Visibility:
    """Scopes and dates of all passages, by number."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        names = dict.fromkeys(passage.scope for passage in passages)
        self._codes = {name: code for code, name in enumerate(names)}
        self._scopes = np.array([self._codes[passage.scope] for passage in passages], dtype=np.int32)
        self._starts = np.array([passage.effective_from.toordinal() for passage in passages], dtype=np.int32)
        self._ends = np.array(
            [(passage.effective_to or date.max).toordinal() for passage in passages], dtype=np.int32
        )

    def mask(self, scopes: Sequence[str], day: date) -> Mask:
        """True at the number of every passage of one of the `scopes` that is in force on `day`."""
        codes = [self._codes[name] for name in scopes if name in self._codes]
        at = day.toordinal()
        mask: Mask = np.isin(self._scopes, codes) & (self._starts <= at) & (at <= self._ends)
        return mask
