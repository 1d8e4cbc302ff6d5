"""How much the characters of a question speak for the union's business, whatever any card says.

A linear model over single characters and pairs, fitted on questions of cards and on what was asked of nobody:
it knows that 打印机 and 信用卡 are never asked of a union, which no similarity to cards can tell. It does not
depend on the encoder.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from retrieval.grams import Codes, Floats, code_of, grams, spelt


@dataclass(frozen=True, slots=True)
class ScopeWords:
    """`idf` and `weights` [n] of the grams in `codes` [n], which rise."""

    codes: Codes
    idf: Floats
    weights: Floats
    intercept: float

    @classmethod
    def of(cls, model: Mapping[str, tuple[float, float]], intercept: float) -> Self:
        """The model with the (idf, weight) of every gram as it is spelt."""
        known = sorted((code_of(gram), *values) for gram, values in model.items())
        columns = np.array(known, np.float64).reshape(-1, 3)
        return cls(columns[:, 0].astype(np.int64), columns[:, 1], columns[:, 2], intercept)

    @classmethod
    def read(cls, file: Path) -> Self:
        """The model in `file`.

        Raises:
            OSError, ValueError, KeyError: missing, or not written by `write`.
        """
        content = json.loads(file.read_text(encoding="utf-8"))
        return cls.of(
            {gram: (idf, weight) for gram, (idf, weight) in content["grams"].items()}, content["intercept"]
        )

    def write(self, file: Path, manifest: Mapping[str, str]) -> None:
        """Write what `read` reads, a gram a line."""
        rows = zip(self.codes.tolist(), self.idf.tolist(), self.weights.tolist(), strict=True)
        lines = (
            f"  {json.dumps(spelt(code), ensure_ascii=False)}: [{idf}, {weight}]"
            for code, idf, weight in rows
        )
        grams_of_all = ",\n".join(lines)
        head = f'{{"intercept": {self.intercept},\n"manifest": {json.dumps(manifest, ensure_ascii=False)},'
        file.write_text(f'{head}\n"grams": {{\n{grams_of_all}\n}}}}\n', encoding="utf-8")

    def log_odds(self, text: str) -> float:
        """Log-odds that the normalised `text` is in scope; those of anything for a text of unknown grams."""
        codes, counts = np.unique(grams([text])[0], return_counts=True)
        if not len(self.codes) or not len(codes):
            return self.intercept
        places = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        known = self.codes[places] == codes
        values = (1 + np.log(counts[known])) * self.idf[places[known]]
        length = float(np.linalg.norm(values))
        return self.intercept + float(values @ self.weights[places[known]]) / max(length, 1e-9)
