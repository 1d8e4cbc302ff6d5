"""Rows of a question table as draft cards: files for a person to complete, never answers by themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from language.laws import LawNames, find_articles
from retrieval.documents.model import QuestionRow
from retrieval.exact import question_key
from retrieval.passages import Passage
from service.knowledge.documents.reports import Draft

UNSORTED = "unsorted"
"""Where a draft lies whose topic nobody knows; the linter names it."""


class _Plain(yaml.SafeDumper):
    """Writes a value that comes twice twice: people edit what it writes."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


@dataclass(frozen=True, slots=True)
class Drafting:
    """Writes drafts below `folder`; `topics` are the names people give to topics."""

    folder: Path
    topics: Mapping[str, str]
    laws: LawNames
    scope: str
    sample: bool
    today: date

    def write(self, rows: Iterable[QuestionRow], cards: Iterable[Passage]) -> list[Draft]:
        """Write one card for each row whose question no card asks already.

        A draft that lies there is left alone: somebody may have worked on it.
        """
        known = {
            question_key(question): card.id for card in cards for question in (card.title, *card.questions)
        }
        return [self._draft(row, known) for row in rows]

    def _draft(self, row: QuestionRow, known: Mapping[str, str]) -> Draft:
        if (card := known.get(question_key(row.question))) is not None:
            return Draft(row.question, row.place, None, known_as=card)
        topic = self._topic(row)
        name = self._name(row, topic)
        file = self.folder / topic / f"{name}.md"
        text = self._text(row, topic, name)
        if file.exists():
            return Draft(row.question, row.place, file, kept=file.read_text(encoding="utf-8") != text)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return Draft(row.question, row.place, file)

    def _topic(self, row: QuestionRow) -> str:
        given = (row.topic or "").strip()
        return self.topics.get(given, UNSORTED)

    @staticmethod
    def _name(row: QuestionRow, topic: str) -> str:
        """A name that the same question gets again in the next table."""
        digest = hashlib.sha256(question_key(row.question).encode()).hexdigest()[:10]
        return f"{topic.replace('_', '-')}-draft-{digest}"

    def _text(self, row: QuestionRow, topic: str, name: str) -> str:
        front = {
            "id": name,
            "title": row.question.strip().rstrip("？?。"),
            "topic": topic,
            "questions": list(dict.fromkeys([row.question.strip(), *row.others])),
            "citations": self._citations(row),
            "scope": self.scope,
            "effective_from": self.today,
            "effective_to": None,
            "reviewed_on": self.today,
            "owner": "",
            "sample": self.sample,
            "verified": False,
        }
        head = yaml.dump(front, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=10_000)
        return f"---\n{head}---\n{row.answer.strip()}\n"

    def _citations(self, row: QuestionRow) -> list[dict[str, str | None]]:
        if not row.basis:
            return []
        places = find_articles(row.basis, self.laws)
        found = [_place(one.law, one.article, one.paragraph) for one in places if one.law is not None]
        named = {one.law for one in places}
        found += [
            _place(law.value, None, None) for law in self.laws.find(row.basis) if law.value not in named
        ]
        return found or [_place(row.basis.strip(), None, None)]


def _place(law: str, article: str | None, paragraph: str | None) -> dict[str, str | None]:
    place: dict[str, str | None] = {"law": law, "article": article}
    return {**place, "paragraph": paragraph} if paragraph else place
