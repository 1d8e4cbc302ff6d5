"""What is searched: knowledge cards and statute articles, both as passages."""

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

NATIONAL = "national"
"""Scope of a passage that holds for every organisation."""


class Kind(StrEnum):
    CARD = "card"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a statute or document; `article` is as printed (第四十七条), None outside statutes."""

    law: str
    article: str | None = None
    paragraph: str | None = None
    document_no: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One thing that can be found and cited: a card, or one article of a statute.

    `id` is a card's id, or `law:<law>:<article>` (see `article_id`). `text` is CommonMark; a card's begins
    with its short answer. `scope` is `national` or an organisation path (示例银行/安徽省分行). `effective_to`
    is inclusive, None while in force. `version` is a hash of the content (see `content_version`). `confirmed`
    are questions of employees that it answers, as a person confirmed: they find it, and are not part of its
    content. `standards` name figures that units set themselves, which are said with the text.
    """

    id: str
    kind: Kind
    title: str
    text: str
    topic: str | None = None
    scope: str = NATIONAL
    effective_from: date = date.min
    effective_to: date | None = None
    presumed: bool = False
    citations: tuple[Citation, ...] = ()
    questions: tuple[str, ...] = ()
    not_questions: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    law: str | None = None
    article: str | None = None
    heading: str | None = None
    sample: bool = False
    owner: str | None = None
    reviewed_on: date | None = None
    verified: bool = True
    subtopic: str | None = None
    handled_by: str | None = None
    paid_by: str | None = None
    apply: str | None = None
    audience: str | None = None
    deadline: str | None = None
    base: str | None = None
    precedence: str | None = None
    supersedes: str | None = None
    version: str = ""
    confirmed: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """Every question that finds it word for word: its own, then the confirmed ones."""
        return (*self.questions, *self.confirmed)

    def in_force_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


_DEFAULTS = {field.name: field.default for field in fields(Passage)}
_CITATION_NAMES = tuple(field.name for field in fields(Citation))
_DAYS = frozenset({"effective_from", "effective_to", "reviewed_on"})
_TEXTS = frozenset({"questions", "not_questions", "standards", "confirmed"})


ARTICLE_PREFIX = "law:"
_LONGEST_ID = 200


def article_id(law: str, article: str, scope: str = NATIONAL) -> str:
    """The id of an article's passage; that of a rule which holds for one organisation only names it, since
    two may well have a rule of the same name."""
    whole = f"{ARTICLE_PREFIX}{law}:{article}" + ("" if scope == NATIONAL else f"@{scope}")
    if len(whole) <= _LONGEST_ID:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:12]
    return f"{whole[: _LONGEST_ID - len(digest) - 1]}~{digest}"


def to_record(passage: Passage) -> dict[str, Any]:
    """`passage` as plain JSON values, without what is as it usually is; `from_record` is its inverse."""
    return {
        name: _plain(value)
        for name, default in _DEFAULTS.items()
        if (value := getattr(passage, name)) != default
    }


def from_record(record: dict[str, Any]) -> Passage:
    """The passage that `to_record` wrote down.

    Raises:
        KeyError, TypeError, ValueError: the record was not written by `to_record`.
    """
    values = dict(record)
    for name in _DAYS & values.keys():
        if values[name] is not None:
            values[name] = date.fromisoformat(values[name])
    for name in _TEXTS & values.keys():
        values[name] = tuple(values[name])
    values["kind"] = Kind(values["kind"])
    values["citations"] = tuple(Citation(**citation) for citation in values.get("citations", ()))
    return Passage(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Citation):
        return {name: getattr(value, name) for name in _CITATION_NAMES}
    return value


def content_version(passage: Passage) -> str:
    """A hash of the passage's content: the same content has the same version on every machine."""
    apart = ("version", "confirmed")
    record = {name: _plain(getattr(passage, name)) for name in _DEFAULTS if name not in apart}
    canonical = json.dumps(record, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
