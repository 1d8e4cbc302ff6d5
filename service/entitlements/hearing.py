"""What a message does to a calculation that asks for a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from service.entitlements.calculation import Calculation, Remark
from service.entitlements.calculations import Calculations
from service.entitlements.inputs import Kind
from service.entitlements.reading import Read, Reading
from service.entitlements.settling import UNKNOWN, Settling
from service.entitlements.what_if import is_what_if
from service.knowledge.asked import Asked
from service.texts import Texts
from service.tickets.hearing import leads_elsewhere
from service.tickets.said import Said
from service.tickets.wording import Wording

INTENT = "calc_"
"""How the intents of calculators begin; the name of the calculator follows."""
FILL = "fill_calculation"
"""The intent of the options that answer what a calculator asks."""
DANGER = "kind"
"""The entity of a danger that is named."""
MISSES = 3
"""Messages in a row that bring nothing until the calculator gives up and offers a person."""
SHORT = 8
"""Characters up to which what answers the question is no request, whatever it was understood as: 够不上级."""


class Act(StrEnum):
    """What a message does to a calculation that asks for something."""

    TAKEN = "taken"
    ASIDE = "aside"
    QUESTION = "question"
    DROP = "drop"
    GIVE_UP = "give_up"
    DONE = "done"


class Hearing:
    """Understands what is said while a calculation asks. Threads may share this object.

    `begins` tells whether a message begins a calculation of its own.
    """

    def __init__(
        self,
        calculations: Calculations,
        settling: Settling,
        reading: Reading,
        wording: Wording,
        texts: Texts,
        begins: Callable[[Asked], bool],
    ) -> None:
        self._calculations = calculations
        self._settling = settling
        self._reading = reading
        self._wording = wording
        self._begins = begins
        words = texts.section("calculation.words")
        self._stop, self._danger = (tuple(map(str, words[key])) for key in ("stop", "danger"))

    def hear(
        self, calculation: Calculation, said: Said, asked: Asked, *, found: Callable[[], str | None]
    ) -> tuple[Act, Calculation]:
        """Return what a message does to a calculation that asks. `found` is what retrieval decides on it."""
        calculation = replace(calculation, heard=said.turn_id)
        act, calculation = self._hear(calculation, said, asked, found=found)
        if act is not Act.TAKEN:
            return act, calculation
        if calculation.misses >= MISSES:
            return Act.GIVE_UP, calculation
        if calculation.remark is not None:
            return Act.TAKEN, calculation
        outcome = self._settling.settled(calculation, asked)
        return (Act.DONE if outcome.calculation.asked is None else Act.TAKEN), outcome.calculation

    def _hear(
        self, calculation: Calculation, said: Said, asked: Asked, *, found: Callable[[], str | None]
    ) -> tuple[Act, Calculation]:
        if said.intent == "urgent_help" and not self._only_answers(calculation, said, asked):
            return Act.ASIDE, calculation
        if said.pressed:
            return self._pressed(calculation, said)
        if self._stops(said):
            return Act.DROP, calculation
        name, field = calculation.calculator, calculation.asked
        calculator = self._calculations.calculator(name)
        read = self._read(calculation, said, asked)
        if leads_elsewhere(said, writing=False) and not _answers_shortly(said, read, field):
            return Act.ASIDE, calculation
        if self._is_about_another(name, said) and self._begins(asked):
            return Act.ASIDE, calculation
        asks = self._wording.asks(said.text) and not is_what_if(said.text)
        closed = field is not None and calculator.inputs.kinds()[field] in (Kind.YES_NO, Kind.CHOICE)
        if asks and closed and found() == "answer":
            return Act.QUESTION, calculation.saying(Remark.BACK)
        if field in read.values or (read.values and not asks):
            return Act.TAKEN, calculation.told(read.values)
        if asks and found() in ("answer", "clarify"):
            return Act.QUESTION, calculation.saying(Remark.BACK)
        if read.values:
            return Act.TAKEN, calculation.told(read.values)
        missed = Remark.VAGUE if read.vague else Remark.UNKNOWN if read.unknown else Remark.MISSED
        return Act.TAKEN, calculation.saying(missed)

    def _only_answers(self, calculation: Calculation, said: Said, asked: Asked) -> bool:
        """Return whether a few words that may mean no danger are the value that was asked for: 已经转正了.

        Whatever might be one goes to the emergency numbers: 不想再看到明天 holds a date.
        """
        if DANGER in said.entities or len(said.text) > SHORT:
            return False
        if any(word in said.text for word in self._danger):
            return False
        return calculation.asked in self._read(calculation, said, asked).values

    def _read(self, calculation: Calculation, said: Said, asked: Asked) -> Read:
        """Read an answer. 看错了，是1个月 corrects what was just refused, and no value told before."""
        return self._reading.read(
            self._calculations.calculator(calculation.calculator),
            said.text,
            today=asked.as_of,
            asked=calculation.asked,
            known=calculation.values if calculation.sentence is None else {},
        )

    def _pressed(self, calculation: Calculation, said: Said) -> tuple[Act, Calculation]:
        if said.intent == "cancel":
            return Act.DROP, calculation
        if said.intent != FILL:
            return Act.ASIDE, calculation
        field, answer = said.entities.get("field"), said.entities.get("answer")
        if field != calculation.asked or field is None or answer is None:
            return Act.TAKEN, calculation.saying(Remark.STALE)
        if answer == UNKNOWN:
            return Act.TAKEN, calculation.saying(Remark.UNKNOWN)
        return Act.TAKEN, self._settling.with_answer(calculation, field, answer)

    def _stops(self, said: Said) -> bool:
        own = len(said.text) <= max(map(len, self._stop)) + 2 and any(
            word in said.text for word in self._stop
        )
        return own or self._wording.stops(said.text) or said.means(("cancel", "goodbye"))

    def _is_about_another(self, name: str, said: Said) -> bool:
        intent = said.intent or ""
        return intent.startswith(INTENT) and intent != f"{INTENT}{name}" and said.means((intent,))


def _answers_shortly(said: Said, read: Read, field: str | None) -> bool:
    """Tell whether a short text answers what was asked; 工人 does, but a number may be one to call."""
    if len(said.text) > SHORT or (
        said.intent == "ask_human" and not isinstance(read.values.get(field or ""), str)
    ):
        return False
    return bool(read.values or read.unknown)
