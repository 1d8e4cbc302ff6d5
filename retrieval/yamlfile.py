"""Reads YAML files as fast as this PyYAML can."""

from pathlib import Path
from typing import Any

import yaml

# libyaml reads the same several times faster; a PyYAML built without it has the other one.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(file: Path) -> Any:
    """Return what `file` says. Raises OSError, UnicodeDecodeError and yaml.YAMLError."""
    text = file.read_text(encoding="utf-8")
    try:
        return yaml.load(text, Loader=LOADER)  # noqa: S506  both loaders are the safe ones
    except yaml.YAMLError:
        return yaml.safe_load(text)  # its error shows the line as well
