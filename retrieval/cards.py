"""Knowledge cards: Markdown files with front matter, as passages."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from retrieval.cardfields import TEXT_FIELDS, structure_problems
from retrieval.frontmatter import Front, read_front
from retrieval.passages import Citation, Kind, Passage, content_version
from retrieval.problems import Problem, problem


class CardError(Exception):
    """A card that cannot be used, with the file, line, code and message of its first problem."""

    def __init__(self, found: Problem) -> None:
        super().__init__(str(found))
        self.file = found.file
        self.line = found.line
        self.code = found.code
        self.message = found.message


def load_cards(folder: Path) -> list[Passage]:
    """The cards below `folder`, ordered by path.

    Raises:
        CardError: as `read_cards` does.
    """
    return [card for card, _ in read_cards(folder)]


def read_cards(folder: Path) -> list[tuple[Passage, Path]]:
    """The cards below `folder` with their files, ordered by path.

    Raises:
        CardError: a card's structure is broken, or two cards have one id. Style is left to `retrieval.lint`.
    """
    cards: dict[str, tuple[Passage, Path]] = {}
    for file in card_files(folder):
        front, problems = read_front(file)
        if front is not None:
            problems += structure_problems(front)
        if front is None or problems:
            raise CardError(min(problems))
        card = card_of(front)
        if card.id in cards:
            other = cards[card.id][1].relative_to(folder)
            raise CardError(problem(file, front.line("id"), "duplicate_id", id=card.id, other=other))
        cards[card.id] = (card, file)
    return list(cards.values())


def card_files(folder: Path) -> list[Path]:
    """The card files below `folder`, in a fixed order."""
    return sorted(folder.rglob("*.md"))


def card_of(front: Front) -> Passage:
    """The passage of a card without `structure_problems`."""
    values = front.values
    optional: dict[str, Any] = {name: values.get(name) for name in TEXT_FIELDS}
    passage = Passage(
        id=values["id"],
        kind=Kind.CARD,
        title=values["title"],
        text=front.body.strip(),
        topic=values["topic"],
        scope=values["scope"],
        effective_from=values["effective_from"],
        effective_to=values["effective_to"],
        citations=tuple(_citation(item) for item in values["citations"]),
        questions=tuple(values["questions"]),
        not_questions=tuple(values.get("not_questions") or ()),
        standards=tuple(values.get("standards") or ()),
        sample=values["sample"],
        owner=values["owner"],
        reviewed_on=values["reviewed_on"],
        verified=values.get("verified", True),
        **optional,
    )
    return replace(passage, version=content_version(passage))


def _citation(item: Mapping[str, Any]) -> Citation:
    return Citation(item["law"], item.get("article"), item.get("paragraph"), item.get("document_no"))
