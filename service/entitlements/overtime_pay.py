"""Overtime pay: by the kind of day, the hours and the system of working hours.

劳动法 第四十四条, 工资支付暂行规定 第十三条 and the two notices on how a month's wage is divided.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated

from retrieval.passages import Citation
from service.entitlements.calculator import calculator
from service.entitlements.inputs import Day, Days, Hours, Inputs, Kind, Money, ValueMissing, YesNo, needed
from service.entitlements.overtime_days import DayKind, KnownDay, known_day
from service.entitlements.parameters import Parameter, Parameters
from service.entitlements.working import Figure, Impossible, Said, Step, Value, Working, said

LAW, RULE = Citation("劳动法", "第四十四条"), Citation("工资支付暂行规定", "第十三条")
BESIDES = Citation("对《工资支付暂行规定》有关问题的补充规定", document_no="劳部发〔1995〕226号")
REPLY = Citation("关于职工工作时间有关问题的复函", document_no="劳部发〔1997〕271号")
READ_FROM = date(2008, 1, 3)
"""The first day of which it was read by how many days a month's wage is divided (劳社部发〔2008〕3号)."""
PERCENT = {DayKind.WORKDAY: 150, DayKind.REST_DAY: 200, DayKind.HOLIDAY: 300}
"""劳动法 第四十四条."""
HOURS_OF_DAY = Decimal(8)
"""国务院关于职工工作时间的规定 第三条."""
HOURS_OF_CALENDAR_DAY = 24
MONTH_LIMIT, DAY_LIMIT = 36, 3
"""Hours of overtime, on all kinds of days together, in a month and on a day at most (劳动法 第四十一条)."""


class System(StrEnum):
    """The system of working hours of a post; the last two need the labour department's approval."""

    STANDARD = "standard"
    COMPREHENSIVE = "comprehensive"
    FLEXIBLE = "flexible"


class Period(StrEnum):
    """Over which time a comprehensive system counts; the names are those of the days in `working-days`."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


class OvertimePay(Inputs):
    """`hours` are those of one day where `days` says how many. `period_hours` are all hours worked in the
    period of a comprehensive system, statutory holidays left out. `time_off`: the same time was given off."""

    system: Annotated[System | None, Kind.CHOICE] = None
    day_kind: Annotated[DayKind | None, Kind.CHOICE] = None
    worked_on: Day = None
    time_off: YesNo = None
    hours: Hours = None
    days: Days = None
    wage: Money = None
    period: Annotated[Period | None, Kind.CHOICE] = None
    period_hours: Hours = None


def work_out(told: OvertimePay, parameters: Parameters, on: date) -> Working:
    """Work out the least pay for overtime by the rules of the day it was on, or else of `on`."""
    when = told.worked_on or on
    if when < READ_FROM:
        raise Impossible("worked_on", said("impossible.before_read", day=READ_FROM))
    if told.wage == 0:
        raise Impossible("wage", said("impossible.no_wage"))
    day = known_day(told.day_kind, told.worked_on, parameters)
    rates = parameters.get("working-days", when)
    if told.system is System.FLEXIBLE:
        return _flexible(day)
    if told.system is System.COMPREHENSIVE and (day is None or day.kind is not DayKind.HOLIDAY):
        return _comprehensive(told, rates)
    return _standard(told, day, rates)


def _flexible(day: KnownDay | None) -> Working:
    """工资支付暂行规定 第十三条 last paragraph; some places give more on statutory holidays."""
    steps = [Step(said("step.flexible"), (RULE,))]
    if day is not None and day.kind is DayKind.HOLIDAY:
        steps.append(Step(said("step.flexible_local"), (Citation("郑州市劳动用工条例", "第三十三条"),)))
    return Working(
        headline=said("headline.flexible"),
        figures={"by_these_rates": Figure(False, "none")},
        steps=tuple(steps),
        changes=(said("change.not_approved"),),
        checks=(said("check.approval"), said("check.local_holiday")),
    )


def _standard(told: OvertimePay, day: KnownDay | None, rates: Parameter) -> Working:
    if day is None:
        raise ValueMissing("day_kind")
    notices = (day.notice,) if day.notice is not None else ()
    if day.kind is DayKind.REST_DAY and told.time_off:
        return Working(
            headline=said("headline.time_off"),
            figures={"percent": Figure(0, "percent"), "pay": Figure(Decimal(0), "yuan")},
            steps=(day.step, Step(said("step.time_off"), (LAW, REPLY))),
            assumed=(said("assumed.same_time"),),
            changes=(said("change.no_time_off"),),
            checks=(said("check.time_off"),),
            parameters=notices,
        )
    hours = _hours(told, day.kind)
    percent = PERCENT[day.kind]
    steps = [day.step, Step(said("step.rate", kind=day.kind, percent=percent), (LAW, RULE))]
    if day.kind is DayKind.HOLIDAY:
        steps.append(Step(said("step.besides"), (BESIDES,)))
    if told.time_off:
        steps.append(Step(said("step.no_substitute", kind=day.kind), (LAW, REPLY)))
    pay, pay_steps = _pay(needed(told.wage, "wage"), hours, percent, rates)
    return Working(
        headline=said("headline.pay", pay=pay, kind=day.kind, hours=hours, percent=percent),
        figures={
            "percent": Figure(percent, "percent"),
            "hours": Figure(hours, "hours"),
            "pay": Figure(pay, "yuan"),
        },
        steps=(*steps, *pay_steps),
        assumed=_assumed(told, day, hours),
        changes=_changes(told, day),
        checks=(*_checks(told, day), *_limits(told, day.kind, hours)),
        parameters=(rates, *notices),
    )


def _hours(told: OvertimePay, kind: DayKind) -> Decimal:
    """Return the hours of overtime; a whole day off or holiday that was worked is eight."""
    days = Decimal(1) if told.days is None else told.days
    if days == 0:
        raise Impossible("days", said("impossible.no_days"))
    if told.worked_on is not None and days > 1:
        raise Impossible("days", said("impossible.one_date", day=told.worked_on, days=days))
    whole_days = told.days is not None and kind is not DayKind.WORKDAY
    hours = HOURS_OF_DAY if told.hours is None and whole_days else needed(told.hours, "hours")
    if hours == 0:
        raise Impossible("hours", said("impossible.no_time"))
    if told.days is None and told.worked_on is None:
        return hours
    most = HOURS_OF_CALENDAR_DAY - (HOURS_OF_DAY if kind is DayKind.WORKDAY else 0)
    if hours > most:
        raise Impossible("hours", said("impossible.hours_of_day", hours=hours, most=most))
    return hours * days


def _pay(wage: Decimal, hours: Decimal, percent: int, rates: Parameter) -> tuple[Decimal, tuple[Step, ...]]:
    paid_days = rates.number("paid_days")
    pay = _cents(wage * hours * percent / 100 / paid_days / HOURS_OF_DAY)
    hourly = _cents(wage / paid_days / HOURS_OF_DAY)
    values: dict[str, Value] = {
        "wage": wage,
        "paid_days": paid_days,
        "hours": hours,
        "percent": percent,
        "pay": pay,
    }
    return pay, (
        Step(said("step.hourly", wage=wage, paid_days=paid_days, hourly=hourly), (rates.citation,)),
        Step(said("step.pay", **values)),
    )


def _limits(told: OvertimePay, kind: DayKind, hours: Decimal) -> tuple[Said, ...]:
    """Say which limit of 劳动法 第四十一条 is passed; the pay is the same (劳部发〔1997〕271号 第三条)."""
    if hours > MONTH_LIMIT:
        return (said("check.month_limit", hours=hours, limit=MONTH_LIMIT),)
    one_day = told.days is not None or told.worked_on is not None
    if kind is DayKind.WORKDAY and one_day and told.hours is not None and told.hours > DAY_LIMIT:
        return (said("check.day_limit", limit=DAY_LIMIT),)
    return ()


def _assumed(told: OvertimePay, day: KnownDay, hours: Decimal) -> tuple[Said, ...]:
    assumed = []
    if told.system is None:
        assumed.append(said("assumed.standard"))
    if day.kind is DayKind.REST_DAY and told.time_off is None:
        assumed.append(said("assumed.no_time_off"))
    if told.days is not None:
        each = HOURS_OF_DAY if told.hours is None else told.hours
        assumed.append(said("assumed.each_day", each=each, days=told.days, hours=hours))
    return tuple(assumed)


def _changes(told: OvertimePay, day: KnownDay) -> tuple[Said, ...]:
    changes = []
    if day.kind is DayKind.HOLIDAY and day.notice is None:
        changes.append(said("change.which_days"))
    if day.kind is DayKind.REST_DAY:
        changes.append(said("change.time_off"))
    if told.system is None:
        changes.append(said("change.system"))
    return tuple(changes)


def _checks(told: OvertimePay, day: KnownDay) -> tuple[Said, ...]:
    checks = [said("check.wage")]
    if told.worked_on is not None and day.kind is not DayKind.HOLIDAY:
        checks.append(said("check.roster"))
    if told.system is System.COMPREHENSIVE:
        checks.append(said("check.approval"))
    return tuple(checks)


def _comprehensive(told: OvertimePay, rates: Parameter) -> Working:
    """Pay what is over the hours of the whole period (工资支付暂行规定 第十三条, 劳部发〔1997〕271号)."""
    over, steps, assumed, figures = _over(told, rates)
    if told.time_off:
        steps.append(Step(said("step.no_substitute_period"), (RULE,)))
    percent = PERCENT[DayKind.WORKDAY]
    headline = said("headline.not_over")
    pay = Decimal(0)
    if over:
        pay, pay_steps = _pay(needed(told.wage, "wage"), over, percent, rates)
        steps += [Step(said("step.rate_period", percent=percent), (LAW, RULE)), *pay_steps]
        headline = said("headline.over", pay=pay, hours=over, percent=percent)
    checks = [said("check.approval"), said("check.period"), said("check.wage")]
    if told.period is not None and over > MONTH_LIMIT * MONTHS[told.period]:
        most = MONTH_LIMIT * MONTHS[told.period]
        checks.append(said("check.period_limit", limit=MONTH_LIMIT, most=most))
    changes = [said("change.holiday_hours"), said("change.not_approved")]
    if told.period_hours is None:
        changes.insert(0, said("change.single_day"))
    return Working(
        headline=headline,
        figures=figures | {"over_hours": Figure(over, "hours"), "pay": Figure(pay, "yuan")},
        steps=tuple(steps),
        assumed=assumed,
        changes=tuple(changes),
        checks=tuple(checks),
        parameters=(rates,),
    )


def _over(
    told: OvertimePay, rates: Parameter
) -> tuple[Decimal, list[Step], tuple[Said, ...], dict[str, Figure]]:
    """Return the hours over the standard of the period, told as such or counted from all hours of it."""
    if told.period_hours is None and told.hours is not None:
        over = told.hours * (1 if told.days is None else told.days)
        step = Step(said("step.over_told", hours=over), (RULE, REPLY))
        return over, [step], (said("assumed.over_period"),), {}
    period = needed(told.period, "period")
    worked = needed(told.period_hours, "period_hours")
    standard = rates.number(f"{period.value}_days") * HOURS_OF_DAY
    if worked > HOURS_OF_CALENDAR_DAY * 31 * MONTHS[period]:
        raise Impossible("period_hours", said("impossible.period_hours", hours=worked, period=period))
    over = max(worked - standard, Decimal(0))
    steps = [
        Step(said("step.standard", period=period, hours=standard), (rates.citation,)),
        Step(said("step.over", worked=worked, standard=standard, over=over), (RULE, REPLY)),
    ]
    return over, steps, (said("assumed.holidays_apart"),), {"standard_hours": Figure(standard, "hours")}


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


CALCULATOR = calculator("overtime_pay", "wages", OvertimePay, work_out)
