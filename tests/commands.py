"""Commands as an operator types them, run in this process: one of their own takes seconds to start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from subprocess import CompletedProcess

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.cli.doctor.finding import Check
from tests.stack import HOME


def command(*arguments: str, typed: str = "", **settings: str) -> CompletedProcess[str]:
    """Run the command with nothing but `settings` set for it."""
    unset: Mapping[str, str | None] = {name: None for name in os.environ if name.startswith("UA_")}
    ended = CliRunner().invoke(
        app, arguments, input=typed, env={**unset, "UA_HOME": str(HOME), **settings}, catch_exceptions=False
    )
    return CompletedProcess(arguments, ended.exit_code, ended.stdout, ended.stderr)


def doctor_says(*checks: Check, **settings: str) -> str:
    """What the doctor prints when it makes these checks alone."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("api.cli.doctor.CHECKS", checks)
        return command("doctor", **settings).stdout
