"""Retirement: when the age is reached, how early or late one may go, and what contributions it takes.

国务院关于渐进式延迟法定退休年龄的办法 (since 2025-01-01) with 实施弹性退休制度暂行办法; before that the two
provisional measures of 1978. Special kinds of work (第八条) are not worked out: the ages that hold for them
now could not be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from retrieval.passages import Citation
from service.entitlements.calculator import calculator
from service.entitlements.inputs import needed
from service.entitlements.parameters import Parameter, Parameters
from service.entitlements.retirement_ages import Month, contribution_months, month_of, retirement
from service.entitlements.retirement_case import (
    Case,
    Post,
    Result,
    RetirementDate,
    Sex,
    Wish,
    aged,
    month_figures,
)
from service.entitlements.retirement_flexible import early, late
from service.entitlements.working import Figure, Impossible, Said, Step, Working, said

DECISION = "全国人民代表大会常务委员会关于实施渐进式延迟法定退休年龄的决定"
IN_FORCE = date(1978, 6, 2)
"""Of the two measures of 1978; what held before could not be read."""
PENSIONS_READ_FROM = Month(2011, 7)
"""社会保险法: the contributions it took to retire before could not be read."""
WORKING_AGE_MONTHS = 12 * 16
"""劳动法 第十五条: nobody younger is employed."""

RULES: Mapping[Post | None, str] = MappingProxyType(
    {
        None: "retirement-age-man",
        Post.MANAGEMENT: "retirement-age-woman-55",
        Post.OPERATION: "retirement-age-woman-50",
    }
)


def work_out(told: RetirementDate, parameters: Parameters, on: date) -> Working:
    """Work out the statutory month of retirement, or the earliest or latest one where that is wished."""
    if on < IN_FORCE:
        raise Impossible("on", said("impossible.before_rules", day=IN_FORCE))
    sex, birth = needed(told.sex, "sex"), needed(told.birth, "birth")
    _check(told, birth, on)
    post = needed(told.post, "post") if sex is Sex.WOMAN else None
    if post is Post.UNSURE:
        return _either(birth, parameters, on)
    ages = parameters.get(RULES[post], on)
    own = retirement(month_of(birth), ages)
    contributions = parameters.find("pension-contribution-years", on)
    if own.month < PENSIONS_READ_FROM:
        contributions = None
    case = Case(told, birth, on, ages, own, contributions)
    flexible = _flexible(case, parameters)
    result = _statutory(case)
    if flexible is not None and told.wish is Wish.EARLY:
        early(case, flexible, result)
    elif flexible is not None:
        late(case, flexible, result)
    assumed = _contributions(case, result)
    if not ages.has("begins"):
        assumed.append(said("assumed.ten_years"))
    return Working(
        headline=result.headline,
        figures=result.figures,
        steps=tuple(result.steps),
        assumed=tuple(assumed),
        changes=_changes(case),
        checks=_checks(sex, *result.checks),
        parameters=tuple(one for one in (ages, contributions, flexible) if one is not None),
    )


def _check(told: RetirementDate, birth: date, on: date) -> None:
    if birth > on:
        raise Impossible("birth", said("impossible.not_born"))
    if month_of(birth).plus(WORKING_AGE_MONTHS).day(birth.day) > on:
        raise Impossible("birth", said("impossible.too_young"))
    if told.paid_years is not None and told.paid_years * 12 > month_of(birth).until(month_of(on)):
        raise Impossible("paid_years", said("impossible.paid_too_long", years=told.paid_years))


def _flexible(case: Case, parameters: Parameters) -> Parameter | None:
    """Return the rule of retiring early or late if that is wished. Raises Impossible where it is too late."""
    if case.told.wish in (None, Wish.ON_TIME):
        return None
    found = parameters.find("flexible-retirement", case.on)
    if found is None:
        raise Impossible("wish", said("impossible.not_flexible_then"))
    if case.reached:
        at = case.retirement.month
        raise Impossible("wish", said("impossible.reached", year=at.year, month=at.month))
    return found


def _statutory(case: Case) -> Result:
    own, delayed = case.retirement, case.ages.has("begins")
    at, before = own.month, own.original_month
    key = "headline.reached" if case.reached else "headline.statutory" if delayed else "headline.then"
    original = said("step.original", original=own.original, year=before.year, month=before.month)
    steps = [Step(original, (case.ages.citation,))]
    if delayed:
        steps += [_delay(case), Step(aged("step.statutory", own.age_months, at))]
    figures = {
        **month_figures("retire", at),
        "age_years": Figure(own.age_months // 12, "years"),
        "age_months": Figure(own.age_months % 12, "months"),
        "delay_months": Figure(own.delay_months, "months"),
    }
    return Result(aged(key, own.age_months, at), at, at.year, figures, steps)


def _delay(case: Case) -> Step:
    own, rule = case.retirement, case.ages
    if not own.delay_months:
        return Step(said("step.no_delay"), (rule.citation, Citation(DECISION)))
    step, reached = rule.number("step_months"), rule.number("reached")
    begins, delay = rule.day("begins"), own.delay_months
    sentence = said("step.delay", begins=begins, step=step, delay=delay, reached=reached)
    return Step(sentence, (rule.citation,))


def _contributions(case: Case, result: Result) -> list[Said]:
    """Add what contributions it takes and whether they will be enough. Return what that takes for granted."""
    if case.contributions is None:
        return [said("assumed.no_contributions")]
    required = contribution_months(result.counts, case.contributions)
    basis = (case.contributions.citation,)
    key = "step.required" if required % 12 else "step.required_whole"
    length = {"years": required // 12, "months": required % 12}
    result.steps.append(Step(said(key, year=result.counts, **length), basis))
    result.figures["required_months"] = Figure(required, "months")
    paid, short = case.paid_by(result.leaves), case.short_by(result.leaves, result.counts)
    if paid is None or short is None:
        return []
    result.figures["short_months"] = Figure(short, "months")
    result.checks.append(said("check.paid"))
    if short:
        result.steps.append(Step(aged("step.short", paid, result.leaves, short=short), basis))
    else:
        result.steps.append(Step(aged("step.enough", paid, result.leaves)))
    return [said("assumed.paying")] if month_of(case.on) < result.leaves else []


def _either(birth: date, parameters: Parameters, on: date) -> Working:
    """Work out both ages for a woman who does not know what her post counts as."""
    figures: dict[str, Figure] = {}
    steps: list[Step] = []
    months: dict[str, int] = {}
    rules = [parameters.get(RULES[post], on) for post in (Post.OPERATION, Post.MANAGEMENT)]
    for rule in rules:
        own = retirement(month_of(birth), rule)
        at, name = own.month, str(own.original)
        figures |= month_figures(f"retire_{name}", at)
        months |= {f"year_{name}": at.year, f"month_{name}": at.month}
        sentence = aged("step.either", own.age_months, at, original=own.original)
        steps.append(Step(sentence, (rule.citation,)))
    return Working(
        headline=said("headline.either", **months),
        figures=figures,
        steps=tuple(steps),
        changes=(said("change.post"), _special(rules[0])),
        checks=_checks(Sex.WOMAN),
        parameters=tuple(rules),
    )


def _changes(case: Case) -> tuple[Said, ...]:
    changes = []
    if case.told.paid_years is None and case.contributions is not None:
        changes.append(said("change.paid"))
    if case.told.wish is None and case.ages.has("begins") and not case.reached:
        changes.append(said("change.wish"))
    return (*changes, _special(case.ages))


def _special(rule: Parameter) -> Said:
    """Special kinds of work: 办法 第八条; the ages before 2025 are in 工人退休、退职的暂行办法 第一条."""
    return said("change.special" if rule.has("begins") else "change.special_then")


def _checks(sex: Sex, *more: Said) -> tuple[Said, ...]:
    post = (said("check.post"),) if sex is Sex.WOMAN else ()
    return (said("check.birth"), *post, *more, said("check.day"))


CALCULATOR = calculator("retirement_date", "retirement", RetirementDate, work_out)
