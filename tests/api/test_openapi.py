"""The console's API client is generated; here it is held to the routes it was generated from."""

from __future__ import annotations

import json

from api.openapi import describe
from tests.stack import HOME

CONSOLE = HOME / "web" / "console" / "api" / "openapi.json"


def test_the_console_knows_the_interface_as_it_is_now() -> None:
    assert CONSOLE.read_text(encoding="utf-8") == describe(), "run: .bootstrap/bin/npm --prefix web run api"


def test_the_description_names_every_call_of_the_staff_api_and_nothing_internal() -> None:
    paths = json.loads(describe())["paths"]
    assert "/api/v1/desk/queue" in paths
    assert not [path for path in paths if path.startswith("/internal/")]
