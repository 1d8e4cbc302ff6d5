"""Answers to the question that was asked, which say nothing without it: 是, 没有, 12, 八千五, 不清楚."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from language.dates import find_dates
from language.numbers import HALF, NUMBER, parse_number, parse_pair
from service.entitlements.inputs import Kind
from service.entitlements.mentions import tidy
from service.entitlements.said_dates import full_year

DURATIONS = frozenset((Kind.YEARS, Kind.MONTHS, Kind.DAYS, Kind.HOURS))
NUMBERS = DURATIONS | {Kind.MONEY, Kind.COUNT, Kind.PERCENT}


@dataclass(frozen=True, slots=True)
class Question:
    """The field that was asked: its kind, the words of the question, the words for it and for others."""

    kind: Kind
    ask: str
    cues: Sequence[str]
    other_cues: Sequence[str]


class _Vague:
    """Something inexact was said."""


VAGUE = _Vague()

_UNKNOWN = re.compile(
    "不知道|不晓得|不清楚|[不没]太?清楚|不太?[了懂]解|不记得|记不[清得住]|想不起|忘了|忘记|忘掉|没印象|没注意|没算过|没查过|没问过"
    "|说不[准清好上]|不好说|不确定|不一定|搞不[清懂]|弄不[清懂]|拿不准|吃不准|看不懂|不会算|查不到|没法查|不懂|不明白|没听懂|没听说|哪[里儿]?知道|谁知道"
)
_NOTHING = re.compile(
    "(?:暂时|目前|现在|还|也|都|好像|一个)*(?:没有?|无|没得|木有|莫得|冇)(?:了|呢|啊|呀|吧|哦|的|过|嘞)*"
)
_NEVER = re.compile(
    "(?:我|从来|从|一直|还|都|也|就|今年|去年|一[天次回个]月?)*(?:没有?|未|不曾)"
    "(?:请|休|歇|用|干|交|缴|做|加|上|工作|住|耽误)(?:过|了)?(?:一[天次回])?(?:假|班)?(?:呢|啊|呀|吧|哦|的)*"
)

_USED_UP = re.compile("已经|加起来|[休请用歇]了")

_ENDS_WORD = "(?=$|[,。!~、 ]|[啊呀呢哦吧哈嘛滴嘞])"
_YES = re.compile(
    "是(?:我|自己|本人|这样)(?!爸|妈|们)|(?:嗯+|恩+|是的?|是是+|是滴|对的?|对对+|没错|有的?|有过|会的?|要的?|能的?|可以的?|好的?|行|中|确实是?|当然是?|肯定|必须|满足|符合|ok|yes|y|√)"
    f"{_ENDS_WORD}"
)
_NO = re.compile(
    "(?:不是的?|不|没有?的?|没有过|没得|否|无|不会的?|不要|不能|不用|不可以|从来没有?过?|从没|还没有?|未|非|不满足|不符合|不行|木有|莫得|冇|no|nope|n|×)"
    f"{_ENDS_WORD}|不对$"
)
_NOT_AND_MORE = re.compile("(?:从来|从|还|都|也|尚|并|我)?(?:没有?|未|无|不)(?![错对管如])(?P<what>.+)")
_SAYS_NOTHING = re.compile("[算行好够完对罢][了过]")
_A_QUESTION = re.compile("[?吗么]|什么|怎么|哪|谁|多少|几|为啥|为何|咋|呢$")
_SHORT = 8
_TRAILING = re.compile("[了过的啊呀呢吧哦嘛,。!~ ]+$")

_PADDING = re.compile(
    "我们?|俺们?|咱们?|本人|自己|的|是|有|就|也|才|只|都|应该|一共|总共|合计|加起来|目前|现在|已经|每个?月|一个?月|每年|一年"
    "|嗯+|恩+|哦|噢|呃|额|那|算|按|了|吧|呢|啊|呀|哈|嘛|满|共"
    "|到手|税前|税后|发|拿|挣|干|做|请|休|交|签|写|整整|整|刚好|正好|刚|又|[ :=。!~]"
)
_ROUGH = re.compile(
    "大概|差不多|大约|可能|好像|估计|估摸|接近|将近|左右|上下|出头|不到|以上|以下|超过|至少|最多|起码|来|近|约|快|多|几"
)
_RANGE = re.compile(rf"{NUMBER}(?:到|至|-|~|—+|–){NUMBER}")
_AND_A_HALF = re.compile(rf"(?P<number>{NUMBER})(?P<counted>个?)(?P<half>半?)")
_CLAUSE = re.compile(r"[。;!?、]|,(?!\d{3}(?!\d))|(?<!\d),")

_SHORT_DATE = re.compile(r"(?P<year>(?:19|20)?\d\d)[./\- ](?P<month>\d{1,2})(?:[./\- ](?P<day>\d{1,2}))?")
_MONTH_IN_DIGITS = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>)")
_MONTH_AND_DAY = re.compile(r"(?P<month>1[0-2]|0?[1-9])[./\-](?P<day>\d{1,2})")
_A_YEAR = re.compile(r"(?:19|20)?\d\d年?")


def is_unknown(text: str) -> bool:
    """Return whether a text is nothing but that somebody does not know."""
    return _UNKNOWN.fullmatch(text) is not None


def says_unknown(text: str, question: Question) -> bool:
    """Return whether a text says that the value is not known; 没有 too, where it is no answer itself."""
    for clause in _CLAUSE.split(text):
        of_another = any(cue in clause for cue in question.other_cues)
        if _UNKNOWN.search(clause) and (not of_another or any(cue in clause for cue in question.cues)):
            return True
    if question.kind in (Kind.YES_NO, Kind.COUNT):
        return False
    return _NOTHING.fullmatch(_PADDING.sub("", _without_cues(text, question))) is not None


def answer(text: str, question: Question, today: date) -> object | None:
    """Return what a text answers to a question, VAGUE where only about, None where it does not answer."""
    if question.kind is Kind.YES_NO:
        return None if _UNKNOWN.search(text) else _yes_or_no(text, question)
    for clause in _CLAUSE.split(text):
        found = _date(clause, question, today) if question.kind is Kind.DATE else _number(clause, question)
        if found is not None:
            return found
    return None


def _yes_or_no(text: str, question: Question) -> bool | None:
    if _YES.match(text):
        return True
    if _NO.match(text):
        return False
    if len(text) > _SHORT or _A_QUESTION.search(text):
        return None
    if denied := _NOT_AND_MORE.fullmatch(text):
        return False if _echoes(denied["what"], question) else None
    return True if _echoes(text, question) else None


def _echoes(text: str, question: Question) -> bool:
    """Return whether an answer repeats the question: 试用过, where 你以前试用过吗 was asked."""
    core = _TRAILING.sub("", text)
    if len(core) > 1:
        return core in question.ask
    return len(core) == 1 and core in question.ask and not _SAYS_NOTHING.match(text)


def _number(clause: str, question: Question) -> object | None:
    """Return a number that is all of a clause but for words around it, in the unit of the question."""
    if question.kind not in NUMBERS:
        return None
    without_cues = _without_cues(clause, question)
    bare = _PADDING.sub("", without_cues)
    if question.kind in DURATIONS and (_NEVER.fullmatch(clause) or _NEVER.fullmatch(without_cues)):
        return Decimal(0)
    if not bare:
        return None
    if _NOTHING.fullmatch(bare):
        return _none(question)
    rough, exact = _ROUGH.search(bare), _ROUGH.sub("", bare)
    match = _AND_A_HALF.fullmatch(exact)
    number = parse_number(match["number"]) if match else None
    if match is None or number is None:
        pair = _RANGE.fullmatch(exact) or parse_pair(exact.removesuffix("个"))
        return VAGUE if pair else None
    if rough:
        return VAGUE
    if match["half"]:
        number += HALF
    if question.kind is not Kind.COUNT:
        return tidy(number)
    return None if number % 1 else int(number)


def _none(question: Question) -> object | None:
    """没有 is no child and no day of leave taken; it does not say how long a term is."""
    if question.kind is Kind.COUNT:
        return 0
    return Decimal(0) if question.kind in DURATIONS and _USED_UP.search(question.ask) else None


def _without_cues(text: str, question: Question) -> str:
    for cue in sorted(question.cues, key=len, reverse=True):
        text = text.replace(cue, "")
    return text.strip()


def _date(clause: str, question: Question, today: date) -> object | None:
    """Return a date written short (67.8.15, 196708); a year alone is VAGUE."""
    text = _without_cues(clause, question).strip("我是的在生于 ")
    if this_year := _MONTH_AND_DAY.fullmatch(text):
        return _day_of_this_year(this_year, today)
    match = _SHORT_DATE.fullmatch(text) or _MONTH_IN_DIGITS.fullmatch(text)
    if match is None:
        return VAGUE if _A_YEAR.fullmatch(text) else None
    year = int(match["year"])
    year = full_year(year, today) if year < 100 else year
    try:
        return date(year, int(match["month"]), int(match["day"] or 1))
    except ValueError:  # 67.13
        return None


def _day_of_this_year(match: re.Match[str], today: date) -> object:
    """3.15 is 15 March; 10.5 is VAGUE, as it may be 5 October or May 2010."""
    found = find_dates(f"{match['month']}月{match['day']}日", today)
    return found[0].value.first if found and int(match["day"]) > 12 else VAGUE
