"""Passages in any number, mixed from the sentences of real ones.

The first are real: the cards, and the statutes of a BEIR folder where there is one. Every further one takes
half the sentences of each of two others of its kind, so that words, lengths and vectors are spread as in
real texts. One passage in thirty belongs to a branch and one in fifty is no longer in force, so that every
search has to filter.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from retrieval.passages import Kind, Passage, article_id
from retrieval.training.sources import read_corpus

BRANCHES = tuple(f"示例银行/分行{number}" for number in range(20))
DAY = date(2026, 11, 23)
_ENDED = date(2025, 12, 31)
_SENTENCE = re.compile(r"[^。；\s]+[。；\s]*")
_SEED = 20261125
_ARTICLES = 100
"""Articles of one mixed statute."""
_APART = 7_919
"""Sources between those that give two mixed statutes their names."""


@dataclass(frozen=True, slots=True)
class Source:
    """A passage with its text in sentences."""

    passage: Passage
    sentences: tuple[str, ...]

    @classmethod
    def of(cls, passage: Passage) -> "Source":
        return cls(passage, tuple(sentences(passage.text)))


def sentences(text: str) -> list[str]:
    """`text` in pieces that no word crosses."""
    return _SENTENCE.findall(text)


def real_passages(cards: Sequence[Passage], bench: Path | None) -> tuple[list[Source], list[Source]]:
    """What is mixed: cards, and articles from `bench`/corpus.jsonl or, without it, from the cards' text."""
    of_cards = [Source.of(card) for card in cards]
    if bench is None:
        articles = [
            Passage(id=f"text:{card.id}", kind=Kind.ARTICLE, title=card.title, text=card.text)
            for card in cards
        ]
    else:
        articles = read_corpus(bench)
    return of_cards, [source for article in articles if (source := Source.of(article)).sentences]


def mixed(sources: Sequence[Source], count: int, kind: Kind) -> Iterator[Passage]:
    """`count` passages of a kind: the real ones first."""
    rng = random.Random(f"{_SEED} {kind}")
    for number in range(count):
        if number < len(sources):
            passage = sources[number].passage
        else:
            statute = number // _ARTICLES
            title = sources[statute * _APART % len(sources)].passage.title
            law = f"{title} 实施办法 {statute}"
            passage = _mix(rng.choice(sources), rng.choice(sources), law, number, rng)
        if number % 30 == 29:
            passage = replace(passage, scope=rng.choice(BRANCHES), base=None)
        yield replace(passage, effective_to=_ENDED) if number % 50 == 49 else passage


def _mix(one: Source, other: Source, law: str, number: int, rng: random.Random) -> Passage:
    text = "".join((*_half(one.sentences, rng), *_half(other.sentences, rng)))
    if one.passage.kind is Kind.CARD:
        questions = (*_half(one.passage.questions, rng), *_half(other.passage.questions, rng))
        return replace(
            one.passage, id=f"mixed-{number}", text=text, questions=questions, base=None, supersedes=None
        )
    label = f"第{number % _ARTICLES + 1}条"
    return replace(
        one.passage,
        id=article_id(law, label),
        title=f"{law} {label}",
        text=text,
        law=law,
        article=label,
    )


def _half(parts: Sequence[str], rng: random.Random) -> list[str]:
    kept = sorted(rng.sample(range(len(parts)), -(-len(parts) // 2)))
    return [parts[at] for at in kept]
