"""A BM25 index of passages alone: for wrong answers that look right, and as a system to compare with."""

from collections.abc import Sequence
from pathlib import Path

from retrieval import bm25
from retrieval.bm25 import Bm25
from retrieval.passages import Passage
from retrieval.tokens import passage_tokens


def write_words(passages: Sequence[Passage], folder: Path) -> Bm25:
    """A BM25 index of `passages`, by their position, in the empty `folder`."""
    documents = (
        bm25.Document(number, passage_tokens(passage), passage.scope, passage.effective_from, None)
        for number, passage in enumerate(passages)
    )
    bm25.write(documents, folder)
    return Bm25(folder)
