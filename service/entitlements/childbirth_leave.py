"""The mother's leave: the country's days and what the province adds, from which day to which.

女职工劳动保护特别规定 第七条第一款, 第八条, 第九条; the provinces' 人口与计划生育条例.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from service.entitlements.birth_extension import Extension, extension
from service.entitlements.calendar_months import last_day
from service.entitlements.inputs import needed
from service.entitlements.leave_days import DAY, last_without_holidays
from service.entitlements.maternity_told import (
    LONGEST_WEEKS,
    SPECIAL_RULES,
    MaternityLeave,
    day_of_rules,
    special_rule,
)
from service.entitlements.parameters import Parameter, Parameters
from service.entitlements.working import Figure, Impossible, Said, Step, Working, said


@dataclass(slots=True)
class _Account:
    """What is being put together. `days` are the country's with what is added for this very birth, `before`
    how many of them may lie before it."""

    days: int
    before: int
    figures: dict[str, Figure]
    steps: list[Step]
    assumed: list[Said] = field(default_factory=list)
    changes: list[Said] = field(default_factory=list)
    checks: list[Said] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)


def childbirth(told: MaternityLeave, parameters: Parameters, on: date) -> Working:
    """Work out the mother's leave."""
    province, day = needed(told.province, "province"), day_of_rules(told, on)
    national = parameters.find("maternity-leave", day)
    if national is None:
        raise Impossible("birth_date", said("impossible.before_law", day=day))
    added = extension(told, parameters.find("birth-leave-extension", day, place=province), province)
    account = _national(told, national, added.rule)
    account.parameters += [national] if added.rule is None else [national, added.rule]
    account.figures |= added.figures
    account.steps += added.steps
    account.assumed += added.assumed
    account.checks += added.checks
    if added.exact:
        account.figures["total_days"] = Figure(account.days + (added.days or 0), "days")
    headline = _with_dates(told, account, added, parameters) or _headline(account, added, province, day)
    if day >= SPECIAL_RULES:
        _nursing(told, account)
        account.steps.append(Step(said("step.pay"), (special_rule("第八条", "第一款"),)))
    return Working(
        headline=headline,
        figures=account.figures,
        steps=tuple(account.steps),
        assumed=tuple(account.assumed),
        changes=tuple(account.changes),
        checks=(*account.checks, said("check.certificate")),
        parameters=tuple(account.parameters),
    )


def _national(told: MaternityLeave, national: Parameter, own: Parameter | None) -> _Account:
    days = int(national.number("days"))
    figures = {"national_days": Figure(days, "days")}
    if not national.has("before_birth"):
        step = Step(said("step.before_2012", days=days), (national.citation,))
        return _Account(days, 0, figures, [step], checks=[said("check.before_2012")])
    before = int(national.number("before_birth"))
    base = Step(said("step.national", days=days, before=before), (national.citation,))
    account = _Account(days, before, figures, [base])
    _difficult(told, account, national, own)
    _further_children(told, account, national, own)
    return account


def _difficult(told: MaternityLeave, account: _Account, national: Parameter, own: Parameter | None) -> None:
    """第七条 speaks of 难产 alone; whether a caesarean is one, only some provinces say."""
    by_rule = own is not None and own.has("caesarean_is_difficult")
    if told.caesarean and not told.difficult and not by_rule:
        account.checks.append(said("check.caesarean"))
    if not (told.difficult or (told.caesarean and by_rule)):
        if told.difficult is None and told.caesarean is None:
            account.assumed.append(said("assumed.not_difficult"))
        return
    rule = own if own is not None and own.has("difficult_days") else None
    days = int(national.number("difficult") if rule is None else rule.number("difficult_days"))
    key = "step.difficult" if days else "step.difficult_within"
    account.days += days
    account.figures["difficult_days"] = Figure(days, "days")
    account.steps.append(Step(said(key, days=days), ((rule or national).citation,)))


def _further_children(
    told: MaternityLeave, account: _Account, national: Parameter, own: Parameter | None
) -> None:
    babies = 1 if told.babies is None else told.babies
    if babies == 0:
        raise Impossible("babies", said("impossible.no_baby"))
    if told.babies is None:
        account.assumed.append(said("assumed.one_baby"))
    if babies == 1:
        return
    if own is not None and own.has("further_child_not_read"):
        account.checks.append(said("check.further_children"))
        return
    each = int(national.number("each_further_child"))
    days = each * (babies - 1)
    account.days += days
    account.figures["further_child_days"] = Figure(days, "days")
    step = said("step.further_children", babies=babies, more=babies - 1, each=each, days=days)
    account.steps.append(Step(step, (national.citation,)))


def _headline(account: _Account, added: Extension, province: str, day: date) -> Said:
    days = account.days
    if added.months is not None:
        return said("headline.months", days=days, province=province, months=added.months)
    if added.days is None:
        if day < SPECIAL_RULES:
            return said("headline.before_2012", days=days)
        return said("headline.national", days=days, province=province)
    total = days + added.days
    if added.most is not None:
        return said("headline.range", least=total, most=days + added.most)
    return said("headline.total", total=total, days=days, province=province, further=added.days)


def _with_dates(
    told: MaternityLeave, account: _Account, added: Extension, parameters: Parameters
) -> Said | None:
    """Add from which day to which; return the conclusion where both are sure."""
    begin = _begin(told, account)
    if begin is None:
        account.changes.append(said("change.dates"))
        return None
    if added.from_birth and told.birth_date is not None and begin < told.birth_date:
        account.checks.append(said("check.from_birth"))
        return None
    if added.from_birth and told.birth_date is None:
        account.assumed.append(said("assumed.begins_at_birth", day=begin))
    last = _last(begin, account, added)
    values = {"first": begin, "last": last}
    account.figures["first_day"] = Figure(begin, "date")
    if added.holidays_move_it:
        return _put_off(begin, last, account, added, parameters)
    if not (added.exact or added.months):
        name, key = _partial(added)
        account.figures[name] = Figure(last, "date")
        account.steps.append(Step(said(key, **values)))
        return None
    total = (last - begin).days + 1
    account.figures |= {"last_day": Figure(last, "date"), "total_days": Figure(total, "days")}
    account.steps.append(Step(said("step.last", **values)))
    if not added.holidays_counted:
        account.assumed.append(said("assumed.calendar_days"))
    return said("headline.dates", total=total, **values)


def _put_off(
    begin: date, last: date, account: _Account, added: Extension, parameters: Parameters
) -> Said | None:
    """Add the last day with the holidays, if those of the years are known; else the day before them."""
    total = account.days + (added.days or 0)
    if added.holidays_move_all:
        counted = last_without_holidays(begin, total, parameters)
    else:
        counted = last_without_holidays(begin + account.days * DAY, added.days or 0, parameters)
    if counted is None:
        account.figures["last_day_before_holidays"] = Figure(last, "date")
        account.steps.append(Step(said("step.last_before_holidays", first=begin, last=last)))
        return None
    end, years = counted
    holidays = (end - last).days
    account.parameters += years
    account.figures |= {"last_day": Figure(end, "date"), "holidays": Figure(holidays, "days")}
    step = said("step.last_with_holidays", first=begin, last=end, holidays=holidays)
    account.steps.append(Step(step))
    return said("headline.dates", total=total, first=begin, last=end)


def _partial(added: Extension) -> tuple[str, str]:
    if added.days is None:
        return "last_day_without_extension", "step.last_without_extension"
    return "last_day_at_least", "step.last_at_least"


def _begin(told: MaternityLeave, account: _Account) -> date | None:
    """Return the first day of leave; of the days before the birth fifteen are part of it (第七条)."""
    birth = told.birth_date
    if birth is None:
        return told.start
    earliest = birth - account.before * DAY
    if told.start is None:
        if account.before:
            account.figures["earliest_start"] = Figure(earliest, "date")
            account.steps.append(Step(said("step.earliest", day=earliest, birth=birth)))
        account.assumed.append(said("assumed.begins_at_birth", day=birth))
        return birth
    if told.start > birth:
        raise Impossible("start", said("impossible.starts_late", birth=birth))
    if (birth - told.start).days > LONGEST_WEEKS * 7:  # a day said without its year was taken for a past one
        raise Impossible("start", said("impossible.starts_early", start=told.start, birth=birth))
    if told.start >= earliest:
        return told.start
    early = said("step.early", day=earliest, days=(earliest - told.start).days)
    account.steps.append(Step(early, (special_rule("第七条", "第一款"),)))
    account.checks.append(said("check.early"))
    return earliest


def _last(begin: date, account: _Account, added: Extension) -> date:
    after = begin + account.days * DAY
    if added.months is not None:
        return last_day(after, added.months)
    return after + (added.days or 0) * DAY - DAY


def _nursing(told: MaternityLeave, account: _Account) -> None:
    """第九条: an hour a day until the child is one, one more for every further child."""
    hours = told.babies or 1
    account.figures["nursing_hours"] = Figure(hours, "hours")
    account.steps.append(Step(said("step.nursing", hours=hours), (special_rule("第九条", "第二款"),)))
