"""A member of staff who keeps activities or consultation times, working by HTTP as the console does."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.clocked_service import read_clock
from tests.officer import Officer
from tests.stack import Stack


class Keeper(Officer):
    """One account of the console, signed in."""

    def __init__(self, stack: Stack, *, role: str, org: str) -> None:
        super().__init__(stack, name=role, org=org, roles=[role])
        self._data = stack.data
        self._org = org

    def put_up(
        self, title: str, *, place: str = "活动室", days: int = 3, capacity: int = 5, closes_in: int = 2
    ) -> str:
        """Put an activity up that begins at 14:00 in `days` days; return its id."""
        starts_at = self._afternoon(days)
        body = {
            "title": title,
            "place": place,
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
            "register_until": self._afternoon(closes_in).isoformat(),
            "capacity": capacity,
            "organisation": self._org,
            "description": "",
            "contact": "工会干事，0551-0000-0101",
        }
        return str(self.post("/activities", body)["id"])

    def offer(self, kind: str, *, days: int = 2, hours: float = 0.0, place: str = "5楼506室") -> str:
        """Offer half an hour at 14:00 in `days` days, or `hours` later; return its id."""
        body = {
            "kind": kind,
            "starts_at": (self._afternoon(days) + timedelta(hours=hours)).isoformat(),
            "minutes": 30,
            "place": place,
            "organisation": self._org,
        }
        return str(self.post("/slots", body)["id"])

    def _afternoon(self, days: int) -> datetime:
        today = read_clock(self._data).replace(hour=6, minute=0, second=0, microsecond=0)  # 14:00 in Shanghai
        return today + timedelta(days=days)
