"""Checks of what is installed: both environments, the pages, the clock."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from datetime import datetime
from importlib.metadata import distributions
from pathlib import Path
from zoneinfo import ZoneInfo

from api.cli.doctor.finding import Finding, bad, good
from api.models.training import bot_python
from api.settings import Settings
from retrieval.cards import load_cards

LISTING = (
    "import json, sys; from importlib.metadata import distributions as d; "
    "print(json.dumps([list(sys.version_info[:3]), {x.metadata['Name']: x.version for x in d()}]))"
)
SHOWN = 3  # differing packages that are named


def product_environment(settings: Settings) -> Finding:
    installed = {item.metadata["Name"]: item.version for item in distributions()}
    wrong = _differing(settings.home / "requirements" / "product.txt", installed)
    if sys.version_info < (3, 11) or wrong:
        return bad("product", version=platform.python_version(), wrong=_few(wrong))
    return good("product", version=platform.python_version())


def bot_environment(settings: Settings) -> Finding:
    python = bot_python(settings.home)
    try:
        answer = subprocess.run(
            [python, "-c", LISTING], capture_output=True, text=True, timeout=60, check=True
        )
        version, installed = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return Finding(False, "bot.missing", {"python": python, "reason": type(error).__name__})
    wrong = _differing(settings.home / "requirements" / "bot.txt", installed)
    label = ".".join(str(part) for part in version)
    if version[:2] != [3, 10] or wrong:
        return bad("bot", version=label, wrong=_few(wrong))
    return good("bot", version=label, rasa=installed["rasa"])


def pages(settings: Settings) -> Finding:
    built = (settings.web_dist / "index.html").is_file()
    return (good if built else bad)("pages", folder=settings.web_dist)


def clock(settings: Settings) -> Finding:
    """The knowledge was reviewed in the past; a clock that says otherwise would pick the wrong rules."""
    now = datetime.now(ZoneInfo(settings.timezone))
    reviewed = [
        card.reviewed_on for card in load_cards(settings.knowledge_base / "cards") if card.reviewed_on
    ]
    shown = now.strftime("%Y-%m-%d %H:%M")
    if reviewed and now.date() < max(reviewed):
        return bad("clock", now=shown, reviewed=max(reviewed))
    return good("clock", now=shown, timezone=settings.timezone)


def _differing(requirements: Path, installed: dict[str, str]) -> list[str]:
    """Return the pins of a compiled requirements file that are not what is installed."""
    have = {_canonical(name): version for name, version in installed.items()}
    wrong = []
    for line in requirements.read_text(encoding="utf-8").splitlines():
        pin, _, marker = line.partition(";")
        name, separator, version = pin.strip().partition("==")
        if separator and not marker.strip() and have.get(_canonical(name)) != version.strip():
            wrong.append(pin.strip())
    return wrong


def _canonical(name: str) -> str:
    return name.partition("[")[0].strip().lower().replace("_", "-").replace(".", "-")


def _few(names: list[str]) -> str:
    return "、".join(names[:SHOWN]) + ("……" if len(names) > SHOWN else "")


INSTALLED = (product_environment, bot_environment, pages, clock)
