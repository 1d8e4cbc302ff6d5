"""Nearness: which field a mention belongs to, by the words that stand near it in its clause."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from service.entitlements.inputs import Kind
from service.entitlements.mentions import Mention
from service.entitlements.phrases import Phrase

_SEPARATOR = re.compile(r"[。;!?、]|,(?!\d{3}(?!\d))|(?<!\d),")
_WORDLESS = re.compile("[呢嘛吧啊呀哦我的这块方面话那是有:\\s]*")
# What may stand between a cue and its value without taking them apart: 工龄到现在一共满12年.
_FILLER = re.compile(
    "如果|要是|假如|换成|改成|改为|应该|其实|实际|[的是为有了共就才只也都已经满现目前总每月个约大概差不多到:\\s()\"'我你他她给发拿挣开按呢嘛,]"
)
_RIGHT_AFTER = re.compile("[的之钱块元份才就是在开始起来去这里\\s]{0,3}")

_LEAVE = re.compile("的?(?P<name>(?:产|病|事|婚|丧|护理|陪产|育儿|探亲|年|工伤|哺乳|流产)假)")

_TOO_MUCH = re.compile("(?<!差不)[多超]$")  # 多试用了两个月

_FARTHEST = 15  # characters between a cue and its value, fillers not counted
_FARTHEST_COUNT = 2  # 2个 and a number without a unit belong to a cue only beside it
_NO_CUE = 20.0
_AFTER = 1.5  # of two cues as near, the one before is meant: 合同三年试用期…
_FILLER_COSTS = 0.4
_OTHER_UNIT = 0.5
_INEXACT = 2.0
_NO_SUCH_UNIT = 4.0  # 请了一个月 where days are wanted


@dataclass(frozen=True, slots=True)
class Setting:
    """Beside the sentence: cues and kind of each field, which was asked, and the values told before."""

    cues: Mapping[str, Collection[str]]
    kinds: Mapping[str, Kind]
    asked: str | None
    known: Mapping[str, object]


def clauses(text: str, mentions: Sequence[Mention], cues: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Return the clauses of a text; one of nothing but a cue (工资嘛，8500) runs on into the next."""
    inside = [(mention.start, mention.end) for mention in mentions]
    found: list[tuple[int, int]] = []
    start = 0
    for match in _SEPARATOR.finditer(text):
        if any(begin <= match.start() < end for begin, end in inside):
            continue
        if not _is_cue_alone(text, start, match.start(), mentions, cues):
            found.append((start, match.end()))
            start = match.end()
    return [*found, (start, len(text))]


def _is_cue_alone(
    text: str, start: int, end: int, mentions: Sequence[Mention], cues: Sequence[Phrase]
) -> bool:
    own = [cue for cue in cues if start <= cue.start and cue.end <= end]
    if not own or any(start <= mention.start < end for mention in mentions):
        return False
    around = text[start : own[0].start] + text[own[-1].end : end]
    return _WORDLESS.fullmatch(around) is not None and len(own) == 1


def assign(
    text: str, mentions: Sequence[Mention], cues: Sequence[Phrase], setting: Setting
) -> list[tuple[Mention, str | None]]:
    """Return every mention with the field whose cue it stands at, None where none is near.

    Mentions and cues of a clause are matched in order, each cue once, so that they lie as near as can be.
    """
    found: list[tuple[Mention, str | None]] = []
    for start, end in clauses(text, mentions, cues):
        own = [mention for mention in mentions if start <= mention.start < end]
        if own:
            found += _matched(text, own, [cue for cue in cues if start <= cue.start < end], setting)
    return found


def _matched(
    text: str, mentions: Sequence[Mention], cues: Sequence[Phrase], setting: Setting
) -> list[tuple[Mention, str | None]]:
    """Match at the least cost: `best[i][j]` is that of the first i mentions with the first j cues, and how.

    How is the number of mentions that the last cue takes: two where it names fields of two kinds, as 加班
    does between 10月1日 and 8小时; None where the last mention goes without.
    """
    options = [[_option(text, mention, cue, setting) for cue in cues] for mention in mentions]
    best: list[list[tuple[float, int | None]]] = [[(0.0, 0)] * (len(cues) + 1)]
    for i in range(1, len(mentions) + 1):
        row: list[tuple[float, int | None]] = [(i * _NO_CUE, None)]
        for j in range(1, len(cues) + 1):
            here, before = options[i - 1][j - 1], options[i - 2][j - 1]
            ways: list[tuple[float, int | None]] = [
                (row[j - 1][0], 0),
                (best[i - 1][j][0] + _NO_CUE, None),
                (best[i - 1][j - 1][0] + here[0], 1),
            ]
            if i > 1 and here[1] != before[1]:
                ways.append((best[i - 2][j - 1][0] + here[0] + before[0], 2))
            row.append(min(ways, key=lambda way: way[0]))
        best.append(row)
    fields: list[str | None] = [None] * len(mentions)
    i, j = len(mentions), len(cues)
    while i and j:
        taken = best[i][j][1]
        if taken is None:
            i -= 1
            continue
        for _ in range(taken):
            i -= 1
            fields[i] = options[i][j - 1][1]
        j -= 1
    return list(zip(mentions, fields, strict=True))


def _option(text: str, mention: Mention, cue: Phrase, setting: Setting) -> tuple[float, str | None]:
    """Return what it costs to take a mention for a value of a cue, and of which of the cue's fields."""
    distance = _distance(text, mention, cue)
    field = field_for(mention, cue.fields, setting)
    if distance is None or field is None or distance > (_FARTHEST_COUNT if mention.counts else _FARTHEST):
        return 2 * _NO_CUE, None
    if _is_of_another_leave(text, mention, setting.cues[field]) or _answers(mention, cue, field, setting):
        return 2 * _NO_CUE, None
    return distance + _unfitness(mention, setting.kinds[field]), field


def _unfitness(mention: Mention, kind: Kind) -> float:
    if kind is mention.own:
        return _INEXACT if mention.values[kind] is None else 0.0
    own_is_exact = mention.own is not None and mention.values[mention.own] is not None
    return _NO_SUCH_UNIT if own_is_exact and mention.values[kind] is None else _OTHER_UNIT


def _answers(mention: Mention, cue: Phrase, field: str, setting: Setting) -> bool:
    """一周 answers how many days were asked, though 周 may be the cue of another field."""
    if setting.asked in (None, field) or not (mention.start <= cue.start and cue.end <= mention.end):
        return False
    return mention.values.get(setting.kinds[str(setting.asked)]) is not None


def _is_of_another_leave(text: str, mention: Mention, cues: Collection[str]) -> bool:
    """158天产假 says nothing of 休了…年假; nobody has years of leave: 二十年零三个月年假几天."""
    if "年" in text[mention.start : mention.end]:
        return False
    leave = _LEAVE.match(text, mention.end)
    return leave is not None and not any(leave["name"] in cue for cue in cues)


def _distance(text: str, mention: Mention, cue: Phrase) -> float | None:
    if max(mention.start - cue.end, cue.start - mention.end) > _FARTHEST * 3:
        return None
    if cue.start < mention.since or _TOO_MUCH.search(text, max(0, cue.start - 1), cue.start):
        return None
    if cue.end <= mention.start:
        between = text[cue.end : mention.start]
        words = len(_FILLER.sub("", between))
        return words + _FILLER_COSTS * (len(between) - words)
    if mention.end > cue.start or _RIGHT_AFTER.fullmatch(text, mention.end, cue.start):
        return _AFTER  # 5月生 may be a cue of which the month is said
    return None


def field_for(mention: Mention, fields: Collection[str], setting: Setting) -> str | None:
    """Return the field that a mention fits best: in its own unit, then the one asked, then one not told.

    Where there is a field for hours, hours are not taken for an inexact number of days, nor days for hours.
    """
    own, kinds = mention.own, setting.kinds
    fits = [
        field
        for field in fields
        if kinds[field] in mention.values
        and ({kinds[field], own} != {Kind.DAYS, Kind.HOURS} or own not in kinds.values())
    ]
    return min(
        fits,
        key=lambda field: (
            _unfitness(mention, kinds[field]),
            field != setting.asked,
            field in setting.known,
        ),
        default=None,
    )
