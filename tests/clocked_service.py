"""The real product by another clock: it begins on a Wednesday at 10:00 in Shanghai, when offices are open.

`<data>/clock` holds by how many seconds the clock differs from the machine's; tests may write it anew, also
while the service runs.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI

import api.app
from api.cli import main
from api.settings import Settings
from service.clock import Clock

MORNING = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
real_create_app = api.app.create_app


def set_clock(data: Path, moment: datetime) -> None:
    """Let the clock of the service on `data` say `moment` now, and go on from there."""
    fresh = data / "clock.new"
    fresh.write_text(str((moment - datetime.now(UTC)).total_seconds()), encoding="ascii")
    fresh.replace(data / "clock")


def read_clock(data: Path) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float((data / "clock").read_text(encoding="ascii")))


def create_app(settings: Settings, **parts: Any) -> FastAPI:
    if not (settings.data / "clock").exists():
        set_clock(settings.data, MORNING)
    clock = Clock(settings.timezone, lambda: read_clock(settings.data))
    return real_create_app(settings, clock=clock, **parts)


def serve() -> None:
    api.app.create_app = create_app
    main()


if __name__ == "__main__":
    serve()
