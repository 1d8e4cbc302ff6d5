"""The command line as an operator types it, in processes of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.doctor import kept
from api.cli.doctor.running import RUNNING
from tests.commands import command, doctor_says
from tests.stack import take_index

HOME = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; sys.argv[0] = 'union-assistant'; from api.cli import main; main()"
COMMANDS = (
    "serve", "train", "model", "index", "search", "chat", "staff", "cards", "questions", "import",
    "documents", "calc", "wecom", "doctor",
)  # fmt: skip


def union_assistant(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command with nothing but `settings` set for it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("UA_")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=HOME,
        env=env | {"UA_HOME": str(HOME)} | settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def home_with(tmp_path: Path, card: str) -> Path:
    """A home whose knowledge is one card and the real organisations."""
    home = tmp_path / "home"
    (home / "knowledge_base" / "cards" / "leave").mkdir(parents=True)
    (home / "knowledge_base" / "cards" / "leave" / "leave-annual-days.md").write_text(card, encoding="utf-8")
    shutil.copy(HOME / "knowledge_base" / "organisations.yml", home / "knowledge_base")
    for shared in ("texts", "nlu_data"):
        (home / shared).symlink_to(HOME / shared)
    return home


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_chinese_with_an_example(command: str) -> None:
    helped = union_assistant(command, "--help")
    assert helped.returncode == 0
    assert "例：" in helped.stdout
    assert f"union-assistant {command}" in helped.stdout


def test_help_lists_every_command() -> None:
    helped = union_assistant("--help").stdout
    assert all(re.search(rf"^  {command}\b", helped, re.M) for command in COMMANDS)


def test_help_does_not_wait_for_what_only_the_commands_need() -> None:
    program = (
        "import sys, api.cli; "
        "print([name for name in 'fastapi sqlalchemy numpy pydantic torch'.split() if name in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=HOME, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"


def test_a_wrong_setting_is_named_in_one_line() -> None:
    ended = union_assistant("serve", UA_PORT="eight thousand")
    assert ended.returncode == 2
    assert "UA_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_port_in_use_ends_the_start_at_once_with_the_cure(listener: int, tmp_path: Path) -> None:
    ended = union_assistant("serve", UA_PORT=str(listener), UA_DATA_DIR=str(tmp_path / "var"))
    assert ended.returncode == 1
    assert f"端口 {listener} 已被占用" in ended.stdout
    assert "UA_PORT=" in ended.stdout
    assert ended.stdout.count("\n") == 1
    assert not (tmp_path / "var").exists()


def test_rasas_port_in_use_is_named_as_such(listener: int, port: int, tmp_path: Path) -> None:
    ended = union_assistant(
        "serve", UA_PORT=str(port), UA_RASA_PORT=str(listener), UA_DATA_DIR=str(tmp_path / "var")
    )
    assert ended.returncode == 1
    assert "UA_RASA_PORT=" in ended.stdout


def test_searching_needs_an_index_and_says_how_to_get_one(tmp_path: Path) -> None:
    ended = union_assistant("search", "年假几天", UA_DATA_DIR=str(tmp_path))
    assert ended.returncode == 1
    assert "union-assistant index" in ended.stderr


def test_the_real_knowledge_is_indexed_and_searched(tmp_path: Path) -> None:
    take_index(tmp_path / "index")  # brought up to date, which takes seconds less than building it
    built = union_assistant("index", UA_DATA_DIR=str(tmp_path))
    assert built.returncode == 0, built.stdout + built.stderr
    again = command("index", UA_DATA_DIR=str(tmp_path))
    assert again.returncode == 0
    question = "我工作12年了年假几天"
    shown = union_assistant("search", question, UA_DATA_DIR=str(tmp_path))
    assert shown.returncode == 0
    assert "职工带薪年休假条例" in shown.stdout
    told = json.loads(command("search", question, "--json", "--limit", "3", UA_DATA_DIR=str(tmp_path)).stdout)
    assert set(told) == {"decision", "confidence", "hits"}
    assert told["hits"][0]["id"] == "leave-annual-days"
    assert len(told["hits"]) <= 3


def test_a_faulty_card_is_named_by_file_and_line_and_no_index_is_built(tmp_path: Path) -> None:
    home = home_with(tmp_path, "---\nid: leave-annual-days\ntopic: holidays\n---\n\n十天。\n")
    data = tmp_path / "var"
    for arguments in (["index", "--check"], ["index"]):
        ended = command(*arguments, UA_HOME=str(home), UA_DATA_DIR=str(data))
        assert ended.returncode == 1
        assert re.search(r"leave-annual-days\.md:\d+: \w+ ", ended.stdout)
        assert "Traceback" not in ended.stderr
    assert not (data / "index").exists()


def test_checking_the_real_knowledge_finds_no_problem(tmp_path: Path) -> None:
    ended = command("index", "--check", UA_DATA_DIR=str(tmp_path))
    assert ended.returncode == 0, ended.stdout
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("organisations.yml", "hours: 周一至周五 09:00", "hours: 工作日 09:00", "bad_hours"),
        ("calendar/2026.yml", "to: 2026-10-07", "to: 2026-09-07", "bad_calendar"),
        ("parameters/hotlines.yml", "verified: false", "verified: perhaps", "bad_hotlines"),
    ],
)
def test_hours_calendar_and_hotlines_are_checked_like_cards(
    tmp_path: Path, file: str, old: str, new: str, code: str
) -> None:
    home = tmp_path / "home"
    shutil.copytree(HOME / "knowledge_base", home / "knowledge_base")
    for shared in ("texts", "nlu_data"):
        (home / shared).symlink_to(HOME / shared)
    broken = home / "knowledge_base" / file
    broken.write_text(broken.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    ended = command("index", "--check", UA_HOME=str(home), UA_DATA_DIR=str(tmp_path / "var"))
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[0].startswith(str(home / "knowledge_base"))
    assert f": {code} " in ended.stdout
    assert "Traceback" not in ended.stderr


def test_talking_to_nobody_says_where_nobody_was(port: int) -> None:
    ended = union_assistant("chat", "--url", f"http://127.0.0.1:{port}")
    assert ended.returncode == 1
    assert f"http://127.0.0.1:{port}" in ended.stderr
    assert "make run" in ended.stderr


def test_the_doctor_of_an_empty_deployment_gives_a_cure_for_each_cross(tmp_path: Path, port: int) -> None:
    ended = union_assistant("doctor", UA_DATA_DIR=str(tmp_path / "var"), UA_PORT=str(port))
    assert ended.returncode == 1
    crosses = [line for line in ended.stdout.splitlines() if line.startswith("✗")]
    assert len(crosses) >= 5
    assert all(re.search(r"请|make run|union-assistant", line) for line in crosses)
    assert "check_failed" not in ended.stdout
    assert "时出错" not in ended.stdout


def test_the_doctor_tells_a_stranger_on_the_port_from_silence(tmp_path: Path, listener: int) -> None:
    said = doctor_says(*RUNNING, UA_DATA_DIR=str(tmp_path / "var"), UA_RASA_PORT=str(listener))
    assert re.search(rf"✗ 端口 {listener} 被别的程序占用", said)


def test_the_doctor_sees_open_secrets_and_a_database_of_the_future(tmp_path: Path, port: int) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir(mode=0o700)
    for name in ("action", "turn", "seal"):
        (secrets / name).write_text("x")
        (secrets / name).chmod(0o644)
    (tmp_path / "database.sqlite3").write_bytes(b"this is not a database, it only has its name" * 100)
    said = doctor_says(kept.secrets, kept.database, UA_DATA_DIR=str(tmp_path), UA_PORT=str(port))
    assert "✗ 内部密钥的权限过宽" in said
    assert "✗ 数据库连不上" in said
