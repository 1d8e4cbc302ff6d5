"""What the encoder is trained on: a folder in BEIR layout, question–answer pairs and the knowledge cards."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.passages import Kind, Passage

LABOUR = Path(__file__).parent / "labour_questions.jsonl"
"""Questions of employees on articles of labour law, written for this repository (see `read_placed`)."""


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question and what answers it: ids of corpus passages, and at times a written answer."""

    text: str
    gold: tuple[str, ...]
    answer: str | None = None


def read_corpus(folder: Path) -> list[Passage]:
    """The passages of `corpus.jsonl` (`_id`, `title`, `text`, optional `metadata`) in a BEIR folder."""
    passages = []
    for record in _records(folder / "corpus.jsonl"):
        metadata = record.get("metadata") or {}
        passages.append(
            Passage(
                id=str(record["_id"]),
                kind=Kind.ARTICLE,
                title=record.get("title", ""),
                text=record["text"],
                law=metadata.get("law") or None,
                article=metadata.get("article") or None,
                heading=metadata.get("heading") or None,
            )
        )
    return passages


def read_questions(folder: Path) -> dict[str, str]:
    """Question texts by id from `queries.jsonl`."""
    return {str(record["_id"]): record["text"] for record in _records(folder / "queries.jsonl")}


def read_judgements(folder: Path, split: str) -> dict[str, dict[str, int]]:
    """Grades of passages by question id from `qrels/<split>.tsv`; grades of 0 are left out."""
    judgements: dict[str, dict[str, int]] = {}
    lines = (folder / "qrels" / f"{split}.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        question, passage, grade = line.split("\t")
        if int(grade) > 0:
            judgements.setdefault(question, {})[passage] = int(grade)
    return judgements


def read_labelled(folder: Path, split: str) -> list[LabelledQuestion]:
    """The questions of a split with their gold passages, in the order of their ids."""
    texts = read_questions(folder)
    judgements = read_judgements(folder, split)
    return [LabelledQuestion(texts[key], tuple(sorted(judgements[key]))) for key in sorted(judgements)]


def read_pairs(path: Path) -> list[LabelledQuestion]:
    """Questions with a written answer (`question`, `answer`, optional `gold`), one JSON object a line."""
    return [
        LabelledQuestion(record["question"], tuple(map(str, record.get("gold") or ())), record.get("answer"))
        for record in _records(path)
    ]


def read_placed(path: Path, passages: Sequence[Passage]) -> list[LabelledQuestion]:
    """Questions with the articles that answer them by law and number (`question`, `places`), one JSON object
    a line; those none of whose articles is among `passages` are left out."""
    ids = {(passage.law, passage.article): passage.id for passage in passages if passage.article}
    found = (
        LabelledQuestion(
            record["question"],
            tuple(ids[place] for law, article in record["places"] if (place := (law, article)) in ids),
        )
        for record in _records(path)
    )
    return [question for question in found if question.gold]


def data_hash(*paths: Path) -> str:
    """One SHA-256 over the files' contents, in the order given."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)
