"""What the front matter of a knowledge card may hold, field by field."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any

from retrieval.frontmatter import Front
from retrieval.problems import Problem, problem

# fmt: off
TOPICS = frozenset({
    "membership", "dues", "hardship", "condolence", "mutual_aid", "recuperation", "leave", "maternity",
    "women", "working_hours", "wages", "contract", "job_change", "discipline", "termination",
    "social_insurance", "work_injury", "housing_fund", "retirement", "dispute", "legal_aid", "equality",
    "privacy", "democracy", "activities", "mental_health", "benefits", "training", "honours", "safety",
    "family", "contacts",
})
HANDLED_BY = frozenset({
    "union", "hr", "social_insurance", "medical_insurance", "housing_fund", "arbitration",
    "labour_inspection", "lawyer", "hospital", "police", "discipline", "party",
})
# fmt: on
AUDIENCES = frozenset({"everyone", "members", "officers"})
PRECEDENCES = frozenset({"ceiling", "floor", "replace", "add"})
TEXT_FIELDS = (
    "subtopic",
    "handled_by",
    "paid_by",
    "apply",
    "audience",
    "deadline",
    "base",
    "precedence",
    "supersedes",
)
"""Optional fields that are a line of text and go into the passage under their own name."""

_REQUIRED = (
    "id",
    "title",
    "topic",
    "questions",
    "citations",
    "scope",
    "effective_from",
    "effective_to",
    "reviewed_on",
    "owner",
    "sample",
)
_CITATION_FIELDS = frozenset({"law", "article", "paragraph", "document_no"})

_Check = Callable[[Front, str, Any], list[Problem]]


def structure_problems(front: Front) -> list[Problem]:
    """What keeps a file from being read as a card: missing, unknown and mistyped fields, unknown choices."""
    problems = [
        problem(front.file, 1, "missing_field", field=field)
        for field in _REQUIRED
        if field not in front.values
    ]
    for field, value in front.values.items():
        check = _FIELDS.get(field)
        if check is None:
            problems.append(problem(front.file, front.line(field), "unknown_field", field=field))
        else:
            problems.extend(check(front, field, value))
    return problems


def _text(front: Front, field: str, value: Any) -> list[Problem]:
    if isinstance(value, str) and value.strip():
        return []
    return [problem(front.file, front.line(field), "not_a_text", field=field)]


def _flag(front: Front, field: str, value: Any) -> list[Problem]:
    if isinstance(value, bool):
        return []
    return [problem(front.file, front.line(field), "not_a_flag", field=field)]


def _day(front: Front, field: str, value: Any) -> list[Problem]:
    if isinstance(value, date) and not isinstance(value, datetime):
        return []
    return [problem(front.file, front.line(field), "bad_date", field=field)]


def _day_or_null(front: Front, field: str, value: Any) -> list[Problem]:
    return [] if value is None else _day(front, field, value)


def _texts(front: Front, field: str, value: Any) -> list[Problem]:
    if not isinstance(value, list):
        return [problem(front.file, front.line(field), "not_a_list", field=field)]
    return [
        problem(front.file, front.line(field, at), "not_a_text", field=field)
        for at, item in enumerate(value)
        if not isinstance(item, str) or not item.strip()
    ]


def _choice(choices: Collection[str], code: str = "bad_choice") -> _Check:
    def check(front: Front, field: str, value: Any) -> list[Problem]:
        if value in choices:
            return []
        fields = {field: value, "field": field, "value": value, "choices": " ".join(sorted(choices))}
        return [problem(front.file, front.line(field), code, **fields)]

    return check


def _citations(front: Front, field: str, value: Any) -> list[Problem]:
    if not isinstance(value, list):
        return [problem(front.file, front.line(field), "not_a_list", field=field)]
    return [
        problem(front.file, front.line(field, at), "not_a_citation")
        for at, item in enumerate(value)
        if not _is_citation(item)
    ]


def _is_citation(item: Any) -> bool:
    if not isinstance(item, Mapping) or not isinstance(item.get("law"), str) or not item["law"].strip():
        return False
    return set(item) <= _CITATION_FIELDS and all(
        value is None or isinstance(value, str) for value in item.values()
    )


_FIELDS: Mapping[str, _Check] = {
    **dict.fromkeys(("id", "title", "scope", "owner"), _text),
    **dict.fromkeys(TEXT_FIELDS, _text),
    **dict.fromkeys(("questions", "not_questions", "standards"), _texts),
    **dict.fromkeys(("sample", "verified"), _flag),
    **dict.fromkeys(("effective_from", "reviewed_on"), _day),
    "effective_to": _day_or_null,
    "citations": _citations,
    "topic": _choice(TOPICS, "unknown_topic"),
    "handled_by": _choice(HANDLED_BY),
    "audience": _choice(AUDIENCES),
    "precedence": _choice(PRECEDENCES),
}
