"""Numbers in the formats Word can print them in."""

_DIGITS = "〇一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_COUNTING = frozenset(
    {
        "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
        "taiwaneseCountingThousand", "koreanCounting",
    }
)  # fmt: skip


def written(number: int, form: str) -> str:
    """`number` as `w:numFmt` wants it; digits for a format not known here."""
    if number < 0 or number > 9999:
        return str(number)
    if form in _COUNTING:
        return _counted(number, _DIGITS, "十百千")
    match form:
        case "chineseLegalSimplified" | "ideographLegalTraditional":
            return _counted(number, _FORMAL, "拾佰仟", say_one=True)
        case "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" | "koreanDigital":
            return "".join(_DIGITS[int(digit)] for digit in str(number))
        case "ideographTraditional":
            return _from(_STEMS, number)
        case "ideographZodiac":
            return _from(_BRANCHES, number)
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese":
            return _circled(number)
        case "decimalFullWidth" | "decimalFullWidth2":
            return "".join(chr(ord("０") + int(digit)) for digit in str(number))
        case "decimalZero":
            return f"{number:02}"
        case "decimalEnclosedParen":
            return f"({number})"
        case "decimalEnclosedFullstop":
            return f"{number}."
        case "lowerLetter" | "upperLetter":
            return _lettered(number, upper=form.startswith("upper"))
        case "lowerRoman" | "upperRoman":
            return _roman(number).upper() if form.startswith("upper") else _roman(number)
        case "none":
            return ""
        case _:
            return str(number)


def _counted(number: int, digits: str, units: str, *, say_one: bool = False) -> str:
    """一, 十, 十一, 二十, 一百零五 …"""
    if number == 0:
        return digits[0]
    words, gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            words += ("零" if gap and words else "") + digits[digit] + (units[power - 1] if power else "")
            gap = False
        else:
            gap = True
    return words if say_one or not words.startswith("一十") else words[1:]


def _from(characters: str, number: int) -> str:
    return characters[(number - 1) % len(characters)] if number else str(number)


def _circled(number: int) -> str:
    for first, last, start in ((1, 20, "①"), (21, 35, "㉑"), (36, 50, "㊱")):
        if first <= number <= last:
            return chr(ord(start) + number - first)
    return str(number)


def _lettered(number: int, *, upper: bool) -> str:
    if not number:
        return "0"
    letter = chr(ord("A" if upper else "a") + (number - 1) % 26)
    return letter * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    words = ""
    for amount, letters in _ROMAN:
        words += letters * (number // amount)
        number %= amount
    return words or "0"
