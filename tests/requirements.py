"""What some tests need from the machine: Chromium, PostgreSQL, a Chinese font; and Node with its packages.

Without it such a test is skipped with the reason and the cure. In CI (`CI=true`) that is a failure, because
there everything must be.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

HOME = Path(__file__).resolve().parent.parent
POSTGRESQL = Path("/usr/lib/postgresql")  # where Debian keeps the servers, which are not on the PATH


def need_chromium(*, bundled: Path | None = None) -> Path:
    """Return the browser: UA_CHROMIUM, the machine's own, or `bundled`, which Playwright may have."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("UA_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found:
        return Path(found)
    if bundled and bundled.is_file():
        return bundled
    return _missing("Chromium", "apt install chromium chromium-driver fonts-noto-cjk")


def need_postgresql() -> Path:
    """Return the folder with initdb and postgres of the newest server that is installed."""
    servers = sorted(POSTGRESQL.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    for initdb in (*servers, *([Path(on_path).resolve()] if on_path else [])):
        if (initdb.parent / "postgres").exists():
            return initdb.parent
    return _missing("PostgreSQL", "apt install postgresql")


def need_chinese_font() -> Path:
    """Return a font file with Chinese characters."""
    fonts = (
        subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True, check=False).stdout
        if shutil.which("fc-list")
        else ""
    )
    files = sorted(Path(line.strip().rstrip(":")) for line in fonts.splitlines() if line.strip())
    regular = [file for file in files if "Regular" in file.name and "Mono" not in file.name]
    return next(iter([*regular, *files]), None) or _missing("A Chinese font", "apt install fonts-noto-cjk")


def need_node() -> Path:
    """Return the Node that bootstrap found or fetched."""
    node = HOME / ".bootstrap" / "bin" / "node"
    return node if node.exists() else _missing("Node", "make run")


def need_npm_package(name: str) -> Path:
    """Return the folder of packages in which `name` is."""
    packages = HOME / "web" / "node_modules"
    return packages if (packages / name).is_dir() else _missing(name, "make run")


def _missing(what: str, cure: str) -> NoReturn:
    reason = f"{what} is not on this machine: {cure}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
