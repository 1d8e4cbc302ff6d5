"""Days counted from today: 昨天, 大前天, 上上周五, 三天前, 两周后, 最近三个月."""

import re
from datetime import date, timedelta

from language.date_ranges import DateRange, Setting, choose, day, month, week, week_of, year
from language.durations import Duration, Unit, find_durations
from language.spans import Found

_WORD = re.compile(
    "(?P<word>大前天|前天|昨[天日晚夜儿]|今(?:天|日(?!头条)|早|晚|儿)|明(?:天|日(?!之星)|早|晚|儿)|大后天|后天(?!性|不足|养成))"
)
_WORDS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_WEEK = re.compile(
    "(?P<which>上上上|上上|上|这|本|下下|下)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])?(?![年岁边期围])"
)
_SHIFTS = {"上上上": -3, "上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_WEEKDAYS = {name: index for index, name in enumerate("一二三四五六日")} | {"天": 6}
_MEETS = re.compile("[碰遇赶加]$")  # 碰上周六
# 每周五, 大小周, 一周五天; and the end of 周一到周五, which is a habit unless its beginning was a date.
_NO_WEEKDAY_AFTER = re.compile("(?:[每逢各个单双大小一二两三四五六七八九十0-9到至~、-]|[碰遇赶加]上)$")
_HABIT = re.compile(r"加班|上班|休息|值班|[要都也]|\s?[到至~-]\s?(?:周|星期|礼拜)?[一二三四五六日天]")

_BACK = re.compile("(?:(?P<before_today>(?<![以之提目])前)|最近的?|过去的?|(?<![接将附就靠最])近|这)$")
_AGO = re.compile("(?:以|之)?前(?![后台提面几两一三])")
_LATER = re.compile("(?:以|之)?后(?![面台果来勤])")
# 到期前30天, 入职三年后: counted from something else than today.
_OTHER_POINT = re.compile(
    "(?:提前|到期|期满|届满|退休|离职|入职|开始|结束|截止|不足|满|距离?|至少|生产|产|婚|节|孕|工作|上班|干了?|过了)的?$"
)
_CLAUSE_BEGINS = re.compile(r"(?:^|[,，。.、;；:!！?？\s]|大概|大约|差不多|我们?|是|在|从|自)$")
# In a story 两个月后 counts from what was told before; from today only where nothing was.
_NOTHING_TOLD = re.compile("(?:^|再过?|还有|我们?|大概|大约|差不多)$")
_LOOK_BACK = 6  # characters before a duration that can say what it counts from


def day_word(folded: str, position: int, setting: Setting) -> Found[DateRange] | None:
    """今天, 昨晚, 大前天."""
    match = _WORD.match(folded, position)
    if not match:
        return None
    shift = _WORDS[match["word"][:-1].removesuffix("日")]
    return Found(day(setting.today + timedelta(days=shift)), position, match.end())


def in_a_week(folded: str, position: int, setting: Setting) -> Found[DateRange] | None:
    """上上周五, 下周, 这个周末, 周三."""
    match = _WEEK.match(folded, position)
    if not match:
        return None
    which, name = match["which"], match["day"]
    if which == "上" and _MEETS.search(folded, max(0, position - 1), position):
        return None
    if which:
        days = week(setting.today, _SHIFTS[which])
        return Found(_days_of_week(days, name) if name else days, position, match.end())
    if not name or name == "末":
        return None
    if not setting.since and (
        _NO_WEEKDAY_AFTER.search(folded, max(0, position - 2), position) or _HABIT.match(folded, match.end())
    ):
        return None
    found = choose(lambda number: _days_of_week(week(_week_at(number)), name), week_of, setting)
    return Found(found, position, match.end()) if found else None


def _days_of_week(days: DateRange, name: str) -> DateRange:
    if name == "末":
        return DateRange(days.first + timedelta(days=5), days.last)
    return day(days.first + timedelta(days=_WEEKDAYS[name]))


def _week_at(number: int) -> date:
    return date.fromordinal(number * 7 + 1)


def counted_from_today(folded: str, setting: Setting) -> list[Found[DateRange]]:
    """三天前, 半年前, 两周后; 最近三个月, 前两天.

    三个月前 is the whole month three months back and 两年前 the whole year: as exact as the wording.
    """
    found: list[Found[DateRange]] = []
    for duration in find_durations(folded):
        if duration.value.approximate:
            continue
        before = folded[max(0, duration.start - _LOOK_BACK) : duration.start]
        if back := _BACK.search(before):
            start, end = duration.start - len(back.group()), duration.end
            asks_for_start = back["before_today"] and not _CLAUSE_BEGINS.search(before[: back.start()])
            days = None if asks_for_start else _until_today(setting.today, duration.value)
            if days and back["before_today"]:
                yesterday = setting.today - timedelta(days=1)
                days = DateRange(days.first, yesterday) if days.first <= yesterday else None
        elif ago := _AGO.match(folded, duration.end):
            start, end = duration.start, ago.end()
            days = None if _OTHER_POINT.search(before) else _at(setting.today, duration.value, -1)
        elif later := _LATER.match(folded, duration.end):
            start, end = duration.start, later.end()
            days = _at(setting.today, duration.value, 1) if _NOTHING_TOLD.search(before) else None
        else:
            continue
        if days:
            found.append(Found(days, start, end))
    return found


def _at(today: date, duration: Duration, direction: int) -> DateRange | None:
    """The day, week, month or year that lies `duration` before or after today."""
    amount = duration.value * direction
    if duration.unit is Unit.YEAR:
        if amount % 1 == 0:
            return year(today.year + int(amount))
        amount *= 12
    if duration.unit in (Unit.YEAR, Unit.MONTH):
        whole = month(today.year, today.month, shift=int(amount))
        return whole if amount % 1 == 0 else day(_moved(today, int(amount)) + _half_month(direction))
    if duration.unit is Unit.WEEK and amount % 1 == 0:
        return week(today, int(amount))
    if duration.unit in (Unit.WEEK, Unit.DAY):
        days = amount * (7 if duration.unit is Unit.WEEK else 1)
        return day(today + timedelta(days=int(days)))
    return None


def _until_today(today: date, duration: Duration) -> DateRange | None:
    if duration.unit in (Unit.YEAR, Unit.MONTH):
        amount = duration.value * (12 if duration.unit is Unit.YEAR else 1)
        first = _moved(today, -int(amount)) + (_half_month(-1) if amount % 1 else timedelta(0))
        return DateRange(first, today)
    if duration.unit in (Unit.WEEK, Unit.DAY):
        days = duration.value * (7 if duration.unit is Unit.WEEK else 1)
        return DateRange(today - timedelta(days=int(days)), today)
    return None


def _moved(today: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    last = month(today.year, today.month, shift=months).last
    return last.replace(day=min(today.day, last.day))


def _half_month(direction: int) -> timedelta:
    return timedelta(days=15 * direction)
