"""Accounts of the console, made and changed on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from service.database import Database
from service.errors import LoginFailed
from service.people import staff
from service.people.roles import Role
from service.people.viewer import Grant
from tests.commands import command

CITY = "示例银行/安徽省分行/合肥分行"
PASSWORD = "correct horse 1"


def run(data: Path, *arguments: str, typed: str = "") -> CompletedProcess[str]:
    return command("staff", *arguments, typed=typed, UA_DATA_DIR=str(data))


def sign_in(data: Path, password: str) -> str:
    database = Database(f"sqlite:///{data / 'database.sqlite3'}")
    try:
        return staff.sign_in(database, login="wang", password=password, now=datetime.now(UTC))
    finally:
        database.close()


def test_an_account_is_made_listed_changed_closed_and_opened_again(tmp_path: Path) -> None:
    made = run(
        tmp_path, "add", "wang", "--name", "王敏", "--role", "officer", "--org", CITY, typed=f"{PASSWORD}\n"
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert "已建立账号 wang（王敏）" in made.stdout
    more = run(tmp_path, "add", "wang", "--role", "on_call", "--org", "示例银行")
    assert "已加上角色" in more.stdout
    listed = run(tmp_path, "list").stdout
    assert [part in listed for part in ("王敏", f"{CITY}：工会干事", "示例银行：值班人员")] == [True] * 3
    database = Database(f"sqlite:///{tmp_path / 'database.sqlite3'}")
    with database.read() as db:
        viewer = staff.viewer_of(db, staff.staff_by_login(db, "wang").id)
    database.close()
    assert viewer.grants == {Grant(Role.OFFICER, CITY), Grant(Role.ON_CALL, "示例银行")}
    assert sign_in(tmp_path, PASSWORD)
    assert run(tmp_path, "password", "wang", typed="another horse 2\n").returncode == 0
    assert sign_in(tmp_path, "another horse 2")
    assert run(tmp_path, "disable", "wang").returncode == 0
    assert "（已停用）" in run(tmp_path, "list").stdout
    with pytest.raises(LoginFailed):
        sign_in(tmp_path, "another horse 2")
    assert run(tmp_path, "enable", "wang").returncode == 0
    assert sign_in(tmp_path, "another horse 2")


def test_an_account_is_linked_with_wechat_work_listed_and_unlinked(tmp_path: Path) -> None:
    for login in ("wang", "li"):
        run(tmp_path, "add", login, "--role", "officer", "--org", CITY, typed=f"{PASSWORD}\n")
    linked = run(tmp_path, "link", "wang", "--wecom", "WangMin")
    assert (linked.returncode, linked.stderr) == (0, "")
    assert "已把 wang 和企业微信账号 WangMin 关联" in linked.stdout
    assert "先在企业微信里给助手发一句话" in linked.stdout
    assert "wang\twang（企业微信 WangMin）" in run(tmp_path, "list").stdout
    taken = run(tmp_path, "link", "li", "--wecom", "WangMin")
    assert taken.returncode == 1
    assert "已经关联到账号 wang" in taken.stderr
    assert run(tmp_path, "link", "li", "--wecom", " ").returncode == 1
    assert "没有「nobody」这个账号" in run(tmp_path, "link", "nobody", "--wecom", "x").stderr
    assert run(tmp_path, "unlink", "wang").returncode == 0
    assert "WangMin" not in run(tmp_path, "list").stdout
    assert run(tmp_path, "link", "li", "--wecom", "WangMin").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("add", "wang", "--role", "officer", "--org", CITY), "short\n", "密码至少10个字符"),
        (
            ("add", "wang", "--role", "officer", "--org", "没有这个单位"),
            f"{PASSWORD}\n",
            "没有「没有这个单位」这个单位",
        ),
        (("password", "nobody"), f"{PASSWORD}\n", "没有「nobody」这个账号"),
        (("disable", "nobody"), "", "没有「nobody」这个账号"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_is_made(
    tmp_path: Path, arguments: tuple[str, ...], typed: str, said: str
) -> None:
    refused = run(tmp_path, *arguments, typed=typed)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "还没有账号" in run(tmp_path, "list").stdout
