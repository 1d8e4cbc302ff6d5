"""Calculators in the chat: what begins a calculation, and what changes one outside its form."""

from __future__ import annotations

import re
from dataclasses import replace

from language.provinces import find_provinces
from service.conversations.replies import Reply
from service.entitlements.calculation import Calculation
from service.entitlements.calculations import Calculations
from service.entitlements.hearing import INTENT, Hearing
from service.entitlements.inputs import Kind
from service.entitlements.reading import Reading
from service.entitlements.saying import Saying
from service.entitlements.settling import Outcome, Settling
from service.entitlements.what_if import is_what_if
from service.knowledge.asked import Asked
from service.knowledge.live_index import LiveIndex
from service.texts import Texts
from service.tickets.wording import Wording

OF_VALUES = (
    "inform", "deny", "nlu_fallback", "out_of_scope", "ask_wages", "ask_working_hours",
    "ask_social_insurance",
)  # fmt: skip
"""Intents of a mere value, of nothing that is known, and of what most reckon with: wages, hours, payments."""
ENOUGH = 2
"""Values told unasked from which what is missing is asked for, rather than only offered."""
LONGEST_PLACE = 10
"""Characters up to which a text that names a province may say no more than that one works there."""
_OR_MORE = re.compile("[及或]?以上|(?<=[十百0-9])[多余](?=个?[年月天])")
_OF_OTHERS = re.compile("同事|朋友|别人|人家")


class CalculationTalk:
    """Talks about calculations: `hearing` inside the form, `saying` in words. Threads may share it."""

    def __init__(
        self, calculations: Calculations, reading: Reading, wording: Wording, live: LiveIndex, texts: Texts
    ) -> None:
        """Raises TextsError for a sentence that is missing."""
        texts.require(f"calculation.words.{key}" for key in ("stop", "ask", "correct", "danger"))
        self._calculations = calculations
        self._reading = reading
        self._wording = wording
        self._settling = Settling(calculations)
        words = texts.section("calculation.words")
        self._ask, self._correct = (tuple(map(str, words[key])) for key in ("ask", "correct"))
        self.saying = Saying(calculations, self._settling, live, texts)
        self.hearing = Hearing(calculations, self._settling, reading, wording, texts, begins=self._begins)

    def begin(self, asked: Asked, *, chosen: str | None, before: Calculation | None) -> Outcome | None:
        """Return the calculation a message begins, asking for what is missing; None where it only asks how
        such a thing is calculated, or about no calculator at all.

        `chosen` is the calculator of an option. `before` is the last calculation: 如果是15年呢 changes that.
        """
        if chosen is not None:
            kept = before if before is not None and before.calculator == chosen else Calculation(chosen)
            return self._settling.settled(kept, asked)
        if before is not None and (changed := self._changed(asked, before)) is not None:
            return changed
        calculation = self.heard(asked)
        if calculation is None:
            return None
        same = before is not None and before.calculator == calculation.calculator
        further = self._further(asked, before) if before is not None else None
        if same and further is not None:
            return further
        outcome = self._settling.settled(calculation, asked)
        if outcome.working is not None and calculation.values:
            return outcome
        if self._wants(asked) or len(calculation.values) >= ENOUGH:
            return outcome
        return further or (self._with_told(asked.text, asked, before) if same and before else None)

    def heard(self, asked: Asked) -> Calculation | None:
        """Return what a message told the calculator it is about; None where it is about none."""
        name = (asked.intent or "").removeprefix(INTENT)
        if asked.intent == name or name not in self._calculations.names():
            return None
        calculator = self._calculations.calculator(name)
        return Calculation(name, self._reading.read(calculator, asked.text, today=asked.as_of).values)

    def offer(self, reply: Reply, asked: Asked) -> Reply:
        """Return an answer on how something is calculated with the offer to do it."""
        calculation = self.heard(asked)
        return reply if calculation is None else self.saying.offer(reply, calculation)

    def again(self, asked: Asked, before: Calculation) -> Outcome | None:
        """Return the last calculation with what a message changes in it or, right behind its result, adds."""
        return self._changed(asked, before) or self._further(asked, before)

    def _wants(self, asked: Asked) -> bool:
        """Return whether a message asks for a calculation in so many words: 帮我算."""
        return any(word in asked.text for word in self._ask)

    def _changed(self, asked: Asked, before: Calculation) -> Outcome | None:
        """Return what a correction or a what-if makes of a calculation: 不对，是8年; 如果是病假呢."""
        text = asked.text
        changes = any(word in text for word in self._correct) or is_what_if(text)
        changes = changes or self._names_place(text, before)
        if not before.begun or text.startswith("/") or not (changes or before.asked is not None):
            return None
        # 20年以上呢 and 二十多年的呢 ask what holds from there on; what is told of oneself is not read so.
        return self._with_told(_OR_MORE.sub("", text) if is_what_if(text) else text, asked, before)

    def _further(self, asked: Asked, before: Calculation) -> Outcome | None:
        """Return what a plain sentence right behind a result adds, as it invites to: 已经休了4个月.

        Understood as something else, it must tell at least two values.
        """
        topic = self._calculations.calculator(before.calculator).topic
        intent = asked.intent or ""
        of_it = intent.startswith(INTENT) or intent in (f"ask_{topic}", *OF_VALUES)
        behind = asked.last_question == self._calculations.words.title(before.calculator)
        if asked.text.startswith("/") or not (before.begun and behind) or asked.last_source is not None:
            return None
        if self._wants(asked) or self._wording.asks(asked.text) or _OF_OTHERS.search(asked.text):
            return None
        return self._with_told(asked.text, asked, before, least=1 if of_it else ENOUGH)

    def _with_told(self, text: str, asked: Asked, before: Calculation, *, least: int = 1) -> Outcome | None:
        """Return a calculation with the new values of a text; None if there are fewer than `least`."""
        calculator = self._calculations.calculator(before.calculator)
        read = self._reading.read(
            calculator, text, today=asked.as_of, asked=before.asked, known=before.values
        )
        changed = {name: value for name, value in read.values.items() if before.values.get(name) != value}
        if len(changed) < least:
            return None
        return self._settling.settled(replace(before.told(changed), asked=None), asked)

    def pressed(self, before: Calculation, field: str, answer: str, asked: Asked) -> Outcome:
        """Return a calculation with the answer of an option of its, pressed when it did not ask any more."""
        return self._settling.settled(self._settling.with_answer(before, field, answer), asked)

    def _names_place(self, text: str, before: Calculation) -> bool:
        """Tell whether a short text does no more than say where one works, when nobody has said so yet."""
        kinds = self._calculations.calculator(before.calculator).inputs.kinds()
        untold = any(kind is Kind.PLACE and name not in before.values for name, kind in kinds.items())
        return untold and len(text) <= LONGEST_PLACE and bool(find_provinces(text))

    def _begins(self, asked: Asked) -> bool:
        return self.begin(asked, chosen=None, before=None) is not None
