"""Leave around a birth: the mother's, after a miscarriage, the father's, and for a small child."""

from __future__ import annotations

from datetime import date, timedelta

from service.entitlements.calculator import calculator
from service.entitlements.childbirth_leave import childbirth
from service.entitlements.inputs import needed
from service.entitlements.maternity_told import (
    LONGEST_WEEKS,
    SPECIAL_RULES,
    Leave,
    MaternityLeave,
    day_of_rules,
    special_rule,
)
from service.entitlements.parameters import Parameters
from service.entitlements.parents_leave import childcare, paternity
from service.entitlements.working import Figure, Impossible, Step, Working, said

FOUR_MONTHS = 4
SURELY_UNDER, SURELY_OVER = 16, 18
"""Weeks that are less, and that are more, than four months however months are counted: four of them have from
112 days (of 28) to 123 (of the calendar)."""
LONGEST_MONTHS = 11
"""A pregnancy is never longer: what is told was misheard. So for LONGEST_WEEKS."""


def work_out(told: MaternityLeave, parameters: Parameters, on: date) -> Working:
    """Work out the leave that was asked for."""
    kind = needed(told.kind, "kind")
    if kind is Leave.CHILDBIRTH:
        return childbirth(told, parameters, on)
    if kind is Leave.MISCARRIAGE:
        return _miscarriage(told, parameters, on)
    return (paternity if kind is Leave.PATERNITY else childcare)(told, parameters, on)


def _miscarriage(told: MaternityLeave, parameters: Parameters, on: date) -> Working:
    """女职工劳动保护特别规定 第七条第二款; before it 劳险字〔1988〕2号 第一条."""
    day = day_of_rules(told, on)
    rule = parameters.find("miscarriage-leave", day)
    if rule is None:
        raise Impossible("start", said("impossible.before_law", day=day))
    later = _four_months(told)
    least = int(rule.number("later" if later else "early_least"))
    most = least if later else int(rule.number("early_most"))
    steps = [Step(said("step.later" if later else "step.early_miscarriage", days=least), (rule.citation,))]
    if most > least:
        figures = {"least_days": Figure(least, "days"), "most_days": Figure(most, "days")}
        headline = said("headline.miscarriage_range", least=least, most=most)
        steps = [Step(said("step.miscarriage_range", least=least, most=most), (rule.citation,))]
    else:
        figures = {"days": Figure(least, "days")}
        headline = said("headline.miscarriage", days=least)
    if told.start is not None:
        last = told.start + timedelta(days=least - 1)
        figures["last_day"] = Figure(last, "date")
        steps.append(Step(said("step.last", first=told.start, last=last)))
    if day >= SPECIAL_RULES:
        steps.append(Step(said("step.pay"), (special_rule("第八条", "第一款"),)))
    return Working(
        headline=headline,
        figures=figures,
        steps=tuple(steps),
        assumed=() if told.start is None else (said("assumed.calendar_days"),),
        changes=(said("change.months"),),
        checks=(said("check.miscarriage"),),
        parameters=(rule,),
    )


def _four_months(told: MaternityLeave) -> bool:
    """Whether the pregnancy had four months; weeks answer it, but for those about which it hangs on how
    months are counted."""
    months, weeks = told.pregnancy_months, told.pregnancy_weeks
    if (months or 0) > LONGEST_MONTHS or (weeks or 0) > LONGEST_WEEKS:
        field = "pregnancy_months" if (months or 0) > LONGEST_MONTHS else "pregnancy_weeks"
        raise Impossible(field, said("impossible.too_long"))
    if months is None and weeks is not None and not SURELY_UNDER <= weeks < SURELY_OVER:
        return weeks >= SURELY_OVER
    return needed(months, "pregnancy_months") >= FOUR_MONTHS


CALCULATOR = calculator("maternity_leave", "maternity", MaternityLeave, work_out)
