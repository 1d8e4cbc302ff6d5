"""What is said beside the amount of severance: what was taken for granted, what changes it, what to check."""

from __future__ import annotations

from calendar import isleap
from datetime import date
from decimal import Decimal

from retrieval.passages import Citation
from service.entitlements.severance_reasons import WITH_NOTICE, Reason
from service.entitlements.working import Figure, Said, Step, Working, said

OWN_CHANGE = frozenset(
    {Reason.EMPLOYER_PROPOSED, Reason.LAYOFF, Reason.EMPLOYER_FAULT, Reason.UNLAWFUL, Reason.EXPIRED}
)
"""Reasons with a sentence of their own, `change.<reason>`."""
OWN_NOTHING = frozenset(
    {Reason.RESIGNED, Reason.SELF_PROPOSED, Reason.RENEWAL_REFUSED, Reason.MISCONDUCT, Reason.UNFIT}
)
"""Reasons that pay nothing, with the other way that is open."""


def nothing(reason: Reason, basis: tuple[Citation, ...], ended_on: date | None, on: date) -> Working:
    """Return the result of a reason that gives no compensation."""
    key = reason.value if reason in OWN_NOTHING else "other"
    return Working(
        headline=said("headline.nothing", reason=reason),
        figures={"amount": Figure(Decimal(0), "yuan"), "months": Figure(Decimal(0), "months")},
        steps=(Step(said("step.nothing", reason=reason), basis),),
        changes=(said(f"change.nothing_{key}"),),
        checks=(said("check.reason"), arbitration(ended_on, on)),
    )


def assumed(reason: Reason, average_wage: Decimal | None, *, cap_asked: bool) -> tuple[Said, ...]:
    """Return what was taken for granted."""
    sentences = [said("assumed.average"), said("assumed.one_unit")] if average_wage else []
    if not cap_asked:
        sentences.append(said("assumed.below_cap"))
    if reason is Reason.UNLAWFUL:
        sentences.append(said("assumed.unlawful"))
    if reason is Reason.MEDICAL:
        sentences.append(said("assumed.medical"))
    return tuple(sentences)


def changes(reason: Reason, *, minimum_told: bool) -> tuple[Said, ...]:
    """Return what would change the result."""
    sentences = [said(f"change.{reason.value}")] if reason in OWN_CHANGE else []
    if reason in WITH_NOTICE:
        sentences += [said("change.notice"), said("change.last_month")]
    sentences.append(said("change.merged"))
    if not minimum_told:
        sentences.append(said("change.minimum"))
    return tuple(sentences)


def checks(reason: Reason, ended_on: date | None, on: date, *, capped: bool) -> tuple[Said, ...]:
    """Return which figures to check with whom, and until when."""
    sentences = [said("check.wage")]
    if capped:
        sentences.append(said("check.local_average"))
    if reason is Reason.MEDICAL:
        sentences.append(said("check.medical"))
    if reason is Reason.UNLAWFUL:
        sentences.append(said("check.unlawful"))
    else:
        sentences.append(said("check.payment"))
    return (*sentences, arbitration(ended_on, on))


def arbitration(ended_on: date | None, on: date) -> Said:
    """Say until when to apply: a year from knowing of it (调解仲裁法 第二十七条), here from the last day."""
    if ended_on is None:
        return said("check.arbitration")
    last = _a_year_on(ended_on)
    return said("check.arbitration_past" if last < on else "check.arbitration_until", day=last)


def _a_year_on(day: date) -> date:
    """The corresponding day ends the year, or the last of its month (民法典 第二百零二条)."""
    if (day.month, day.day) == (2, 29) and not isleap(day.year + 1):
        return date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)
