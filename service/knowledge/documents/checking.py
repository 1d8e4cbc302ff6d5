"""Compares cards with the documents they cite: the place, its days, the figures. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from retrieval.clauses import clause
from retrieval.lint_relations import Card
from retrieval.passages import Citation
from retrieval.problems import Problem, problem
from service.knowledge.documents.figures import Figure, figures, is_within, stated
from service.knowledge.documents.library import Library, Version


class Grade(StrEnum):
    WRONG = "wrong"
    NOTE = "note"
    """Right today, but worth knowing."""
    ABSENT = "absent"
    """Cannot be compared: the document is not imported."""


@dataclass(frozen=True, slots=True)
class Finding:
    grade: Grade
    problem: Problem


def check_card(card: Card, library: Library, *, known: Set[Figure], today: date) -> list[Finding]:
    """Return what is to be said about a card's citations and figures.

    `known` are figures that need no article, such as those that follow from several by reckoning.
    """
    findings: list[Finding] = []
    texts: list[str] = []
    whole = True
    day = _day(card, today)
    for at, citation in enumerate(card.passage.citations):
        versions = library.versions(citation.law, scope=card.passage.scope)
        if not versions:
            whole = False
            found = card.problem("law_not_imported", "citations", at, law=citation.law)
            findings.append(Finding(Grade.ABSENT, found))
            continue
        place = _Place(card, at, citation, day)
        findings += place.findings(versions)
        texts += place.texts(versions)
    if whole and texts:
        findings += _figures(card, texts, known)
    return findings


@dataclass(frozen=True, slots=True)
class _Place:
    """A citation of a card, looked at on a day."""

    card: Card
    at: int
    citation: Citation
    day: date

    def findings(self, versions: Sequence[Version]) -> Iterator[Finding]:
        version = self._version(versions)
        if version is None:
            days = {"day": self.day, "to": versions[-1].effective_to or versions[0].effective_from}
            yield self._found(Grade.WRONG, "cited_law_not_in_force", **days)
            return
        article = self.citation.article
        if article is None:
            return
        text = version.articles.get(article)
        if text is None:
            yield self._found(Grade.WRONG, "cited_article_missing", article=article)
            return
        paragraph = self.citation.paragraph
        if paragraph is not None and clause(text, paragraph) is None:
            yield self._found(Grade.WRONG, "cited_paragraph_missing", article=article, paragraph=paragraph)
        end = self.card.passage.effective_to or date.max
        later = (one for one in versions if version.effective_from < one.effective_from <= end)
        for following in later:
            if following.articles.get(article) != text:
                start = following.effective_from
                yield self._found(Grade.NOTE, "cited_article_changes", article=article, day=start)
                break

    def texts(self, versions: Sequence[Version]) -> list[str]:
        """What may state the card's figures: the article, or the whole where none is named."""
        version = self._version(versions)
        if version is None:
            return []
        if self.citation.article is None:
            return list(version.articles.values())
        return [version.articles.get(self.citation.article, "")]

    def _version(self, versions: Sequence[Version]) -> Version | None:
        """The version that holds on the day; what ended the card may begin on the day after its last."""
        holding = next((one for one in reversed(versions) if one.holds_on(self.day)), None)
        if holding is not None or self.card.passage.effective_to is None:
            return holding
        after = self.card.passage.effective_to + timedelta(days=1)
        return next((one for one in versions if one.effective_from == after), None)

    def _found(self, grade: Grade, code: str, **fields: object) -> Finding:
        law = self.citation.law
        return Finding(grade, self.card.problem(code, "citations", self.at, law=law, **fields))


def _day(card: Card, today: date) -> date:
    """The day on which a card is compared: today, or the nearest on which it holds."""
    passage = card.passage
    if passage.effective_from > today:
        return passage.effective_from
    return min(today, passage.effective_to or date.max)


def _figures(card: Card, texts: Sequence[str], known: Set[Figure]) -> Iterator[Finding]:
    """Figures of the answer that no cited article states."""
    given = {figure for text in texts for figure in figures(text)} | known
    for number, line in enumerate(card.front.body.split("\n")):
        told = set()
        for one in stated(line):
            if one.wording not in told and not is_within(one, given):
                told.add(one.wording)
                place = card.front.body_line + number
                found = problem(card.front.file, place, "figure_not_in_articles", figure=one.wording)
                yield Finding(Grade.WRONG, found)
