"""uv does not read pip's configuration: what a machine's pip was told about indexes is passed on to uv."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Mapping
from pathlib import Path

UV_INDEX_VARIABLES = (
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_NO_INDEX",
    "UV_CONFIG_FILE",
)


def read(pip: list[str], env: Mapping[str, str]) -> dict[str, str]:
    """Return pip's settings from its files and environment; empty when pip cannot say."""
    try:
        listing = subprocess.run(
            [*pip, "config", "list"], capture_output=True, text=True, timeout=60, check=True, env=dict(env)
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    return parse(listing)


def parse(listing: str) -> dict[str, str]:
    """Read `pip config list`: `global.` under `install.` under the environment, whatever their order."""
    order = {"global": 0, "install": 1, ":env:": 2}
    settings: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        name, separator, value = line.partition("=")
        section, dot, key = name.partition(".")
        if not separator or not dot or section not in order:
            continue
        try:
            text = str(ast.literal_eval(value))
        except (ValueError, SyntaxError):
            continue
        if key not in settings or order[section] >= settings[key][0]:
            settings[key] = (order[section], text)
    return {key: text for key, (_, text) in settings.items()}


def for_uv(
    settings: Mapping[str, str], env: Mapping[str, str], *, config_files: tuple[Path, ...]
) -> dict[str, str]:
    """Return the variables that tell uv what pip's `settings` say; none where uv has its own settings."""
    told: dict[str, str] = {}
    if "cert" in settings and not env.get("SSL_CERT_FILE"):
        told["SSL_CERT_FILE"] = settings["cert"]
    if any(env.get(variable) for variable in UV_INDEX_VARIABLES) or any(
        file.exists() for file in config_files
    ):
        return told
    if "index-url" in settings:
        told["UV_DEFAULT_INDEX"] = settings["index-url"]
    if "extra-index-url" in settings:
        told["UV_INDEX"] = " ".join(settings["extra-index-url"].split())
        # pip looks at all indexes alike; uv would stop at the first that knows the name.
        told["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return told


def find_links(settings: Mapping[str, str]) -> list[str]:
    """Return the places where pip looks for wheels before any index."""
    return settings.get("find-links", "").split()
