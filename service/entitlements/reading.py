"""Reading: what an employee says to a calculator, as the values of its fields."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from language.normalise import normalise
from service.entitlements.answers import DURATIONS, NUMBERS, VAGUE, Question, answer, says_unknown
from service.entitlements.calculator import Calculator
from service.entitlements.calculators import CALCULATORS
from service.entitlements.corrections import corrects, without_denied
from service.entitlements.inputs import Kind
from service.entitlements.mentions import Mention, find_mentions
from service.entitlements.nearness import Setting, assign, field_for
from service.entitlements.need import needed_next
from service.entitlements.parameters import Parameters
from service.entitlements.phrases import Phrases
from service.entitlements.told import Told
from service.entitlements.what_if import is_what_if
from service.texts import Texts

LONGEST = 2_000
"""Characters of a text that are read; the rest is not."""

_RUNS_ON = re.compile(r"(?<=[\d元块])(?=一个?(?:月|年|天|周))")
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
        text = _RUNS_ON.sub(" ", normalise(text[:LONGEST]))
        told = Told(text)
        for phrase in phrases.values(text):
            told.add(phrase.start, phrase.fields[0], phrase.value)
        loose = _placed(text, phrases, Setting(phrases.kinds, asked, known), today, told)
        if asked is None:
            self._needed(calculator, loose, known, today, told)
            values, vague = told.settled()
            return Read(values, next(iter(vague), None))
        question = Question(phrases.kinds[asked], phrases.ask(asked), phrases.cues_of(asked))
        return _with_answer(text, asked, question, today, told)

    def _needed(
        self,
        calculator: Calculator,
        loose: Iterable[Mention],
        known: Mapping[str, object],
        today: date,
        told: Told,
    ) -> None:
        """Take a mention without a cue for the value that the calculator would ask for next.

        Of two that could be that value neither is taken.
        """
        kinds = calculator.inputs.kinds()
        left = list(loose)
        while left:
            wanted = needed_next(calculator, {**known, **told.settled()[0]}, self._parameters, today)
            if wanted is None or wanted in told.fields:
                return
            fits = [mention for mention in left if kinds[wanted] in mention.values]
            own = [mention for mention in fits if kinds[wanted] is next(iter(mention.values))]
            # A number of months is how long somebody has been somewhere; it is not taken for years of work.
            best = own or ([] if kinds[wanted] is Kind.YEARS else fits)
            if len(best) != 1:
                return
            told.add(best[0].start, wanted, best[0].values[kinds[wanted]])
            left.remove(best[0])


def _with_answer(text: str, asked: str, question: Question, today: date, told: Told) -> Read:
    """Return what was told, with what the text says to the question itself: 是, 没有, 12, 不清楚."""
    values, vague = told.settled()
    if asked in vague:
        return Read(values, asked)
    answered = answer(text, question, today)
    if asked in values:
        if question.kind in NUMBERS and answered not in (None, VAGUE, values[asked]):  # 8500，年终奖2万元
            del values[asked]
            return Read(values, asked)
        return Read(values, next(iter(vague), None))
    if answered is VAGUE:
        return Read(values, asked)
    if answered is not None:
        values[asked] = answered
    unknown = answered is None and says_unknown(text, question)
    return Read(values, next(iter(vague), None), unknown)


def _placed(text: str, phrases: Phrases, setting: Setting, today: date, told: Told) -> list[Mention]:
    """Tell the mentions whose field is clear; return those that stand loose, without a cue and unasked."""
    cues = phrases.cues(text)
    sayings = [phrase for phrase in phrases.values(text) if isinstance(phrase.value, bool)]
    mentions = [
        mention
        for mention in find_mentions(text, today, [(cue.start, cue.end) for cue in cues])
        if not any(yes.start <= mention.start and mention.end <= yes.end for yes in sayings)  # 满12个月了
    ]
    for count in phrases.counts(text):
        field = field_for(Mention(count.start, count.end, {Kind.COUNT: count.value}), count.fields, setting)
        if field is not None:
            told.add(count.start, field, count.value)
    plain, stay, back = without_denied(text, mentions)
    changes = bool(back) or is_what_if(text) or corrects(text, setting.asked)
    near = assign(plain, stay, cues, setting)
    for mention, named in near:
        if named is not None:
            told.add(mention.start, named, mention.values[setting.kinds[named]])
    open_ = [field for field in phrases.kinds if field not in told.fields]
    loose = []
    for mention in (mention for mention, named in near if named is None):
        corrected = _corrected(mention, setting, told, back) if changes else None
        field = corrected or _field_without_cue(mention, open_, setting)
        if field is not None:
            told.add(mention.start, field, mention.values[setting.kinds[field]])
        elif not mention.counts:
            loose.append(mention)
    return loose


def _field_without_cue(mention: Mention, fields: Collection[str], setting: Setting) -> str | None:
    """Return the field that was asked, or the only one that is a place, if it is one of `fields`."""
    places = [field for field, kind in setting.kinds.items() if kind is Kind.PLACE]
    only_place = places[0] if Kind.PLACE in mention.values and len(places) == 1 else None
    asked_fits = setting.asked is not None and setting.kinds[setting.asked] in mention.values
    field = setting.asked if asked_fits and not mention.bare else only_place
    return field if field in fields else None


def _corrected(mention: Mention, setting: Setting, told: Told, back: list[Mention]) -> str | None:
    """Return the field whose value a mention replaces: of this sentence, of what it denies, or told last."""
    fits = [field for field in reversed(list(setting.known)) if setting.kinds.get(field) in mention.values]
    here = [field for field in told.corrected_by(mention.start) if setting.kinds[field] in mention.values]
    named = [field for field in fits if any(_is(one, field, setting) for one in back)]
    again = [field for field in fits if field == setting.asked]
    alike = [field for field in fits if _could_be_said(mention, field, setting)]
    return next(iter([*here, *named, *again, *alike]), None)


def _is(mention: Mention, field: str, setting: Setting) -> bool:
    """Return whether a mention is the value known of a field."""
    value = mention.values.get(setting.kinds[field])
    return value is not None and (value == setting.known[field] or str(value) == str(setting.known[field]))


def _could_be_said(mention: Mention, field: str, setting: Setting) -> bool:
    """Return whether the known value of a field could have been said in the unit of a mention.

    不对，是8年 corrects a contract of 36 months, but not 4 months of sick leave; 不对，是5个月 no 10 years.
    """
    kind, own = setting.kinds[field], next(iter(mention.values))
    if kind is own:
        return True
    if mention.bare or kind not in DURATIONS:
        return mention.bare
    known = setting.known[field]
    if not isinstance(known, Decimal | int):
        return False
    if own is Kind.YEARS:
        return kind is Kind.MONTHS and known % 6 == 0 and known > 0
    return own is Kind.MONTHS and kind is Kind.YEARS and (known <= 3 or known % 1 != 0)
