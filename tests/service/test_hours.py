"""Working hours over lunch, night, weekend, holidays and make-up days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.handover.calendar import Calendar, load_calendar
from service.handover.hours import HoursError, WorkingHours, hours_of_units, parse_hours
from service.people.organisations import Unit, load_organisations

ZONE = ZoneInfo("Asia/Shanghai")
HOME = Path(__file__).resolve().parents[2]
CALENDAR = load_calendar(HOME / "knowledge_base" / "calendar")
OFFICE = WorkingHours(parse_hours("周一至周五 09:00-12:00、14:00-17:30"), CALENDAR, ZONE)
A_DAY = 390  # open minutes


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


moments = st.datetimes(
    datetime(2025, 12, 1),  # noqa: DTZ001 the zone is the next argument
    datetime(2027, 2, 1),  # noqa: DTZ001
    timezones=st.sampled_from([ZONE, UTC]),
)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-25 08:59", False),
        ("2026-11-25 09:00", True),
        ("2026-11-25 11:59", True),
        ("2026-11-25 12:00", False),  # lunch
        ("2026-11-25 14:00", True),
        ("2026-11-25 17:30", False),
        ("2026-11-25 23:40", False),
        ("2026-11-28 10:00", False),  # Saturday
        ("2026-10-10 10:00", True),  # make-up Saturday
        ("2026-09-20 16:00", True),  # make-up Sunday
        ("2026-10-05 10:00", False),  # a Monday of National Day
        ("2026-02-18 10:00", False),  # Spring Festival
    ],
)
def test_somebody_is_there_in_hours_only(moment: str, opens: bool) -> None:
    assert OFFICE.open_at(at(moment)) is opens


@pytest.mark.parametrize(
    ("moment", "opening", "closing"),
    [
        ("2026-11-25 10:20", "2026-11-25 10:20", "2026-11-25 12:00"),
        ("2026-11-25 12:30", "2026-11-25 14:00", "2026-11-25 17:30"),
        ("2026-11-25 23:40", "2026-11-26 09:00", "2026-11-26 12:00"),
        ("2026-11-27 18:00", "2026-11-30 09:00", "2026-11-30 12:00"),  # Friday evening
        ("2026-09-30 18:00", "2026-10-08 09:00", "2026-10-08 12:00"),  # before National Day
        ("2026-10-09 20:00", "2026-10-10 09:00", "2026-10-10 12:00"),  # the make-up Saturday
        ("2026-02-13 19:00", "2026-02-14 09:00", "2026-02-14 12:00"),
        ("2026-02-14 19:00", "2026-02-24 09:00", "2026-02-24 12:00"),  # Spring Festival
    ],
)
def test_the_next_opening_and_its_end(moment: str, opening: str, closing: str) -> None:
    assert OFFICE.next_opening(at(moment)) == at(opening)
    assert OFFICE.open_at(at(closing) - timedelta(microseconds=1))
    assert not OFFICE.open_at(at(closing))


@pytest.mark.parametrize(
    ("moment", "minutes", "then"),
    [
        ("2026-11-25 11:50", 20, "2026-11-25 14:10"),
        ("2026-11-25 11:50", 10, "2026-11-25 12:00"),
        ("2026-11-25 23:40", 30, "2026-11-26 09:30"),
        ("2026-11-25 23:40", 0, "2026-11-26 09:00"),
        ("2026-09-30 17:20", 30, "2026-10-08 09:20"),
        ("2026-10-09 09:00", 2 * A_DAY, "2026-10-10 17:30"),
    ],
)
def test_open_time_is_counted(moment: str, minutes: int, then: str) -> None:
    assert OFFICE.working_minutes(at(moment), at(then)) == minutes


def test_no_open_time_passes_over_a_holiday_or_backwards() -> None:
    assert OFFICE.working_minutes(at("2026-09-30 17:30"), at("2026-10-08 09:00")) == 0
    assert OFFICE.working_minutes(at("2026-11-26 10:00"), at("2026-11-25 10:00")) == 0
    assert OFFICE.working_minutes(at("2026-11-23 00:00"), at("2026-11-30 00:00")) == 5 * A_DAY


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (date(2026, 11, 25), 0, date(2026, 11, 25)),
        (date(2026, 11, 25), 3, date(2026, 11, 30)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
    ],
)
def test_working_days_are_counted(day: date, n: int, then: date) -> None:
    assert OFFICE.working_days_after(day, n) == then


def test_a_year_without_a_notice_goes_by_weekday_and_says_so() -> None:
    assert OFFICE.known(at("2026-12-31 10:00"))
    assert not OFFICE.known(at("2031-01-01 10:00"))
    assert OFFICE.open_at(at("2031-01-01 10:00"))


def test_only_an_office_open_from_monday_to_friday_opens_on_a_make_up_day() -> None:
    tuesdays = WorkingHours(parse_hours("周二、周四 09:00-12:00"), CALENDAR, ZONE)
    assert not tuesdays.open_at(at("2026-10-10 10:00"))
    assert tuesdays.next_opening(at("2026-09-30 10:00")) == at("2026-10-08 09:00")
    every_day = WorkingHours(parse_hours("周一至周日 00:00-23:59"), CALENDAR, ZONE)
    assert every_day.open_at(at("2026-11-28 23:40"))
    assert not every_day.open_at(at("2026-10-01 10:00"))


@given(moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(moment: datetime) -> None:
    opening = OFFICE.next_opening(moment)
    assert opening >= moment
    assert OFFICE.open_at(opening)
    assert OFFICE.working_minutes(moment, opening) == 0
    assert OFFICE.next_opening(opening) == opening
    assert OFFICE.open_at(moment) is (opening == moment)


@given(moments, st.integers(0, 40_000), st.integers(0, 40_000))
def test_open_time_may_be_counted_in_parts(moment: datetime, first: int, second: int) -> None:
    start = moment.replace(second=0, microsecond=0)
    middle = start + timedelta(minutes=first)
    end = middle + timedelta(minutes=second)
    parts = OFFICE.working_minutes(start, middle) + OFFICE.working_minutes(middle, end)
    assert OFFICE.working_minutes(start, end) == parts


@given(moments, st.integers(1, 40))
def test_the_nth_working_day_is_open_and_has_n_behind_it(moment: datetime, n: int) -> None:
    day = moment.date()
    then = OFFICE.working_days_after(day, n)
    assert OFFICE.open_at(datetime.combine(then, time(9), ZONE))
    between = [day + timedelta(days=past) for past in range(1, (then - day).days + 1)]
    assert sum(CALENDAR.day(on).working for on in between) == n


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Asia/Shanghai"])
def test_hours_hold_by_the_clock_of_the_zone_even_when_it_is_put_forward(zone: str) -> None:
    office = WorkingHours(parse_hours("周一至周五 09:00-12:00"), Calendar(), ZoneInfo(zone))
    for month in range(1, 13):
        opening = office.next_opening(datetime(2027, month, 1, 20, tzinfo=ZoneInfo(zone)))
        assert opening.astimezone(ZoneInfo(zone)).time() == time(9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "周一至周五",
        "周一至周五 9:00-12:00",
        "周一至周五 12:00-09:00",
        "周一至周五 09:00-12:00、11:00-17:30",
        "周一至周五 14:00-17:30、09:00-12:00",
        "周五至周一 09:00-12:00",
        "星期一 09:00-12:00",
        "周一至周五 09:00－12:00",
        "周一至周五 09:00-25:00",
        "工作日",
    ],
)
def test_hours_in_another_form_are_refused(text: str) -> None:
    with pytest.raises(HoursError):
        parse_hours(text)


def test_the_hours_of_every_shipped_union_are_read_and_a_wrong_one_names_its_unit() -> None:
    units = load_organisations(HOME / "knowledge_base" / "organisations.yml")
    hours = hours_of_units(units, CALENDAR, ZONE)
    assert set(hours) == {unit.path for unit in units if unit.union}
    assert units[1].union is not None
    wrong = Unit(**units[1].model_dump() | {"union": units[1].union.model_dump() | {"hours": "白天"}})
    with pytest.raises(HoursError, match=units[1].path):
        hours_of_units([wrong], CALENDAR, ZONE)
