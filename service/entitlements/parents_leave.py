"""The father's leave at a birth and both parents' leave for a small child, which the provinces give.

人口与计划生育法 第二十五条 leaves both to them.
Where the rule of a province was not read, the employee is asked for the days.
"""

from __future__ import annotations

from datetime import date

from retrieval.passages import Citation
from service.entitlements.calendar_months import last_day, months_after
from service.entitlements.inputs import needed
from service.entitlements.leave_days import DAY, last_without_holidays
from service.entitlements.maternity_told import MaternityLeave, day_of_rules
from service.entitlements.parameters import Parameter, Parameters
from service.entitlements.working import Figure, Said, Step, Working, said

LEFT_TO_PLACES = Citation("人口与计划生育法", "第二十五条")
THREE = 3


def paternity(told: MaternityLeave, parameters: Parameters, on: date) -> Working:
    """Work out the father's leave."""
    province = needed(told.province, "province")
    rule = parameters.find("paternity-leave", day_of_rules(told, on), place=province)
    if rule is not None and rule.has("months"):
        months, days = int(rule.number("months")), None
        headline = said("headline.paternity_months", province=province, months=months)
        figures = {"months": Figure(months, "months")}
        steps = [Step(said("step.paternity_months", province=province, months=months), (rule.citation,))]
    else:
        months, days = None, _days(told, rule)
        headline = said("headline.paternity", days=days)
        figures = {"days": Figure(days, "days")}
        steps = [_step("paternity", told, rule, province, days)]
    steps += _note(rule)
    assumed = [said("assumed.lawful_couple")]
    used = [] if rule is None else [rule]
    if told.start is not None and (months or days):
        last, years = _last(told.start, months, days or 0, rule, parameters)
        put_off = rule is not None and rule.has("holidays_out")
        before = put_off and not years
        figures["last_day_before_holidays" if before else "last_day"] = Figure(last, "date")
        key = "step.last_before_holidays" if before else "step.last"
        steps.append(Step(said(key, first=told.start, last=last)))
        used += years
        if not put_off:
            assumed.append(said("assumed.calendar_days"))
    return Working(
        headline=headline,
        figures=figures,
        steps=tuple(steps),
        assumed=tuple(assumed),
        changes=() if told.start is not None else (said("change.start"),),
        checks=(_check(rule, province), said("check.paternity")),
        parameters=tuple(used),
    )


def _last(
    start: date, months: int | None, days: int, rule: Parameter | None, parameters: Parameters
) -> tuple[date, tuple[Parameter, ...]]:
    """Return the last day, and the holidays that put it off: none where they do not, or are not known."""
    if months is not None:
        return last_day(start, months), ()
    last = start + (days - 1) * DAY
    if rule is None or not rule.has("holidays_out"):
        return last, ()
    return last_without_holidays(start, days, parameters) or (last, ())


def childcare(told: MaternityLeave, parameters: Parameters, on: date) -> Working:
    """Work out the days a year that each parent has for a small child."""
    province = needed(told.province, "province")
    rule = parameters.find("childcare-leave", on, place=province)
    age = THREE if rule is None else int(rule.number("until_age"))
    headline, figures, step = _childcare_days(told, rule, province, age)
    steps = [step, *_note(rule)]
    if told.birth_date is not None:
        birthday = months_after(told.birth_date, 12 * age)
        figures["before"] = Figure(birthday, "date")
        steps.append(Step(said("step.before", day=birthday, age=age)))
        if on >= birthday:
            headline = said("headline.childcare_over", age=age)
            figures = {"days_each_year": Figure(0, "days"), "before": Figure(birthday, "date")}
    return Working(
        headline=headline,
        figures=figures,
        steps=tuple(steps),
        assumed=(said("assumed.lawful_couple"),) if rule else (said("assumed.until_three"),),
        changes=() if told.birth_date is not None else (said("change.child"),),
        checks=(_check(rule, province), said("check.childcare")),
        parameters=() if rule is None else (rule,),
    )


def _childcare_days(
    told: MaternityLeave, rule: Parameter | None, province: str, age: int
) -> tuple[Said, dict[str, Figure], Step]:
    if rule is None or not rule.has("least_days"):
        days = _days(told, rule)
        headline = said("headline.childcare", days=days, age=age)
        return (
            headline,
            {"days_each_year": Figure(days, "days")},
            _step("childcare", told, rule, province, days),
        )
    least, most = int(rule.number("least_days")), int(rule.number("most_days"))
    step = Step(said("step.childcare_range", province=province, least=least, most=most), (rule.citation,))
    figures = {"least_days": Figure(least, "days"), "most_days": Figure(most, "days")}
    return said("headline.childcare_range", least=least, most=most, age=age), figures, step


def _days(told: MaternityLeave, rule: Parameter | None) -> int:
    """The unit may give more than the rule of the place, not less."""
    if rule is None:
        return int(needed(told.local_days, "local_days"))
    return max(int(rule.number("days")), int(told.local_days or 0))


def _step(name: str, told: MaternityLeave, rule: Parameter | None, province: str, days: int) -> Step:
    if rule is None:
        return Step(said(f"step.{name}_told", days=days), (LEFT_TO_PLACES,))
    if told.local_days and days > rule.number("days"):
        values = {"told": told.local_days, "days": rule.number("days")}
        return Step(said("step.unit_gives_more", **values), (rule.citation,))
    return Step(said(f"step.{name}", province=province, days=days), (rule.citation,))


def _note(rule: Parameter | None) -> list[Step]:
    if rule is None or rule.note is None:
        return []
    return [Step(said("step.note", note=rule.note), (rule.citation,))]


def _check(rule: Parameter | None, province: str) -> Said:
    if rule is None:
        return said("check.local", province=province)
    return said("check.newer", law=rule.citation.law)
