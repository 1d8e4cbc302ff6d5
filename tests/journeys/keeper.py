"""A member of staff who keeps activities or consultation times, working by HTTP as the console does."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.clocked_service import read_clock
from tests.stack import HOME, Stack

PASSWORD = "a password of the tests"


class Keeper:
    """One account of the console, signed in."""

    def __init__(self, stack: Stack, *, role: str, org: str) -> None:
        login = f"{role}-{uuid4().hex[:8]}"
        program = Path(sys.executable).with_name("union-assistant")
        subprocess.run(
            [program, "staff", "add", login, "--name", login, "--role", role, "--org", org],
            input=PASSWORD,
            text=True,
            check=True,
            capture_output=True,
            cwd=HOME,
            env={**os.environ, "UA_HOME": str(HOME), "UA_DATA_DIR": str(stack.data)},
        )
        self._data = stack.data
        self._org = org
        self._desk = httpx.Client(base_url=f"{stack.url}/api/v1/desk", trust_env=False, timeout=20)
        self.post("/login", {"login": login, "password": PASSWORD})

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

    def post(self, address: str, body: dict[str, Any] | None = None) -> Any:
        return self._desk.post(address, json=body).raise_for_status().json()

    def put(self, address: str, body: dict[str, Any]) -> httpx.Response:
        return self._desk.put(address, json=body)

    def get(self, address: str) -> httpx.Response:
        return self._desk.get(address)

    def _afternoon(self, days: int) -> datetime:
        today = read_clock(self._data).replace(hour=6, minute=0, second=0, microsecond=0)  # 14:00 in Shanghai
        return today + timedelta(days=days)
