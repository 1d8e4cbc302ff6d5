"""What is told of annual leave, what of it cannot be, and the years worked in all that follow from it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from service.entitlements.annual_leave_days import LADDER, full_years
from service.entitlements.inputs import Day, Days, Inputs, Money, Months, Years, YesNo, needed
from service.entitlements.working import Impossible, Value, said

IN_FORCE, DETAIL_IN_FORCE = date(2008, 1, 1), date(2008, 9, 18)
"""条例 第十条; 实施办法 第十九条 (from its publication on)."""
MONTHS_OF_YEAR, DAYS_OF_LONGEST_YEAR = 12, 366


class AnnualLeave(Inputs):
    """`worked_years` counts all employers. `sick_months`, `personal_leave_days`, `school_break_days` and
    `took_days` are of one calendar year (实施办法 第十八条). `wage` is the average of the last twelve months
    without overtime pay."""

    worked_years: Years = None
    first_work_day: Day = None
    hired_on: Day = None
    continuous_year: YesNo = None
    leaves_on: Day = None
    took_days: Days = None
    wage: Money = None
    gave_up: YesNo = None
    sick_months: Months = None
    personal_leave_days: Days = None
    personal_leave_deducted: YesNo = None
    school_break_days: Days = None


def refuse_impossible(told: AnnualLeave, day: date) -> None:
    """Raise Impossible for what cannot be; `day` is the day of which the rules count."""
    if day < IN_FORCE:
        raise Impossible("on", said("impossible.before_law", day=IN_FORCE))
    in_part = told.leaves_on is not None or (told.hired_on is not None and told.hired_on.year == day.year)
    if day < DETAIL_IN_FORCE and (in_part or told.wage is not None or told.gave_up):
        raise Impossible("on", said("impossible.before_detail", day=DETAIL_IN_FORCE))
    if told.hired_on is not None and told.hired_on > day:
        raise Impossible("leaves_on", said("impossible.left_before_hired", hired=told.hired_on, left=day))
    if told.first_work_day is not None:
        if told.first_work_day > day:
            raise Impossible("first_work_day", said("impossible.works_later", first=told.first_work_day))
        if told.hired_on is not None and told.hired_on < told.first_work_day:
            values: dict[str, Value] = {"first": told.first_work_day, "hired": told.hired_on}
            raise Impossible("first_work_day", said("impossible.hired_before_work", **values))
    if told.sick_months is not None and told.sick_months > MONTHS_OF_YEAR:
        raise Impossible("sick_months", said("impossible.sick_months", months=told.sick_months))
    for name in ("took_days", "personal_leave_days", "school_break_days"):
        days: Decimal | None = getattr(told, name)
        if days is not None and days > DAYS_OF_LONGEST_YEAR:
            raise Impossible(name, said("impossible.days_of_year", days=days))
    if told.wage == 0:
        raise Impossible("wage", said("impossible.no_wage"))


def years_worked(told: AnnualLeave, day: date) -> Decimal:
    """Return the years worked in all (实施办法 第四条); the day of the first work is the most they can be."""
    here = full_years(told.hired_on, day) if told.hired_on is not None else 0
    most = full_years(told.first_work_day, day) if told.first_work_day is not None else None
    if told.worked_years is None:
        if most is not None:
            return Decimal(most)
        if here >= LADDER[0][0]:
            return Decimal(here)
    years = needed(told.worked_years, "worked_years")
    if years < here:
        raise Impossible("worked_years", said("impossible.less_than_here", years=years, here=here))
    if most is not None and years > most + 1:
        values: dict[str, Value] = {"years": years, "first": told.first_work_day or day, "most": most}
        raise Impossible("worked_years", said("impossible.more_than_since", **values))
    return years if most is None else min(years, Decimal(most))
