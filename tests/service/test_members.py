"""Members of WeChat Work: the token of their login, and what the directory says of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml

from service.database import Database
from service.errors import IdentityExpired, IdentityInvalid
from service.people.identities import PORTAL, WECOM, add_employee, add_identity
from service.people.member_tokens import (
    ISSUER,
    LASTS,
    MemberIdentity,
    is_member_token,
    read_member,
    sign_member,
)
from service.people.members import told_by_directory, units_of_departments
from service.people.operations import keep_organisations
from service.people.organisations import OrganisationsError, Unit, load_organisations
from service.people.tables import Employee
from tests.service.club import ANHUI, BANK, HEFEI

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
SECRET = "a secret of this service's own, of more than thirty-two characters"
WANG = MemberIdentity("WangMin", "王敏")
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "provider": "wecom",
    "sub": "WangMin",
    "name": "王敏",
    "exp": NOW.timestamp() + 60,
}


def test_a_token_names_the_member_until_it_expires() -> None:
    token = sign_member(WANG, secret=SECRET, now=NOW)
    assert is_member_token(token)
    assert read_member(token, secret=SECRET, now=NOW + LASTS - timedelta(seconds=1)) == WANG
    with pytest.raises(IdentityExpired):
        read_member(token, secret=SECRET, now=NOW + LASTS)


def test_a_token_that_another_signed_or_that_lacks_something_is_refused() -> None:
    with pytest.raises(IdentityInvalid):
        read_member(sign_member(WANG, secret=SECRET[::-1], now=NOW), secret=SECRET, now=NOW)
    wrong: list[dict[str, Any]] = [{"iss": "portal"}, {"provider": "portal"}]
    for changed in wrong + [{name: None} for name in CLAIMS]:
        claims = {name: value for name, value in {**CLAIMS, **changed}.items() if value is not None}
        with pytest.raises(IdentityInvalid):
            read_member(jwt.encode(claims, SECRET), secret=SECRET, now=NOW)
    with pytest.raises(IdentityInvalid):
        read_member(jwt.encode(CLAIMS, "", algorithm="none"), secret=SECRET, now=NOW)


def test_a_token_is_told_from_the_portals_by_its_issuer() -> None:
    assert not is_member_token(jwt.encode({**CLAIMS, "iss": "portal"}, SECRET))
    assert not is_member_token(jwt.encode({"sub": "1"}, SECRET))
    assert not is_member_token("no token")


@pytest.fixture
def units(home: Path, database: Database) -> dict[int, str]:
    shipped = load_organisations(home / "knowledge_base" / "organisations.yml")
    numbers = {BANK: [1], ANHUI: [12, 13], HEFEI: [120]}
    known = [unit.model_copy(update={"wecom_departments": numbers.get(unit.path, [])}) for unit in shipped]
    with database.write() as db:
        keep_organisations(db, known)
    return units_of_departments(known)


def told(database: Database, employee: str, *departments: int, units: dict[int, str]) -> Employee:
    with database.write() as db:
        row = db.get_one(Employee, employee)
        told_by_directory(db, row, name=" 王敏 ", departments=departments, units=units)
        return row


def test_the_nearest_department_that_belongs_to_a_unit_decides(
    database: Database, units: dict[int, str]
) -> None:
    with database.write() as db:
        employee = add_employee(db, WECOM, "WangMin", now=NOW).id
    row = told(database, employee, 7, 120, 12, 1, units=units)
    assert (row.display_name, row.organisation_path) == ("王敏", HEFEI)
    assert told(database, employee, 13, 1, units=units).organisation_path == ANHUI
    assert told(database, employee, 999, units=units).organisation_path == ANHUI


def test_what_the_portal_has_said_stays(database: Database, units: dict[int, str]) -> None:
    with database.write() as db:
        row = add_employee(db, WECOM, "WangMin", now=NOW)
        add_identity(db, row, PORTAL, "100234", now=NOW)
        row.display_name = "王小敏"
        employee = row.id
    row = told(database, employee, 120, units=units)
    assert (row.display_name, row.organisation_path) == ("王小敏", HEFEI)
    assert told(database, employee, 12, units=units).organisation_path == HEFEI


def test_a_department_belongs_to_one_unit(home: Path, tmp_path: Path) -> None:
    content = yaml.safe_load((home / "knowledge_base" / "organisations.yml").read_text(encoding="utf-8"))
    content["organisations"][0]["wecom_departments"] = [12]
    file = tmp_path / "organisations.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    assert load_organisations(file)[0].wecom_departments == [12]
    content["organisations"][2]["wecom_departments"] = [12]
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(OrganisationsError, match="12 stands with 示例银行 and"):
        load_organisations(file)


def test_a_unit_needs_no_department() -> None:
    assert "wecom_departments" not in Unit.model_json_schema().get("required", [])
