"""Fits everything that ranks and decides for one encoder, and puts it where `Artifacts` reads it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.progress import Progress

from retrieval.article_ranking import FOLDER as ARTICLE_RANKER
from retrieval.artifacts import FUSION, SHIPPED, Artifacts
from retrieval.encoder import load_encoder
from retrieval.learned import MANIFEST
from retrieval.training.article_ranking import FEWEST, fit, judged_rows
from retrieval.training.calibration import Files, refit
from retrieval.training.sources import data_hash, read_corpus, read_labelled, read_pairs
from retrieval.training.trainer import Recipe

COMMAND = "union-assistant train ranking"


class TooFewQuestionsError(Exception):
    """The folder given as `bench` has fewer labelled questions than a ranker can learn from."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """The fingerprint of what was fitted, and its figures out of fold, by part."""

    fingerprint: str
    reports: Mapping[str, Mapping[str, float]]


def fit_ranking(
    home: Path, encoder: Path | None, out: Path, progress: Progress, *, bench: Path | None
) -> Ranked:
    """Fit fusion, rankers and calibration for the encoder in the folder (None: the shipped one) into `out`.

    `home` is the checkout with the cards and the questions written for this. Without `bench` (stard/ in BEIR
    layout, pairs/law_qa.jsonl) there is nothing to rank articles on: they are ranked by fused scores then,
    unless the encoder is the one the shipped ranker was fitted for. A failure leaves what is in `out`.

    Raises:
        FileNotFoundError: a file of `home` or `bench` is missing.
        TooFewQuestionsError: `bench` has fewer than FEWEST labelled questions.
        EncoderError: there is no model in `encoder`.
    """
    model = load_encoder(encoder)
    where = (encoder or SHIPPED / "encoder").resolve()
    with TemporaryDirectory() as folder:
        made = Path(folder) / model.fingerprint
        made.mkdir()
        shutil.copy(SHIPPED / FUSION, made / FUSION)
        if bench is not None:
            _fit_articles(where, bench, made, progress)
        elif _shipped_for(model.fingerprint):
            shutil.copytree(SHIPPED / ARTICLE_RANKER, made / ARTICLE_RANKER)
        fitted = refit(model, made, progress, files=_files(home))
        Artifacts.read(made)  # what cannot be read takes no place
        _put(made, out)
    return Ranked(Artifacts.read(out).fingerprint, fitted.reports)


def _files(home: Path) -> Files:
    """What is fitted on, in the checkout at `home`."""
    below = Files()
    return Files(
        rows=home / below.rows,
        more=home / below.more,
        examples=home / below.examples,
        heard=home / below.heard,
        cards=home / below.cards,
    )


def _shipped_for(encoder: str) -> bool:
    """Whether the shipped ranker of articles was fitted for the encoder with that fingerprint."""
    manifest = SHIPPED / ARTICLE_RANKER / MANIFEST
    return manifest.exists() and json.loads(manifest.read_text(encoding="utf-8"))["encoder"] == encoder


def _fit_articles(encoder: Path, bench: Path, out: Path, progress: Progress) -> None:
    """Fit the ranker of articles, and BM25's share for a fusion without it, on the questions in `bench`.

    The encoder is as it is, so the questions of a fold are kept from memory alone.
    """
    stard, pairs = bench / "stard", bench / "pairs" / "law_qa.jsonl"
    used = [stard / "corpus.jsonl", stard / "queries.jsonl", stard / "qrels" / "train.tsv", pairs]
    for needed in used:
        if not needed.exists():
            raise FileNotFoundError(needed)
    model, seed = load_encoder(encoder), Recipe().seed
    written = [question for question in read_pairs(pairs) if question.gold]
    labelled = read_labelled(stard, "train")
    if len(labelled) < FEWEST:
        raise TooFewQuestionsError(f"{len(labelled)} questions in {bench}, {FEWEST} are needed")
    judged = judged_rows(read_corpus(stard), labelled, written, lambda _: model, progress, seed=seed)
    fitted = fit(judged, seed=seed)
    fitted.save(out, {"command": COMMAND, "data_sha256": data_hash(*used), "encoder": model.fingerprint})
    fusion = json.loads((out / FUSION).read_text(encoding="utf-8"))
    fusion["weights"]["article_lexical"] = fitted.share
    (out / FUSION).write_text(json.dumps(fusion, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _put(made: Path, out: Path) -> None:
    """Move what was fitted into `out`: beside what is there first, then each part in one step."""
    out.mkdir(parents=True, exist_ok=True)
    for part in sorted(made.iterdir()):
        beside, target = out / f".{part.name}.new", out / part.name
        shutil.rmtree(beside, ignore_errors=True)
        if part.is_dir():
            shutil.copytree(part, beside)
            shutil.rmtree(target, ignore_errors=True)
        else:
            shutil.copy(part, beside)
        beside.replace(target)
