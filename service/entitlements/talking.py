"""Calculators in the chat: what a message tells them, what they ask for next, and the result in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from language.provinces import find_provinces
from service import errors
from service.conversations.replies import Choice, Reply, Slot
from service.conversations.why import Because
from service.entitlements.calculation import SLOT, Calculation, Remark
from service.entitlements.calculations import Calculations
from service.entitlements.inputs import Kind
from service.entitlements.reading import Read, Reading
from service.entitlements.schema import choices
from service.entitlements.what_if import is_what_if
from service.entitlements.working import Working
from service.knowledge.asked import LAST_QUESTION, TIMES, Asked
from service.knowledge.choices import ASK_HUMAN
from service.knowledge.live_index import LiveIndex
from service.texts import Texts
from service.tickets.hearing import leads_elsewhere
from service.tickets.said import Said
from service.tickets.wording import Wording
from service.tickets.words import FLOW

INTENT = "calc_"
"""How the intents of calculators begin; the name of the calculator follows."""
START, FILL = "calculate", "fill_calculation"
"""Intents that options send: begin with a calculator, answer what it asks."""
CALCULATED = "calculated"
"""The dialogue's slot that is true while the last thing said was a result."""
UNKNOWN = "unknown"
"""The answer of the option that one does not know."""
OF_VALUES = (
    "inform", "deny", "nlu_fallback", "out_of_scope", "ask_wages", "ask_working_hours",
    "ask_social_insurance",
)  # fmt: skip
"""Intents of a mere value, of nothing that is known, and of what most reckon with: wages, hours, payments."""
ENOUGH = 2
"""Values told unasked from which what is missing is asked for, rather than only offered."""
DANGER = "kind"
"""The entity of a danger that is named."""
MISSES = 3
"""Messages in a row that bring nothing until the calculator gives up and offers a person."""
SHORT = 8
"""Characters up to which what answers the question is no request, whatever it was understood as: 够不上级."""

TEXT_KEYS = (
    "offer", "stop", "yes", "no", "unknown", "dropped", "given_up", "person", "unchanged", "place",
    "words.stop", "words.ask", "words.correct", *(f"remark.{remark}" for remark in Remark),
)  # fmt: skip


LONGEST_PLACE = 10
"""Characters up to which a text that names a province may say no more than that one works there."""
_OR_MORE = re.compile("[及或]?以上|(?<=[十百0-9])[多余](?=个?[年月天])")
_OF_OTHERS = re.compile("同事|朋友|别人|人家")


class Act(StrEnum):
    """What a message does to a calculation that asks for something."""

    TAKEN = "taken"
    ASIDE = "aside"
    QUESTION = "question"
    DROP = "drop"
    GIVE_UP = "give_up"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a calculation stands: worked out, asking for a value, or with a sentence why it cannot be."""

    calculation: Calculation
    working: Working | None


class CalculationTalk:
    """Talks about calculations. Threads may share this object."""

    def __init__(
        self, calculations: Calculations, reading: Reading, wording: Wording, live: LiveIndex, texts: Texts
    ) -> None:
        """Raises TextsError for a sentence that is missing."""
        texts.require(f"calculation.{key}" for key in TEXT_KEYS)
        self._calculations = calculations
        self._reading = reading
        self._wording = wording
        self._live = live
        self._texts = texts
        self._stop, self._ask, self._correct = (
            tuple(map(str, texts.section("calculation.words")[key])) for key in ("stop", "ask", "correct")
        )

    # A message outside the form:

    def begin(self, asked: Asked, *, chosen: str | None, before: Calculation | None) -> Outcome | None:
        """Return the calculation a message begins, asking for what is missing; None where it only asks how
        such a thing is calculated, or about no calculator at all.

        `chosen` is the calculator of an option. `before` is the last calculation: 如果是15年呢 changes that.
        """
        if chosen is not None:
            kept = before if before is not None and before.calculator == chosen else Calculation(chosen)
            return self._settled(kept, asked)
        if before is not None and (changed := self._changed(asked, before)) is not None:
            return changed
        calculation = self.heard(asked)
        if calculation is None:
            return None
        same = before is not None and before.calculator == calculation.calculator
        further = self._further(asked, before) if before is not None else None
        if same and further is not None:
            return further
        outcome = self._settled(calculation, asked)
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
        return self._settled(replace(before.told(changed), asked=None), asked)

    def pressed(self, before: Calculation, field: str, answer: str, asked: Asked) -> Outcome:
        """Return a calculation with the answer of an option of its, pressed when it did not ask any more."""
        return self._settled(self._with_answer(before, field, answer), asked)

    def _names_place(self, text: str, before: Calculation) -> bool:
        """Tell whether a short text does no more than say where one works, when nobody has said so yet."""
        kinds = self._calculations.calculator(before.calculator).inputs.kinds()
        untold = any(kind is Kind.PLACE and name not in before.values for name, kind in kinds.items())
        return untold and len(text) <= LONGEST_PLACE and bool(find_provinces(text))

    # A message inside the form:

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
        outcome = self._settled(calculation, asked)
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
        if self._is_about_another(name, said) and self.begin(asked, chosen=None, before=None) is not None:
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
        """Return whether a few words that name no danger are the value that was asked for: 已经转正了."""
        if DANGER in said.entities or len(said.text) > SHORT:
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
        return Act.TAKEN, self._with_answer(calculation, field, answer)

    def _with_answer(self, calculation: Calculation, field: str, answer: str) -> Calculation:
        kind = self._calculations.calculator(calculation.calculator).inputs.kinds().get(field)
        if kind is None or answer == UNKNOWN:
            return calculation
        return calculation.told({field: answer == "yes" if kind is Kind.YES_NO else answer})

    def _stops(self, said: Said) -> bool:
        own = len(said.text) <= max(map(len, self._stop)) + 2 and any(
            word in said.text for word in self._stop
        )
        return own or self._wording.stops(said.text) or said.means(("cancel", "goodbye"))

    def _is_about_another(self, name: str, said: Said) -> bool:
        intent = said.intent or ""
        return intent.startswith(INTENT) and intent != f"{INTENT}{name}" and said.means((intent,))

    # What comes of it:

    def _settled(self, calculation: Calculation, asked: Asked) -> Outcome:
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
        place = self._place(calculation, asked)
        return calculation.values if place is None else {**calculation.values, place[0]: place[1]}

    def _place(self, calculation: Calculation, asked: Asked) -> tuple[str, str] | None:
        kinds = self._calculations.calculator(calculation.calculator).inputs.kinds()
        field = next((name for name, kind in kinds.items() if kind is Kind.PLACE), None)
        if field is None or field in calculation.values or asked.organisation is None:
            return None
        found = find_provinces(asked.organisation)
        return (field, found[0].value) if found else None

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
        return self.result(self._settled(calculation, asked), asked)

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
        place = self._place(calculation, asked)
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

    def offer(self, reply: Reply, asked: Asked) -> Reply:
        """Return an answer on how something is calculated with the offer to do it, with what was told."""
        calculation = self.heard(asked)
        if calculation is None:
            return reply
        title = self._texts("calculation.offer", title=self._calculations.words.title(calculation.calculator))
        choice = Choice(title, f'/{START}{{"calculator": "{calculation.calculator}"}}')
        slots = {**reply.slots, SLOT: calculation.kept()}
        return replace(reply, choices=(choice, *reply.choices), slots=slots)


def _answers_shortly(said: Said, read: Read, field: str | None) -> bool:
    """Tell whether a short text answers what was asked; 工人 does, but a number may be one to call."""
    if len(said.text) > SHORT or (
        said.intent == "ask_human" and not isinstance(read.values.get(field or ""), str)
    ):
        return False
    return bool(read.values or read.unknown)
