"""What bootstrap says. The sentences are JSON, which can be read before anything is installed."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parent.parent / "texts" / "zh-CN" / "bootstrap.json"


@cache
def _sentences() -> dict[str, Any]:
    with FILE.open(encoding="utf-8") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


def say(key: str, **fields: object) -> str:
    """Return the progress sentence `key` with its fields filled in."""
    sentence: str = _sentences()["progress"][key]
    return sentence.format(**fields)


class Failure(Exception):
    """Why bootstrap stopped: one line saying what is wrong and what cures it."""

    def __init__(self, key: str, **fields: object) -> None:
        self.key = key
        failure = _sentences()["failures"][key]
        self.what: str = failure["what"].format(**fields)
        self.cure: str = failure["cure"].format(**fields)
        super().__init__(self.what + self.cure)
