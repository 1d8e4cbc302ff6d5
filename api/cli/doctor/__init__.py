"""`union-assistant doctor`: everything a deployment needs, each with a tick or what cures it."""

from __future__ import annotations

import typer

from api.cli import context
from api.cli.doctor.finding import Check, Finding
from api.cli.doctor.installed import INSTALLED
from api.cli.doctor.kept import KEPT
from api.cli.doctor.running import RUNNING
from api.cli.doctor.wecom import WECOM
from api.cli.doctor.wecom_addresses import WECOM_ADDRESSES
from api.cli.words import word
from api.settings import Settings

CHECKS: tuple[Check, ...] = (*INSTALLED, *KEPT, *RUNNING, *WECOM, *WECOM_ADDRESSES)


def examine(settings: Settings) -> int:
    """Print a line for each check that applies; return 1 when anything is wrong."""
    texts = context.texts(settings)
    bad = 0
    for check in CHECKS:
        finding = _try(check, settings)
        if finding is None:
            continue
        bad += not finding.good
        typer.echo(f"{finding.mark} {texts(f'doctor.{finding.key}', **finding.fields)}")
    typer.echo(word("doctor.bad", count=bad) if bad else word("doctor.good"))
    return 1 if bad else 0


def _try(check: Check, settings: Settings) -> Finding | None:
    try:
        return check(settings)
    except Exception as error:  # one broken part must not hide what the other checks find
        return Finding(
            False, "check_failed", {"check": check.__name__, "reason": f"{type(error).__name__}: {error}"}
        )
