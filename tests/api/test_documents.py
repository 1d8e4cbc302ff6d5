"""What can be configured, raised or recorded is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.errors import all_codes
from api.settings import Settings
from service.insights import events


def test_every_setting_is_in_the_example(home: Path) -> None:
    example = (home / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^#? ?(UA_[A-Z_]+)=", example, re.MULTILINE))
    assert named == {f"UA_{name.upper()}" for name in Settings.model_fields}


def test_every_error_code_is_in_the_catalogue_and_nothing_else(home: Path) -> None:
    catalogue = (home / "docs" / "errors.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z_]+)` \|", catalogue, re.MULTILINE)) == all_codes()


def test_every_kind_of_event_is_in_the_catalogue_with_its_fields(home: Path) -> None:
    catalogue = (home / "docs" / "events.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z_]+)` \|(.*)\|$", catalogue, re.MULTILINE))
    kinds = {kind.kind: kind for kind in events.Event.__subclasses__()}
    assert set(rows) == set(kinds)
    common = set(events.Event.__dataclass_fields__)
    for name, kind in kinds.items():
        for field in set(kind.__dataclass_fields__) - common:
            assert f"`{field}`" in rows[name], f"{name} does not document {field}"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("UA_PORT", "70000", "port"),
        ("UA_TIMEZONE", "Mars/Olympus", "time zone"),
        ("UA_RASA_TIMEOUT", "20", "UA_REPLY_WAIT"),
        ("UA_RASA_PORT", "8000", "both 8000"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=said):
        Settings(_env_file=None)
