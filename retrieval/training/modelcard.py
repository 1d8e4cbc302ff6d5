"""The manifest and the model card of a trained encoder."""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

_TEMPLATE = Path(__file__).with_name("modelcard.md")
COMMAND = (
    "python -m retrieval.training.encoder --bench ../shared/bench --cards knowledge_base/cards"
    " --out retrieval/artifacts"
)
SOURCES: tuple[Mapping[str, str], ...] = (
    {
        "name": "STARD corpus and train split",
        "what": "statutes by article; questions of lay people with the articles that answer them",
        "licence": "MIT (Su et al. 2024, arXiv 2406.15313); statutes are official texts without copyright",
    },
    {
        "name": "LawRefBook/Laws",
        "what": "texts of the statutes",
        "licence": "official texts without copyright",
    },
    {
        "name": "lawyer-llama questions and answers",
        "what": "legal questions with an answer written by a language model; never quoted, only learned from",
        "licence": "Apache-2.0",
    },
    {
        "name": "retrieval/training/labour_questions.jsonl",
        "what": "questions of employees on articles of labour law; written by a language model that read the"
        " articles, for this repository",
        "licence": "as this repository",
    },
    {
        "name": "knowledge_base/cards",
        "what": "this repository's cards: questions, titles, texts",
        "licence": "as this repository",
    },
)


def manifest(
    *, recipe: Mapping[str, Any], counts: Mapping[str, int], data: str, fingerprint: str
) -> dict[str, Any]:
    """What stands beside the encoder: how to make it again, from what, and under which licences."""
    return {
        "fingerprint": fingerprint,
        "command": COMMAND,
        "recipe": dict(recipe),
        "data_sha256": data,
        "counts": dict(counts),
        "sources": [dict(source) for source in SOURCES],
    }


def model_card(made: Mapping[str, Any], dimensions: int) -> str:
    """The README of the model folder, in Markdown, from its manifest."""
    sources = "\n".join(
        f"- **{source['name']}**: {source['what']}. {source['licence']}." for source in made["sources"]
    )
    counts = "\n".join(f"| {name} | {count:,} |" for name, count in made["counts"].items())
    recipe = "\n".join(f"| {name} | {value} |" for name, value in made["recipe"].items())
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(
        dimensions=dimensions,
        fingerprint=made["fingerprint"],
        command=made["command"],
        data=made["data_sha256"],
        sources=sources,
        counts=counts,
        recipe=recipe,
    )
