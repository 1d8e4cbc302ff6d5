"""What is told about a work injury, and the wage that its benefits count by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated

from retrieval.passages import Citation
from service.entitlements.inputs import Count, Day, Inputs, Kind, Money, Months, Place, YesNo, needed
from service.entitlements.parameters import Parameter
from service.entitlements.working import Figure, Impossible, Said, Step, Value, said

LAW = "工伤保险条例"
ADVANCES_SINCE = date(2011, 7, 1)
"""The day of 社会保险法, whose 第四十一条 lets the fund advance what an employer without insurance owes."""
HIGHEST_SHARE, LOWEST_SHARE = Decimal(300), Decimal(60)
"""Percent of the area's average wage between which one's own wage counts (条例 第六十四条第二款)."""


class Situation(StrEnum):
    """How far things are; a grade alone says GRADED, a day of death DIED."""

    NOT_GRADED = "not_graded"
    BELOW_GRADES = "below_grades"
    GRADED = "graded"
    DIED = "died"


class Care(StrEnum):
    """How much of daily life needs another's hands (第二十二条第三款)."""

    FULL = "full"
    MOST = "most"
    PARTIAL = "partial"


class Payer(StrEnum):
    """Who pays an item."""

    FUND = "fund"
    EMPLOYER = "employer"


class WorkInjury(Inputs):
    """`wage` is the average monthly contribution wage of the 12 months before the injury, `recent_wage` that
    of the 12 months before leaving; `local_average` the area's monthly average wage of the year before.

    `relatives` are dependants other than the spouse, `lonely` those among all who are lone old people or
    orphans; `urban_income` is the nation's urban disposable income a head of the year before the death.
    """

    grade: Count = None
    situation: Annotated[Situation | None, Kind.CHOICE] = None
    wage: Money = None
    ends_contract: YesNo = None
    province: Place = None
    local_average: Money = None
    near_retirement: YesNo = None
    recent_wage: Money = None
    minimum_wage: Money = None
    care: Annotated[Care | None, Kind.CHOICE] = None
    months_off: Months = None
    injured_on: Day = None
    insured: YesNo = None
    died_on: Day = None
    in_paid_leave: YesNo = None
    spouse: YesNo = None
    relatives: Count = None
    lonely: Count = None
    urban_income: Money = None

    def fund(self) -> Payer:
        """Return who pays what the fund pays: the employer where it has not insured (第六十二条第二款)."""
        return Payer.EMPLOYER if self.insured is False else Payer.FUND


@dataclass(frozen=True, slots=True)
class Part:
    """One item of a result."""

    figures: Mapping[str, Figure] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    assumed: tuple[Said, ...] = ()
    checks: tuple[Said, ...] = ()
    parameters: tuple[Parameter, ...] = ()


def joined(parts: Iterable[Part]) -> Part:
    """Return all items as one, in their order."""
    items = list(parts)
    return Part(
        {name: figure for item in items for name, figure in item.figures.items()},
        tuple(step for item in items for step in item.steps),
        tuple(one for item in items for one in item.assumed),
        tuple(one for item in items for one in item.checks),
        tuple(one for item in items for one in item.parameters),
    )


def insurance(told: WorkInjury, on: date) -> Part:
    """Say what is taken for granted about the insurance, or what follows where there is none."""
    if told.insured:
        return Part()
    if told.insured is None:
        return Part(assumed=(said("assumed.insured"),))
    basis = [Citation(LAW, "第六十二条", "第二款")]
    if on < ADVANCES_SINCE:
        return Part(steps=(Step(said("step.uninsured"), tuple(basis)),))
    basis.append(Citation("社会保险法", "第四十一条"))
    return Part(steps=(Step(said("step.uninsured_advance"), tuple(basis)),))


def own_wage(told: WorkInjury) -> tuple[Decimal, Part]:
    """Return one's own wage, unrounded, held between 60 % and 300 % of the area's average where that is told.

    Raises ValueMissing, Impossible.
    """
    wage = needed(told.wage, "wage")
    if not wage:
        raise Impossible("wage", said("impossible.no_wage"))
    if told.local_average is None:
        within_caps = said("assumed.within_caps", lowest=LOWEST_SHARE, highest=HIGHEST_SHARE)
        return wage, Part(assumed=(within_caps,))
    within = held(wage, local_average(told))
    if within == wage:
        return wage, Part()
    key, percent = ("step.capped", HIGHEST_SHARE) if within < wage else ("step.raised", LOWEST_SHARE)
    values: dict[str, Value] = {
        "wage": wage,
        "average": told.local_average,
        "percent": percent,
        "own": cents(within),
    }
    step = Step(said(key, **values), (Citation(LAW, "第六十四条", "第二款"),))
    return within, Part(steps=(step,), assumed=(said("assumed.same_year"),))


def held(wage: Decimal, average: Decimal) -> Decimal:
    """Return a wage, held between 60 % and 300 % of the average."""
    return max(min(wage, average * HIGHEST_SHARE / 100), average * LOWEST_SHARE / 100)


def local_average(told: WorkInjury) -> Decimal:
    """Return the area's average wage. Raises ValueMissing, Impossible."""
    average = needed(told.local_average, "local_average")
    if not average:
        raise Impossible("local_average", said("impossible.no_average"))
    return average


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
