"""Everything wrong with the knowledge base: what the cards' checks find and what the service would refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from api.settings import Settings
from retrieval.cards import card_files
from retrieval.frontmatter import read_front
from retrieval.lint import lint
from retrieval.problems import Problem, problem
from retrieval.wording import word_list_errors
from service.entitlements.parameters import ParametersError, load_parameters
from service.entitlements.worked_examples import WorkedExamplesError, load_worked_examples
from service.handover.calendar import Calendar, CalendarError, load_calendar
from service.handover.hours import HoursError, hours_of_units
from service.knowledge.standard_words import OWN_UNION
from service.knowledge.standards import FOLDER as STANDARDS_FOLDER
from service.knowledge.standards import StandardsError, load_standards
from service.people.hotlines import HotlinesError, load_hotlines
from service.people.organisations import OrganisationsError, load_organisations
from service.tickets.kinds import FILE as KINDS_FILE
from service.tickets.kinds import KindsError, load_kinds

ORGANISATION_CODES = {"no_organisations", "bad_organisations"}


def knowledge_problems(settings: Settings) -> list[Problem]:
    """Return every problem of cards, units, telephones, calendar, cases, figures and words, by place."""
    problems = lint(settings.knowledge_base)
    if not any(found.code in ORGANISATION_CODES for found in problems):
        problems += _organisations(settings)
    hotlines = settings.knowledge_base / "parameters" / "hotlines.yml"
    calendar = settings.knowledge_base / "calendar"
    problems += _refused(hotlines, "bad_hotlines", HotlinesError, lambda: load_hotlines(hotlines))
    problems += _refused(calendar, "bad_calendar", CalendarError, lambda: load_calendar(calendar))
    kinds = settings.knowledge_base / KINDS_FILE
    problems += _refused(kinds, "bad_case_kinds", KindsError, lambda: load_kinds(kinds))
    problems += _standards(settings)
    problems += _entitlements(settings.knowledge_base)
    problems += [
        problem(error.file, error.line, "bad_word_list", text=error.text) for error in word_list_errors()
    ]
    return sorted(problems)


def _organisations(settings: Settings) -> list[Problem]:
    file = settings.knowledge_base / "organisations.yml"
    try:
        hours_of_units(load_organisations(file), Calendar(), ZoneInfo(settings.timezone))
    except OrganisationsError as error:
        return [_problem(file, "bad_organisations", error)]
    except HoursError as error:
        return [_problem(file, "bad_hours", error)]
    return []


def _standards(settings: Settings) -> list[Problem]:
    """What is wrong with the figures units set themselves, and cards that name one there is not."""
    folder = settings.knowledge_base / STANDARDS_FOLDER
    try:
        standards = load_standards(settings.knowledge_base)
        units = {
            unit.path: unit for unit in load_organisations(settings.knowledge_base / "organisations.yml")
        }
    except StandardsError as error:
        return [error.problem]
    except OrganisationsError:
        return []  # told of already
    problems = []
    for standard, value in standards.values():
        fields = {"id": standard.id, "scope": value.scope}
        if value.scope not in units:
            problems.append(problem(folder, 1, "standard_scope", **fields))
        elif units[value.scope].sample and not value.sample:
            problems.append(problem(folder, 1, "standard_sample", **fields))
    for file in card_files(settings.knowledge_base / "cards"):
        front, _ = read_front(file)
        named = front.values.get("standards") if front is not None else None
        for at, name in enumerate(named if isinstance(named, list) else ()):
            if front is not None and name not in (*standards.by_id, OWN_UNION):
                line = front.line("standards", at)
                problems.append(problem(file, line, "unknown_standard", id=name))
    return problems


def _entitlements(knowledge_base: Path) -> list[Problem]:
    """What is wrong with the dated values that calculators use, and with their worked examples."""
    problems = []
    try:
        load_parameters(knowledge_base)
    except ParametersError as error:
        problems.append(_problem(error.file, "bad_parameters", error.reason))
    try:
        load_worked_examples(knowledge_base)
    except WorkedExamplesError as error:
        problems.append(_problem(error.file, "bad_worked_example", error.reason))
    return problems


def _refused(file: Path, code: str, refusal: type[Exception], load: Callable[[], object]) -> list[Problem]:
    try:
        load()
    except refusal as error:
        return [_problem(file, code, error)]
    return []


def _problem(file: Path, code: str, why: Exception | str) -> Problem:
    return problem(file, 1, code, reason=" ".join(str(why).split()))
