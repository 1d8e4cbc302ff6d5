"""Moments in the words one would use for them now."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from service.handover.when import When
from service.texts import load_texts

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def when(home: Path) -> When:
    return When(load_texts(home / "texts" / "zh-CN"), ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-25 14:00", "今天14:00"),
        ("2026-11-26 09:00", "明天（11月26日 周四）9:00"),
        ("2026-11-27 09:05", "后天（11月27日 周五）9:05"),
        ("2026-11-24 16:30", "11月24日（周二）16:30"),
        ("2026-12-03 14:00", "12月3日（周四）14:00"),
        ("2027-01-04 09:00", "2027年1月4日（周一）9:00"),
    ],
)
def test_a_moment_is_said_relative_to_now(when: When, moment: str, said: str) -> None:
    assert when.moment(at(moment), now=at("2026-11-25 10:00")) == said


def test_just_before_midnight_tomorrow_is_the_next_day_of_the_zone(when: When) -> None:
    assert when.moment(at("2026-11-26 09:00"), now=at("2026-11-25 23:40")).startswith("明天")
    assert when.moment(at("2026-11-26 09:00"), now=at("2026-11-26 00:10")) == "今天9:00"


def test_a_span_says_its_day_once(when: When) -> None:
    now = at("2026-11-25 10:00")
    assert when.span(at("2026-11-25 14:00"), at("2026-11-25 16:00"), now=now) == "今天14:00至16:00"
    assert when.span(at("2026-11-28 14:00"), at("2026-11-29 16:00"), now=now) == (
        "11月28日（周六）14:00至11月29日（周日）16:00"
    )
