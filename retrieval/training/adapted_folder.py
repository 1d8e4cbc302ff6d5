"""Writes an adapted encoder with its manifest and model card, under its own fingerprint."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import Any

from retrieval.passages import Kind
from retrieval.shelf import line
from retrieval.training.adapting import Adapted, AdaptRecipe, Deployment
from retrieval.training.artifact import write_folder
from retrieval.training.trying import Figures

_TEMPLATE = Path(__file__).with_name("adapted.md")
COMMAND = "union-assistant train encoder"
FIGURES = ("first", "among_five", "reciprocal_rank")


def write_adapted(
    adapted: Adapted, deployment: Deployment, recipe: AdaptRecipe, *, base: str, root: Path, out: Path | None
) -> Path:
    """Write the encoder to `out`, or to a folder below `root` that bears its fingerprint; returns where.

    `base` is the fingerprint of the encoder it was trained on from. The folder is whole or not there; one
    that is there already is replaced.
    """
    parent = root if out is None else out.parent
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".encoder-", dir=parent) as folder:
        made = Path(folder) / "encoder"
        fingerprint = write_folder(adapted.tokenizer, adapted.table, made)
        content = _manifest(adapted, deployment, recipe, base=base, fingerprint=fingerprint)
        (made / "manifest.json").write_text(
            json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        (made / "README.md").write_text(_card(content, adapted.table.shape[1]), encoding="utf-8")
        target = root / fingerprint if out is None else out
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)
    return target


def data_of(deployment: Deployment) -> str:
    """A SHA-256 over everything that was learned from, whatever its order."""
    lines = [line(passage) for passage in deployment.passages]
    lines += [json.dumps(asdict(one), ensure_ascii=False).encode() + b"\n" for one in deployment.asked]
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def _manifest(
    adapted: Adapted, deployment: Deployment, recipe: AdaptRecipe, *, base: str, fingerprint: str
) -> dict[str, Any]:
    cards = [passage for passage in deployment.passages if passage.kind is Kind.CARD]
    return {
        "fingerprint": fingerprint,
        "base": base,
        "command": COMMAND,
        "recipe": asdict(recipe),
        "data_sha256": data_of(deployment),
        "counts": {
            "cards": len(cards),
            "questions of cards": sum(len(card.questions) for card in cards),
            "articles": len(deployment.passages) - len(cards),
            "questions asked": adapted.learned,
            "questions tried": adapted.held_out,
        },
        "before": _figures(adapted.before),
        "after": _figures(adapted.after),
    }


def _figures(figures: Figures | None) -> dict[str, float] | None:
    if figures is None:
        return None
    return {name: round(getattr(figures, name), 4) for name in FIGURES}


def _card(made: dict[str, Any], dimensions: int) -> str:
    rows = ["Too few to tell."]
    if made["before"] is not None and made["after"] is not None:
        rows = ["| figure | before | after |", "|---|---|---|"]
        rows += [f"| {name} | {value} | {made['after'][name]} |" for name, value in made["before"].items()]
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        dimensions=dimensions,
        fingerprint=made["fingerprint"],
        base=made["base"],
        data=made["data_sha256"],
        command=made["command"],
        counts="\n".join(f"| {name} | {count:,} |" for name, count in made["counts"].items()),
        recipe="\n".join(f"| {name} | {value} |" for name, value in made["recipe"].items()),
        figures="\n".join(rows),
    )
