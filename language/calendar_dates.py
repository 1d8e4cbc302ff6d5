"""Dates written with years, months and days: 2023年3月5日, 去年3月, 上个月底, 2024-05-01, 5号."""

import re

from language.date_ranges import (
    DateRange,
    Setting,
    choose,
    month,
    month_of,
    months,
    part_of_month,
    part_of_year,
    year,
    year_of,
)
from language.durations import SHORT_YEAR
from language.holidays import holiday_in
from language.numbers import parse_number
from language.spans import Found

_TO = r"\s?(?:到|至|-|~|—+|–)\s?"
_CENTURY = r"(?:19|20)\d\d"

_NUMERIC = re.compile(
    rf"(?<![\d.a-z])(?P<year>{_CENTURY})(?P<mark>[-/.])(?P<month>1[0-2]|0?[1-9])"
    r"(?:(?P=mark)(?P<day>3[01]|[12]\d|0?[1-9])[日号]?|月?)(?!\d|(?P=mark)\d|\s?[万元块%])"
)
_COMPACT = re.compile(
    rf"(?<![\d.a-z-])(?P<year>{_CENTURY})(?P<month>1[0-2]|0[1-9])(?P<day>3[01]|[12]\d|0[1-9])"
    r"(?![\d.a-z万元块个人])"
)

_WRITTEN_YEAR = "[一二][零〇○o九][零〇○o一二三四五六七八九]{2}"
_YEAR = re.compile(
    rf"(?:(?<!\d)(?:(?P<first>{_CENTURY})年?{_TO})?(?P<year>{_CENTURY}|{_WRITTEN_YEAR})\s?年"
    rf"|{SHORT_YEAR.pattern}|(?P<relative>大前年|(?<![以之目提])前年(?![假度])|去年|上一年|今年|本年|明年|大后年|(?<![以之然])后年(?!假)|次年|翌年))"
    r"(?:年?度)?(?:\s?的(?!时候|话))?\s?"
)
_RELATIVE_YEARS = {
    "大前年": -3, "前年": -2, "去年": -1, "上一年": -1,
    "今年": 0, "本年": 0, "明年": 1, "后年": 2, "大后年": 3,
}  # fmt: skip
_TIME_OF_YEAR = re.compile("的?时候|那时候?|那年|那会儿?")
_PART_OF_YEAR = re.compile(
    "年?(?P<part>[初底末])|年(?P<middle>中)(?![断间秋])|(?P<half>[上下])半年"
    "|第?(?P<quarter>[一二三四1-4])季度|q(?P<q>[1-4])(?![0-9])"
)
_BARE_PART_OF_YEAR = re.compile(
    "(?<![每近一二三四五六七八九十零0-9去今明前后本])(?:年(?P<part>[初底末])(?!双薪|绩效|奖)|(?P<half>[上下])半年"
    "|第?(?P<quarter>[一二三四1-4])季度)"
)

_MONTH = "(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_MONTH_OF_YEAR = re.compile(
    r"(?<![\da-z.第几零一二两三四五六七八九十百千])"
    rf"(?:(?P<first>{_MONTH})月?份?{_TO})?(?P<month>{_MONTH})\s?月(?![龄大薪饼嫂子度报供]|一次)份?(?:的(?!时候))?"
)
_IMPOSSIBLE_MONTH = re.compile(r"\s?\d+\s?月")
# 满6月 is a length; a month behind a year that could not be read is not this year's.
_NO_MONTH_AFTER = re.compile(r"(?:满|共|不足|少于|至少|最多|超过|年\s?)$")
_RELATIVE_MONTH = re.compile("(?<![以加])(?P<which>上上|上|这|本|下下|下)个?月(?![薪饼嫂子度报供])份?的?")
_SHIFTS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_PART_OF_MONTH = re.compile("月?(?P<part>初|上旬|中旬|下旬|底|末|中(?=$|[,，。、 ]))")
_BARE_PART_OF_MONTH = re.compile("(?<![每个月上下本这一二三四五六七八九十0-9])月(?P<part>初|底|末|中旬)")

_ONE_TO_NINE = "[一二三四五六七八九]"
_DAY = f"(?:3[01]|[12][0-9]|0?[1-9]|三十一?|二?十{_ONE_TO_NINE}?|廿{_ONE_TO_NINE}?|{_ONE_TO_NINE})"
_DAY_OF_MONTH = re.compile(
    rf"\s?(?:(?P<first>{_DAY})[日号]?{_TO})?(?P<day>{_DAY})"
    r"(?:\s?[日号]|(?<=\d)(?!\s?(?:[\d.%:个天年月元块万千百人次条岁点时小周k]|,\d)))"
)
_NUMBERED = (
    "[楼线窗门文令机房桌柜库院铺车厅店码牌仓井位厂字卡岗]|公告|员工|会议|网点|支行|选手|电池|通知"  # 3号楼
)
_BARE_DAY = re.compile(
    r"(?<![\da-z.第每月工编证账卡门尾靓几零一二三四五六七八九十〕\])】])"
    rf"(?:(?P<first>{_DAY})[号日]?{_TO})?(?P<day>{_DAY})号(?!{_NUMBERED})"
)


def numeric(folded: str, position: int, setting: Setting) -> Found[DateRange] | None:
    """2024-05-01, 2024/5/1, 2024.5, 20240501."""
    match = _NUMERIC.match(folded, position) or _COMPACT.match(folded, position)
    if not match:
        return None
    whole = month(int(match["year"]), int(match["month"]))
    days = _days(whole, None, int(match["day"])) if match["day"] else whole
    return Found(days, position, match.end()) if days else None


def in_a_year(folded: str, position: int, setting: Setting) -> Found[DateRange] | None:
    """2023年, 去年3月, 23年5月20日, 前年年底, 今年上半年, 2019到2021年."""
    match = _YEAR.match(folded, position)
    if not match:
        return None
    number = _year_number(match, setting)
    if number is None:
        return None
    if match["first"]:
        first = int(match["first"])
        return (
            Found(DateRange(year(first).first, year(number).last), position, match.end())
            if first < number
            else None
        )
    if named := holiday_in(folded, match.end(), number):
        return Found(named.value, position, named.end)
    if part := _PART_OF_YEAR.match(folded, match.end()):
        return Found(_part_of_year(part, number), position, part.end())
    if in_month := _MONTH_OF_YEAR.match(folded, match.end()):
        found = _in_written_month(folded, in_month, number)
        return Found(found.value, position, found.end) if found else None
    if _IMPOSSIBLE_MONTH.match(folded, match.end()):
        return None
    end = match.end()
    if time := _TIME_OF_YEAR.match(folded, end):
        end = time.end()
    return Found(year(number), position, position + len(folded[position:end].rstrip(" 的")))


def in_a_month(folded: str, position: int, setting: Setting) -> Found[DateRange] | None:
    """3月5日, 三月, 12月底, 3到5月, 上个月15号, 本月."""
    if match := _RELATIVE_MONTH.match(folded, position):
        today = setting.today
        whole = month(today.year, today.month, shift=_SHIFTS[match["which"]])
        return _within_month(folded, match, whole)
    match = _MONTH_OF_YEAR.match(folded, position)
    if not match or _NO_MONTH_AFTER.search(folded, max(0, position - 2), position):
        return None
    end = position

    def make(number: int) -> DateRange | None:
        nonlocal end
        found = _in_written_month(folded, match, number)
        if found:
            end = found.end
        return found.value if found else None

    days = choose(make, year_of, setting)
    return Found(days, position, end) if days else None


def bare(folded: str, position: int, setting: Setting) -> Found[DateRange] | None:
    """5号, 月底, 年初, 上半年: of the month or year that is meant; after 5号到 also 8日."""
    if match := _BARE_PART_OF_YEAR.match(folded, position):
        part = match
        days = choose(lambda number: _part_of_year(part, number), year_of, setting)
    elif match := _BARE_PART_OF_MONTH.match(folded, position):
        name = match["part"]
        days = choose(lambda number: part_of_month(_month_at(number), name), month_of, setting)
    elif match := (_DAY_OF_MONTH if setting.since else _BARE_DAY).match(folded, position):
        first, last = _integer(match["first"]) if match["first"] else None, _integer(match["day"])
        days = choose(lambda number: _days(_month_at(number), first, last), month_of, setting)
    else:
        return None
    return Found(days, position, match.end()) if days else None


def _within_month(folded: str, match: re.Match[str], whole: DateRange) -> Found[DateRange] | None:
    """The month `whole`, whose name is `match`, or what follows the name: 底, 中旬, 15号."""
    start = match.start()
    if part := _PART_OF_MONTH.match(folded, match.end()):
        return Found(part_of_month(whole, part["part"]), start, part.end())
    if of_month := _DAY_OF_MONTH.match(folded, match.end()):
        first = _integer(of_month["first"]) if of_month["first"] else None
        days = _days(whole, first, _integer(of_month["day"]))
        return Found(days, start, of_month.end()) if days else None
    return Found(whole, start, match.end() - match.group().endswith("的"))


def _in_written_month(folded: str, match: re.Match[str], number: int) -> Found[DateRange] | None:
    last = _integer(match["month"])
    if not match["first"]:
        return _within_month(folded, match, month(number, last))
    first = _integer(match["first"])
    # 11到2月 ends in the next year.
    days = DateRange(month(number, first).first, month(number + (first > last), last).last)
    return Found(days, match.start(), match.end() - match.group().endswith("的"))


def _year_number(match: re.Match[str], setting: Setting) -> int | None:
    if match["short_year"]:
        short, this = int(match["short_year"]), setting.today.year
        century = this // 100 * 100
        return century + short if short <= this % 100 + 1 else century - 100 + short
    if match["relative"] in ("次年", "翌年"):
        return setting.since.first.year + 1 if setting.since else None
    if match["relative"]:
        return setting.today.year + _RELATIVE_YEARS[match["relative"]]
    return _integer(match["year"].replace("o", "零"))  # 二o一七年, typed with a letter


def _part_of_year(match: re.Match[str], number: int) -> DateRange:
    named = match.groupdict()
    quarter = named.get("quarter") or named.get("q")
    if quarter:
        last = 3 * _integer(quarter)
        return months(number, last - 2, last)
    if named["half"]:
        return months(number, 1, 6) if named["half"] == "上" else months(number, 7, 12)
    return part_of_year(number, named["part"] or "中")


def _month_at(number: int) -> DateRange:
    return month(number // 12, number % 12 + 1)


def _days(whole: DateRange, first: int | None, last: int) -> DateRange | None:
    """The day `last` of the month `whole`, or the days from `first` on; None where there is no such day."""
    if not (first or last) <= last <= whole.last.day:
        return None
    return DateRange(whole.first.replace(day=first or last), whole.first.replace(day=last))


def _integer(text: str) -> int:
    """The number of a match whose pattern admits numbers only."""
    number = parse_number(text)
    if number is None:
        raise AssertionError(f"no number: {text}")
    return int(number)
