"""Chinese and mixed numbers: 一万二, 三千零五, 3万5, 1.5万, 8k, 二〇二三, 三分之一, 20%, 两年半."""

import re
from decimal import Decimal

from language.spans import Found, fold

HALF = Decimal("0.5")

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_UNITS_FROM_LARGEST = tuple(reversed(_UNITS.items()))
_HUNDRED = Decimal(100)
_LONGEST = 40  # characters; nobody writes longer numbers, and reading them recurses
_SUFFIXES = {"k": 1_000, "w": 10_000}
_SPELLING = str.maketrans(
    dict(
        zip(
            "〇○两兩俩仨壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億點",
            "零零二二二三一二二三三四五六六七八九十百千万亿点",
            strict=True,
        )
    )
    | {"廿": "二十", "卅": "三十", "卌": "四十"}
)

ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_DIGIT = "[零〇○一二两兩俩仨三四五六七八九壹贰貳叁參肆伍陆陸柒捌玖]"
CHINESE = f"[{_DIGIT[1:-1]}十百千万亿拾佰仟萬億廿卅卌]"
# A full stop between hours and minutes (九点零五) looks like a decimal point: what stands around it decides.
_POINT = rf"(?<![上下午晨间]){CHINESE}+[点點]{_DIGIT}+(?![十拾分刻线])[百千万亿萬億]*"
_JOINED = r"(?<=\d),(?=\d{3}(?!\d))|(?<=\d)\.(?=\d)"  # a separator of thousands, a decimal point
NUMBER = rf"(?:{_POINT}|[\d{CHINESE[1:-1]}](?:[\d{CHINESE[1:-1]}]|{_JOINED})*(?:[kw](?![a-z]))?)"
"""Whatever may be a number in folded text. Not every match is one: `parse_number` decides."""
START = rf"(?<![a-z_.\d{CHINESE[1:-1]}])"
"""Where a number can begin: not inside a longer one, and not inside a name such as K12."""

_WRITTEN_OUT = re.compile("[零一二三四五六七八九]+")
_FRACTION = re.compile(rf"({NUMBER})分之({NUMBER})")
_PAIR = re.compile(
    "(?P<head>(?:.*[十百千万])?)(?P<low>[一二三四五六七八九])(?P<high>[二三四五六七八九])(?P<unit>[十百千万亿]*)"
)
_AND_A_HALF = re.compile(rf"({NUMBER})(?:个?(?:年|月|星期|礼拜|小时|钟头)|[个周天日岁倍块])半")

_CANDIDATE = re.compile(rf"{START}(?:{NUMBER}分之{NUMBER}|{NUMBER}(?:\s?%)?)")
# A lone Chinese digit is a number only in front of something counted: 三天 is, 三方 and 一样 are not.
_COUNTED = re.compile(
    "个|天|年|月|日|周|星期|礼拜|小时|分钟|钟头|秒|岁|名|位|人|次(?!性)|条|项|款|章|节(?!约)|元|块|角|毛|倍|份(?!子)|家"
    "|期|件|张|套|级|类|种|层|台|批|届|轮|页|笔|户|口|季度|工作日|公里|米|公斤|斤|平|瓶|盒|桌|间|栋|辆|学期"
)
_ORDINAL_OR_WEEKDAY = re.compile("(?:第|周|星期|礼拜)$")
# Two characters or more, written like a number, and the name of something else.
_NAME = re.compile(
    "十一(?!个|天|年|月|日|周|人|名|次|条|元|块|万|岁)|双十[一二]|五一|十[六七八九]大|二十大|九九六|百分百|[三四]期(?![付还缴])"
)


def parse_number(text: str) -> Decimal | None:
    """Return the number that the whole of `text` writes, or None when it writes none.

    Understands Arabic and Chinese digits and their mixtures, thousands separators, spoken short forms
    (一万二 is 12,000, 3万5 is 35,000), `k` and `w` (万), years digit by digit, 百分之…, %, …分之…, 半, and a
    half after a counted thing (十二年半 is 12.5). Two bare Chinese digits (三五, 五一) are no number.
    """
    folded = fold(text).strip()
    if folded in ("半", "半个", "一半"):
        return HALF
    if folded == "百分之百":
        return Decimal(1)
    if folded.endswith("%"):
        percentage = parse_number(folded[:-1])
        return None if percentage is None else percentage / 100
    if fraction := _FRACTION.fullmatch(folded):
        numerator = parse_number(fraction[2])
        denominator = _HUNDRED if fraction[1] == "百" else parse_number(fraction[1])
        return None if numerator is None or not denominator else numerator / denominator
    if more := _AND_A_HALF.fullmatch(folded):
        whole = parse_number(more[1])
        return None if whole is None else whole + HALF
    return _parse(folded.translate(_SPELLING))


def parse_pair(text: str) -> tuple[Decimal, Decimal] | None:
    """Return both ends of a rough number: 两三 is (2, 3), 十二三 (12, 13), 三五百 (300, 500)."""
    match = _PAIR.fullmatch(fold(text).strip().translate(_SPELLING))
    if not match or _DIGITS[match["low"]] >= _DIGITS[match["high"]]:
        return None
    low, high = (_spoken(match["head"] + match[end] + match["unit"]) for end in ("low", "high"))
    return None if low is None or high is None else (low, high)


def find_numbers(text: str) -> list[Found[Decimal]]:
    """Return the numbers in `text`, in order; ordinals (第三), weekdays and idioms (十分, 万一) are none."""
    folded = fold(text)
    names = [match.span() for match in _NAME.finditer(folded)]
    found: list[Found[Decimal]] = []
    for match in _CANDIDATE.finditer(folded):
        start, end = match.span()
        if any(start < name_end and name_start < end for name_start, name_end in names):
            continue
        alone = end - start == 1 and not match.group().isdigit()
        if alone and not _COUNTED.match(folded, end):
            continue
        if _ORDINAL_OR_WEEKDAY.search(folded, max(0, start - 2), start):
            continue
        value = parse_number(match.group())
        if value is not None:
            found.append(Found(value, start, end))
    return found


def chinese_integer(number: int) -> str:
    """Return `number` (0 to 99,999,999) as statutes write it: 10 is 十, 110 一百一十, 1001 一千零一."""
    if not 0 <= number < 10**8:
        raise ValueError(f"not between 0 and 99,999,999: {number}")
    if number == 0:
        return "零"
    upper, lower = divmod(number, 10_000)
    text = f"{_section(upper)}万" if upper else ""
    if lower:
        text += ("零" if upper and lower < 1_000 else "") + _section(lower)
    return text[1:] if text.startswith("一十") else text


def _section(number: int) -> str:
    text, gap = "", False
    for unit, name in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if gap and text else "") + "零一二三四五六七八九"[digit] + name
        gap = not digit
    return text


def _parse(text: str) -> Decimal | None:
    if not 0 < len(text) <= _LONGEST:
        return None
    if text[-1] in _SUFFIXES:
        multiplied = _arabic(text[:-1])
        return None if multiplied is None else multiplied * _SUFFIXES[text[-1]]
    if "点" in text:
        return _decimal(text)
    if _WRITTEN_OUT.fullmatch(text) and (len(text) > 2 or text == "零"):
        return Decimal("".join(str(_DIGITS[character]) for character in text))
    return _spoken(text)


def _arabic(text: str) -> Decimal | None:
    return Decimal(text.replace(",", "")) if re.fullmatch(ARABIC, text) else None


def _decimal(text: str) -> Decimal | None:
    """零点八, 一点五万: the unit at the end multiplies the whole."""
    whole_text, _, rest = text.partition("点")
    fraction = rest.rstrip("百千万亿")
    whole = _spoken(whole_text)
    if whole is None or not _WRITTEN_OUT.fullmatch(fraction):
        return None
    value = Decimal(f"{whole}.{''.join(str(_DIGITS[character]) for character in fraction)}")
    for unit in rest[len(fraction) :]:
        value *= _UNITS[unit]
    return value


def _spoken(text: str) -> Decimal | None:
    """A number with units, of Chinese digits, Arabic numbers or both: read at its largest unit."""
    for unit, worth in _UNITS_FROM_LARGEST:
        head, present, tail = text.partition(unit)
        if not present:
            continue
        if worth < 10_000 and any(smaller in head for smaller in _UNITS):
            return None
        high = Decimal(1) if unit == "十" and not head else _spoken(head)
        low = _below(worth, tail)
        return None if high is None or low is None else high * worth + low
    return Decimal(_DIGITS[text]) if text in _DIGITS else _arabic(text)


def _below(worth: int, tail: str) -> Decimal | None:
    """What follows a unit: nothing, 零 and the rest, one digit of the next unit (一万二), or the rest."""
    if not tail:
        return Decimal(0)
    value = _spoken(tail[1:]) if tail[0] == "零" else _spoken(tail)
    if value is None or value >= worth:
        return None
    if tail in _DIGITS or (len(tail) == 1 and tail.isdigit()):
        return value * worth / 10
    return None if "." in tail and value % 1 and tail[-1].isdigit() else value
