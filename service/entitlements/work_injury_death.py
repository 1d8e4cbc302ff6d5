"""What the family of someone who died of work receives (工伤保险条例 第三十九条)."""

from __future__ import annotations

from datetime import date

from retrieval.passages import Citation
from service.entitlements.inputs import needed
from service.entitlements.parameters import Parameters
from service.entitlements.work_injury_told import (
    LAW,
    Part,
    WorkInjury,
    cents,
    insurance,
    joined,
    local_average,
    own_wage,
)
from service.entitlements.working import Figure, Impossible, Said, Step, Value, Working, said

INCOME = "urban-disposable-income"
AWARD_YEARS, FUNERAL_MONTHS = 20, 6
SPOUSE_PERCENT, RELATIVE_PERCENT, LONELY_PERCENT, MOST_PERCENT = 40, 30, 10, 100
MILDEST_LATER = 4
"""Who had a grade from 1 to 4 and dies after paid leave leaves the first two of the three items (第三款)."""
ARTICLE = "第三十九条"
BASIS = (Citation(LAW, ARTICLE, "第一款"),)


def death(told: WorkInjury, parameters: Parameters, on: date) -> Working:
    """Work out what there is for the family. Raises ValueMissing, Impossible."""
    day = told.died_on or on
    later = told.grade is not None and not needed(told.in_paid_leave, "in_paid_leave")
    if later and told.grade is not None and told.grade > MILDEST_LATER:
        return _not_written(told.grade)
    first = _later() if later else _award(told, parameters, day)
    whole = joined((first, _funeral(told), _survivors(told), insurance(told, on)))
    headline = said("headline.died_later")
    if not later:
        headline = said("headline.died", award=whole.figures["death_award"].value)
    return Working(
        headline=headline,
        figures=whole.figures,
        steps=whole.steps,
        assumed=(said("assumed.recognised"), *whole.assumed),
        changes=_changes(told),
        checks=(said("check.family"), said("check.one_funeral"), said("check.apply_death")),
        parameters=whole.parameters,
    )


def _not_written(grade: int) -> Working:
    step = Step(said("step.died_unwritten", grade=grade), (Citation(LAW, ARTICLE, "第三款"),))
    return Working(
        headline=said("headline.died_unwritten"),
        figures={},
        steps=(step,),
        changes=(said("change.in_paid_leave"),),
        checks=(said("check.unwritten"), said("check.apply_death")),
    )


def _later() -> Part:
    return Part(steps=(Step(said("step.died_later"), (Citation(LAW, ARTICLE, "第三款"),)),))


def _award(told: WorkInjury, parameters: Parameters, day: date) -> Part:
    """The income of the year before the death counts (第一款第三项)."""
    found = parameters.find(INCOME, day)
    income = needed(told.urban_income, "urban_income") if found is None else found.number("income")
    if not income:
        raise Impossible("urban_income", said("impossible.no_income"))
    award = cents(income * AWARD_YEARS)
    values: dict[str, Value] = {"year": day.year - 1, "income": income, "times": AWARD_YEARS, "award": award}
    return Part(
        {"death_award": Figure(award, "yuan")},
        (Step(said("step.award", **values, payer=told.fund()), BASIS),),
        (said("assumed.died_in", year=day.year),) if told.died_on is None else (),
        parameters=() if found is None else (found,),
    )


def _funeral(told: WorkInjury) -> Part:
    months = {"funeral_months": Figure(FUNERAL_MONTHS, "months")}
    if told.local_average is None:
        told_of = said("step.funeral_months", months=FUNERAL_MONTHS, payer=told.fund())
        return Part(months, (Step(told_of, BASIS),))
    average = local_average(told)
    funeral = cents(average * FUNERAL_MONTHS)
    values: dict[str, Value] = {
        "average": average,
        "months": FUNERAL_MONTHS,
        "funeral": funeral,
        "payer": told.fund(),
    }
    return Part(months | {"funeral": Figure(funeral, "yuan")}, (Step(said("step.funeral", **values), BASIS),))


def _survivors(told: WorkInjury) -> Part:
    """Together they get no more than the wage of the one who died (第一款第二项)."""
    spouses, relatives, lonely = int(told.spouse or False), told.relatives or 0, told.lonely or 0
    if lonely > spouses + relatives:
        raise Impossible("lonely", said("impossible.lonely", lonely=lonely, all=spouses + relatives))
    if not spouses + relatives:
        shares = {"spouse": SPOUSE_PERCENT, "relative": RELATIVE_PERCENT, "lonely": LONELY_PERCENT}
        return Part(steps=(Step(said("step.survivors_shares", **shares, payer=told.fund()), BASIS),))
    own, wage_part = own_wage(told)
    percent = SPOUSE_PERCENT * spouses + RELATIVE_PERCENT * relatives + LONELY_PERCENT * lonely
    counted = min(percent, MOST_PERCENT)
    monthly = cents(own * counted / 100)
    key = "step.survivors_lonely" if lonely else "step.survivors"
    counts: dict[str, Value] = {"spouses": spouses, "relatives": relatives, "lonely": lonely}
    steps = [*wage_part.steps, Step(said(key, **counts, percent=percent), BASIS)]
    if percent > MOST_PERCENT:
        steps.append(Step(said("step.survivors_capped", percent=percent, most=MOST_PERCENT), BASIS))
    values: dict[str, Value] = {"wage": cents(own), "percent": counted, "monthly": monthly}
    steps.append(Step(said("step.survivors_monthly", **values, payer=told.fund()), BASIS))
    figures = {
        "survivors_percent": Figure(counted, "percent"),
        "survivors_monthly": Figure(monthly, "yuan"),
    }
    return Part(figures, tuple(steps), wage_part.assumed)


def _changes(told: WorkInjury) -> tuple[Said, ...]:
    changes = []
    if not told.spouse and not told.relatives:
        changes.append(said("change.survivors"))
    if told.local_average is None:
        changes.append(said("change.funeral"))
    return tuple(changes)
