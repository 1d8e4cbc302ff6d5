"""Sums of money in yuan: 5000元, 三块五, 1.5万元, ￥300, 月薪八千五, 花了八万, 8k, 5到8万."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from language.numbers import NUMBER, START, parse_number, parse_pair
from language.spans import Found, fold


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in yuan; `upper` is the other end of a range, `approximate` as in `Duration`."""

    yuan: Decimal
    upper: Decimal | None = None
    approximate: bool = False


_DIGIT = "[0-9一二两三四五六七八九]"
_WHOLE = rf"{NUMBER}(?![0-9零〇一二两三四五六七八九十百千万亿])"
_RANGE = (
    rf"(?P<number>{_WHOLE})(?P<more>[多余来几]?)(?P<scale>(?:(?<=[多余来几])[千万亿])?)"
    rf"(?:\s?(?:到|至|-|~|—+|–)\s?(?P<upper>{_WHOLE}))?(?P<some_more>[多余来]?)"
)
_START = rf"{START}(?<![第几数])"
_FOREIGN = r"(?!\s?(?:[美欧港日英澳加韩新]元|英镑|日币|美金|港币|台币|澳币))"

_PIECES = "[儿地表牌屏砖石板田去来吃走做办玩肉糖布区头工内业蛋]"  # 两块地, 一块去: pieces, and together
_WITH_UNIT = re.compile(
    rf"{_START}(?:¥\s?)?{_RANGE}\s?"
    rf"(?P<unit>块钱|块(?!{_PIECES})|元(?![旦素宵件老凶气宇帅首])钱?|圆(?![形满桌圈])|rmb|人民币)"
    rf"(?:零?(?P<jiao>{_DIGIT})[角毛](?:(?P<fen>{_DIGIT})分)?"
    rf"|(?<=块)(?P<bare_jiao>{_DIGIT})(?![0-9十百千万个天年月元块]))?"
)
_WITH_SIGN = re.compile(rf"(?:¥|rmb)\s?{_RANGE}")
_COINS = re.compile(rf"{_START}(?P<jiao>{NUMBER})(?:[角毛]钱|(?<=\d)[角毛](?!边|形))")
_THOUSANDS = re.compile(rf"{_START}{_RANGE}(?<=k)(?!屏|电|视|高|画|显|跑|米|歌)")

# Without a unit, the words around say that it is money.
_CUE = (
    "(?:薪[资水酬金]?|工资|收入|奖金?|绩效|提成|补贴|补助|津贴|[慰抚]问?恤?金|赔偿?金?|补偿金?|补|花|费用?|报销|罚款?|扣款?|[交缴]"
    "|欠|借|[拿挣赚发给付]|短款|长款|月供|房租|押金|最[高多低少][能可]?报?|报了?|违约金|服务费"
    "|到手|税[前后]|基数|金额|额度|价|钱|[涨降加减]到?|少|贷款?|存|公积金|社保|退休金|养老金|失业金|低保|经费|预算)"
)
_CUE_BEFORE = re.compile(
    rf"{_CUE}[了是有为到约大概差不多每个月才只就的:,\s(共总一税前后应该发实手给我在从拿达超过满按]{{0,8}}$"
)
_CUE_IN_CLAUSE = re.compile(rf"{_CUE}[^。！？!?;；\n]{{0,12}}$")
_CUE_AFTER = re.compile(
    "[左右上下]{0,2}的(?:(?:培训|违约|医疗|住院|服务|律师|手术)费"
    "|[工底月年]?[资薪]|奖|补|赔|罚|慰问|津贴|医|贷款|费)"
)
_COUNTED = (
    r"(?!\s?(?:个|天|年|月|日|号|周|星期|人|次|岁|小时|分|条|%|倍|点|期|份|折|成|名|位|家|户|平|公里|楼|级|档|步|篇|张|股|台|套|册|箱|吨|斤|公斤|亩|瓶|袋"
    r"|多[个天年人]|[\d.]|[-/]\d|块|元|员工|职工|会员|字))"
)
_BARE = re.compile(rf"{_START}{_RANGE}(?![a-z充快灯功角毛]){_COUNTED}{_FOREIGN}")
_BIG = re.compile("[千万亿w]")
_BEFORE = 24  # characters looked at for a cue

_HOTLINE = re.compile(r"1(?:10|19|20|22|2[23]\d\d)")
_SMALLEST_BARE, _LARGEST_BARE = 100, 100_000_000
_ROUGHLY_BEFORE = re.compile("(?:将近|接近|差不多|大概|大约|约|大致)是?有?$")
_ROUGHLY_AFTER = re.compile("左右|上下|的?样子|出头")
_SCALES = (("万", 10_000), ("w", 10_000), ("千", 1_000), ("k", 1_000), ("百", 100))


def find_money(text: str) -> list[Found[Money]]:
    """Return the sums of money in `text`, in order.

    A number without 元 or 块 counts when it says so itself (8k) or when words before it do (月薪八千五,
    住院花了八万). 两块地, 一块去, 100美元 and 三万人 are not yuan.
    """
    folded = fold(text)
    found: list[Found[Money]] = []
    for candidate in _candidates(folded):
        if all(candidate.end <= other.start or other.end <= candidate.start for other in found):
            found.append(candidate)
    return sorted(found, key=lambda money: money.start)


def _candidates(folded: str) -> Iterator[Found[Money]]:
    """What may be money, the surest reading of a place first."""
    for match in _WITH_UNIT.finditer(folded):
        lone_piece = (
            match["number"] == "一" and match["unit"] == "块" and not (match["jiao"] or match["bare_jiao"])
        )
        if not lone_piece:
            yield from _read(folded, match, coins=_coins(match))
    for pattern in (_WITH_SIGN, _THOUSANDS):
        for match in pattern.finditer(folded):
            yield from _read(folded, match)
    for match in _COINS.finditer(folded):
        jiao = parse_number(match["jiao"])
        if jiao is not None:
            yield Found(Money(jiao / 10), match.start(), match.end())
    for match in _BARE.finditer(folded):
        if not _HOTLINE.fullmatch(match["number"]) and _is_money_in_context(folded, match):
            yield from _read(folded, match, bare=True)


def _is_money_in_context(folded: str, match: re.Match[str]) -> bool:
    start = max(0, match.start() - _BEFORE)
    if _CUE_BEFORE.search(folded, start, match.start()) or _CUE_AFTER.match(folded, match.end()):
        return True
    return bool(_BIG.search(match.group()) and _CUE_IN_CLAUSE.search(folded, start, match.start()))


def _read(
    folded: str, match: re.Match[str], *, coins: Decimal = Decimal(0), bare: bool = False
) -> Iterator[Found[Money]]:
    start = match.start()
    ends = _ends(match)
    if ends is None:
        return
    low, high = ends[0] + coins, ends[1]
    if (high is not None and high <= low) or (bare and not _SMALLEST_BARE <= low <= _LARGEST_BARE):
        return
    approximate = bool(
        (match["more"] or match["some_more"])
        or (high is not None and not match["upper"])
        or _ROUGHLY_BEFORE.search(folded, 0, start)
        or _ROUGHLY_AFTER.match(folded, match.end())
    )
    yield Found(Money(low, high, approximate), start, match.end())


def _ends(match: re.Match[str]) -> tuple[Decimal, Decimal | None] | None:
    number, upper = match["number"] + match["scale"], match["upper"]
    if match["more"] == "几" and match["number"][-1] not in "十百千万":
        return None
    low = parse_number(number)
    if low is None:
        return parse_pair(number)
    if not upper:
        return low, None
    high = parse_number(upper)
    if high is None:
        return None
    # 5到8万: the unit at the end is meant for both.
    scale = next((scale for name, scale in _SCALES if upper.endswith(name)), 1)
    if low * scale < high and number[-1] not in "十百千万亿kw":
        low *= scale
    return low, high


def _coins(match: re.Match[str]) -> Decimal:
    jiao = parse_number(match["jiao"] or match["bare_jiao"] or "0") or Decimal(0)
    fen = parse_number(match["fen"] or "0") or Decimal(0)
    return jiao / 10 + fen / 100
