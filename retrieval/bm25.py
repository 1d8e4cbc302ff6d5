"""BM25 over our own tokens, kept by tantivy on disk.

Texts arrive already cut into tokens; tantivy only counts them. Scope and dates are indexed fields, so what an
asker may not see is left out before the best are chosen, not after.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tantivy

_HEAP_BYTES = 128_000_000
_NO_END = date.max.toordinal()
_MOSTLY = 0.5
"""From this share of passages on it is quicker to search among all of them and leave out the few: tantivy
then skips blocks that cannot reach the best, which it does not under a filter (docs/engines.md)."""

_AMPLE = 1.2
"""So much more is fetched than should be needed; most often one search is then enough."""


@dataclass(frozen=True, slots=True)
class Document:
    """One passage as BM25 sees it: `number` is its place in the index; `tokens` repeat what weighs more."""

    number: int
    tokens: Iterable[str]
    scope: str
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What may be found: scopes that are seen, and the day on which it must be in force. None: no limit."""

    scopes: tuple[str, ...] | None = None
    day: date | None = None


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", fast=True)
    builder.add_text_field("tokens", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("scope", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("starts", indexed=True, fast=True)
    builder.add_integer_field("ends", indexed=True, fast=True)
    return builder.build()


def write(documents: Iterable[Document], folder: Path) -> None:
    """Write an index of `documents` into the existing, empty `folder`."""
    index = tantivy.Index(_schema(), path=str(folder))
    # One thread: the same documents give the same segments, and with them the same order among equal scores.
    writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
    for document in documents:
        writer.add_document(
            tantivy.Document(
                number=document.number,
                tokens=" ".join(document.tokens),
                scope=document.scope,
                starts=document.effective_from.toordinal(),
                ends=document.effective_to.toordinal() if document.effective_to else _NO_END,
            )
        )
    writer.commit()
    writer.wait_merging_threads()


class Bm25:
    """A written index, open for reading; may be used from several threads."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def search(
        self,
        tokens: Sequence[str],
        limit: int,
        within: Filter,
        *,
        extra: Mapping[str, float] | None = None,
        allowed: npt.NDArray[np.bool_] | None = None,
    ) -> list[tuple[int, float]]:
        """The `limit` best (number, score), best first. Each token counts once however often it is asked.

        `extra` holds further tokens with what each counts for, where one of `tokens` counts 1. `allowed`
        says by number what `within` lets through; with it the same is found, at times sooner.
        """
        weights = dict.fromkeys(tokens, 1.0) | dict(extra or {})
        terms = [(tantivy.Occur.Should, self._term(token, weight)) for token, weight in weights.items()]
        if not terms or limit < 1:
            return []
        query = tantivy.Query.boolean_query(terms)
        if allowed is not None and (share := float(allowed.mean())) >= _MOSTLY:
            return self._left_over(query, limit, allowed, int(_AMPLE * limit / share) + 1)
        limits = self._limits(within)
        if limits:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *limits])
        return self._found(query, limit)

    def _left_over(
        self, query: tantivy.Query, limit: int, allowed: npt.NDArray[np.bool_], fetch: int
    ) -> list[tuple[int, float]]:
        """The `limit` best that are `allowed`: more and more are fetched until there are enough."""
        while True:
            found = self._found(query, fetch)
            left = [(number, score) for number, score in found if allowed[number]]
            if len(left) >= limit or len(found) < fetch:
                return left[:limit]
            fetch *= 2

    def _found(self, query: tantivy.Query, limit: int) -> list[tuple[int, float]]:
        found = self._searcher.search(query, limit=limit, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in found])
        return [(int(number or 0), float(score)) for number, (score, _) in zip(numbers, found, strict=True)]

    def _term(self, token: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, "tokens", token, "freq")
        return query if weight == 1.0 else tantivy.Query.boost_query(query, weight)

    def document_frequency(self, token: str) -> int:
        return self._searcher.doc_freq("tokens", token)

    def _limits(self, within: Filter) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        queries = []
        if within.scopes is not None:
            queries.append(tantivy.Query.term_set_query(self._schema, "scope", list(within.scopes)))
        if within.day is not None:
            day = within.day.toordinal()
            integer = tantivy.FieldType.Integer
            queries.append(tantivy.Query.range_query(self._schema, "starts", integer, upper_bound=day))
            queries.append(tantivy.Query.range_query(self._schema, "ends", integer, lower_bound=day))
        # A constant score of nothing: a filter must not change the ranking of what passes it.
        return [(tantivy.Occur.Must, tantivy.Query.const_score_query(query, 0.0)) for query in queries]
