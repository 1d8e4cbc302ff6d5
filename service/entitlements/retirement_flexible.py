"""Retiring early or late by choice (国务院关于渐进式延迟法定退休年龄的办法 第三条).

The notices are those of 实施弹性退休制度暂行办法.
"""

from __future__ import annotations

from retrieval.passages import Citation
from service.entitlements.inputs import needed
from service.entitlements.parameters import Parameter
from service.entitlements.retirement_ages import month_of
from service.entitlements.retirement_case import Case, Result, aged, month_figures
from service.entitlements.working import Step, said

ORDINANCE = "国务院关于渐进式延迟法定退休年龄的办法"


def early(case: Case, flexible: Parameter, result: Result) -> None:
    """第三条: up to three years, not before the original age, and only with contributions enough.

    The notice of three months may leave less of that time; contributions count by the year that is chosen.
    """
    own, notice = case.retirement, int(flexible.number("notice_early_months"))
    needed(case.told.paid_years, "paid_years")
    window = min(own.delay_months, int(flexible.number("most_months")))
    first = own.month.plus(-window)
    basis = (Citation(ORDINANCE, "第三条"), flexible.citation)
    values = {"original": own.original, "year": first.year, "month": first.month}
    result.steps.append(Step(said("step.early_window", **values), basis))
    free_from = month_of(case.on).plus(notice).day(case.on.day)
    in_time = [
        month
        for month in (first.plus(number) for number in range(window))
        if month.day(case.birth.day) >= free_from
    ]
    enough = [month for month in in_time if case.short_by(month, month.year) == 0]
    at = own.month
    if not enough:
        key = "early_short" if in_time else "early_too_late"
        result.headline = said(f"headline.{key}", year=at.year, month=at.month, notice=notice)
        return
    earliest = enough[0]
    told_by = earliest.plus(-notice)
    values = {"year": earliest.year, "month": earliest.month, "notice": notice}
    by = {"by_year": told_by.year, "by_month": told_by.month}
    result.steps.append(Step(said("step.early_notice", **values, **by), (flexible.citation,)))
    result.headline = aged("headline.early", month_of(case.birth).until(earliest), earliest)
    result.figures |= month_figures("earliest", earliest)
    result.leaves, result.counts = earliest, earliest.year


def late(case: Case, flexible: Parameter, result: Result) -> None:
    """第三条: up to three years by agreement with the employer, written down a month before.

    The contributions it takes stay those of the year of the statutory age.
    """
    own, most = case.retirement, int(flexible.number("most_months"))
    notice = int(flexible.number("notice_late_months"))
    latest = own.month.plus(most)
    basis = (Citation(ORDINANCE, "第三条"), flexible.citation)
    values = {"most": most // 12, "year": latest.year, "month": latest.month}
    result.steps.append(Step(said("step.late_window", **values), basis))
    passed = month_of(case.on).plus(notice).day(case.on.day) > own.month.day(case.birth.day)
    key = "step.late_notice_passed" if passed else "step.late_notice"
    result.steps.append(Step(said(key, notice=notice), (flexible.citation,)))
    result.headline = aged("headline.late", own.age_months + most, latest)
    result.figures |= month_figures("latest", latest)
    result.checks.append(said("check.managers"))
    result.leaves = latest
