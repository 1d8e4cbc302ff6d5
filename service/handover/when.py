"""A moment in the words a person would use for it now: today, tomorrow, or the date with its weekday."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from service.texts import Texts

NEAR_DAYS = ("today", "tomorrow", "after_tomorrow")


class When:
    """Says days and moments in the deployment's zone. Threads may share this object."""

    def __init__(self, texts: Texts, zone: ZoneInfo) -> None:
        texts.require(
            f"when.{key}"
            for key in (*NEAR_DAYS, "weekdays", "date", "this_year", "other_year", "moment", "from_to")
        )
        self._texts = texts
        self._zone = zone

    def moment(self, at: datetime, *, now: datetime) -> str:
        """Return “今天14:00” or “明天（11月26日 周四）9:00”."""
        return self._texts("when.moment", day=self.day_of(at, now=now), time=self.clock(at))

    def span(self, start: datetime, end: datetime, *, now: datetime) -> str:
        """Return “今天14:00至16:00”; an end on another day is said in full."""
        same_day = start.astimezone(self._zone).date() == end.astimezone(self._zone).date()
        until = self.clock(end) if same_day else self.moment(end, now=now)
        return self._texts("when.from_to", start=self.moment(start, now=now), end=until)

    def day(self, on: date, *, today: date) -> str:
        """Return “今天”, “后天（11月27日 周五）”, “12月3日（周四）” or “2027年1月4日（周一）”."""
        ahead = (on - today).days
        if 0 <= ahead < len(NEAR_DAYS):
            key = NEAR_DAYS[ahead]
        else:
            key = "this_year" if on.year == today.year else "other_year"
        date_words = self._texts("when.date", month=on.month, day=on.day)
        return self._texts(f"when.{key}", year=on.year, date=date_words, weekday=self.weekday(on))

    def day_of(self, at: datetime, *, now: datetime) -> str:
        """Return the day of a moment: “明天（11月26日 周四）”."""
        return self.day(self.local_day(at), today=self.local_day(now))

    def local_day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def weekday(self, on: date) -> str:
        names = self._texts.value("when.weekdays")
        return str(names[on.weekday()]) if isinstance(names, list) else ""

    def clock(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return f"{local.hour}:{local.minute:02}"
