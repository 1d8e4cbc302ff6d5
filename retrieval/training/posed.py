"""Questions put to an index that has not seen them, with what its ranker of cards sees.

The questions of cards that every encoder was kept from are dealt into folds, and asked of an index that
lacks those of their own fold. Each is asked a second time of an index without its card, as if nobody had
written that card yet: so the decision learns to know a question that nothing answers.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from rich.progress import Progress

from language.normalise import normalise
from retrieval.artifacts import Artifacts
from retrieval.build import build_index
from retrieval.card_ranking import CardRows
from retrieval.encoder import Encoder
from retrieval.index import Index
from retrieval.passages import NATIONAL, Passage
from retrieval.precedence import Precedence
from retrieval.search import Heard, Question
from retrieval.training.kept_back import is_kept_back
from retrieval.training.validation import Row, Scope, with_ancestors

_FOLDS = 5

Flags = npt.NDArray[np.bool_]


class Source(StrEnum):
    """Where a question comes from."""

    ROW = "row"
    """Written as a person would ask."""
    MORE = "more"
    """One that no card answers; there are more of these than people ask, so each counts for less."""
    CARD = "card"
    """One of a card's own."""
    MISSING = "missing"
    """One of a card's own, with the card taken away."""


@dataclass(frozen=True, slots=True)
class Posed:
    """A question, what was seen of the likeliest cards, and which of them (by place) are right.

    `text` is normalised. `heard` is what the dialogue made of it, if that is known.
    """

    text: str
    scope: Scope
    source: Source
    seen: CardRows
    right: Flags
    heard: Heard | None
    group: str
    """Questions of one group are never divided between fitting and trying."""


def pose(
    cards: Sequence[Passage],
    rows: Sequence[Row],
    more: Sequence[Row],
    heard: Mapping[str, Heard],
    encoder: Encoder,
    artifacts: Artifacts,
    progress: Progress,
    *,
    as_of: date,
) -> list[Posed]:
    """Everything a ranker and a calibration can be fitted on, asked on the day `as_of`: what only a card that
    has ended or not begun answers is left out. `heard` is by normalised text."""
    task = progress.add_task("questions nothing has seen", total=_FOLDS + 1)
    posed: list[Posed] = []
    in_force = [card for card in cards if card.in_force_on(as_of)]
    with TemporaryDirectory() as folder:
        for fold in range(_FOLDS):
            asker = _Asker(_without(cards, fold), encoder, artifacts, Path(folder), heard, as_of)
            for card in in_force:
                for question in card.questions:
                    if is_kept_back(question) and _fold(question) == fold:
                        posed += asker.of_card(question, card)
            progress.advance(task)
        asker = _Asker(cards, encoder, artifacts, Path(folder), heard, as_of)
        posed += [*asker.of_rows(rows, Source.ROW), *asker.of_rows(more, Source.MORE)]
        progress.advance(task)
    return posed


class _Asker:
    """Asks one index."""

    def __init__(
        self,
        cards: Sequence[Passage],
        encoder: Encoder,
        artifacts: Artifacts,
        folder: Path,
        heard: Mapping[str, Heard],
        as_of: date,
    ) -> None:
        build_index(cards, folder, encoder)
        self._index = Index.open(folder, encoder=encoder, artifacts=artifacts)
        self._names = {number: card.id for number, card in enumerate(cards)}
        self._in_force = {card.id for card in cards if card.in_force_on(as_of)}
        self._kin = {card.id: _kin(card, cards) for card in cards}
        self._bases = {card.id: _bases(card, cards) for card in cards}
        self._heard = heard
        self._as_of = as_of

    def of_card(self, text: str, card: Passage) -> Iterator[Posed]:
        """The question of a card, with the card and without it."""
        organisations = () if card.scope == NATIONAL else with_ancestors(card.scope)
        row = Row(text, frozenset({card.id}), Scope.IN, organisations)
        yield self._posed(row, Source.CARD)
        yield self._posed(row, Source.MISSING, without=self._kin[card.id])

    def of_rows(self, rows: Iterable[Row], source: Source) -> list[Posed]:
        """Rows one of whose cards is in force, and those that have none."""
        usable = (row for row in rows if not row.cards or not self._in_force.isdisjoint(row.cards))
        return [self._posed(row, source) for row in usable]

    def _posed(self, row: Row, source: Source, *, without: frozenset[str] = frozenset()) -> Posed:
        text = normalise(row.text)
        heard = self._heard.get(text)
        seen = self._index.card_rows(
            Question(row.text, self._as_of, row.organisations, heard), without=without
        )
        gold = (
            frozenset[str]() if without else row.cards.union(*(self._bases.get(one, ()) for one in row.cards))
        )
        right = np.array([self._names[number] in gold for number in seen.numbers], np.bool_)
        group = min(row.cards, default=row.text)
        return Posed(text, row.kind, source, seen, right, heard, group)


def fold_of(group: str, folds: int) -> int:
    """The fold of a group of questions: by its name alone, so that a new card moves no other."""
    return hashlib.sha256(group.encode()).digest()[0] % folds


def _fold(question: str) -> int:
    return hashlib.sha256(f"fold {question}".encode()).digest()[0] % _FOLDS


def _without(cards: Sequence[Passage], fold: int) -> list[Passage]:
    return [
        replace(
            card,
            questions=tuple(
                question
                for question in card.questions
                if not (is_kept_back(question) and _fold(question) == fold)
            ),
        )
        for card in cards
    ]


def _bases(card: Passage, cards: Sequence[Passage]) -> frozenset[str]:
    """The ids of the general rules whose place `card` takes for those it holds for (`precedence`): whoever
    finds one of them is shown the card."""
    names = {other.id: other for other in cards}
    bases: set[str] = set()
    while card.base in names and card.base not in bases and card.precedence != Precedence.ADD:
        bases.add(card.base)
        card = names[card.base]
    return frozenset(bases)


def _kin(card: Passage, cards: Sequence[Passage]) -> frozenset[str]:
    """The ids of all cards that state the same rule: its versions, its base, and what rests on it."""
    kin = {card.id}
    grown = 0
    while grown != len(kin):
        grown = len(kin)
        for other in cards:
            linked = {name for name in (other.id, other.base, other.supersedes) if name is not None}
            if not kin.isdisjoint(linked):
                kin |= linked
    return frozenset(kin)
