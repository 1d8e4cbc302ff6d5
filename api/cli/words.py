"""The command line's words, read before anything heavy is imported."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from retrieval.yamlfile import read_yaml
from service.texts import Texts


@cache
def words() -> Texts:
    """Return texts/zh-CN/cli.yml alone, so that `--help` does not wait for all the others."""
    home = Path(os.environ.get("UA_HOME", Path(__file__).resolve().parents[2]))
    content = read_yaml(home / "texts" / "zh-CN" / "cli.yml")
    return Texts({"cli": content})


def word(key: str, /, **fields: object) -> str:
    """Return the sentence `key` of cli.yml."""
    return words()(f"cli.{key}", **fields)
