"""Pairs of texts that mean or answer each other, cut from statutes, answered questions and cards.

Every pair names a group: what answers it. Two pairs of one group are never each other's negatives.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.passages import Passage
from retrieval.training.kept_back import is_kept_back
from retrieval.training.sources import LabelledQuestion

_SENTENCE = re.compile(r"[^。；;！？!?\n]+[。；;！？!?]?")
_CITED = re.compile(
    r"(?:《(?P<law>[^《》]{2,40})》|(?P<own>本法|本条例|本规定|本办法|本解释))(?P<article>第[一二三四五六七八九十百千零]+条(?:之[一二三四五六七八九十]+)?)"
)
_SHORTEST_SENTENCE = 8


@dataclass(frozen=True, slots=True)
class Pair:
    left: str
    right: str
    group: str


def article_text(passage: Passage) -> str:
    """What a statute article is encoded as: law and heading first, then its text."""
    return "\n".join(part for part in (passage.title, passage.heading, passage.text) if part)


def statute_pairs(passages: Sequence[Passage], *, rng: random.Random) -> list[Pair]:
    """Sentence ↔ rest of the article, name and heading ↔ text, clause ↔ next clause, citing ↔ cited."""
    pairs: list[Pair] = []
    by_place = {(passage.law, passage.article): passage for passage in passages if passage.article}
    for passage in passages:
        sentences = [text for text in _SENTENCE.findall(passage.text) if len(text) >= _SHORTEST_SENTENCE]
        name = " ".join(part for part in (passage.law or passage.title, passage.heading) if part)
        pairs.append(Pair(name, passage.text, passage.id))
        if len(sentences) > 1:
            chosen = rng.randrange(len(sentences))
            rest = "".join(text for at, text in enumerate(sentences) if at != chosen)
            pairs.append(Pair(sentences[chosen], f"{name}\n{rest}", passage.id))
            at = rng.randrange(len(sentences) - 1)
            pairs.append(Pair(sentences[at], sentences[at + 1], passage.id))
        for found in _CITED.finditer(passage.text):
            law = passage.law if found["own"] else found["law"].removeprefix("中华人民共和国")
            cited = by_place.get((law, found["article"]))
            if cited is not None and cited.id != passage.id:
                pairs.append(Pair(passage.text, article_text(cited), cited.id))
    return pairs


def answer_pairs(questions: Sequence[LabelledQuestion], *, rng: random.Random) -> list[Pair]:
    """Question ↔ written answer, and a sentence of the answer ↔ the question."""
    pairs = []
    for at, question in enumerate(questions):
        if not question.answer:
            continue
        pairs.append(Pair(question.text, question.answer, f"answer:{at}"))
        sentences = [text for text in _SENTENCE.findall(question.answer) if len(text) >= _SHORTEST_SENTENCE]
        if sentences:
            pairs.append(Pair(question.text, rng.choice(sentences), f"answer:{at}"))
    return pairs


def card_pairs(cards: Sequence[Passage], *, rng: random.Random) -> list[Pair]:
    """Each question of a card ↔ its answer, its title, and another of its questions.

    Questions that are kept back for the ranker (`is_kept_back`) are left out.
    """
    pairs = []
    for card in cards:
        questions = [question for question in card.questions if not is_kept_back(question)]
        for question in questions:
            pairs.append(Pair(question, f"{card.title}\n{card.text}", card.id))
            others = [other for other in (card.title, *questions) if other != question]
            pairs.extend(Pair(question, other, card.id) for other in rng.sample(others, min(2, len(others))))
    return pairs
