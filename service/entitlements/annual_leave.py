"""Annual leave: how many days, how many are left, and what is paid for those not taken.

职工带薪年休假条例 第三至五条, 企业职工带薪年休假实施办法 第三至十二条.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from retrieval.passages import Citation
from service.entitlements.annual_leave_days import (
    LADDER,
    SICK_LIMITS,
    anniversary,
    days_in_unit,
    ladder,
    rung,
    shown_share,
    whole_days_left,
)
from service.entitlements.annual_leave_inputs import AnnualLeave, refuse_impossible, years_worked
from service.entitlements.calculator import calculator
from service.entitlements.inputs import needed
from service.entitlements.parameters import Parameters
from service.entitlements.working import Figure, Impossible, Said, Step, Value, Working, said

LAW, DETAIL = "职工带薪年休假条例", "企业职工带薪年休假实施办法"
PERSONAL_LIMIT = 20
"""Days of paid personal leave that take the leave of the year (条例 第四条第二项)."""
PAID_DAYS = Decimal("21.75")
"""Days a month's wage is divided by (实施办法 第十一条第一款)."""


@dataclass(slots=True)
class _Sheet:
    """What has been worked out so far; `headline` is what the last part that has one concluded."""

    headline: Said
    figures: dict[str, Figure] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    assumed: list[Said] = field(default_factory=list)
    changes: list[Said] = field(default_factory=list)
    checks: list[Said] = field(default_factory=lambda: [said("check.years")])

    def concludes(self, headline: Said, **figures: Figure) -> None:
        self.headline = headline
        self.figures |= figures

    def working(self) -> Working:
        return Working(
            headline=self.headline,
            figures=self.figures,
            steps=tuple(self.steps),
            assumed=tuple(self.assumed),
            changes=tuple(self.changes),
            checks=tuple(self.checks),
        )


def work_out(told: AnnualLeave, _parameters: Parameters, on: date) -> Working:
    """Work out the leave of the year of `on`, of the leaving, or of an entry that is still to come."""
    day = told.leaves_on or max(on, told.hired_on or on)
    refuse_impossible(told, day)
    years = years_worked(told, day)
    sheet = _Sheet(said("headline.too_short"))
    if years < 1:
        _too_short(told, sheet)
        return sheet.working()
    if not _continuous(told, day, sheet):
        return sheet.working()
    full = ladder(years)
    least, below = rung(full)
    top = "_top" if below is None else ""
    values: dict[str, Value] = {"days": full, "least": least, "below": below or 0}
    sheet.steps.append(Step(said(f"step.ladder{top}", **values), (Citation(LAW, "第三条"),)))
    if _lost(told, full, sheet):
        return sheet.working()
    sheet.concludes(said(f"headline.days{top}", **values), days=Figure(full, "days"))
    _boundary(told, day, years, below, sheet)
    left = _left(told, day, full, sheet)
    if told.gave_up:
        _given_up(sheet)
    elif told.wage is not None and left is not None:
        _pay(told, told.wage, left, sheet)
    sheet.changes.append(said("change.better"))
    return sheet.working()


def _too_short(told: AnnualLeave, sheet: _Sheet) -> None:
    if told.continuous_year and told.first_work_day is None:
        raise Impossible("worked_years", said("impossible.continuous_but_short"))
    basis = (Citation(LAW, "第三条"), Citation(DETAIL, "第三条"))
    sheet.steps.append(Step(said("step.too_short"), basis))
    sheet.concludes(said("headline.too_short"), days=Figure(0, "days"))
    first = told.first_work_day
    year = said("change.first_year_on", day=anniversary(first, 1)) if first else said("change.first_year")
    sheet.changes.append(year)
    sheet.checks.append(said("check.first_year"))


def _continuous(told: AnnualLeave, day: date, sheet: _Sheet) -> bool:
    """Twelve months at a stretch, also of several employers (实施办法 第三条, 人社厅函〔2009〕149号)."""
    year_here = anniversary(told.hired_on, 1) if told.hired_on is not None else None
    if year_here is not None and year_here <= day:
        if told.continuous_year is False:
            raise Impossible("hired_on", said("impossible.year_here", hired=told.hired_on or day))
        return True
    if told.continuous_year is None and year_here is None:
        sheet.assumed.append(said("assumed.continuous"))
        return True
    basis = (
        Citation(DETAIL, "第三条"),
        Citation(
            "关于《企业职工带薪年休假实施办法》有关问题的复函", None, document_no="人社厅函〔2009〕149号"
        ),
    )
    if needed(told.continuous_year, "continuous_year"):
        sheet.steps.append(Step(said("step.continuous"), basis))
        return True
    sheet.steps.append(Step(said("step.not_continuous"), basis))
    sheet.concludes(said("headline.not_continuous"), days=Figure(0, "days"))
    if year_here is not None:
        sheet.changes.append(said("change.year_here", day=year_here))
        sheet.checks.append(said("check.first_year"))
    return False


def _lost(told: AnnualLeave, full: int, sheet: _Sheet) -> bool:
    """条例 第四条: what takes the leave of the year, or, once it was taken, of the next (实施办法 第八条)."""
    personal, school = told.personal_leave_days, told.school_break_days
    if told.sick_months is not None:
        limit = SICK_LIMITS[full]
        values: dict[str, Value] = {"months": told.sick_months, "limit": limit}
        if told.sick_months >= limit:
            _take_away(told, said("step.sick", **values), "headline.sick", sheet)
            return True
        sheet.steps.append(Step(said("step.sick_below", **values), (Citation(LAW, "第四条"),)))
    if personal is not None and personal >= PERSONAL_LIMIT:
        if not needed(told.personal_leave_deducted, "personal_leave_deducted"):
            _take_away(told, said("step.personal", days=personal), "headline.personal", sheet)
            return True
        sheet.steps.append(Step(said("step.personal_deducted"), (Citation(LAW, "第四条"),)))
    elif personal is not None:
        sheet.steps.append(Step(said("step.personal_below", days=personal), (Citation(LAW, "第四条"),)))
    if school is not None and school >= full:
        basis = (Citation(LAW, "第四条"), Citation(DETAIL, "第七条"))
        sheet.steps.append(Step(said("step.school", school=school, days=full), basis))
        sheet.concludes(said("headline.school"), days=Figure(0, "days"))
        return True
    return False


def _take_away(told: AnnualLeave, why: Said, headline: str, sheet: _Sheet) -> None:
    sheet.steps.append(Step(why, (Citation(LAW, "第四条"),)))
    sheet.checks.append(said("check.absences"))
    if told.took_days:
        sheet.steps.append(Step(said("step.next_year"), (Citation(DETAIL, "第八条"),)))
        sheet.concludes(said("headline.next_year"), next_year_days=Figure(0, "days"))
        sheet.checks.append(said("check.part_taken"))
        return
    sheet.concludes(said(headline), days=Figure(0, "days"))
    sheet.changes.append(said("change.taken_before"))


def _boundary(told: AnnualLeave, day: date, years: Decimal, below: int | None, sheet: _Sheet) -> None:
    """Say when the days grow. How the year is split in which they do is in no national text that was read."""
    first = told.first_work_day
    if below is not None:
        days = ladder(Decimal(below))
        if first is not None:
            reached = anniversary(first, below)
            sheet.changes.append(said("change.grows_on", day=reached, years=below, days=days))
        else:
            sheet.changes.append(said("change.grows", years=below, days=days))
    for least, _ in LADDER:
        in_year = anniversary(first, least).year == day.year if first is not None else abs(years - least) < 1
        if in_year:
            sheet.checks.append(said("check.boundary" if least > 1 else "check.first_year"))


def _left(told: AnnualLeave, day: date, full: int, sheet: _Sheet) -> Decimal | None:
    """Return the days not taken, None where nobody asks for them."""
    part = days_in_unit(day.year, told.hired_on, told.leaves_on)
    school = told.school_break_days or Decimal(0)
    if school:
        sheet.steps.append(Step(said("step.school_rest", school=school), (Citation(DETAIL, "第七条"),)))
    if told.leaves_on is not None:
        return _left_at_leaving(told, part, full, school, sheet)
    days = full - school
    if told.hired_on is not None and told.hired_on.year == day.year:
        days = Decimal(whole_days_left(part, full, school))
        values: dict[str, Value] = {"part": part, "full": full, "share": shown_share(part, full)}
        sheet.steps.append(Step(said("step.entry", **values), (Citation(DETAIL, "第五条"),)))
        sheet.assumed.append(said("assumed.entry_day"))
        sheet.concludes(said("headline.entry", days=days))
    elif school:
        sheet.concludes(said("headline.topped_up", days=days))
    sheet.concludes(sheet.headline, days=Figure(days, "days"))
    if told.took_days is None and (told.wage is None or told.gave_up):
        return None
    took = needed(told.took_days, "took_days")
    left = max(days - took, Decimal(0))
    key = "step.left" if took <= days else "step.took_more"
    sheet.steps.append(Step(said(key, days=days, took=took, left=left)))
    sheet.concludes(said("headline.left", days=days, left=left), left_days=Figure(left, "days"))
    return left


def _left_at_leaving(told: AnnualLeave, part: int, full: int, school: Decimal, sheet: _Sheet) -> Decimal:
    """实施办法 第十二条: below one whole day nothing is paid, and what was taken beyond is not taken back."""
    took = needed(told.took_days, "took_days")
    left = whole_days_left(part, full, took + school)
    share = shown_share(part, full)
    basis = (Citation(DETAIL, "第十二条"),)
    sheet.steps.append(Step(said("step.leaving", part=part, full=full, share=share), basis))
    over = (took + school) * 365 > part * full
    sheet.steps.append(
        Step(said("step.took_beyond" if over else "step.left_whole", took=took, left=left), basis)
    )
    sheet.assumed.append(said("assumed.last_day"))
    if told.hired_on is None:
        sheet.assumed.append(said("assumed.all_year"))
    headline = said("headline.leaving", left=left) if left else said("headline.leaving_none")
    days = Figure(whole_days_left(part, full, school), "days")
    sheet.concludes(headline, days=days, left_days=Figure(left, "days"))
    return Decimal(left)


def _given_up(sheet: _Sheet) -> None:
    """实施办法 第十条第二款."""
    sheet.steps.append(Step(said("step.gave_up"), (Citation(DETAIL, "第十条", "第二款"),)))
    sheet.assumed.append(said("assumed.gave_up"))
    sheet.concludes(said("headline.gave_up"), extra_pay=Figure(Decimal(0), "yuan"))
    sheet.checks.append(said("check.gave_up"))


def _pay(told: AnnualLeave, wage: Decimal, left: Decimal, sheet: _Sheet) -> None:
    """300 % of the day's wage; the ordinary wage of the day is in it (实施办法 第十条, 第十一条)."""
    if not left:
        return
    total = _cents(wage * 3 * left / PAID_DAYS)
    extra = _cents(wage * 2 * left / PAID_DAYS)
    daily = _cents(wage / PAID_DAYS)
    sheet.steps += [
        Step(said("step.daily", wage=wage, days=PAID_DAYS, daily=daily), (Citation(DETAIL, "第十一条"),)),
        Step(
            said("step.pay", wage=wage, days=PAID_DAYS, left=left, total=total, extra=extra),
            (Citation(LAW, "第五条", "第三款"), Citation(DETAIL, "第十条", "第一款")),
        ),
    ]
    if told.leaves_on is None:
        sheet.assumed.append(said("assumed.not_arranged"))
    if told.gave_up is None:
        sheet.assumed.append(said("assumed.not_given_up"))
    sheet.concludes(
        said("headline.pay", left=left, extra=extra),
        total_pay=Figure(total, "yuan"),
        extra_pay=Figure(extra, "yuan"),
    )
    sheet.checks.append(said("check.wage"))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


CALCULATOR = calculator("annual_leave", "leave", AnnualLeave, work_out)
