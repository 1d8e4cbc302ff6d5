"""Finds cards that answer the same question, and sentences of two cards that give different figures for one
matter. Pure.

Both are leads for a person to look at: what was looked at and is right is listed in `told_apart.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from retrieval.encoder import Encoder
from retrieval.lint_relations import Card, compete
from retrieval.yamlfile import read_yaml
from service.knowledge.documents.figures import Stated, figures, is_within, stated
from service.knowledge.precedence import short_answer

FILE = Path("parameters") / "told_apart.yml"
ASKED_ALIKE = 0.8
"""Cosine of two questions from which they are the same in other words."""
SHARE_ASKED_ALIKE = 0.15
"""Share of a card's questions that are another card's in other words, from which the cards are looked at."""
SAID_ALIKE = 0.4
"""Cosine of two short answers, by weighted pairs of characters, from which the cards are looked at."""
SAME_MATTER = 0.35
"""The same of two sentences with figures, the figures left out."""

Pair = frozenset[str]
Rows = npt.NDArray[np.float32]
_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
_NO_WORDS = re.compile(r"[^一-鿿]+")


class ToldApartError(Exception):
    """The file is wrong; says where."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cards: list[str] = Field(min_length=2, max_length=2)
    because: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Alike:
    """Two cards that may be one: the share of questions in common, how alike the short answers are."""

    one: Card
    other: Card
    asked: float
    said: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sentences of two cards on one matter with different figures."""

    one: Card
    sentence: str
    other: Card
    other_sentence: str
    alike: float


def load_told_apart(file: Path) -> frozenset[Pair]:
    """Return the pairs of cards a person looked at and found right; none where there is no such file.

    Raises ToldApartError.
    """
    if not file.exists():
        return frozenset()
    try:
        content = read_yaml(file) or []
        entries = TypeAdapter(list[_Entry]).validate_python(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise ToldApartError(f"{file}: {' '.join(str(error).split())}") from error
    return frozenset(frozenset(entry.cards) for entry in entries)


def alike_cards(cards: Sequence[Card], encoder: Encoder) -> list[Alike]:
    """Return pairs of cards one asker may find that are asked or answered alike, the most alike first."""
    questions = [question for card in cards for question in card.passage.questions]
    owners = np.repeat(np.arange(len(cards)), [len(card.passage.questions) for card in cards])
    vectors = encoder.encode(questions) if questions else np.zeros((0, 1), np.float32)
    said = _similarity([f"{card.passage.title}。{short_answer(card.passage)}" for card in cards])
    asked = np.zeros((len(cards), len(cards)), np.float32)
    for number in range(len(cards)):
        own = vectors[owners == number]
        if len(own):
            near = own @ vectors.T >= ASKED_ALIKE
            for other in np.unique(owners[near.any(axis=0)]):
                asked[number, other] = near[:, owners == other].any(axis=1).mean()
    asked = np.maximum(asked, asked.T)
    found = (
        Alike(cards[one], cards[other], float(asked[one, other]), float(said[one, other]))
        for one, other in _pairs(cards, (asked >= SHARE_ASKED_ALIKE) | (said >= SAID_ALIKE))
    )
    return sorted(found, key=lambda pair: -max(pair.asked, pair.said))


def contradictions(cards: Sequence[Card]) -> list[Contradiction]:
    """Return sentences of two cards one asker may find that give different figures for the same matter."""
    told = [(card, text, found) for card in cards for text, found in _with_figures(card.passage.text)]
    alike = _similarity([f"{card.passage.title}{_without(text, found)}" for card, text, found in told])
    holders = [card for card, _, _ in told]
    found = [
        Contradiction(told[one][0], told[one][1], told[other][0], told[other][1], float(alike[one, other]))
        for one, other in _pairs(holders, alike >= SAME_MATTER)
        if _differ(told[one][2], told[other][1]) and _differ(told[other][2], told[one][1])
    ]
    return sorted(found, key=lambda pair: -pair.alike)


def _pairs(cards: Sequence[Card], near: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """The places of different cards that are near each other and compete."""
    by_id: Mapping[str, Card] = {card.passage.id: card for card in cards}
    for one, other in zip(*np.nonzero(np.triu(near, 1)), strict=True):
        first, second = cards[one].passage, cards[other].passage
        if first.id != second.id and compete(first, second, by_id):
            yield int(one), int(other)


def _with_figures(text: str) -> Iterator[tuple[str, list[Stated]]]:
    for match in _SENTENCE.finditer(text):
        if found := stated(match.group()):
            yield match.group().strip(" -*#"), found


def _differ(given: Iterable[Stated], sentence: str) -> bool:
    """Whether a sentence has figures of the same measures, and others."""
    there = figures(sentence)
    measures = {figure.measure for figure in there}
    return any(one.figure.measure in measures and not is_within(one, there) for one in given)


def _without(text: str, found: Iterable[Stated]) -> str:
    for one in found:
        text = text.replace(one.wording, "")
    return text


def _similarity(texts: Sequence[str]) -> Rows:
    """Cosines [texts, texts] of the texts' pairs of characters, each weighted by how rare it is."""
    pairs = [_pairs_of_characters(text) for text in texts]
    columns = {pair: column for column, pair in enumerate(sorted(set().union(*pairs)))}
    weighted = np.zeros((len(texts), len(columns)), np.float32)
    for row, found in enumerate(pairs):
        weighted[row, [columns[pair] for pair in found]] = 1
    weighted *= np.log(len(texts) / np.maximum(weighted.sum(axis=0), 1)) + 1
    weighted /= np.maximum(np.linalg.norm(weighted, axis=1, keepdims=True), 1e-9)
    cosines: Rows = weighted @ weighted.T
    return cosines


def _pairs_of_characters(text: str) -> set[str]:
    words = _NO_WORDS.sub(" ", text)
    return {pair for at in range(len(words) - 1) if " " not in (pair := words[at : at + 2])}
