"""Probation: how long it may be and what is paid in it at least (劳动合同法 第十九条, 第二十条)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from retrieval.passages import Citation
from service.entitlements.calculator import calculator
from service.entitlements.inputs import Inputs, Kind, Money, Months, YesNo, needed
from service.entitlements.parameters import Parameters
from service.entitlements.working import Figure, Impossible, Said, Step, Working, said

LAW, DETAIL = "劳动合同法", "劳动合同法实施条例"
IN_FORCE = date(2008, 1, 1)
"""劳动合同法 第九十八条."""
LIMITS = ((Decimal(3), 0), (Decimal(12), 1), (Decimal(36), 2))
"""Months of a fixed term below which probation may have that many months at most (第十九条第一、三款)."""
LONGEST = 6
LEAST_SHARE = Decimal(80)
"""Percent of the agreed wage (第二十条)."""


class Term(StrEnum):
    """How long the contract runs."""

    FIXED = "fixed"
    OPEN = "open"
    TASK = "task"


class Probation(Inputs):
    """`agreed` and `paid` are what was agreed on probation; `lowest` the lowest wage of the same post, and
    `minimum` the minimum wage of the place, where the employee knows them."""

    term: Annotated[Term | None, Kind.CHOICE] = None
    contract_months: Months = None
    agreed_months: Months = None
    second_time: YesNo = None
    wage: Money = None
    lowest_of_post: Money = None
    minimum_wage: Money = None


def work_out(told: Probation, _parameters: Parameters, on: date) -> Working:
    """Work out the longest probation and, where the wage is told, the least pay in it."""
    if on < IN_FORCE:
        raise Impossible("on", said("impossible.before_law", day=IN_FORCE))
    longest, step = _longest(told)
    steps = [step]
    figures = {"longest_months": Figure(longest, "months")}
    headline = said("headline.longest", months=longest) if longest else said("headline.none")
    if told.second_time:
        longest, figures = 0, {"longest_months": Figure(0, "months")}
        headline = said("headline.once")
        steps.append(Step(said("step.once"), (Citation(LAW, "第十九条", "第二款"),)))
    if told.agreed_months is not None:
        steps.append(_compared(told.agreed_months, longest))
        over = max(told.agreed_months - longest, Decimal(0))
        figures["over_months"] = Figure(over, "months")
        if over:
            headline = said("headline.too_long", months=longest, over=over)
    if told.wage is not None and longest:
        least, pay_steps = _least_pay(told, told.wage)
        steps += pay_steps
        figures["least_pay"] = Figure(least, "yuan")
    return Working(
        headline=headline,
        figures=figures,
        steps=tuple(steps),
        assumed=() if told.second_time is not None else (said("assumed.first_time"),),
        changes=_changes(told),
        checks=(said("check.contract"),),
    )


def _longest(told: Probation) -> tuple[int, Step]:
    term = needed(told.term, "term")
    if term is Term.TASK:
        return 0, Step(said("step.task"), (Citation(LAW, "第十九条", "第三款"),))
    if term is Term.OPEN:
        if told.contract_months is not None:
            raise Impossible("contract_months", said("impossible.open_with_months"))
        return LONGEST, Step(said("step.open", months=LONGEST), (Citation(LAW, "第十九条", "第一款"),))
    months = needed(told.contract_months, "contract_months")
    if months <= 0:
        raise Impossible("contract_months", said("impossible.no_term"))
    longest = next((limit for below, limit in LIMITS if months < below), LONGEST)
    paragraph = "第三款" if longest == 0 else "第一款"
    key = "step.fixed" if longest else "step.short"
    return longest, Step(said(key, contract=months, months=longest), (Citation(LAW, "第十九条", paragraph),))


def _compared(agreed: Decimal, longest: int) -> Step:
    if agreed > longest:
        basis = (Citation(LAW, "第八十三条"),)
        return Step(said("step.too_long", agreed=agreed, over=agreed - longest), basis)
    return Step(said("step.within", agreed=agreed, months=longest))


def _least_pay(told: Probation, wage: Decimal) -> tuple[Decimal, list[Step]]:
    """实施条例 第十五条 gives two measures, either of which may be kept, with the minimum wage below both."""
    basis = (Citation(LAW, "第二十条"), Citation(DETAIL, "第十五条"))
    least = _share(wage)
    steps = [Step(said("step.share", wage=wage, percent=LEAST_SHARE, least=least), basis)]
    if told.lowest_of_post is not None and _share(told.lowest_of_post) < least:
        least = _share(told.lowest_of_post)
        values = {"lowest": told.lowest_of_post, "percent": LEAST_SHARE, "least": least}
        steps.append(Step(said("step.lowest", **values), basis))
    if told.minimum_wage is not None and told.minimum_wage > least:
        least = told.minimum_wage
        steps.append(Step(said("step.minimum", least=least), basis))
    return least, steps


def _share(wage: Decimal) -> Decimal:
    return (wage * LEAST_SHARE / 100).quantize(Decimal("0.01"))


def _changes(told: Probation) -> tuple[Said, ...]:
    changes = [said("change.term")]
    if told.wage is None:
        changes.append(said("change.wage"))
    elif told.minimum_wage is None:
        changes.append(said("change.minimum"))
    return tuple(changes)


CALCULATOR = calculator("probation", "contract", Probation, work_out)
