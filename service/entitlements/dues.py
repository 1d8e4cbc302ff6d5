"""Dues of a union member: the share of the monthly wage (全国总工会 关于收交工会会费的通知, 1978).

What the employer hands to the union (工会法 第四十三条, 2 % of all wages) is another matter.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from retrieval.passages import Citation
from service.entitlements.calculator import calculator
from service.entitlements.inputs import Inputs, Money, Months, Percent, needed
from service.entitlements.parameters import Parameter, Parameters
from service.entitlements.working import Figure, Impossible, Said, Step, Working, said

UNION_LAW, TAX_LAW = "工会法", "个人所得税法"
NUMBERED_FROM = date(2022, 1, 1)
"""The employer's share is 第四十三条 since; of earlier days it is not spoken of."""
EMPLOYER_PERCENT = Decimal(2)
"""第四十三条 第一款 第二项. Whoever says it as the rate of dues has the two mixed up."""
CENT = Decimal("0.01")


class Dues(Inputs):
    """`base` is the monthly wage without bonuses and allowances, `percent` the unit's own rate, `months` how
    many months are asked about, `deducted` what the payslip shows for one."""

    base: Money = None
    percent: Percent = None
    months: Months = None
    deducted: Money = None


def work_out(told: Dues, parameters: Parameters, on: date) -> Working:
    """Work out the dues of a month, their sum over months, and how far the payslip is from them.

    Each month is rounded, for it is deducted on its own. The tail of the wage below ten yuan does not count
    (通知 第一项).
    """
    rule = parameters.find("union-dues", on)
    if rule is None:
        raise Impossible("on", said("impossible.before_rule"))
    percent = _percent(told, rule)
    base = needed(told.base, "base")
    unit = rule.number("counted_in")
    counted = base // unit * unit
    monthly = (counted * percent / 100).quantize(CENT, ROUND_HALF_UP)
    values = {"base": base, "unit": unit, "counted": counted}
    basis = (rule.citation,)
    steps = [
        Step(said("step.counted" if counted != base else "step.whole", **values), basis),
        Step(
            said("step.monthly", counted=counted, percent=percent, monthly=monthly),
            basis if told.percent is None else (),
        ),
    ]
    figures = {"monthly": Figure(monthly, "yuan")}
    headline = said("headline.monthly" if monthly else "headline.nothing", monthly=monthly)
    months = _months(told)
    if months is not None:
        total = monthly * months
        steps.append(Step(said("step.total", monthly=monthly, months=months, total=total)))
        figures["total"] = Figure(total, "yuan")
        headline = said("headline.total", monthly=monthly, months=months, total=total)
    if told.deducted is not None:
        headline = _compared(told.deducted, monthly, months, steps, figures)
    if on >= NUMBERED_FROM:
        apart = (Citation(UNION_LAW, "第四十三条", "第一款"), Citation(TAX_LAW, "第六条"))
        steps.append(Step(said("step.apart", employer=EMPLOYER_PERCENT), apart))
    return Working(
        headline=headline,
        figures=figures,
        steps=tuple(steps),
        assumed=_assumed(told, rule),
        changes=(said("change.base"), said("change.not_counted")),
        checks=(said("check.rate"), said("check.payslip")),
        parameters=(rule,),
    )


def _percent(told: Dues, rule: Parameter) -> Decimal:
    if told.percent is None:
        return rule.number("percent")
    if told.percent == 0:
        raise Impossible("percent", said("impossible.no_percent"))
    if told.percent == EMPLOYER_PERCENT:
        raise Impossible("percent", said("impossible.employer_percent", percent=told.percent))
    if told.percent > EMPLOYER_PERCENT:
        national = rule.number("percent")
        values = {"percent": told.percent, "national": national}
        raise Impossible("percent", said("impossible.percent_too_high", **values))
    return told.percent


def _months(told: Dues) -> int | None:
    if told.months is None:
        return None
    if told.months == 0 or told.months % 1:
        raise Impossible("months", said("impossible.part_of_month", months=told.months))
    return int(told.months)


def _compared(
    deducted: Decimal, monthly: Decimal, months: int | None, steps: list[Step], figures: dict[str, Figure]
) -> Said:
    over = deducted - monthly
    figures["over_a_month"] = Figure(over, "yuan")
    key = "over" if over > 0 else "under" if over < 0 else "same"
    values = {"deducted": deducted, "monthly": monthly, "difference": abs(over)}
    steps.append(Step(said(f"step.{key}", **values)))
    if over and months is not None:
        figures["over_total"] = Figure(over * months, "yuan")
        all_months = abs(over) * months
        steps.append(Step(said("step.difference", difference=abs(over), months=months, total=all_months)))
    return said(f"headline.{key}", **values)


def _assumed(told: Dues, rule: Parameter) -> tuple[Said, ...]:
    unit = said("assumed.tail", unit=rule.number("counted_in"))
    if told.percent is None:
        return (said("assumed.national", percent=rule.number("percent")), unit)
    return (unit,)


CALCULATOR = calculator("dues", "dues", Dues, work_out)
