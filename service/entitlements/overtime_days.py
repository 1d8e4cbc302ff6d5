"""What kind of day a date is for overtime: a statutory holiday, a day off or a working day.

Statutory holidays are those of 全国年节及纪念日放假办法 第二条. The other days of a long holiday are days off
that the yearly notice has moved there (第七条), from the weekends it makes working days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from retrieval.passages import Citation
from service.entitlements.parameters import Parameter, Parameters
from service.entitlements.working import Step, said

HOLIDAYS = Citation("全国年节及纪念日放假办法", "第二条")
SATURDAY = 5


class DayKind(StrEnum):
    """The kind of day on which the overtime was."""

    WORKDAY = "workday"
    REST_DAY = "rest_day"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class KnownDay:
    """A kind of day with the step that says why, and the notice it was looked up in."""

    kind: DayKind
    step: Step
    notice: Parameter | None = None


def known_day(told: DayKind | None, day: date | None, parameters: Parameters) -> KnownDay | None:
    """Return the kind of a day, None where neither it nor a date of a known year has been told.

    The calendar decides on statutory holidays, whatever was said: people call all of a long holiday 国庆.
    On other days the employee decides, whose days off may be others than Saturday and Sunday.
    """
    notice = parameters.find("holidays", day) if day is not None else None
    if day is None or notice is None:
        return KnownDay(told, Step(said("step.told", kind=told))) if told is not None else None
    statutory = day in notice.days("statutory")
    if told in (DayKind.WORKDAY, DayKind.REST_DAY) and not statutory:
        return KnownDay(told, Step(said("step.told", kind=told)))
    if statutory:
        return KnownDay(DayKind.HOLIDAY, Step(said("step.holiday_date", day=day), (HOLIDAYS,)), notice)
    if day in notice.days("days_off"):
        step = Step(said("step.off_date", day=day), (HOLIDAYS, notice.citation))
        return KnownDay(DayKind.REST_DAY, step, notice)
    if day in notice.days("workdays"):
        return KnownDay(DayKind.WORKDAY, Step(said("step.makeup_date", day=day), (notice.citation,)), notice)
    if day.weekday() >= SATURDAY:
        return KnownDay(DayKind.REST_DAY, Step(said("step.weekend_date", day=day)), notice)
    return KnownDay(DayKind.WORKDAY, Step(said("step.weekday_date", day=day)), notice)
