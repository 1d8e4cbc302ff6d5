"""The calendar of the official notices, and what is refused in its files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from service.handover.calendar import Calendar, CalendarError, DayKind, load_calendar

NOTICE = """
year: 2026
title: 通知
number: null
issued_on: 2025-11-04
source: 测试
verified: true
reviewed_on: 2026-11-25
holidays:
- {name: 国庆节, from: 2026-10-01, to: 2026-10-07, workdays: [2026-09-20, 2026-10-10]}
"""


@pytest.fixture(scope="module")
def shipped(home: Path) -> Calendar:
    return load_calendar(home / "knowledge_base" / "calendar")


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 13), DayKind.WEEKDAY),
        (date(2026, 2, 14), DayKind.MAKE_UP),
        (date(2026, 2, 15), DayKind.HOLIDAY),
        (date(2026, 2, 23), DayKind.HOLIDAY),
        (date(2026, 2, 24), DayKind.WEEKDAY),
        (date(2026, 9, 20), DayKind.MAKE_UP),
        (date(2026, 10, 7), DayKind.HOLIDAY),
        (date(2026, 11, 28), DayKind.WEEKEND),
    ],
)
def test_the_notice_for_2026_is_known(shipped: Calendar, day: date, kind: DayKind) -> None:
    found = shipped.day(day)
    assert (found.kind, found.known) == (kind, True)
    assert found.working is (kind in (DayKind.WEEKDAY, DayKind.MAKE_UP))


def test_a_year_without_a_notice_has_weekdays_only_and_says_so(shipped: Calendar) -> None:
    national_day = shipped.day(date(2031, 10, 1))
    assert (national_day.kind, national_day.known) == (DayKind.WEEKDAY, False)
    assert shipped.day(date(2031, 10, 4)).kind is DayKind.WEEKEND


def test_every_shipped_notice_says_where_it_was_read(shipped: Calendar) -> None:
    assert shipped.years
    for year in shipped.years:
        assert year.source.strip()
        assert year.issued_on <= year.reviewed_on
        assert len({day for holiday in year.holidays for day in holiday.days_off()}) >= 13  # statutory days


def test_no_folder_is_a_calendar_that_knows_no_year(tmp_path: Path) -> None:
    assert load_calendar(tmp_path / "calendar").years == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("to: 2026-10-07", "to: 2026-09-30", "国庆节"),
        ("to: 2026-10-07", "to: 2026-10-20", "国庆节"),
        ("2026-09-20", "2026-09-21", "2026-09-21"),
        ("2026-10-10", "2026-10-04", "2026-10-04"),
        ("year: 2026", "year: 2027", "国庆节"),
        ("verified: true", "checked: true", "verified"),
        ("holidays:", "days:", "holidays"),
    ],
)
def test_an_impossible_notice_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "2026.yml").write_text(NOTICE.replace(old, new), encoding="utf-8")
    with pytest.raises(CalendarError, match=said):
        load_calendar(tmp_path)


def test_a_notice_in_the_file_of_another_year_is_refused(tmp_path: Path) -> None:
    (tmp_path / "2025.yml").write_text(NOTICE, encoding="utf-8")
    with pytest.raises(CalendarError, match="2026"):
        load_calendar(tmp_path)


def test_two_notices_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "2026.yml").write_text(NOTICE, encoding="utf-8")
    other = yaml.safe_load(NOTICE) | {"year": 2027}
    other["holidays"] = [
        {"name": "元旦", "from": date(2027, 1, 1), "to": date(2027, 1, 3), "workdays": [date(2026, 10, 3)]}
    ]
    (tmp_path / "2027.yml").write_text(yaml.safe_dump(other, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CalendarError, match="2026-10-03"):
        load_calendar(tmp_path)
