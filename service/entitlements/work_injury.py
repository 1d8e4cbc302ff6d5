"""Work injury: paid leave, disability, leaving and death (工伤保险条例, as revised in 2010)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from retrieval.passages import Citation
from service.entitlements.calculator import calculator
from service.entitlements.inputs import needed
from service.entitlements.parameters import Parameters
from service.entitlements.work_injury_death import death
from service.entitlements.work_injury_grades import LUMP_MONTHS, graded
from service.entitlements.work_injury_told import LAW, Part, Situation, WorkInjury, insurance, joined
from service.entitlements.working import Figure, Impossible, Step, Value, Working, said

IN_FORCE = date(2011, 1, 1)
"""The day of the 2010 revision; what was before it has not been read."""
LEAVE_MONTHS, LONGEST_MONTHS = 12, 24
"""Paid leave, and with the extension that the labour capacity committee confirms (第三十三条第二款)."""
EMPLOYER_DAYS = 30
"""For the employer to apply; the employee, the family or the union have a year (第十七条)."""
COURT, NOT_ONES_FAULT = "最高人民法院关于审理工伤保险行政案件若干问题的规定", date(2014, 9, 1)
"""Since this day, time lost without one's own fault is not counted in the year (第七条)."""


def work_out(told: WorkInjury, parameters: Parameters, on: date) -> Working:
    """Work out what a work injury gives, by how far things are."""
    if on < IN_FORCE:
        raise Impossible("on", said("impossible.before_law", day=IN_FORCE))
    situation = _situation(told)
    _check(told, situation, on)
    if situation is Situation.DIED:
        return death(told, parameters, on)
    if situation is Situation.GRADED:
        return graded(told, needed(told.grade, "grade"), parameters, on)
    return _not_graded(told, on) if situation is Situation.NOT_GRADED else _below_grades(told, on)


def _situation(told: WorkInjury) -> Situation:
    """Return how far things are. It is the grade that is asked for: who has none says so, which tells it."""
    if told.situation is not None:
        return told.situation
    if told.died_on is not None:
        return Situation.DIED
    needed(told.grade, "grade")
    return Situation.GRADED


def _check(told: WorkInjury, situation: Situation, on: date) -> None:
    if told.grade is not None and told.grade not in LUMP_MONTHS:
        raise Impossible("grade", said("impossible.grade"))
    if told.grade is not None and situation in {Situation.NOT_GRADED, Situation.BELOW_GRADES}:
        raise Impossible("situation", said("impossible.graded_or_not", grade=told.grade))
    if told.died_on is not None and situation is not Situation.DIED:
        raise Impossible("situation", said("impossible.died_or_not"))
    for field, day in (("injured_on", told.injured_on), ("died_on", told.died_on)):
        if day is not None and day > on:
            raise Impossible(field, said("impossible.future", day=day))
    if told.died_on is not None and told.died_on < IN_FORCE:
        raise Impossible("died_on", said("impossible.before_law", day=IN_FORCE))
    if told.died_on is not None and told.injured_on is not None and told.died_on < told.injured_on:
        raise Impossible("died_on", said("impossible.died_before", day=told.injured_on))


def _not_graded(told: WorkInjury, on: date) -> Working:
    """Paid leave does not wait for a grade; neither do treatment and the days to apply."""
    parts = [
        _leave(told),
        Part(
            steps=(
                Step(said("step.care_in_leave"), (Citation(LAW, "第三十三条", "第三款"),)),
                _treatment(told),
                Step(
                    said("step.grades", least=min(LUMP_MONTHS.values()), most=max(LUMP_MONTHS.values())),
                    tuple(Citation(LAW, article) for article in ("第三十五条", "第三十六条", "第三十七条")),
                ),
            )
        ),
        insurance(told, on),
    ]
    if told.injured_on is not None:
        parts.append(_days_to_apply(told.injured_on, on))
    whole = joined(parts)
    return Working(
        headline=said("headline.not_graded", months=LEAVE_MONTHS),
        figures=whole.figures,
        steps=whole.steps,
        assumed=(said("assumed.recognised_injury"), *whole.assumed),
        changes=(said("change.grade"), said("change.over_age")),
        checks=(said("check.leave"), said("check.assessment"), said("check.apply"), said("check.local")),
    )


def _leave(told: WorkInjury) -> Part:
    first, second = Citation(LAW, "第三十三条", "第一款"), Citation(LAW, "第三十三条", "第二款")
    figures = {
        "leave_months": Figure(LEAVE_MONTHS, "months"),
        "leave_longest": Figure(LONGEST_MONTHS, "months"),
    }
    steps = [
        Step(said("step.leave", months=LEAVE_MONTHS), (first, second)),
        Step(said("step.extension", months=LONGEST_MONTHS - LEAVE_MONTHS), (second,)),
    ]
    off = told.months_off
    if off is None:
        return Part(figures, tuple(steps))
    left = max(LEAVE_MONTHS - off, Decimal(0))
    figures["leave_left"] = Figure(left, "months")
    key = "step.leave_left"
    if off > LEAVE_MONTHS:
        key = "step.leave_extended" if off <= LONGEST_MONTHS else "step.leave_over"
    values: dict[str, Value] = {"off": off, "left": left, "months": LEAVE_MONTHS, "longest": LONGEST_MONTHS}
    return Part(figures, (*steps, Step(said(key, **values), (second,))))


def _treatment(told: WorkInjury) -> Step:
    return Step(said("step.treatment", payer=told.fund()), (Citation(LAW, "第三十条"),))


def _days_to_apply(injured_on: date, on: date) -> Part:
    employer, own = injured_on + timedelta(days=EMPLOYER_DAYS), _a_year_after(injured_on)
    basis = [Citation(LAW, "第十七条", "第一款"), Citation(LAW, "第十七条", "第二款")]
    key = "step.apply" if on <= own else "step.apply_over"
    if on > own and on >= NOT_ONES_FAULT:
        key = "step.apply_over_since_2014"
        basis.append(Citation(COURT, "第七条"))
    figures = {"employer_applies_by": Figure(employer, "date"), "self_applies_by": Figure(own, "date")}
    return Part(figures, (Step(said(key, injured=injured_on, employer=employer, own=own), tuple(basis)),))


def _a_year_after(day: date) -> date:
    """Return the same day of the next year, 28 February for 29 February."""
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap_day else day.day)


def _below_grades(told: WorkInjury, on: date) -> Working:
    insured = insurance(told, on)
    mildest = (Citation(LAW, "第二十二条", "第二款"), Citation(LAW, "第三十七条"))
    return Working(
        headline=said("headline.below_grades"),
        figures={"disability_lump": Figure(0, "yuan")},
        steps=(
            Step(said("step.below_grades"), mildest),
            Step(said("step.leave_before"), (Citation(LAW, "第三十三条", "第一款"),)),
            _treatment(told),
            *insured.steps,
        ),
        assumed=insured.assumed,
        changes=(said("change.review"),),
        checks=(said("check.review"), said("check.local")),
    )


CALCULATOR = calculator("work_injury", "work_injury", WorkInjury, work_out)
