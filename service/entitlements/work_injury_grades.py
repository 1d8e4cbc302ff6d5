"""What a grade of disability gives: once, by the month, for care, and on leaving (工伤保险条例 第五章)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from retrieval.passages import Citation
from service.entitlements.inputs import needed
from service.entitlements.parameters import Parameters
from service.entitlements.work_injury_leaving import leaving
from service.entitlements.work_injury_told import (
    LAW,
    Care,
    Part,
    Payer,
    WorkInjury,
    cents,
    insurance,
    joined,
    local_average,
    own_wage,
)
from service.entitlements.working import Figure, Said, Step, Value, Working, said

LUMP_MONTHS = {1: 27, 2: 25, 3: 23, 4: 21, 5: 18, 6: 16, 7: 13, 8: 11, 9: 9, 10: 7}
"""Months of one's own wage (第三十五、三十六、三十七条第一款第一项)."""
ALLOWANCE_PERCENT = {1: 90, 2: 85, 3: 80, 4: 75, 5: 70, 6: 60}
"""Percent of one's own wage a month: by the fund in grades 1 to 4, by the employer in 5 and 6 where it has no
suitable work (第三十五条第一款第二项、第三十六条第一款第二项)."""
CARE_PERCENT = {Care.FULL: 50, Care.MOST: 40, Care.PARTIAL: 30}
"""Percent of the area's average wage (第三十四条第二款)."""
FIRST_AT_WORK = 5
"""Grades more severe than this one give up work and keep the contract (第三十五条): nothing on leaving."""
OWN_LEVELS = "work-injury-care-levels"
"""Parameter of a province that grades care by levels of its own."""


def article_of(grade: int) -> str:
    if grade < FIRST_AT_WORK:
        return "第三十五条"
    return "第三十六条" if grade in ALLOWANCE_PERCENT else "第三十七条"


def graded(told: WorkInjury, grade: int, parameters: Parameters, on: date) -> Working:
    """Work out what there is with a grade of disability. Raises ValueMissing, Impossible."""
    own, wage_part = own_wage(told)
    months, wage = LUMP_MONTHS[grade], cents(own)
    lump = cents(own * months)
    values: dict[str, Value] = {
        "grade": grade,
        "months": months,
        "wage": wage,
        "lump": lump,
        "payer": told.fund(),
    }
    parts = [
        wage_part,
        Part(
            {
                "own_wage": Figure(wage, "yuan"),
                "lump_months": Figure(months, "months"),
                "disability_lump": Figure(lump, "yuan"),
            },
            (Step(said("step.lump", **values), (Citation(LAW, article_of(grade), "第一款"),)),),
        ),
        _allowance(told, grade, own),
        _care(told, parameters, on),
    ]
    if told.ends_contract and grade >= FIRST_AT_WORK:
        parts.append(leaving(told, grade, own, parameters, on))
    parts.append(insurance(told, on))
    whole = joined(parts)
    return Working(
        headline=_headline(grade, whole.figures),
        figures=whole.figures,
        steps=whole.steps,
        assumed=whole.assumed,
        changes=_changes(told, grade),
        checks=(said("check.wage"), *whole.checks, said("check.review"), said("check.local")),
        parameters=whole.parameters,
    )


def _headline(grade: int, figures: Mapping[str, Figure]) -> Said:
    lump = figures["disability_lump"].value
    if "leaving_total" in figures:
        return said("headline.leaving", grade=grade, lump=lump, left=figures["leaving_total"].value)
    if grade < FIRST_AT_WORK:
        return said("headline.monthly", grade=grade, lump=lump, allowance=figures["allowance"].value)
    return said("headline.lump", grade=grade, lump=lump)


def _allowance(told: WorkInjury, grade: int, own: Decimal) -> Part:
    """What falls short of the minimum wage is made up by whoever pays (the same items as the percents)."""
    if grade not in ALLOWANCE_PERCENT or (told.ends_contract and grade >= FIRST_AT_WORK):
        return Part()
    percent, basis = ALLOWANCE_PERCENT[grade], (Citation(LAW, article_of(grade), "第一款"),)
    by_fund = grade < FIRST_AT_WORK
    payer = told.fund() if by_fund else Payer.EMPLOYER
    allowance = cents(own * percent / 100)
    values: dict[str, Value] = {
        "wage": cents(own),
        "percent": percent,
        "allowance": allowance,
        "payer": payer,
    }
    steps = [Step(said("step.allowance" if by_fund else "step.allowance_without_work", **values), basis)]
    if told.minimum_wage is not None and told.minimum_wage > allowance:
        short: dict[str, Value] = {
            "minimum": told.minimum_wage,
            "short": told.minimum_wage - allowance,
            "payer": payer,
        }
        steps.append(Step(said("step.minimum", **short), basis))
        allowance = told.minimum_wage
    return Part({"allowance": Figure(allowance, "yuan")}, tuple(steps))


def _care(told: WorkInjury, parameters: Parameters, on: date) -> Part:
    """The care allowance; of a province with levels of its own only these are told (第三十四条)."""
    if told.care is None:
        return Part(checks=(said("check.care"),))
    place = needed(told.province, "province")
    levels = parameters.find(OWN_LEVELS, on, place=place)
    if levels is not None:
        percents = {name: levels.number(name) for name in levels.value.figures}
        return Part(checks=(said("check.own_levels", place=place, **percents),), parameters=(levels,))
    average, percent = local_average(told), CARE_PERCENT[told.care]
    care = cents(average * percent / 100)
    values: dict[str, Value] = {
        "care": told.care,
        "average": average,
        "percent": percent,
        "amount": care,
        "payer": told.fund(),
    }
    step = Step(said("step.care", **values), (Citation(LAW, "第三十四条", "第二款"),))
    return Part({"care": Figure(care, "yuan")}, (step,))


def _changes(told: WorkInjury, grade: int) -> tuple[Said, ...]:
    if grade < FIRST_AT_WORK:
        first = said("change.kept")
    else:
        first = said("change.stays" if told.ends_contract else "change.leaves")
    return (first, said("change.soldier"), said("change.over_age"))
