"""Sick leave: how long an employee who is ill is kept (医疗期), in which time it adds up, the least pay.

The rule of the whole country is 企业职工患病或非因工负伤医疗期规定 (劳部发〔1994〕479号), read with the
notice that says how to count (劳部发〔1995〕236号). Shanghai has a measure of its own: by years in the unit
alone, and without a window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from retrieval.passages import Citation
from service.entitlements.calculator import calculator
from service.entitlements.calendar_months import last_day, months_after
from service.entitlements.inputs import Day as OptionalDay
from service.entitlements.inputs import Inputs, Money, Months, Place, Years, YesNo, needed
from service.entitlements.parameters import Parameter, Parameters
from service.entitlements.working import Figure, Impossible, Said, Step, Working, said

RULE, RULE_NUMBER = "企业职工患病或非因工负伤医疗期规定", "劳部发〔1994〕479号"
COUNTING = Citation(
    "关于贯彻《企业职工患病或非因工负伤医疗期规定》的通知", None, document_no="劳部发〔1995〕236号"
)
IN_FORCE = date(1995, 1, 1)
"""第九条."""
PROTECTED_SINCE = date(2008, 1, 1)
"""劳动合同法 第九十八条."""
LONG_WORK = Decimal(10)
BANDS = {
    False: ((Decimal(5), 3), (None, 6)),
    True: ((Decimal(5), 6), (Decimal(10), 9), (Decimal(15), 12), (Decimal(20), 18), (None, 24)),
}
"""Whether the whole working life has ten years: years here below which so many months are given (第三条)."""
WINDOWS = {3: 6, 6: 12, 9: 15, 12: 18, 18: 24, 24: 30}
"""In how many months the months of sickness are added up (第四条)."""
LONGEST = 24


class SickLeave(Inputs):
    """`total_years` are all years of work, `years_here` those in this unit; `used_months` is what has been
    taken since `first_sick_day` (in Shanghai: in this unit altogether)."""

    province: Place = None
    years_here: Years = None
    total_years: Years = None
    first_sick_day: OptionalDay = None
    used_months: Months = None
    special_illness: YesNo = None
    minimum_wage: Money = None


@dataclass(slots=True)
class _Period:
    """The months of the period, the months in which they add up (none: without end), how it came about."""

    months: int
    window: int | None
    steps: list[Step]
    parameters: list[Parameter] = field(default_factory=list)
    assumed: list[Said] = field(default_factory=list)


def work_out(told: SickLeave, parameters: Parameters, on: date) -> Working:
    """Work out the period, what is left of it and, where the minimum wage is told, the least pay."""
    if min(on, told.first_sick_day or on) < IN_FORCE:
        raise Impossible("on", said("impossible.before_law", day=IN_FORCE))
    period = _period(told, parameters, on)
    figures = {"period_months": Figure(period.months, "months")}
    if period.window is not None:
        figures["window_months"] = Figure(period.window, "months")
    checks = list(_checks(told, period))
    _check_used(told, period, on)
    if told.used_months is not None:
        left = max(period.months - told.used_months, Decimal(0))
        figures["left_months"] = Figure(left, "months")
        period.steps.append(Step(said("step.left", used=told.used_months, months=period.months, left=left)))
    if told.first_sick_day is not None and period.window is not None:
        figures |= _days(told, period, told.first_sick_day)
        if on > months_after(told.first_sick_day, period.window):
            checks.append(said("check.window_over", window=period.window))
    if told.special_illness:
        period.steps.append(Step(said("step.special", months=LONGEST), (COUNTING,)))
    least = None
    if told.minimum_wage is not None:
        least = _least_pay(told.minimum_wage, told, period, parameters, on)
        figures["least_pay"] = Figure(least, "yuan")
    if on >= PROTECTED_SINCE:
        used_up = "left_months" in figures and not figures["left_months"].value
        period.steps.append(_what_follows() if used_up else _protection())
    return Working(
        headline=_headline(told, period, least),
        figures=figures,
        steps=tuple(period.steps),
        assumed=tuple(period.assumed),
        changes=tuple(_changes(told, period)),
        checks=tuple(checks),
        parameters=tuple(period.parameters),
    )


def _period(told: SickLeave, parameters: Parameters, on: date) -> _Period:
    province = needed(told.province, "province")
    years_here = needed(told.years_here, "years_here")
    if told.total_years is not None and told.total_years < years_here:
        why = said("impossible.fewer_in_all", total=told.total_years, here=years_here)
        raise Impossible("total_years", why)
    own = parameters.find("medical-period-by-years-here", on, place=province)
    if own is not None:
        return _by_years_here(years_here, own)
    return _national(told, province, years_here)


def _by_years_here(years: Decimal, rule: Parameter) -> _Period:
    """沪府发〔2015〕40号 第二条: so many months in the first year, one more with every full year after it."""
    further = max(int(years) - 1, 0)
    months = int(min(rule.number("first_year") + further * rule.number("each_year"), rule.number("longest")))
    step = Step(said("step.by_years_here", years=years, months=months), (rule.citation,))
    return _Period(months, None, [step], [rule], [said("assumed.whole_service")])


def _national(told: SickLeave, province: str, years_here: Decimal) -> _Period:
    """The years of a whole working life are asked only where the years here do not say on which side of ten
    they are."""
    total = years_here if years_here >= LONG_WORK else needed(told.total_years, "total_years")
    long_work = total >= LONG_WORK
    months = next(months for below, months in BANDS[long_work] if below is None or years_here < below)
    item = "第二项" if long_work else "第一项"
    basis = Citation(RULE, "第三条", item, RULE_NUMBER)
    band = "step.ten_years" if long_work else "step.under_ten"
    steps = [
        Step(said(band, here=years_here, months=months), (basis,)),
        Step(
            said("step.window", months=months, window=WINDOWS[months]),
            (Citation(RULE, "第四条", document_no=RULE_NUMBER), COUNTING),
        ),
    ]
    assumed = [said("assumed.national", province=province)]
    if total == LONG_WORK or years_here in (5, 10, 15, 20):
        # 第三条 writes both “以下” and “以上” of the same number of years.
        assumed.append(said("assumed.full_years"))
    return _Period(months, WINDOWS[months], steps, assumed=assumed)


def _headline(told: SickLeave, period: _Period, least: Decimal | None) -> Said:
    if told.used_months is not None and told.used_months >= period.months:
        return said("headline.used_up", months=period.months)
    if told.used_months is not None:
        left = period.months - told.used_months
        if least is not None:
            return said("headline.pay_left", least=least, months=period.months, left=left)
        return said("headline.left", months=period.months, left=left)
    if least is not None:
        return said("headline.pay", least=least, months=period.months)
    if period.window is None:
        return said("headline.no_window", months=period.months)
    return said("headline.period", months=period.months, window=period.window)


def _check_used(told: SickLeave, period: _Period, on: date) -> None:
    """Raise Impossible where more has been taken than there were days."""
    if told.used_months is None:
        return
    if told.years_here is not None and told.used_months > told.years_here * 12 + 1:
        raise Impossible("used_months", said("impossible.longer_than_here", used=told.used_months))
    if period.window is not None and told.used_months > period.window:
        why = said("impossible.over_window", used=told.used_months, window=period.window)
        raise Impossible("used_months", why)
    first = told.first_sick_day
    if first is not None and months_after(first, int(told.used_months)) > on + timedelta(days=1):
        why = said("impossible.used_too_much", used=told.used_months, first=first, day=on)
        raise Impossible("used_months", why)


def _days(told: SickLeave, period: _Period, first: date) -> dict[str, Figure]:
    """The notice counts from the first sick day, 3月5日, to the same day of the last month, 9月5日."""
    assert period.window is not None  # noqa: S101 - the caller asks only then
    window_ends = months_after(first, period.window)
    period.steps.append(Step(said("step.window_ends", first=first, last=window_ends), (COUNTING,)))
    figures = {"window_ends": Figure(window_ends, "date")}
    if not told.used_months:
        last = last_day(first, period.months)
        period.steps.append(Step(said("step.last_day", first=first, last=last, months=period.months)))
        period.assumed.append(said("assumed.without_break", first=first))
        figures["last_day"] = Figure(last, "date")
    return figures


def _least_pay(
    minimum: Decimal, told: SickLeave, period: _Period, parameters: Parameters, on: date
) -> Decimal:
    """关于贯彻执行《劳动法》若干问题的意见 第59条, or the province's own rule where it was read."""
    floor = parameters.find("sick-pay-floor", on, place=told.province) or parameters.find(
        "sick-pay-floor", on
    )
    if floor is None:
        raise Impossible("minimum_wage", said("impossible.no_floor", day=on))
    percent = floor.number("percent")
    least = (minimum * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    share = said("step.least_pay", minimum=minimum, percent=percent, least=least)
    period.steps.append(Step(share, (floor.citation,)))
    period.parameters.append(floor)
    return least


def _protection() -> Step:
    return Step(said("step.protected"), (Citation("劳动合同法", "第四十二条"),))


def _what_follows() -> Step:
    basis = (Citation("劳动合同法", "第四十条"), Citation("劳动合同法", "第四十六条"))
    return Step(said("step.over"), basis)


def _changes(told: SickLeave, period: _Period) -> Iterator[Said]:
    yield said("change.years") if period.window is not None else said("change.incapable")
    if told.used_months is None:
        yield said("change.used")
    if told.minimum_wage is None:
        yield said("change.minimum")
    if not told.special_illness and period.window is not None:
        yield said("change.special")
    yield said("change.unit")


def _checks(told: SickLeave, period: _Period) -> Iterator[Said]:
    yield said("check.years") if period.window is not None else said("check.workdays")
    if told.used_months is not None:
        yield said("check.used")
        if told.used_months >= period.months:
            yield said("check.used_up")
    if told.special_illness:
        yield said("check.special")
    if told.minimum_wage is not None:
        yield said("check.pay")


CALCULATOR = calculator("sick_leave", "leave", SickLeave, work_out)
