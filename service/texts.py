"""Every sentence the service says, by noun; a missing key fails at start, not in front of an employee."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from retrieval.yamlfile import read_yaml

Value = str | list["Value"] | dict[str, "Value"]


class TextsError(Exception):
    """A text file is missing, is not YAML, or lacks a key the product says."""


class Texts:
    """Sentences of one locale: `texts("conversation.opening", name="…")`.

    Keys are `<file>.<path>`; placeholders are `{name}` as in str.format.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def __call__(self, key: str, /, **fields: object) -> str:
        value = self.value(key)
        if not isinstance(value, str):
            raise TextsError(f"texts: {key} is not a sentence")
        return value.format(**fields) if fields else value

    def value(self, key: str) -> Value:
        """Return the sentence, list or mapping at `key`. Raises TextsError when there is none."""
        node: Value | Mapping[str, Value] = self._values
        for part in key.split("."):
            if not isinstance(node, Mapping) or part not in node:
                raise TextsError(f"texts: no {key}")
            node = node[part]
        return node  # type: ignore[return-value]

    def section(self, key: str) -> dict[str, Value]:
        """Return the mapping at `key`. Raises TextsError when it is not one."""
        value = self.value(key)
        if not isinstance(value, dict):
            raise TextsError(f"texts: {key} is not a section")
        return value

    def has(self, key: str) -> bool:
        try:
            self.value(key)
        except TextsError:
            return False
        return True

    def require(self, keys: Iterable[str]) -> None:
        """Raise TextsError naming every key of `keys` that is not there."""
        missing = sorted(key for key in keys if not self.has(key))
        if missing:
            raise TextsError(f"texts: missing {', '.join(missing)}")


def load_texts(folder: Path) -> Texts:
    """Read `folder/*.yml`, one noun a file, and folders of such files (`entitlements.dues.title`).

    Raises TextsError with the file at fault.
    """
    values = _read(folder)
    if not values:
        raise TextsError(f"texts: no *.yml in {folder}")
    for inner in sorted(entry for entry in folder.iterdir() if entry.is_dir()):
        values[inner.name] = _read(inner)
    return Texts(values)


def _read(folder: Path) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for file in sorted(folder.glob("*.yml")):
        try:
            content = read_yaml(file)
        except (OSError, yaml.YAMLError) as error:
            raise TextsError(f"texts: {file}: {error}") from error
        if not isinstance(content, dict):
            raise TextsError(f"texts: {file} is not a mapping")
        values[file.stem] = content
    return values
