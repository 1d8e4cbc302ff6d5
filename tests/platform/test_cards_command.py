"""`union-assistant cards expiring` as an operator types it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from api.cli.doctor import kept
from tests.commands import command, doctor_says
from tests.platform.test_cli import HOME, home_with
from tests.retrieval.cardfile import CARD

TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
LONG_AGO = "2020-01-31"


def card(*, to: str = "null", reviewed: date = TODAY) -> str:
    return CARD.replace("effective_to: null", f"effective_to: {to}").replace(
        "reviewed_on: 2026-11-01", f"reviewed_on: {reviewed}"
    )


def test_a_card_that_has_ended_is_listed_with_all_that_is_needed_and_fails(tmp_path: Path) -> None:
    home = home_with(tmp_path, card(to=LONG_AGO))
    ended = command("cards", "expiring", UA_HOME=str(home))
    assert ended.returncode == 1, ended.stderr
    for told in (
        "年休假有几天",
        "leave-annual-days",
        "national",
        "2008-01-01",
        LONG_AGO,
        "权益保障部",
        ".md",
    ):
        assert told in ended.stdout
    (row,) = json.loads(command("cards", "expiring", "--json", UA_HOME=str(home)).stdout)
    assert (row["state"], row["id"], row["effective_to"]) == ("expired", "leave-annual-days", LONG_AGO)
    assert Path(row["file"]).is_file()


@pytest.mark.parametrize(
    ("text", "days", "status", "state"),
    [
        (card(to=str(TODAY + timedelta(days=40))), "30", 0, None),
        (card(to=str(TODAY + timedelta(days=40))), "50", 1, "expiring"),
        (card(reviewed=TODAY - timedelta(days=400)), "30", 1, "review_due"),
        (card(), "30", 0, None),
    ],
    ids=["ends-later", "ends-soon", "not-reviewed", "nothing"],
)
def test_the_exit_code_says_whether_something_is_to_be_done(
    tmp_path: Path, text: str, days: str, status: int, state: str | None
) -> None:
    home = home_with(tmp_path, text)
    ended = command("cards", "expiring", "--days", days, "--json", UA_HOME=str(home))
    assert ended.returncode == status
    assert [row["state"] for row in json.loads(ended.stdout)] == ([state] if state else [])


def test_a_card_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    ended = command("cards", "expiring", UA_HOME=str(home_with(tmp_path, "---\nid: a\n---\n")))
    assert ended.returncode == 2
    assert "leave-annual-days.md:1" in ended.stderr


def test_the_doctor_warns_of_cards_that_want_work(tmp_path: Path) -> None:
    told = doctor_says(kept.knowledge, UA_HOME=str(doctors_home(tmp_path / "a", card(to=LONG_AGO))))
    assert "! 知识库没有问题（1 条），但有 1 条" in told
    told = doctor_says(kept.knowledge, UA_HOME=str(doctors_home(tmp_path / "b", card())))
    assert "✓ 知识库没有问题（1 条）" in told


def doctors_home(folder: Path, text: str) -> Path:
    """A home whose knowledge base is whole, so that the doctor gets as far as the cards."""
    home = home_with(folder, text)
    for part in ("calendar", "parameters"):
        (home / "knowledge_base" / part).symlink_to(HOME / "knowledge_base" / part)
    return home
