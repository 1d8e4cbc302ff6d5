"""The encoder in a process of its own."""

from __future__ import annotations

import numpy as np

from benchmarks.vectors import VectorProcess
from retrieval.encoder import load_encoder


def test_vectors_from_another_process_are_those_of_the_encoder() -> None:
    texts = ["年休假有几天", "会费\n怎么交", "", "🎉"]
    with VectorProcess() as process:
        vectors = process.encode(texts)
    np.testing.assert_allclose(vectors, load_encoder().encode(texts), atol=1e-5)


def test_no_texts_have_no_vectors() -> None:
    with VectorProcess() as process:
        assert len(process.encode([])) == 0
