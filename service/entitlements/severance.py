"""Severance: what the unit pays when employment ends (劳动合同法 第四十六条, 第四十七条, 第八十七条).

Years before 2008 are left out and named: 第九十七条第三款 leaves them to the rules of then, of which only a
part could be read (劳部发〔1994〕481号 第五条 to 第七条), and provinces had their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from retrieval.passages import Citation
from service.entitlements.calculator import calculator
from service.entitlements.inputs import Day, Inputs, Kind, Money, Years, YesNo, needed
from service.entitlements.parameters import Parameters
from service.entitlements.severance_reasons import (
    DETAIL,
    LAW,
    PAID,
    PAID_BEFORE_2008,
    RULES_OF_1994,
    UNPAID,
    WITH_NOTICE,
    Reason,
)
from service.entitlements.severance_words import assumed, changes, checks, nothing
from service.entitlements.working import Figure, Impossible, Said, Step, Working, said
from service.entitlements.working_years import MONTHS, Length, counted_months, worked, worked_years

IN_FORCE = date(2008, 9, 18)
"""实施条例 第三十八条: since then both the law and how the wage is counted are written."""
SPLIT, LAST_BEFORE = date(2008, 1, 1), date(2007, 12, 31)
"""第九十七条第三款, 第九十八条: years are counted from here."""
TIMES, MOST_YEARS = 3, 12
"""第四十七条第二款."""
ASK_FROM = Decimal(10_000)
"""No rule: a lower wage is taken, and said, to be no more than three times the local average."""


class Severance(Inputs):
    """`average_wage` is that of the 12 months before; `above_cap` whether it is more than three times
    `local_average`, the average wage of the city in the year before. Length: two days, or the years."""

    reason: Annotated[Reason | None, Kind.CHOICE] = None
    started_on: Day = None
    ended_on: Day = None
    years_worked: Years = None
    average_wage: Money = None
    above_cap: YesNo = None
    local_average: Money = None
    minimum_wage: Money = None
    notice_given: YesNo = None
    last_month_wage: Money = None


@dataclass(frozen=True, slots=True)
class Service:
    """How long it counts, what lies before 2008 and does not, and the steps that say so."""

    counts: Length
    before: Length | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Wage:
    """The wage of a month that counts, and whether it was cut to three times the local average."""

    base: Decimal
    capped: bool
    step: Step


def work_out(told: Severance, _parameters: Parameters, on: date) -> Working:
    """Work out what is to be paid for a reason, a length of service and a wage."""
    if on < IN_FORCE:
        raise Impossible("on", said("impossible.before_law", day=IN_FORCE))
    reason = needed(told.reason, "reason")
    if reason in UNPAID:
        return nothing(reason, UNPAID[reason], told.ended_on, on)
    service = _service(told, reason, on)
    wage = _wage(told)
    months, months_step = _months(service.counts, wage)
    compensation = wage.base * months
    month, more = _month_of_notice(told, reason)
    if reason is Reason.UNLAWFUL:
        amount = _cents(2 * compensation)
        more = [_doubled(wage.base, months, amount)]
    else:
        amount = _cents(compensation + month)
        more = [_multiplied(wage.base, months, compensation), *more]
    figures = {
        "months": Figure(months, "months"),
        "base": Figure(wage.base, "yuan"),
        "amount": Figure(amount, "yuan"),
    }
    if reason in WITH_NOTICE:
        figures["notice_pay"] = Figure(_cents(month), "yuan")
    if service.before is not None:
        figures["months_before_2008"] = Figure(service.before.whole_months, "months")
    return Working(
        headline=_headline(reason, service, amount, month),
        figures=figures,
        steps=(_reason_step(reason), *service.steps, months_step, wage.step, *more),
        assumed=(
            *assumed(reason, told.average_wage, cap_asked=_cap_known(told)),
            *_left_out(reason, service.before),
        ),
        changes=changes(reason, minimum_told=told.minimum_wage is not None),
        checks=checks(reason, told.ended_on, on, capped=wage.capped),
    )


def _service(told: Severance, reason: Reason, on: date) -> Service:
    """Compensation counts from 2008 (第九十七条第三款), damages from the first day (实施条例 第二十五条)."""
    from_2008 = reason is not Reason.UNLAWFUL
    if told.ended_on is not None and told.ended_on < IN_FORCE:
        raise Impossible("ended_on", said("impossible.before_law", day=IN_FORCE))
    years = told.years_worked
    if years is not None and years <= 0:
        raise Impossible("years_worked", said("impossible.no_time"))
    if years is not None and told.started_on is None:
        length = worked_years(years)
        if not from_2008 or length.whole_months < worked(SPLIT, told.ended_on or on).whole_months:
            return Service(length, None, (_told_step(years),))
    first, last = needed(told.started_on, "started_on"), needed(told.ended_on, "ended_on")
    if first > last:
        raise Impossible("ended_on", said("impossible.order", first=first, last=last))
    whole = worked(first, last)
    if years is not None and abs(worked_years(years).whole_months - whole.whole_months) >= 12:
        raise Impossible("years_worked", said("impossible.years", years=years, first=first, last=last))
    steps = [_length_step(first, last, whole)]
    if reason is Reason.UNLAWFUL:
        steps.append(Step(said("step.from_first_day"), (Citation(DETAIL, "第二十五条"),)))
    if not from_2008 or first >= SPLIT:
        return Service(whole, None, tuple(steps))
    since = worked(SPLIT, last)
    before = worked(first, LAST_BEFORE)
    steps.append(Step(said("step.split", day=SPLIT), (Citation(LAW, "第九十七条", "第三款"),)))
    steps.append(_length_step(first, LAST_BEFORE, before))
    if reason in RULES_OF_1994:
        steps.append(Step(said(f"step.before_{reason.value}"), (RULES_OF_1994[reason],)))
    steps.append(_length_step(SPLIT, last, since))
    return Service(since, before, tuple(steps))


def _told_step(years: Decimal) -> Step:
    """Say how long was told: 4年4个月, which is kept as 4.33 years."""
    whole, months = divmod(int((years * MONTHS).quantize(Decimal(1), ROUND_HALF_UP)), MONTHS)
    parts = {"years": whole, "months": months}
    key = "_".join(name for name, there in parts.items() if there) or "days"
    return Step(said(f"step.told_{key}", years=whole, months=months))


def _length_step(first: date, last: date, length: Length) -> Step:
    parts = {"years": length.years, "months": length.months, "days": length.and_days}
    key = "_".join(name for name, there in parts.items() if there)
    return Step(said(f"step.length_{key}", first=first, last=last, years=length.years, months=length.months))


def _wage(told: Severance) -> Wage:
    """第四十七条第二、三款, 实施条例 第二十七条: from the minimum wage to three times the average."""
    average = needed(told.average_wage, "average_wage")
    least = needed(told.minimum_wage, "minimum_wage") if average == 0 else told.minimum_wage
    if least is not None and average < least:
        _check_local(told, least)
        return Wage(
            least,
            capped=False,
            step=Step(said("step.minimum", average=average, least=least), (Citation(DETAIL, "第二十七条"),)),
        )
    local = _local_average(told, average)
    if local is not None and average > TIMES * local:
        base = TIMES * local
        return Wage(
            base,
            capped=True,
            step=Step(
                said("step.cap", average=average, local=local, base=base),
                (Citation(LAW, "第四十七条", "第二款"),),
            ),
        )
    basis = (Citation(LAW, "第四十七条", "第三款"), Citation(DETAIL, "第二十七条"))
    return Wage(average, capped=False, step=Step(said("step.average", average=average), basis))


def _local_average(told: Severance, average: Decimal) -> Decimal | None:
    """Return the local average wage where it is told or the wage is above three times it."""
    _check_local(told, told.minimum_wage)
    if told.local_average is None:
        above = needed(told.above_cap, "above_cap") if average >= ASK_FROM else told.above_cap
        return needed(told.local_average, "local_average") if above else None
    if told.above_cap is not None and told.above_cap != (average > TIMES * told.local_average):
        limit = TIMES * told.local_average
        raise Impossible("above_cap", said("impossible.cap", average=average, limit=limit))
    return told.local_average


def _check_local(told: Severance, least: Decimal | None) -> None:
    local = told.local_average
    if local is not None and (local <= 0 or (least is not None and local < least)):
        raise Impossible("local_average", said("impossible.local", local=local))


def _cap_known(told: Severance) -> bool:
    return told.above_cap is not None or told.local_average is not None


def _months(counts: Length, wage: Wage) -> tuple[Decimal, Step]:
    months = counted_months(counts)
    if wage.capped and months > MOST_YEARS:
        basis = (Citation(LAW, "第四十七条", "第二款"),)
        return Decimal(MOST_YEARS), Step(said("step.most_years", months=months, most=MOST_YEARS), basis)
    key = "step.months" if counts.months or counts.and_days else "step.whole_years"
    return months, Step(said(key, counted=months), (Citation(LAW, "第四十七条", "第一款"),))


def _reason_step(reason: Reason) -> Step:
    if reason is Reason.UNLAWFUL:
        return Step(said("step.unlawful"), PAID[reason])
    return Step(said("step.paid", reason=reason), PAID[reason])


def _multiplied(base: Decimal, months: Decimal, compensation: Decimal) -> Step:
    return Step(said("step.product", base=base, months=months, amount=_cents(compensation)))


def _doubled(base: Decimal, months: Decimal, amount: Decimal) -> Step:
    basis = (Citation(LAW, "第八十七条"), Citation(DETAIL, "第二十五条"))
    return Step(said("step.double", base=base, months=months, amount=amount), basis)


def _month_of_notice(told: Severance, reason: Reason) -> tuple[Decimal, list[Step]]:
    """第四十条: 30 days' notice in writing, or a month's pay; 实施条例 第二十条: that of the month before."""
    if reason not in WITH_NOTICE:
        return Decimal(0), []
    if needed(told.notice_given, "notice_given"):
        return Decimal(0), [Step(said("step.notice_given"), (Citation(LAW, "第四十条"),))]
    month = needed(told.last_month_wage, "last_month_wage")
    basis = (Citation(LAW, "第四十条"), Citation(DETAIL, "第二十条"))
    return month, [Step(said("step.notice_pay", month=_cents(month)), basis)]


def _headline(reason: Reason, service: Service, amount: Decimal, month: Decimal) -> Said:
    if reason is Reason.UNLAWFUL:
        return said("headline.unlawful", amount=amount)
    since = "_since_2008" if service.before is not None else ""
    if month:
        return said(f"headline.with_month{since}", amount=amount, month=_cents(month))
    return said(f"headline.compensation{since}", amount=amount)


def _left_out(reason: Reason, before: Length | None) -> tuple[Said, ...]:
    """劳动法 第二十八条 gave compensation for some reasons before 2008, and left how much to other rules."""
    if before is None:
        return ()
    key = "assumed.before_2008_paid" if reason in PAID_BEFORE_2008 else "assumed.before_2008"
    return (said(key),)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


CALCULATOR = calculator("severance", "termination", Severance, work_out)
