"""`union-assistant train ranking`: ranking and confidence for the encoder in use."""

from __future__ import annotations

import time
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress

from api.cli.context import fail
from api.cli.words import word
from api.settings import Settings
from retrieval.artifacts import ArtifactsError
from retrieval.cards import CardError
from retrieval.encoder import EncoderError, load_encoder
from retrieval.training.article_ranking import FEWEST
from retrieval.training.ranking import TooFewQuestionsError, fit_ranking

SHOWN = {
    "answered": "all: in scope: answered",
    "wrong": "all: wrong of answered",
    "refused": "all: in scope: refused",
    "strangers": "all: out of scope: refused",
}
"""Figures that are shown, by the name they have in the sentence; all of them stand in calibration.json."""


def train_ranking(settings: Settings, *, encoder: Path | None, bench: Path | None, out: Path | None) -> int:
    """Fit everything that depends on the encoder, where the service looks for it unless `out` says where."""
    began = time.monotonic()
    folder = (encoder or settings.encoder or Path()).resolve() if encoder or settings.encoder else None
    try:
        model = load_encoder(folder)
        target = out or settings.ranking_dir / model.fingerprint
        typer.echo(word("train.ranking_begins", encoder=model.fingerprint), err=True)
        with Progress(console=Console(stderr=True)) as progress:
            ranked = fit_ranking(
                settings.home.resolve(), folder, target.resolve(), progress, bench=bench and bench.resolve()
            )
    except FileNotFoundError as error:
        missing = Path(error.filename or str(error))
        of_bench = bench is not None and missing.is_relative_to(bench.resolve())
        fail(word("train.no_bench" if of_bench else "train.missing", file=missing))
    except TooFewQuestionsError:
        fail(word("train.too_few", folder=bench, needed=FEWEST))
    except (ArtifactsError, CardError, EncoderError) as error:
        fail(str(error))
    except OSError as error:
        fail(word("train.unwritable", folder=out or settings.ranking_dir, reason=error.strerror or error))
    seconds = f"{time.monotonic() - began:.0f}"
    report = ranked.reports["heard"]
    typer.echo(word("train.fit", **{name: f"{report[key]:.1%}" for name, key in SHOWN.items()}))
    typer.echo(word("train.ranked", folder=target, fingerprint=ranked.fingerprint, seconds=seconds))
    return 0
