"""What was fitted for one encoder: fusion weights, the rankers of cards and articles, the decision.

A probability learned on one encoder's scores means nothing on another's. Artifacts therefore name the encoder
they were fitted for, and are used with no other: `union-assistant train ranking` fits them again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from retrieval.article_ranking import FOLDER as ARTICLE_RANKER
from retrieval.article_ranking import load_article_ranker
from retrieval.calibration import FILE as CALIBRATION
from retrieval.calibration import Calibration, load_calibration
from retrieval.card_ranking import FOLDER as CARD_RANKER
from retrieval.card_ranking import load_card_ranker
from retrieval.fusion import Weights, load_weights
from retrieval.learned import MANIFEST, BoostedTrees, BoostedTreesError
from retrieval.scope_words import ScopeWords

SHIPPED = Path(__file__).parent / "artifacts"
FUSION = "fusion.json"
SCOPE_WORDS = "scope_words.json"
_NOT_FITTED = "encoder"
"""The shipped encoder lies in the shipped folder and has a fingerprint of its own."""


class ArtifactsError(Exception):
    """Artifacts that cannot be used."""


class ArtifactsMissingError(ArtifactsError):
    """Nothing was fitted for this encoder yet."""

    def __init__(self, encoder: str) -> None:
        super().__init__(f"no ranking was fitted for encoder {encoder}")
        self.encoder = encoder


@dataclass(frozen=True, slots=True)
class Artifacts:
    """One fitted set. `fingerprint` is a hash over its files, so that results can say what weighed them."""

    fingerprint: str
    weights: Weights
    calibration: Calibration = field(compare=False)
    scope_words: ScopeWords = field(compare=False)
    card_ranker: BoostedTrees | None = field(default=None, compare=False)
    article_ranker: BoostedTrees | None = field(default=None, compare=False)

    @classmethod
    def load(cls, encoder: str, fitted: Path | None = None) -> Self:
        """The artifacts for the encoder with that fingerprint.

        `fitted` holds one folder per encoder, named by its fingerprint, where a deployment keeps what it
        fitted itself; what it has for this encoder goes before the shipped artifacts.

        Raises:
            ArtifactsMissingError: none were fitted for this encoder.
            ArtifactsError: they were, and cannot be read.
        """
        for folder in (*([fitted / encoder] if fitted is not None else []), SHIPPED):
            if encoder_of(folder) == encoder:
                return cls.read(folder)
        raise ArtifactsMissingError(encoder)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The artifacts in `folder`, whatever encoder they were fitted for.

        Raises:
            ArtifactsError: something is missing there or was not written by the training command.
        """
        try:
            return cls(
                fingerprint=fingerprint_of(folder),
                weights=load_weights(folder / FUSION),
                calibration=load_calibration(folder),
                scope_words=ScopeWords.read(folder / SCOPE_WORDS),
                card_ranker=load_card_ranker(folder),
                article_ranker=load_article_ranker(folder),
            )
        except (OSError, ValueError, KeyError, TypeError, BoostedTreesError) as error:
            raise ArtifactsError(f"cannot read the ranking in {folder}: {error}") from error


def encoder_of(folder: Path) -> str | None:
    """The fingerprint of the encoder all parts in `folder` were fitted for, None when there is no such."""
    try:
        made = {
            json.loads(file.read_text(encoding="utf-8"))["manifest"]["encoder"]
            for file in (folder / FUSION, folder / CALIBRATION)
        }
        for ranker in (folder / CARD_RANKER / MANIFEST, folder / ARTICLE_RANKER / MANIFEST):
            if ranker.exists():
                made.add(json.loads(ranker.read_text(encoding="utf-8"))["encoder"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return made.pop() if len(made) == 1 else None


def fingerprint_of(folder: Path) -> str:
    """A hash over names and contents of the fitted files."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and name.parts[0] != _NOT_FITTED:
            digest.update(name.as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:8]
