"""Questions of employees that a person confirmed: memory that finds their passage the next time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from retrieval.exact import question_key
from retrieval.memory import Remembered, Trust
from retrieval.passages import Kind, Passage


@dataclass(frozen=True, slots=True, order=True)
class Confirmed:
    """A question and the passage that answers it."""

    text: str
    source_id: str


def with_confirmed(
    passages: Sequence[Passage], confirmed: Iterable[Confirmed]
) -> tuple[list[Passage], list[Confirmed]]:
    """`passages` with the questions confirmed for them, and those whose passage is not there any more.

    The order of `confirmed` does not matter. What a passage asks itself, or names as a near miss, is not
    repeated: whoever wrote the passage has the last word.
    """
    ids = {passage.id for passage in passages}
    by_source: dict[str, list[str]] = {}
    gone = []
    for one in sorted(set(confirmed)):
        if one.source_id in ids:
            by_source.setdefault(one.source_id, []).append(one.text)
        else:
            gone.append(one)
    return [_remembering(passage, by_source.get(passage.id, ())) for passage in passages], gone


def remembered(passages: Iterable[Passage]) -> list[Remembered]:
    """What was confirmed for articles, as the ranker of articles remembers questions."""
    return [
        Remembered(text, ((passage.law, passage.article),), Trust.ASKED)
        for passage in passages
        if passage.kind is Kind.ARTICLE and passage.law and passage.article
        for text in passage.confirmed
    ]


def _remembering(passage: Passage, texts: Iterable[str]) -> Passage:
    known = {question_key(text) for text in (*passage.questions, *passage.not_questions)}
    new: dict[str, str] = {}
    for text in texts:
        key = question_key(text)
        if key and key not in known:
            new.setdefault(key, text)
    return replace(passage, confirmed=tuple(new.values())) if new else passage
