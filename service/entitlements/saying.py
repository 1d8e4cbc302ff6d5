"""What a calculation says: its next question, its result, its last word."""

from __future__ import annotations

from dataclasses import replace

from service.conversations.replies import Choice, Reply, Slot
from service.conversations.why import Because
from service.entitlements.calculation import SLOT, Calculation, Remark
from service.entitlements.calculations import Calculations
from service.entitlements.hearing import FILL, INTENT, Act
from service.entitlements.inputs import Kind
from service.entitlements.schema import choices
from service.entitlements.settling import UNKNOWN, Outcome, Settling
from service.knowledge.asked import LAST_QUESTION, TIMES, Asked
from service.knowledge.choices import ASK_HUMAN
from service.knowledge.live_index import LiveIndex
from service.texts import Texts
from service.tickets.words import FLOW

START = "calculate"
"""The intent of the option that begins with a calculator."""
CALCULATED = "calculated"
"""The dialogue's slot that is true while the last thing said was a result."""
TEXT_KEYS = (
    "offer", "stop", "yes", "no", "unknown", "dropped", "given_up", "person", "unchanged", "place",
    *(f"remark.{remark}" for remark in Remark),
)  # fmt: skip


class Saying:
    """Says where calculations stand. Threads may share this object."""

    def __init__(self, calculations: Calculations, settling: Settling, live: LiveIndex, texts: Texts) -> None:
        """Raises TextsError for a sentence that is missing."""
        texts.require(f"calculation.{key}" for key in TEXT_KEYS)
        self._calculations = calculations
        self._settling = settling
        self._live = live
        self._texts = texts

    def told(self, outcome: Outcome, asked: Asked) -> Reply:
        """Return where a calculation stands, in words."""
        if outcome.calculation.asked is not None:
            return self.question(outcome.calculation, asked)
        return self.result(outcome, asked)

    def question(self, calculation: Calculation, asked: Asked) -> Reply:
        """Return what is asked for next, after what is to be said first."""
        name, field = calculation.calculator, calculation.asked
        assert field is not None  # noqa: S101 - it asks
        words = self._calculations.words
        first = calculation.sentence or (
            self._texts(f"calculation.remark.{calculation.remark}", title=words.title(name))
            if calculation.remark is not None
            else None
        )
        # A sentence that says why something cannot be asks for it anew.
        asks_itself = calculation.sentence is not None and calculation.sentence.endswith("？")
        parts = (first, None if asks_itself else words.question(name, field))
        return Reply(
            "\n\n".join(part for part in parts if part is not None),
            intent=f"{INTENT}{name}",
            decision=FLOW,
            choices=(*self._answers(name, field), Choice(self._texts("calculation.stop"), "/cancel")),
            topic=self._calculations.calculator(name).topic,
            slots={SLOT: calculation.kept(), CALCULATED: False},
        ).because(Because.VALUE_WANTED)

    def _answers(self, name: str, field: str) -> tuple[Choice, ...]:
        calculator = self._calculations.calculator(name)
        kind = calculator.inputs.kinds()[field]
        if kind is Kind.CHOICE:
            labels = {
                value: self._calculations.words.choice(name, value) for value in choices(calculator, field)
            }
        elif kind is Kind.YES_NO:
            labels = {key: self._texts(f"calculation.{key}") for key in ("yes", "no")}
        else:
            labels = {}
        if "unsure" not in labels:
            labels[UNKNOWN] = self._texts("calculation.unknown")
        return tuple(
            Choice(label, f'/{FILL}{{"field": "{field}", "answer": "{value}"}}')
            for value, label in labels.items()
        )

    def finished(self, calculation: Calculation, asked: Asked) -> Reply:
        """Return the result of a calculation that has all it needs."""
        return self.result(self._settling.settled(calculation, asked), asked)

    def result(self, outcome: Outcome, asked: Asked) -> Reply:
        """Return a result; what it rests on can be opened, and a value may be changed afterwards.

        Of a result that a sentence asked for, what may be wrong is that this was asked at all: its confidence
        is that of the intent. What came of options and of answers to questions has none.
        """
        calculation, working = outcome.calculation, outcome.working
        if working is None:
            return replace(self.dropped(calculation, Act.DROP), text=calculation.sentence or "")
        reply = self._calculations.reply(
            calculation.calculator,
            working,
            index=self._live.current(),
            organisation=asked.organisation,
            on=asked.as_of,
        )
        heard = asked.intent == reply.intent and not asked.text.startswith("/")
        reply = replace(reply, confidence=asked.intent_confidence if heard else None)
        place = self._settling.place(calculation, asked)
        told = [] if place is None else [self._texts("calculation.place", place=place[1])]
        title = self._calculations.words.title(calculation.calculator)
        # What is asked next may rest on it: 那要扣工资吗.
        context: dict[str, Slot] = {LAST_QUESTION: title, TIMES: 1.0, "last_source": None}
        slots: dict[str, Slot] = {**context, SLOT: calculation.kept(), CALCULATED: True}
        return replace(reply, text="\n\n".join((reply.text, *told)), slots=slots).because(Because.WORKED_OUT)

    def dropped(self, calculation: Calculation | None, act: str) -> Reply:
        """Return the last word on a calculation that came to nothing."""
        given_up = act == Act.GIVE_UP
        return Reply(
            self._texts("calculation.given_up" if given_up else "calculation.dropped"),
            intent=f"{INTENT}{calculation.calculator}" if calculation is not None else None,
            decision=FLOW,
            choices=(Choice(self._texts("calculation.person"), ASK_HUMAN),) if given_up else (),
            slots={SLOT: None, CALCULATED: False},
        )

    def unchanged(self, before: Calculation | None, asked: Asked) -> Reply:
        """Return what is said where a result is said to be wrong, and no value with it."""
        words = self._calculations.words
        labels = [words.label(before.calculator, name) for name in before.values] if before else []
        return Reply(
            self._texts("calculation.unchanged", values="、".join(labels)),
            intent=asked.intent,
            decision=FLOW,
            slots={CALCULATED: False},
        ).because(Because.VALUE_WANTED)

    def offer(self, reply: Reply, calculation: Calculation) -> Reply:
        """Return an answer on how something is calculated with the offer to do it, with what was told."""
        title = self._texts("calculation.offer", title=self._calculations.words.title(calculation.calculator))
        choice = Choice(title, f'/{START}{{"calculator": "{calculation.calculator}"}}')
        slots = {**reply.slots, SLOT: calculation.kept()}
        return replace(reply, choices=(choice, *reply.choices), slots=slots)
