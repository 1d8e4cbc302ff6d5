from decimal import Decimal

import pytest

from language.durations import Duration, Unit, find_durations

Y, M, W, D, WD, H, MIN = Unit.YEAR, Unit.MONTH, Unit.WEEK, Unit.DAY, Unit.WORKDAY, Unit.HOUR, Unit.MINUTE


@pytest.mark.parametrize(
    ("text", "wording", "value", "unit"),
    [
        ("我工作12年了年假几天", "12年", "12", Y),
        ("干了十二年半", "十二年半", "12.5", Y),
        ("满１０年", "１０年", "10", Y),
        ("满一周年", "一周年", "1", Y),
        ("我在行里工作3年终于转正", "3年", "3", Y),
        ("怀孕3个月", "3个月", "3", M),
        ("半年", "半年", "0.5", Y),
        ("合同一年，还没满", "一年", "1", Y),
        ("停薪半个月", "半个月", "0.5", M),
        ("一个半月", "一个半月", "1.5", M),
        ("两月没发工资", "两月", "2", M),
        ("工作满6月", "6月", "6", M),
        ("每两个季度", "两个季度", "6", M),
        ("两周", "两周", "2", W),
        ("两个星期", "两个星期", "2", W),
        ("3个礼拜", "3个礼拜", "3", W),
        ("病假10天", "10天", "10", D),
        ("请三天假", "三天", "3", D),
        ("就一天", "一天", "1", D),
        ("请了半天假", "半天", "0.5", D),
        ("一天半", "一天半", "1.5", D),
        ("2.5天", "2.5天", "2.5", D),
        ("十五日内", "十五日", "15", D),
        ("提前30日通知", "30日", "30", D),
        ("产假九十八日", "九十八日", "98", D),
        ("30个自然日", "30个自然日", "30", D),
        ("5个工作日内", "5个工作日", "5", WD),
        ("三个小时", "三个小时", "3", H),
        ("两个半小时", "两个半小时", "2.5", H),
        ("加班2h", "2h", "2", H),
        ("半个钟头", "半个钟头", "0.5", H),
        ("迟到十分钟", "十分钟", "10", MIN),
        ("迟到一刻钟", "一刻钟", "15", MIN),
        ("3年6个月", "3年6个月", "42", M),
        ("12年零3个月", "12年零3个月", "147", M),
        ("1小时30分钟", "1小时30分钟", "90", MIN),
        ("两周零三天", "两周零三天", "17", D),
        ("十二 个月", "十二 个月", "12", M),
    ],
)
def test_a_length_of_time_is_read(text: str, wording: str, value: str, unit: Unit) -> None:
    (found,) = find_durations(text)

    assert text[found.start : found.end] == wording
    assert found.value == Duration(Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "value", "upper", "unit"),
    [
        ("3到6个月", 3, 6, M),
        ("3-6个月", 3, 6, M),
        ("10至15天", 10, 15, D),
        ("5、6天", 5, 6, D),
        ("一至二年", 1, 2, Y),
    ],
)
def test_a_range_keeps_both_ends(text: str, value: int, upper: int, unit: Unit) -> None:
    (found,) = find_durations(text)

    assert (found.value.value, found.value.upper, found.value.unit) == (value, upper, unit)


@pytest.mark.parametrize(
    ("text", "value", "upper"),
    [
        ("十多年", 10, None),
        ("十几年", 10, None),
        ("12年多", 12, None),
        ("二十来天", 20, None),
        ("3个多月", 3, None),
        ("两个月左右", 2, None),
        ("大概两个月", 2, None),
        ("两三天", 2, 3),
        ("三五天", 3, 5),
        ("十二三年", 12, 13),
    ],
)
def test_a_rough_length_is_marked_as_rough(text: str, value: int, upper: int | None) -> None:
    (found,) = find_durations(text)

    assert found.value.approximate
    assert (found.value.value, found.value.upper) == (value, upper)


@pytest.mark.parametrize("text", ["12年", "3到6个月", "两周"])
def test_an_exact_length_is_not_marked_as_rough(text: str) -> None:
    assert not find_durations(text)[0].value.approximate


def test_months_and_days_are_not_added_up() -> None:
    units = [found.value.unit for found in find_durations("试用期三个月零五天")]

    assert units == [M, D]


def test_a_question_of_price_after_a_length_does_not_make_it_rough() -> None:
    (found,) = find_durations("工作12年多少钱")

    assert not found.value.approximate


NO_LENGTHS = """
十分感谢 一样 三方协议 千万别 一下 年年 万一 第三天 第2个月 三周岁 周三 上周五 星期三 礼拜天
5月20日 2023年 2023年3月 23年3月入职 22年入职 12月 上半年 下半年 上个月 前一年 同一年 每一天 一年级
三天两头加班 十天半个月 一年一度 一年半载 等了半天 有一天他说 半月板 几年 几十年 每月10日
三季度 一日三餐 一天到晚 996 90后 几天 十分之一 半夜 15到2018年
"""


@pytest.mark.parametrize("text", NO_LENGTHS.split())
def test_dates_ages_ordinals_and_idioms_are_no_lengths(text: str) -> None:
    assert find_durations(text) == []


def test_a_length_converts_only_where_the_calendar_does_not_matter() -> None:
    two_years = Duration(Decimal(2), Y)

    assert two_years.to(Y) == 2
    assert two_years.to(M) == 24
    assert Duration(Decimal(18), M).to(Y) == Decimal("1.5")
    assert Duration(Decimal(2), W).to(D) == 14
    assert two_years.to(D) is None
    assert Duration(Decimal(5), WD).to(D) is None
