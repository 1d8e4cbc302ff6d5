"""Where a calculation stands: worked out, asking for a value, or with a sentence why it cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from language.provinces import find_provinces
from service import errors
from service.entitlements.calculation import Calculation
from service.entitlements.calculations import Calculations
from service.entitlements.inputs import Kind
from service.entitlements.working import Working
from service.knowledge.asked import Asked

UNKNOWN = "unknown"
"""The answer of the option that one does not know."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a calculation stands; `working` is None where it asks, or cannot be."""

    calculation: Calculation
    working: Working | None


class Settling:
    """Works calculations out as far as what was told goes. Threads may share this object."""

    def __init__(self, calculations: Calculations) -> None:
        self._calculations = calculations

    def settled(self, calculation: Calculation, asked: Asked) -> Outcome:
        """Work it out, or let it ask for what is missing or cannot be."""
        calculation = replace(calculation, begun=True)
        values = self._with_place(calculation, asked)
        name = calculation.calculator
        try:
            working = self._calculations.work_out(name, values, asked.as_of)
        except errors.ValueMissing as missing:
            return Outcome(replace(calculation, asked=str(missing.fields["field"])), None)
        except (errors.ValueImpossible, errors.ValueInvalid) as refused:
            field = str(refused.fields["field"])
            sentence = str(refused.fields["sentence"])
            asked_anew = field if field in self._calculations.calculator(name).inputs.model_fields else None
            wrong = replace(calculation.without(field), asked=asked_anew, remark=None, sentence=sentence)
            return Outcome(wrong, None)
        return Outcome(replace(calculation, asked=None, remark=None, sentence=None, misses=0), working)

    def _with_place(self, calculation: Calculation, asked: Asked) -> Mapping[str, object]:
        """Return the values, with the province of the asker's unit where none is told."""
        place = self.place(calculation, asked)
        return calculation.values if place is None else {**calculation.values, place[0]: place[1]}

    def place(self, calculation: Calculation, asked: Asked) -> tuple[str, str] | None:
        kinds = self._calculations.calculator(calculation.calculator).inputs.kinds()
        field = next((name for name, kind in kinds.items() if kind is Kind.PLACE), None)
        if field is None or field in calculation.values or asked.organisation is None:
            return None
        found = find_provinces(asked.organisation)
        return (field, found[0].value) if found else None

    def with_answer(self, calculation: Calculation, field: str, answer: str) -> Calculation:
        """Return a calculation with the answer of one of its options."""
        kind = self._calculations.calculator(calculation.calculator).inputs.kinds().get(field)
        if kind is None or answer == UNKNOWN:
            return calculation
        return calculation.told({field: answer == "yes" if kind is Kind.YES_NO else answer})
