"""The questions of the knowledge cards, as far as the dialogue learns from them: text and topic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.components.intent_model import CardQuestions
from language.normalise import normalise

_FENCE = "---\n"


class CardQuestionsError(ValueError):
    """A card whose front matter cannot be read."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")


def read_card_questions(folder: Path) -> list[CardQuestions]:
    """Return the questions of the cards in `folder`, in the order of their files.

    Raises CardQuestionsError for a card without front matter, topic or questions.
    """
    return [_read(file) for file in sorted(folder.rglob("*.md"))]


def _read(file: Path) -> CardQuestions:
    _, *parts = file.read_text(encoding="utf-8").split(_FENCE, 2)
    if len(parts) != 2:
        raise CardQuestionsError(file, "no front matter")
    try:
        front: dict[str, Any] = yaml.load(parts[0], Loader=_LOADER)  # type: ignore[no-untyped-call]  # noqa: S506
        questions = tuple(normalise(str(question)) for question in front["questions"])
        return CardQuestions(str(front["topic"]), questions)
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise CardQuestionsError(file, f"front matter: {error}") from error


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
