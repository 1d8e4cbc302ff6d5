"""What a province adds to the mother's leave of the country (人口与计划生育法 第二十五条)."""

from __future__ import annotations

from dataclasses import dataclass

from service.entitlements.inputs import needed
from service.entitlements.maternity_told import MaternityLeave
from service.entitlements.parameters import Parameter
from service.entitlements.working import Figure, Impossible, Said, Step, said

THIRD = 3


@dataclass(frozen=True, slots=True)
class Extension:
    """Days or months that are added, or from `days` to `most` where the unit sets them. `days` is None where
    nothing is known, and where it is months."""

    rule: Parameter | None
    days: int | None = None
    most: int | None = None
    months: int | None = None
    steps: tuple[Step, ...] = ()
    assumed: tuple[Said, ...] = ()
    checks: tuple[Said, ...] = ()

    @property
    def figures(self) -> dict[str, Figure]:
        if self.months is not None:
            return {"extension_months": Figure(self.months, "months")}
        if self.days is None:
            return {}
        if self.most is not None:
            least = Figure(self.days, "days")
            return {"least_extension_days": least, "most_extension_days": Figure(self.most, "days")}
        return {"extension_days": Figure(self.days, "days")}

    @property
    def exact(self) -> bool:
        """Whether there is one number of days."""
        return self.days is not None and self.most is None

    @property
    def from_birth(self) -> bool:
        return self._says("from_birth")

    @property
    def holidays_move_it(self) -> bool:
        """Whether statutory holidays within the days that are added put off their end."""
        return self._says("holidays_out_of_extension") or self.holidays_move_all

    @property
    def holidays_move_all(self) -> bool:
        """Whether they do so in the country's days too."""
        return self._says("holidays_out_of_all")

    @property
    def holidays_counted(self) -> bool:
        return self._says("holidays_in")

    def _says(self, name: str) -> bool:
        return self.rule is not None and self.rule.has(name)


def extension(told: MaternityLeave, rule: Parameter | None, province: str) -> Extension:
    """Return what is added where the employee works."""
    if rule is None:
        return _of_unread(told, province)
    note, assumed, checks = _note(rule), (said("assumed.lawful"),), _newer(rule)
    if rule.has("months"):
        months = int(rule.number("months"))
        step = Step(said("step.extension_months", province=province, months=months), (rule.citation,))
        return Extension(rule, months=months, steps=(step, *note), assumed=assumed, checks=checks)
    if rule.has("least_days"):
        return _of_range(told, rule, province)
    days = _by_child(told, rule)
    step = Step(said("step.extension", province=province, days=days), (rule.citation,))
    if told.local_days is None or told.local_days == days:
        return Extension(rule, days, steps=(step, *note), assumed=assumed, checks=checks)
    key = "step.unit_gives_more" if told.local_days > days else "step.unit_gives_less"
    unit = Step(said(key, told=told.local_days, days=days), (rule.citation,))
    more = max(days, int(told.local_days))
    return Extension(rule, more, steps=(step, unit, *note), assumed=assumed, checks=checks)


def _of_unread(told: MaternityLeave, province: str) -> Extension:
    check = said("check.local", province=province)
    if told.local_days is None:
        return Extension(
            None, steps=(Step(said("step.extension_unread", province=province)),), checks=(check,)
        )
    days = int(told.local_days)
    step = Step(said("step.extension_told", days=days))
    return Extension(None, days, steps=(step,), assumed=(said("assumed.lawful"),), checks=(check,))


def _of_range(told: MaternityLeave, rule: Parameter, province: str) -> Extension:
    """福建省人口与计划生育条例 第二十四条 leaves the days to the unit, from so many to so many."""
    least, most = int(rule.number("least_days")), int(rule.number("most_days"))
    between = said("step.extension_range", province=province, least=least, most=most)
    step = Step(between, (rule.citation,))
    assumed, checks = (said("assumed.lawful"),), _newer(rule)
    if told.local_days is None:
        return Extension(rule, least, most, steps=(step, *_note(rule)), assumed=assumed, checks=checks)
    days = max(int(told.local_days), least)
    unit = Step(said("step.unit_sets", days=days))
    return Extension(rule, days, steps=(step, unit, *_note(rule)), assumed=assumed, checks=checks)


def _by_child(told: MaternityLeave, rule: Parameter) -> int:
    """Which child it is matters in some provinces only: it is asked there."""
    if told.child_number == 0:
        raise Impossible("child_number", said("impossible.no_child_number"))
    by_number = {2: "days_second", THIRD: "days_third"}
    if not any(rule.has(name) for name in by_number.values()):
        return int(rule.number("days"))
    number = min(needed(told.child_number, "child_number"), THIRD)
    name = by_number.get(number, "days")
    return int(rule.number(name if rule.has(name) else "days"))


def _note(rule: Parameter) -> tuple[Step, ...]:
    """What else the place's rule says."""
    return () if rule.note is None else (Step(said("step.note", note=rule.note), (rule.citation,)),)


def _newer(rule: Parameter) -> tuple[Said, ...]:
    return (said("check.newer", law=rule.citation.law),)
