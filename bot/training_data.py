"""The dialogue's own files, read without Rasa: what each intent sounds like and what answers it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from language.normalise import normalise

FALLBACK_COMPONENT = "FallbackClassifier"


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of the training data, in normalised spelling."""

    text: str
    intent: str
    file: str


def read_examples(folder: Path) -> list[Example]:
    """Return the examples of the `.yml` files directly in `folder` (nlu_data)."""
    return [example for file in sorted(folder.glob("*.yml")) for example in _read_examples(file)]


def read_heldout(file: Path) -> tuple[list[Example], dict[str, frozenset[str]]]:
    """Return the sentences, and by sentence the further intents that are as right."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    also = {row["text"]: frozenset(row["also"]) for row in rows if row.get("also")}
    return [Example(row["text"], row["intent"], file.name) for row in rows], also


def read_actions(folder: Path) -> dict[str, str]:
    """Return for each intent the action that its unconditional rule in `folder` (bot/rules) begins with."""
    actions: dict[str, str] = {}
    for file in sorted(folder.glob("*.yml")):
        for rule in _yaml(file)["rules"]:
            first, second = rule["steps"][:2]
            if "intent" in first and "condition" not in rule:
                actions[first["intent"]] = second["action"]
    return actions


def read_threshold(config: Path) -> float:
    """Return the confidence below which config.yml lets a message fall back."""
    for component in _yaml(config)["pipeline"]:
        if component["name"] == FALLBACK_COMPONENT:
            return float(component["threshold"])
    raise ValueError(f"{config} has no {FALLBACK_COMPONENT}")


def _read_examples(file: Path) -> Iterator[Example]:
    for block in _yaml(file)["nlu"]:
        for line in block["examples"].splitlines():
            yield Example(normalise(line.removeprefix("- ")), block["intent"], file.name)


def _yaml(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]
