"""Probation: how long it may be and what is due in it (劳动合同法 第十九条, 第二十条, 第八十三条)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated

from retrieval.passages import Citation
from service.entitlements.calculator import calculator
from service.entitlements.inputs import Inputs, Kind, Money, Months, YesNo, needed
from service.entitlements.parameters import Parameters
from service.entitlements.working import Figure, Impossible, Said, Step, Working, said

LAW, DETAIL = "劳动合同法", "劳动合同法实施条例"
IN_FORCE = date(2008, 1, 1)
"""劳动合同法 第九十八条."""
DETAIL_IN_FORCE = date(2008, 9, 18)
"""实施条例 第三十八条."""
LIMITS = ((Decimal(3), 0), (Decimal(12), 1), (Decimal(36), 2))
"""Months of a fixed term below which probation may have that many months at most (第十九条第一、三款)."""
LONGEST = 6
LEAST_SHARE = Decimal(80)
"""Percent of the agreed wage (第二十条)."""


class Term(StrEnum):
    """How long the contract runs."""

    FIXED = "fixed"
    OPEN = "open"
    TASK = "task"
    PART_TIME = "part_time"


NONE = {
    Term.TASK: (Citation(LAW, "第十九条", "第三款"),),
    Term.PART_TIME: (Citation(LAW, "第七十条"),),
}
"""Contracts that may have no probation, whatever their length."""


class Probation(Inputs):
    """`agreed_months` were agreed on probation, `served_months` of it are worked. `wage` is that after it,
    `paid_wage` that in it; `lowest_of_post` the lowest of the same post, `minimum_wage` that of the place."""

    term: Annotated[Term | None, Kind.CHOICE] = None
    contract_months: Months = None
    agreed_months: Months = None
    second_time: YesNo = None
    only_probation: YesNo = None
    served_months: Months = None
    wage: Money = None
    paid_wage: Money = None
    lowest_of_post: Money = None
    minimum_wage: Money = None


def work_out(told: Probation, _parameters: Parameters, on: date) -> Working:
    """Work out the longest probation and, where they are told, what is over it and the least pay in it."""
    if on < IN_FORCE:
        raise Impossible("on", said("impossible.before_law", day=IN_FORCE))
    longest, steps, headline = _longest(told)
    figures = {"longest_months": Figure(longest, "months")}
    if told.agreed_months is not None:
        over = max(told.agreed_months - longest, Decimal(0))
        steps.append(_compared(told.agreed_months, longest, over))
        figures["over_months"] = Figure(over, "months")
        if over and longest:
            headline = said("headline.too_long", months=longest, over=over)
        if over and told.served_months is not None:
            more, served_steps = _damages(told, told.agreed_months, told.served_months, longest)
            figures |= more
            steps += served_steps
    if longest and (told.wage is not None or told.paid_wage is not None):
        more, pay_steps = _pay(told, needed(told.wage, "wage"), on)
        figures |= more
        steps += pay_steps
    return Working(
        headline=_concluded(headline, figures),
        figures=figures,
        steps=tuple(steps),
        assumed=() if told.second_time is not None else (said("assumed.first_time"),),
        changes=_changes(told, longest),
        checks=(said("check.contract"), said("check.arbitration")),
    )


def _concluded(headline: Said, figures: Mapping[str, Figure]) -> Said:
    """Return the conclusion: money that is due, then what is agreed too long, then the least pay."""
    amounts = {name: figure.value for name, figure in figures.items()}
    if amounts.get("damages") and headline.key != "headline.only_probation":
        return said("headline.damages", over=amounts["served_over_months"], damages=amounts["damages"])
    if headline.key != "headline.longest" or "least_pay" not in amounts:
        return headline
    least = amounts["least_pay"]
    if short := amounts.get("short_pay"):
        return said("headline.short", short=short, least=least)
    return said("headline.least", months=amounts["longest_months"], least=least)


def _longest(told: Probation) -> tuple[int, list[Step], Said]:
    """Return the longest probation in months, how it comes about, and the conclusion."""
    none = told.second_time or told.only_probation
    if none and told.term is None and told.contract_months is None:
        longest, steps = 0, []
    else:
        longest, step = _by_term(told)
        steps = [step]
    if told.second_time:
        once = Step(said("step.once"), (Citation(LAW, "第十九条", "第二款"),))
        return 0, [*steps, once], said("headline.once")
    if told.only_probation:
        alone = Step(said("step.only_probation"), (Citation(LAW, "第十九条", "第四款"),))
        return 0, [*steps, alone], said("headline.only_probation")
    return longest, steps, said("headline.longest", months=longest) if longest else said("headline.none")


def _by_term(told: Probation) -> tuple[int, Step]:
    # Whoever tells how long a contract runs has told that it has an end.
    fixed = Term.FIXED if told.contract_months is not None else None
    term = needed(told.term or fixed, "term")
    if term in NONE:
        return 0, Step(said(f"step.{term.value}"), NONE[term])
    if term is Term.OPEN:
        if told.contract_months is not None:
            raise Impossible("contract_months", said("impossible.open_with_months"))
        return LONGEST, Step(said("step.open", months=LONGEST), (Citation(LAW, "第十九条", "第一款"),))
    months = needed(told.contract_months, "contract_months")
    if months <= 0:
        raise Impossible("contract_months", said("impossible.no_term"))
    if told.agreed_months is not None and told.agreed_months > months:
        raise Impossible(
            "agreed_months",
            said("impossible.longer_than_contract", agreed=told.agreed_months, contract=months),
        )
    longest = next((limit for below, limit in LIMITS if months < below), LONGEST)
    paragraph = "第三款" if longest == 0 else "第一款"
    key = "step.fixed" if longest else "step.short"
    return longest, Step(said(key, contract=months, months=longest), (Citation(LAW, "第十九条", paragraph),))


def _compared(agreed: Decimal, longest: int, over: Decimal) -> Step:
    if over:
        return Step(said("step.too_long", agreed=agreed, over=over), (Citation(LAW, "第八十三条"),))
    return Step(said("step.within", agreed=agreed, months=longest))


def _damages(
    told: Probation, agreed: Decimal, served: Decimal, longest: int
) -> tuple[dict[str, Figure], list[Step]]:
    """第八十三条: the wage after probation, for the time worked beyond what is allowed."""
    if served > agreed:
        raise Impossible("served_months", said("impossible.served", served=served, agreed=agreed))
    over = max(served - longest, Decimal(0))
    figures = {"served_over_months": Figure(over, "months")}
    if not over:
        return figures, [Step(said("step.not_yet_over", served=served, months=longest))]
    wage = needed(told.wage, "wage")
    damages = _cents(wage * over)
    values = {"wage": wage, "over": over, "damages": damages}
    step = Step(said("step.damages", **values), (Citation(LAW, "第八十三条"),))
    return figures | {"damages": Figure(damages, "yuan")}, [step]


def _pay(told: Probation, wage: Decimal, on: date) -> tuple[dict[str, Figure], list[Step]]:
    least, steps = _least_pay(told, wage, on)
    figures = {"least_pay": Figure(least, "yuan")}
    if told.paid_wage is not None:
        short = max(least - told.paid_wage, Decimal(0))
        figures["short_pay"] = Figure(short, "yuan")
        key = "step.paid_too_little" if short else "step.paid_enough"
        basis = (Citation(LAW, "第二十条"), Citation(LAW, "第八十五条")) if short else ()
        steps.append(Step(said(key, paid=told.paid_wage, least=least, short=short), basis))
    return figures, steps


def _least_pay(told: Probation, wage: Decimal, on: date) -> tuple[Decimal, list[Step]]:
    """实施条例 第十五条 gives two measures, either of which may be kept, with the minimum wage below both."""
    detail = (Citation(DETAIL, "第十五条"),) if on >= DETAIL_IN_FORCE else ()
    basis = (Citation(LAW, "第二十条"), *detail)
    least = _share(wage)
    steps = [Step(said("step.share", wage=wage, percent=LEAST_SHARE, least=least), basis)]
    if told.lowest_of_post is not None and _share(told.lowest_of_post) < least:
        least = _share(told.lowest_of_post)
        values = {"lowest": told.lowest_of_post, "percent": LEAST_SHARE, "least": least}
        steps.append(Step(said("step.lowest", **values), basis))
    if told.minimum_wage is not None and told.minimum_wage > least:
        least = told.minimum_wage
        steps.append(Step(said("step.minimum", least=least), basis))
    return least, steps


def _share(wage: Decimal) -> Decimal:
    return _cents(wage * LEAST_SHARE / 100)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _changes(told: Probation, longest: int) -> tuple[Said, ...]:
    changes = [said("change.term")]
    if told.agreed_months is not None and told.agreed_months > longest and told.served_months is None:
        changes.append(said("change.served" if told.wage is not None else "change.served_and_wage"))
    if told.wage is None and longest:
        changes.append(said("change.wage"))
    elif longest and told.minimum_wage is None:
        changes.append(said("change.minimum"))
    return tuple(changes)


CALCULATOR = calculator("probation", "contract", Probation, work_out)
