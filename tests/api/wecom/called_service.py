"""The application in a process of its own, without Rasa, for tests that call its addresses.

`python -m tests.api.wecom.called_service FOLDER PORT`: FOLDER is a prepared deployment; `settings.json` in it
holds further settings. `clock` there says by how many seconds the service's clock differs from the machine's,
and while `dialogue` is there the dialogue counts as ready. Both may change at any moment.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from api.app import create_app
from api.logs import configure_logging
from api.settings import Settings
from service.clock import Clock


class Probe:
    ever_ready = True
    model: str | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def ready(self) -> bool:
        return (self._folder / "dialogue").exists()


class Ahead:
    """The time, by so much ahead as `file` says; it is not read again while it is the same."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at, self._ahead = 0, timedelta()

    def __call__(self) -> datetime:
        changed_at = self._file.stat().st_mtime_ns
        if changed_at != self._read_at:
            self._read_at, self._ahead = changed_at, timedelta(seconds=float(self._file.read_text()))
        return datetime.now(UTC) + self._ahead


def main(folder: Path, port: int) -> None:
    more = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
    settings = Settings(home=folder, data_dir=folder / "var", **more)
    configure_logging(folder / "logs", level="INFO")
    app = create_app(settings, probe=Probe(folder), clock=Clock("Asia/Shanghai", Ahead(folder / "clock")))
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
