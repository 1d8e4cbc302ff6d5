"""The two sums paid on leaving with a grade from 5 to 10, by the rules of provinces that have been read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from retrieval.passages import Citation
from service.entitlements.inputs import needed
from service.entitlements.parameters import Parameter, Parameters
from service.entitlements.work_injury_told import LAW, Part, Payer, WorkInjury, cents, held, local_average
from service.entitlements.working import Figure, Step, Value, said

OF_AVERAGE = "work-injury-leaving-of-average"
OF_OWN_WAGE = {True: "work-injury-leaving-of-own-wage-5-6", False: "work-injury-leaving-of-own-wage-7-10"}
"""Parameters: months of the average wage, or of one's own, by grade; 第三十六、三十七条 leave the sums to the
provinces."""
MILDEST_BY_OWN_WISH = 6
"""Grades 5 and 6 leave by their own wish (第三十六条第二款), 7 to 10 also when the term ends (第三十七条)."""


def leaving(told: WorkInjury, grade: int, own: Decimal, parameters: Parameters, on: date) -> Part:
    """Work out the sums of leaving; `leaving_total` is there when both are known. Raises ValueMissing."""
    place = needed(told.province, "province")
    of_average = parameters.find(OF_AVERAGE, on, place=place)
    by_wish = grade <= MILDEST_BY_OWN_WISH
    rule = of_average or parameters.find(OF_OWN_WAGE[by_wish], on, place=place)
    article = Citation(LAW, "第三十六条", "第二款") if by_wish else Citation(LAW, "第三十七条")
    if rule is None:
        told_of = Step(said("step.leaving_elsewhere", payer=told.fund()), (article,))
        return Part(steps=(told_of,), checks=(said("check.leaving_elsewhere", place=place),))
    base, base_steps = _base(told, own, rule, of_average is not None)
    basis = (article, rule.citation)
    medical_months, work_months = rule.number(f"medical_{grade}"), rule.number(f"employment_{grade}")
    medical, work = cents(base * medical_months), cents(base * work_months)
    values: dict[str, Value] = {"place": place, "grade": grade, "base": cents(base)}
    steps = [
        *base_steps,
        Step(said("step.medical", **values, months=medical_months, sum=medical, payer=told.fund()), basis),
    ]
    figures = {"medical_lump": Figure(medical, "yuan")}
    assumed = [said("assumed.own_wish" if by_wish else "assumed.wish_or_term")]
    checks = [said("check.rule", place=place, note=rule.note or "")]
    if rule.has("disease_extra"):
        checks.append(said("check.disease", place=place, percent=rule.number("disease_extra")))
    if rule.has("full_years") and told.near_retirement:
        # what is left in a broken year is for the office to say: the articles can be read in two ways
        reduced = said("step.near_retirement", place=place, years=rule.number("full_years"))
        steps.append(Step(reduced, (rule.citation,)))
    else:
        paid = said("step.employment", **values, months=work_months, sum=work, payer=Payer.EMPLOYER)
        steps.append(Step(paid, basis))
        figures["employment_lump"] = Figure(work, "yuan")
        figures["leaving_total"] = Figure(medical + work, "yuan")
        if rule.has("full_years") and told.near_retirement is None:
            assumed.append(said("assumed.far_from_retirement", years=rule.number("full_years")))
    return Part(figures, tuple(steps), tuple(assumed), tuple(checks), (rule,))


def _base(told: WorkInjury, own: Decimal, rule: Parameter, of_average: bool) -> tuple[Decimal, list[Step]]:
    """Return the monthly sum that months are counted by.

    广东省工伤保险条例 第三十三条 takes the wage of the last 12 months where it is the higher one.
    """
    if of_average:
        return local_average(told), []
    recent = told.recent_wage
    if recent is not None and told.local_average is not None:
        recent = held(recent, told.local_average)
    if recent is None or recent <= own:
        return own, []
    raised = said("step.recent_wage", own=cents(own), recent=cents(recent))
    return recent, [Step(raised, (Citation(rule.value.law, "第三十三条"),))]
