"""Every version of every imported document, to look things up in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from language.law_names import name_key
from retrieval.passages import NATIONAL, Passage
from service.people.viewer import lineage


@dataclass(frozen=True, slots=True)
class Version:
    """The articles of a version by label."""

    effective_from: date
    effective_to: date | None
    articles: Mapping[str, str] = field(default_factory=dict)

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


class Library:
    """The versions of documents by name and scope, the oldest first."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        texts: dict[tuple[str, str], dict[date, tuple[date | None, dict[str, str]]]] = {}
        for one in passages:
            if one.law is not None and one.article is not None:
                versions = texts.setdefault((name_key(one.law), one.scope), {})
                _, articles = versions.setdefault(one.effective_from, (one.effective_to, {}))
                articles[one.article] = one.text
        self._versions = {
            key: tuple(Version(start, end, articles) for start, (end, articles) in sorted(versions.items()))
            for key, versions in texts.items()
        }

    def versions(self, law: str, *, scope: str) -> Sequence[Version]:
        """Return the versions of the document that a card of `scope` means by that name; none if there is
        none. The own organisation's comes before a national one."""
        own = () if scope == NATIONAL else lineage(scope)
        for place in (*own, NATIONAL):
            if found := self._versions.get((name_key(law), place)):
                return found
        return ()
