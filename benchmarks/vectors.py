"""Sentence vectors of the shipped encoder, for an interpreter that has no tokenizer of its own.

`python -m benchmarks.vectors` runs in the product's interpreter: it reads one JSON string a line and answers
each with one line of numbers. `VectorProcess` is the other end, for Rasa's interpreter.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ROOT / ".venv" / "bin" / "python"


class VectorProcess:
    """The encoder in a process of its own; a context manager, for one thread."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [str(PRODUCT), "-m", "benchmarks.vectors"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def encode(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return [texts, dimensions], rows of length 1, or 0 where no token of a text is known."""
        asked, answered = self._process.stdin, self._process.stdout
        if asked is None or answered is None:
            raise RuntimeError("the encoder's process has no pipes")
        rows = []
        for text in texts:
            asked.write(json.dumps(text) + "\n")
            asked.flush()
            rows.append(json.loads(answered.readline()))
        return np.array(rows, dtype=np.float64)

    def close(self) -> None:
        self._process.communicate()

    def __enter__(self) -> VectorProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def main() -> int:
    """Answer until the other end closes; return 0."""
    from retrieval.encoder import load_encoder  # needs what only the product's interpreter has

    encoder = load_encoder()
    for line in sys.stdin:
        (vector,) = encoder.encode([json.loads(line)])
        print(json.dumps([round(float(number), 6) for number in vector]), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
