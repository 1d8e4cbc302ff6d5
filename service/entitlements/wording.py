"""Calculations in words: the sentences of a calculator's text file, filled in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum

from service.entitlements.working import Said, Value, Working
from service.texts import Texts

SECTIONS = ("assumed", "changes", "checks")
TEXT_KEYS = ("calculation.steps", "calculation.question", *(f"calculation.{section}" for section in SECTIONS))


class CalculationWords:
    """Writes what calculators work out. Threads may share this object."""

    def __init__(self, texts: Texts) -> None:
        texts.require(TEXT_KEYS)
        self._texts = texts

    def sentence(self, calculator: str, said: Said) -> str:
        """Return one sentence of a calculator."""
        key = f"entitlements.{calculator}.{said.key}"
        return self._texts(
            key, **{name: self._written(calculator, value) for name, value in said.values.items()}
        )

    def label(self, calculator: str, field: str) -> str:
        """Return what a field is called."""
        return self._texts(f"entitlements.{calculator}.fields.{field}.label")

    def question(self, calculator: str, field: str) -> str:
        """Return how a field is asked for, with what one may say."""
        key = f"entitlements.{calculator}.fields.{field}"
        examples = self._texts.value(f"{key}.examples")
        assert isinstance(examples, list)  # noqa: S101 - a list in every text file
        return self._texts(
            "calculation.question", ask=self._texts(f"{key}.ask"), examples="、".join(map(str, examples))
        )

    def choice(self, calculator: str, value: str) -> str:
        """Return what a choice is called."""
        return self._texts(f"entitlements.{calculator}.choices.{value}.label")

    def title(self, calculator: str) -> str:
        return self._texts(f"entitlements.{calculator}.title")

    def section(self, name: str) -> str:
        """Return the heading of `steps`, `assumed`, `changes` or `checks`."""
        return self._texts(f"calculation.{name}")

    def text(self, calculator: str, working: Working) -> str:
        """Return a whole result as Markdown: the conclusion, how it came about, and what it hangs on."""
        steps = [self.sentence(calculator, step.said) for step in working.steps]
        parts = [
            self.sentence(calculator, working.headline),
            _listed(self.section("steps"), [f"{n}. {step}" for n, step in enumerate(steps, 1)]),
        ]
        for section in SECTIONS:
            sentences = [f"- {self.sentence(calculator, one)}" for one in getattr(working, section)]
            if sentences:
                parts.append(_listed(self.section(section), sentences))
        return "\n\n".join(parts)

    def _written(self, calculator: str, value: Value) -> str:
        if isinstance(value, Enum):
            return self.choice(calculator, str(value.value))
        return written(value)


def written(value: Value) -> str:
    """Return a number without needless zeros, a date as 2026年3月5日, anything else as it is."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


def _listed(title: str, lines: list[str]) -> str:
    return "\n".join((f"**{title}**", "", *lines))
