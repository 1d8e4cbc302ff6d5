"""Which passages an asker may find on a day."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from retrieval.catalogue import Catalogue

Mask = npt.NDArray[np.bool_]

_REMEMBERED = 64


class Visibility:
    """Scopes and dates of all passages. Safe from several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._codes = {name: code for code, name in enumerate(catalogue.scope_names)}
        # Everybody of one unit asks for the same passages all day: the same array, not an equal one.
        self._masks = lru_cache(_REMEMBERED)(self._mask)

    def mask(self, scopes: Sequence[str], day: date | None) -> Mask | None:
        """True at the number of every passage of one of the `scopes` that is in force on `day`, or on
        whatever day when that is None.

        None when that is every passage there is.
        """
        return self._masks(tuple(scopes), day)

    def _mask(self, scopes: tuple[str, ...], day: date | None) -> Mask | None:
        of = self._catalogue
        codes = [self._codes[name] for name in scopes if name in self._codes]
        mask: Mask = np.isin(of.scopes, codes)
        if day is not None:
            at = day.toordinal()
            mask &= (of.starts <= at) & (at <= of.ends)
        mask.setflags(write=False)
        return None if mask.all() else mask
