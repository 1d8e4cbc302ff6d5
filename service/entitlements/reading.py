"""Reading: what an employee says to a calculator, as the values of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from language.normalise import normalise
from service.entitlements.answers import DURATIONS, NUMBERS, VAGUE, Question, answer, says_unknown
from service.entitlements.calculator import Calculator
from service.entitlements.calculators import CALCULATORS
from service.entitlements.corrections import corrected_to
from service.entitlements.inputs import Kind
from service.entitlements.mentions import Mention
from service.entitlements.nearness import Setting
from service.entitlements.need import needed_next
from service.entitlements.parameters import Parameters
from service.entitlements.phrases import Phrases
from service.entitlements.placing import place
from service.entitlements.told import Told
from service.texts import Texts

LONGEST = 2_000
"""Characters of a text that are read; the rest is not."""

# 8500一个月 and 周六8小时: no 8,501 months, no 68 hours.
_RUNS_ON = re.compile(r"(?<=[\d元块])(?=一个?(?:月|年|天|周))|(?<=[周期拜][一二三四五六])(?=[\d两半])")
# 一年能休几天 and 一年的年假 ask what there is in each year; 满一年能休几天 tells of a year worked.
_EACH_YEAR = re.compile(
    "(?<![满足过干作了龄近同签])(?:一|1|每)年(?=(?:到底|下来|总共|一共)?(?:能|可以|应该|该|会)?"
    "(?:有|休|给|放|请|享受)?(?:是|得)?(?:几|多少)|的?(?:带薪)?年?休?假)"
)
_ENDS_DATE = re.compile("(?:的|生|男|女|[ ,。;!?])|$")  # 1970年3月的，女; but not 2030年5月退休
_NOTHING_KNOWN: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Read:
    """`values` by field, as the calculator takes them: Decimal, date, bool, str, int.

    `vague` is a field of which only something inexact was said (十多年, 5到8万), or two things that cannot
    both be. `unknown` says that the employee does not know what was asked.
    """

    values: Mapping[str, object]
    vague: str | None = None
    unknown: bool = False


class Reading:
    """Reads sentences for calculators. Threads may share this object."""

    def __init__(
        self,
        texts: Texts,
        *,
        calculators: Iterable[Calculator] = CALCULATORS.values(),
        parameters: Parameters | None = None,
    ) -> None:
        """Raises TextsError for a calculator whose file lacks something."""
        self._phrases = {calculator.name: Phrases(calculator, texts) for calculator in calculators}
        self._parameters = parameters or Parameters(())

    def read(
        self,
        calculator: Calculator,
        text: str,
        *,
        today: date,
        asked: str | None = None,
        known: Mapping[str, object] = _NOTHING_KNOWN,
    ) -> Read:
        """Return what a text says to a calculator, of which `asked` was asked last.

        `known` has the values told before, in the order told. What a text says of a field that is known is
        its new value.
        """
        phrases = self._phrases[calculator.name]
        asked = asked if asked in phrases.kinds else None
        text = _RUNS_ON.sub(" ", normalise(text[:LONGEST]))
        text = _EACH_YEAR.sub("每年", text) if asked is None else text
        told = Told(text)
        loose = place(text, phrases, Setting(phrases.words, phrases.kinds, asked, known), today, told)
        if asked is None:
            self._place_by_need(calculator, text, loose, known, today, told)
            values, vague = told.settled()
            return Read(values, next(iter(vague), None))
        others = [word for field, words in phrases.words.items() if field != asked for word in words]
        question = Question(phrases.kinds[asked], phrases.ask(asked), phrases.words[asked], others)
        return _with_answer(text, phrases.without_others(text, asked), asked, question, today, told)

    def _place_by_need(
        self,
        calculator: Calculator,
        text: str,
        loose: Iterable[Mention],
        known: Mapping[str, object],
        today: date,
        told: Told,
    ) -> None:
        """Take a mention without a cue for the value that the calculator would ask for next.

        Of two that could be that value neither is taken, nor a sum or a date where the calculator has another
        field for one.
        """
        kinds = calculator.inputs.kinds()
        left = list(loose)
        while left:
            wanted = needed_next(calculator, {**known, **told.settled()[0]}, self._parameters, today)
            if wanted is None or wanted in told.fields:
                return
            kind = kinds[wanted]
            if kind not in DURATIONS and list(kinds.values()).count(kind) > 1:
                return
            fits = [mention for mention in left if mention.values.get(kind) is not None]
            best = [mention for mention in fits if mention.own is kind]
            if not best and kind is Kind.MONTHS:
                best = fits  # a contract of two years; but eight months here are no years of work
            if len(best) != 1 or (kind is Kind.DATE and not _ENDS_DATE.match(text, best[0].end)):
                return
            told.add(best[0].start, wanted, best[0].values[kind])
            left.remove(best[0])


def _with_answer(text: str, own: str, asked: str, question: Question, today: date, told: Told) -> Read:
    """Return what was told, with what the text says to the question itself: 是, 没有, 12, 不清楚.

    `own` is the text without what it says of other fields.
    """
    values, vague = told.settled()
    if asked in vague:
        return Read(values, asked)
    answered = answer(corrected_to(own), question, today)
    if asked in values:
        of_numbers = question.kind in NUMBERS and question.kind is not Kind.PERCENT
        if of_numbers and answered not in (None, VAGUE, values[asked]):  # 8500，年终奖2万元
            del values[asked]
            return Read(values, asked)
        return Read(values, next(iter(vague), None))
    if answered is VAGUE:
        return Read(values, asked)
    if answered is not None:
        values[asked] = answered
    unknown = answered is None and says_unknown(text, question)
    return Read(values, next(iter(vague), None), unknown)
