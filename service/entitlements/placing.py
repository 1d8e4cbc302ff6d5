"""Placing: which field each mention of a sentence is a value of."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import product

from language.dates import Lean, find_dates
from service.entitlements.answers import DURATIONS, is_unknown
from service.entitlements.corrections import corrects, without_denied
from service.entitlements.inputs import Kind
from service.entitlements.mentions import Mention, find_mentions
from service.entitlements.nearness import Setting, assign, clauses
from service.entitlements.phrases import Phrase, Phrases
from service.entitlements.said_dates import asks_for_leaving
from service.entitlements.told import Told
from service.entitlements.what_if import is_what_if

_PARTICLES = 2  # characters beside a value that is all of an answer: 是10月1号的
_IN_PARTS = re.compile("上家|下家|前面|之前|以前|原来|这边|这里|这儿|后来|另外|还有|当兵|部队")
_AND = re.compile("和|跟|与|或者?|还是|加上?|、")


def place(text: str, phrases: Phrases, setting: Setting, today: date, told: Told) -> list[Mention]:
    """Tell what the sentence says of which field; return the mentions that could be of any.

    A mention belongs to the cue it stands at; without one to what it corrects, to the only field for a place,
    or to the field that was asked.
    """
    sayings = [saying for saying in phrases.values(text) if _is_meant(text, saying, setting)]
    for saying in sayings:
        told.add(saying.start, saying.fields[0], saying.value)
    for count in phrases.counts(text):
        asked = [field for field in count.fields if field == setting.asked]
        told.add(count.start, (asked or count.fields)[0], count.value)
    cues = phrases.cues(text)
    mentions = _outside(sayings, _mentions(text, cues, phrases, setting, today))
    plain, stay, back = without_denied(text, mentions)
    near = assign(plain, stay, cues, setting)
    for mention, field in near:
        if field is not None:
            told.add(mention.start, field, _value(mention, field, text, setting, today))
    _tell_of_two(text, near, cues, setting, told)
    changes = bool(back) or is_what_if(text) or corrects(text, setting.asked)
    without_value = [field for field in setting.kinds if field not in told.fields]
    loose: list[Mention] = []
    for before, (mention, named) in zip([None, *near], near, strict=False):
        if named is not None or (mention.since and (before is None or before[1] is None)):
            continue
        corrected = _corrected(mention, setting, told, back) if changes else None
        is_all = not cues and len(text) - (mention.end - mention.start) <= _PARTICLES
        if corrected is None and setting.asked is None and (is_all or is_what_if(text)):
            corrected = _only_length(mention, setting)
        field = corrected or _field_without_cue(mention, without_value, setting, is_all=is_all)
        field = field or _field_beside(mention, without_value, setting, told)
        if field is not None:
            told.add(mention.start, field, _value(mention, field, text, setting, today))
        elif not mention.counts:
            loose.append(mention)
    return loose


def _value(mention: Mention, field: str, text: str, setting: Setting, today: date) -> object | None:
    """Return what a mention says of a field: a day without a year is ahead, if the day it replaces was."""
    value, known = mention.values[setting.kinds[field]], str(setting.known.get(field, ""))
    if isinstance(value, date) and value < today and known > today.isoformat():
        ahead = [one.value for one in find_dates(text, today, lean=Lean.FUTURE) if one.start == mention.start]
        return ahead[0].first if ahead and ahead[0].is_day else value
    return value


def _mentions(
    text: str, cues: Sequence[Phrase], phrases: Phrases, setting: Setting, today: date
) -> list[Mention]:
    asked = setting.asked
    date_asked = asked is not None and setting.kinds[asked] is Kind.DATE
    told_last = None if cues or asked else next(reversed(_dates_known(setting)), None)  # 1月9号呢
    of_date = asked if date_asked else told_last
    leaving = of_date is not None and asks_for_leaving(phrases.ask(of_date))
    spans = [(cue.start, cue.end) for cue in cues]
    mentions = find_mentions(text, today, spans, inexact_dates=date_asked, leaving=leaving)
    return _without_ranges(mentions) if _counts_days(setting) else mentions


def _dates_known(setting: Setting) -> list[str]:
    return [field for field in setting.known if setting.kinds.get(field) is Kind.DATE]


def _counts_days(setting: Setting) -> bool:
    """Return whether the only date is of what is counted in days too: a day of overtime, days of overtime."""
    dates = [field for field, kind in setting.kinds.items() if kind is Kind.DATE]
    days = [field for field, kind in setting.kinds.items() if kind is Kind.DAYS]
    return len(dates) == 1 and any(set(setting.cues[dates[0]]) & set(setting.cues[field]) for field in days)


def _without_ranges(mentions: Sequence[Mention]) -> list[Mention]:
    """Leave out both ends of a range: 10月1号到3号加班 is not one day."""
    ends = {mention.since for mention in mentions if mention.since}
    return [mention for mention in mentions if not mention.since and mention.end not in ends]


def _is_meant(text: str, saying: Phrase, setting: Setting) -> bool:
    """不知道 may be a choice, but only of the field that was asked."""
    return saying.fields[0] == setting.asked or not is_unknown(text[saying.start : saying.end])


def _outside(sayings: Sequence[Phrase], mentions: Sequence[Mention]) -> list[Mention]:
    """Leave out what is part of a yes or no (满12个月了), and a choice that is a date too (国庆)."""
    return [
        mention
        for mention in mentions
        if not any(
            saying.start <= mention.start
            and mention.end <= saying.end
            and (isinstance(saying.value, bool) or mention.own is Kind.DATE)
            for saying in sayings
        )
    ]


def _tell_of_two(
    text: str,
    near: Sequence[tuple[Mention, str | None]],
    cues: Sequence[Phrase],
    setting: Setting,
    told: Told,
) -> None:
    """Tell a second value of a field that is named once, so that neither is taken for the whole.

    Such are 工资6000和8000, and years of work in 在上家干了6年这里2年.
    """
    starts = [start for start, _ in clauses(text, [mention for mention, _ in near], cues)]
    only_years = list(setting.kinds.values()).count(Kind.YEARS) == 1
    named = [
        (mention, field)
        for mention, field in near
        if field and mention.values[setting.kinds[field]] is not None
    ]
    unnamed = [mention for mention, field in near if field is None]
    for (first, field), second in product(named, unnamed):
        kind = setting.kinds[field]
        whole = field == setting.asked or (kind is Kind.YEARS and only_years)
        beside = bisect(starts, first.start) == bisect(starts, second.start)
        beside = beside or _IN_PARTS.search(text) is not None
        joined = _AND.fullmatch(text, first.end, second.start) and kind in second.values
        if joined or (whole and beside and second.own is kind):
            told.add(second.start, field, second.values[kind])


def _field_without_cue(
    mention: Mention, fields: Collection[str], setting: Setting, *, is_all: bool
) -> str | None:
    """Return the field that was asked, or the only one for a place, if it is one of `fields`.

    A date that is all of an answer is taken for the only date there is: 10月1号, where 哪种日子 was asked.
    """
    asked, kinds = setting.asked, setting.kinds
    if asked is not None and kinds[asked] in mention.values and not mention.bare:
        if mention.values[kinds[asked]] is None:
            asked = _in_its_unit(mention, asked, setting)
        return asked if asked in fields else None
    if mention.own is Kind.PLACE or (mention.own is Kind.DATE and setting.asked is not None and is_all):
        only = [field for field, kind in setting.kinds.items() if kind is mention.own]
        return only[0] if len(only) == 1 and only[0] in fields else None
    return None


def _only_length(mention: Mention, setting: Setting) -> str | None:
    """Return the only field for such a length: that of the months in 那两个月呢."""
    fields = [field for field, kind in setting.kinds.items() if kind is mention.own]
    return fields[0] if mention.own in DURATIONS and len(fields) == 1 else None


def _field_beside(mention: Mention, fields: Collection[str], setting: Setting, told: Told) -> str | None:
    """Return a field of the same thing as one that was told: 22天 in 每天加1.5小时，22天."""
    said = {word for field in told.fields for word in setting.cues[field]}
    alike = [
        field
        for field in fields
        if field not in setting.known
        and setting.kinds[field] is mention.own
        and said & set(setting.cues[field])
    ]
    return alike[0] if len(alike) == 1 and not mention.bare else None


def _in_its_unit(mention: Mention, asked: str, setting: Setting) -> str:
    """Return the field of the same thing in the unit of a mention: 3天, where hours of work were asked."""
    words = set(setting.cues[asked])
    alike = (field for field, kind in setting.kinds.items() if kind is mention.own)
    return next((field for field in alike if words & set(setting.cues[field])), asked)


def _corrected(mention: Mention, setting: Setting, told: Told, back: Sequence[Mention]) -> str | None:
    """Return the field whose value a mention replaces.

    It is one of this sentence, or one whose known value the sentence takes back, or the one told last.
    """
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
    kind = setting.kinds[field]
    if kind is mention.own or mention.bare:
        return True
    known = _number(setting.known[field])
    if kind not in DURATIONS or known is None:
        return False
    if mention.own is Kind.YEARS:
        return kind is Kind.MONTHS and known % 6 == 0 and known > 0
    return mention.own is Kind.MONTHS and kind is Kind.YEARS and (known <= 3 or known % 1 != 0)


def _number(known: object) -> Decimal | None:
    """Return a value told before, which may come back from where it was kept as a text."""
    try:
        return Decimal(str(known))
    except InvalidOperation:
        return None
