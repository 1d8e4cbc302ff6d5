"""Notice: how long before the last day, and which days that makes (劳动合同法 第三十七条 to 第四十四条)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from retrieval.passages import Citation
from service.entitlements.calculator import calculator
from service.entitlements.inputs import Day, Inputs, Kind, Place, YesNo, needed
from service.entitlements.parameters import Parameter, Parameters
from service.entitlements.working import Figure, Impossible, Said, Step, Working, said

LAW = "劳动合同法"
IN_FORCE = date(2008, 1, 1)
"""第九十八条."""
CIVIL_CODE = date(2021, 1, 1)
"""民法典 第二百零一条 says how days are counted since then."""
DAYS, DAYS_IN_PROBATION = 30, 3
EXPIRY = "expiry-notice"


class Case(StrEnum):
    """Who ends the employment, and why."""

    RESIGN = "resign"
    FAULT = "fault"
    FORCED = "forced"
    MEDICAL = "medical"
    INCOMPETENT = "incompetent"
    MAJOR_CHANGE = "major_change"
    LAYOFF = "layoff"
    MISCONDUCT = "misconduct"
    UNFIT = "unfit"
    EXPIRY = "expiry"
    AGREED = "agreed"
    PART_TIME = "part_time"


class NoticePeriod(Inputs):
    """`given_on` is the day the notice reaches the other side; `last_day` the last day of the contract, as
    wished or announced. Both may lack: then only the days are said."""

    case: Annotated[Case | None, Kind.CHOICE] = None
    in_probation: YesNo = None
    place: Place = None
    given_on: Day = None
    last_day: Day = None


@dataclass(frozen=True, slots=True)
class Notice:
    """How many days, the place that says so and, for some places, the dated value it was read from."""

    days: int
    step: Step
    value: Parameter | None = None


WITHOUT = {
    Case.FAULT: (Citation(LAW, "第三十八条", "第一款"),),
    Case.FORCED: (Citation(LAW, "第三十八条", "第二款"),),
    Case.MISCONDUCT: (Citation(LAW, "第三十九条"), Citation(LAW, "第四十三条")),
    Case.UNFIT: (Citation(LAW, "第三十九条"), Citation(LAW, "第二十一条")),
    Case.AGREED: (Citation(LAW, "第三十六条"),),
    Case.PART_TIME: (Citation(LAW, "第七十一条"),),
}
"""Cases for which the law names no days, and where they stand."""
OR_A_MONTHS_PAY = frozenset({Case.MEDICAL, Case.INCOMPETENT, Case.MAJOR_CHANGE})
"""第四十条."""
NOT_IN_PROBATION = frozenset({Case.MAJOR_CHANGE, Case.LAYOFF})
"""第二十一条 names 第三十九条 and the first two items of 第四十条 only."""


def work_out(told: NoticePeriod, parameters: Parameters, on: date) -> Working:
    """Work out the days of notice and, where a day is told, the last day or the day of notice it makes."""
    if on < IN_FORCE:
        raise Impossible("on", said("impossible.before_law", day=IN_FORCE))
    case = needed(told.case, "case")
    notice = _notice(told, case, parameters, on)
    if told.given_on is not None and told.last_day is not None and told.last_day < told.given_on:
        raise Impossible("last_day", said("impossible.order", given=told.given_on, last=told.last_day))
    figures, steps, headline = _days(told, case, notice, on)
    return Working(
        headline=headline,
        figures={"notice_days": Figure(notice.days, "days")} | figures,
        steps=(notice.step, *steps),
        assumed=_assumed(told, case),
        changes=_changes(told, case, notice),
        checks=_checks(case, notice),
        parameters=(notice.value,) if notice.value is not None else (),
    )


def _notice(told: NoticePeriod, case: Case, parameters: Parameters, on: date) -> Notice:
    if case in WITHOUT:
        return Notice(0, Step(said(f"step.{case.value}"), WITHOUT[case]))
    if case is Case.RESIGN:
        basis = (Citation(LAW, "第三十七条"),)
        if needed(told.in_probation, "in_probation"):
            return Notice(
                DAYS_IN_PROBATION, Step(said("step.resign_in_probation", days=DAYS_IN_PROBATION), basis)
            )
        return Notice(DAYS, Step(said("step.resign", days=DAYS), basis))
    if case is Case.LAYOFF:
        return Notice(DAYS, Step(said("step.layoff", days=DAYS), (Citation(LAW, "第四十一条", "第一款"),)))
    if case is Case.EXPIRY:
        return _at_expiry(needed(told.place, "place"), parameters, on)
    return Notice(
        DAYS, Step(said("step.or_a_months_pay", case=case, days=DAYS), (Citation(LAW, "第四十条"),))
    )


def _at_expiry(place: str, parameters: Parameters, on: date) -> Notice:
    """第四十四条 ends a contract at its term without notice; some places want one, or say what follows."""
    local = parameters.find(EXPIRY, on, place=place)
    if local is None or not local.has("days"):
        law = Citation(LAW, "第四十四条")
        if local is None:
            return Notice(0, Step(said("step.expiry"), (law,)))
        return Notice(0, Step(said("step.expiry_noted"), (law, local.citation)), local)
    days = int(local.number("days"))
    return Notice(days, Step(said("step.expiry_local", place=place, days=days), (local.citation,)), local)


def _days(
    told: NoticePeriod, case: Case, notice: Notice, on: date
) -> tuple[dict[str, Figure], list[Step], Said]:
    """Return the figures, steps and headline of the days that are told.

    The day of notice is not counted (民法典 第二百零一条): the last of n days is n days after it.
    """
    given, last, days = told.given_on, told.last_day, notice.days
    if not days:
        return {}, [], said(f"headline.{case.value}")
    counting = _counting(given or last or on)
    if given is not None and last is not None:
        told_days = (last - given).days
        short = max(days - told_days, 0)
        earliest = given + timedelta(days=days)
        figures = {
            "given_days": Figure(told_days, "days"),
            "short_days": Figure(short, "days"),
            "earliest_last_day": Figure(earliest, "date"),
        }
        compared = said("step.compared", given=given, last=last, told=told_days, days=days)
        steps = [Step(compared, counting)]
        if not short:
            return figures, steps, said("headline.enough", told=told_days, days=days)
        if case in OR_A_MONTHS_PAY:
            steps.append(Step(said("step.short_or_pay"), (Citation(LAW, "第四十条"),)))
        if case is Case.RESIGN:
            steps.append(Step(said("step.short_resign"), (Citation(LAW, "第九十条"),)))
        return figures, steps, said("headline.short", told=told_days, short=short, earliest=earliest)
    if given is not None:
        earliest = given + timedelta(days=days)
        step = Step(said("step.earliest", given=given, days=days, earliest=earliest), counting)
        headline = said(f"headline.earliest_{_side(case)}", earliest=earliest)
        return {"earliest_last_day": Figure(earliest, "date")}, [step], headline
    if last is not None:
        latest = last - timedelta(days=days)
        step = Step(said("step.latest", last=last, days=days, latest=latest), counting)
        headline = said(f"headline.latest_{_side(case)}", last=last, latest=latest)
        return {"latest_notice_day": Figure(latest, "date")}, [step], headline
    if case is Case.RESIGN:
        return (
            {},
            [],
            said("headline.resign_in_probation" if told.in_probation else "headline.resign", days=days),
        )
    return (
        {},
        [],
        said(
            "headline.or_a_months_pay" if case in OR_A_MONTHS_PAY else f"headline.{case.value}_days",
            days=days,
        ),
    )


def _side(case: Case) -> str:
    """Say who is given how many days: oneself resigning, all at a layoff, or the employee by the unit."""
    return case.value if case in {Case.RESIGN, Case.LAYOFF} else "unit"


def _counting(day: date) -> tuple[Citation, ...]:
    return (Citation("民法典", "第二百零一条"),) if day >= CIVIL_CODE else ()


def _assumed(told: NoticePeriod, case: Case) -> tuple[Said, ...]:
    if case is Case.RESIGN and told.given_on is not None:
        return (said("assumed.received"),)
    return ()


def _changes(told: NoticePeriod, case: Case, notice: Notice) -> tuple[Said, ...]:
    changes = []
    if case is Case.RESIGN:
        changes += [said("change.resign"), said("change.secrets")]
    if case in OR_A_MONTHS_PAY:
        changes.append(said("change.a_months_pay"))
    if case in NOT_IN_PROBATION and told.in_probation:
        changes.append(said("change.probation"))
    if case is Case.EXPIRY:
        changes.append(said("change.prolonged"))
    if told.given_on is None and told.last_day is None and notice.days:
        changes.append(said("change.day"))
    elif told.given_on is not None and notice.days and case is not Case.EXPIRY:
        changes.append(said("change.holiday"))
    return tuple(changes)


def _checks(case: Case, notice: Notice) -> tuple[Said, ...]:
    if case in {Case.RESIGN, Case.FAULT, Case.FORCED}:
        return (said(f"check.{case.value}"),)
    if case is Case.EXPIRY:
        if notice.value is None:
            return (said("check.expiry"),)
        note = notice.value.note
        return (said("check.note", note=note),) if note else (said("check.expiry_local"),)
    if case in {Case.AGREED, Case.PART_TIME}:
        return (said("check.in_writing"),)
    return (said("check.union"), said("check.arbitration"))


CALCULATOR = calculator("notice_period", "termination", NoticePeriod, work_out)
