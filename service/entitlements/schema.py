"""What a calculator takes, as JSON schema for programs and pages, and what is wrong with a value."""

from __future__ import annotations

from enum import Enum
from typing import Any, get_args

from annotated_types import Ge, Le
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from service.entitlements.calculator import Calculator
from service.entitlements.inputs import EARLIEST, LATEST, Kind
from service.entitlements.wording import CalculationWords, written
from service.errors import ValueInvalid
from service.texts import Texts

UNITS = (Kind.YEARS, Kind.MONTHS, Kind.DAYS, Kind.HOURS, Kind.MONEY, Kind.PERCENT)
TEXT_KEYS = (
    *(f"calculation.units.{kind}" for kind in UNITS),
    *(f"calculation.invalid.{key}" for key in ("unknown", "field", "option", *Kind)),
)


class Schemas:
    """Describes the inputs of calculators. Threads may share this object."""

    def __init__(self, texts: Texts, words: CalculationWords) -> None:
        texts.require(TEXT_KEYS)
        self._texts = texts
        self._words = words

    def schema(self, calculator: Calculator) -> dict[str, Any]:
        """Return the JSON schema of a calculator's inputs.

        Each field has `title` (what it is called), `description` (how it is asked for), `x-kind` (a Kind)
        and, where its kind has one, `x-unit`. A choice has `oneOf` with a `const` and a `title` each. None
        is required: the calculator asks for what the case needs.
        """
        made = calculator.inputs.model_json_schema()
        kinds = calculator.inputs.kinds()
        return {
            "type": "object",
            "title": self._words.title(calculator.name),
            "additionalProperties": False,
            "properties": {
                name: self._field(calculator, name, kinds[name], property_["anyOf"][0])
                for name, property_ in made["properties"].items()
            },
        }

    def _field(self, calculator: Calculator, name: str, kind: Kind, type_: dict[str, Any]) -> dict[str, Any]:
        """`type_` is the first of the types that pydantic takes; the others are numbers as text, and null."""
        told = {
            "title": self._words.label(calculator.name, name),
            "description": self._words.question(calculator.name, name),
            "x-kind": kind.value,
        }
        if kind in UNITS:
            told["x-unit"] = self._texts(f"calculation.units.{kind}")
        if kind is Kind.CHOICE:
            options = [
                {"const": value, "title": self._words.choice(calculator.name, value)}
                for value in choices(calculator, name)
            ]
            return {**told, "type": "string", "oneOf": options}
        if kind is Kind.DATE:
            days = {"formatMinimum": EARLIEST.isoformat(), "formatMaximum": LATEST.isoformat()}
            return {**told, **type_, **days}
        return {**told, **type_}

    def invalid(self, calculator: Calculator, error: ValidationError) -> ValueInvalid:
        """Return the first thing that is wrong, in words."""
        field = str(error.errors(include_url=False, include_input=False)[0]["loc"][0])
        kind = calculator.inputs.kinds().get(field)
        if kind is None:
            label, sentence = field, self._unknown(calculator, field)
        else:
            label = self._words.label(calculator.name, field)
            sentence = self._expected(calculator, field, kind, label)
        return ValueInvalid(field=field, label=label, sentence=sentence)

    def _unknown(self, calculator: Calculator, field: str) -> str:
        known = [
            self._texts(
                "calculation.invalid.field", label=self._words.label(calculator.name, name), field=name
            )
            for name in calculator.inputs.model_fields
        ]
        return self._texts("calculation.invalid.unknown", field=field, fields="、".join(known))

    def _expected(self, calculator: Calculator, field: str, kind: Kind, label: str) -> str:
        told: dict[str, object] = {"label": label}
        if kind is Kind.CHOICE:
            options = [
                self._texts(
                    "calculation.invalid.option",
                    label=self._words.choice(calculator.name, value),
                    value=value,
                )
                for value in choices(calculator, field)
            ]
            told["choices"] = "、".join(options)
        elif kind not in (Kind.YES_NO, Kind.PLACE):
            told["least"], told["most"] = _bounds(calculator.inputs.model_fields[field])
        return self._texts(f"calculation.invalid.{kind}", **told)


def choices(calculator: Calculator, field: str) -> list[str]:
    """Return the values a choice may have, in their order."""
    options = get_args(calculator.inputs.model_fields[field].annotation)
    enum = next(option for option in options if isinstance(option, type) and issubclass(option, Enum))
    return [str(member.value) for member in enum]


def _bounds(field: FieldInfo) -> tuple[str, str]:
    """Return the bounds of a field of which each kind in `inputs` has both."""
    least: Any = next(part.ge for part in field.metadata if isinstance(part, Ge))
    most: Any = next(part.le for part in field.metadata if isinstance(part, Le))
    return written(least), written(most)
