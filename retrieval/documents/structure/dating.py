"""From when a text holds: what its notes, its articles and its file's name say, put together."""

import re
from dataclasses import dataclass
from datetime import date

from retrieval.documents.model import Doubt
from retrieval.documents.structure.effect import Effect
from retrieval.documents.structure.notes import Notes

_FILE_DATE = re.compile(r"[(（\[_ -]?((?:19|20)\d\d)[-_.年]?(\d{2})[-_.月]?(\d{2})日?[)）\]]?\s*$")


@dataclass(frozen=True, slots=True)
class Days:
    """The days of an instrument, as in `Instrument`, with what is doubtful about them."""

    promulgated_on: date | None
    effective_from: date | None
    in_force_since: date | None
    doubts: tuple[Doubt, ...]


def date_in_name(name: str | None) -> date | None:
    """The date with which a file's name ends: 劳动法(2018-12-29)."""
    match = _FILE_DATE.search(name or "")
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def days_of(notes: Notes, effect: Effect, *, in_name: date | None, fallback: date | None) -> Days:
    """The days that notes, articles and the file's name give together, else `fallback`, the notice's day.

    An amended law still prints the day on which it first took effect; from when the amended text holds it
    does not say, unless that day is the later one. Nor does 自公布之日起施行 where the day of promulgation is
    a guess.
    """
    doubts: list[Doubt] = []
    guessed = False
    promulgated = max(filter(None, (notes.promulgated_on, notes.amended_on)), default=None)
    stated = notes.effective_on or effect.day
    if stated is None and not effect.on_promulgation:
        stated = fallback
    if in_name and (promulgated is None or in_name > promulgated) and (stated is None or in_name != stated):
        promulgated, guessed = in_name, True
        doubts.append(Doubt("date_from_file_name", values=(("date", in_name.isoformat()),)))
    elif promulgated is None and notes.adopted_on:
        promulgated, guessed = notes.adopted_on, True
        doubts.append(Doubt("promulgated_uncertain", values=(("date", notes.adopted_on.isoformat()),)))
    amended = notes.amended_on or (promulgated if _reissued(notes, promulgated) else None)
    on_promulgation = (effect.on_promulgation or notes.at_once) and stated is None
    effective = stated
    since = stated
    if on_promulgation:
        first = notes.first_on if amended else promulgated
        since, effective = first, None if amended or guessed else promulgated
    elif stated and amended and stated < amended:
        effective = None
    if effective is None:
        code = "effective_of_version" if amended and (stated or on_promulgation) else "effective_missing"
        doubts.append(Doubt(code))
    if effect.limited:
        doubts.append(Doubt("limited_validity", values=(("text", effect.limited),)))
    return Days(promulgated, effective, since, tuple(doubts))


def _reissued(notes: Notes, promulgated: date | None) -> bool:
    """Whether the date that counts as promulgation is years after the first one the notes know."""
    return bool(promulgated and notes.first_on and (promulgated - notes.first_on).days > 366)
