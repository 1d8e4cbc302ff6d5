"""Accounts of staff: who gets in, who is kept out and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from service.database import Database
from service.errors import (
    LoginFailed,
    LoginLocked,
    LoginRequired,
    LoginTaken,
    OrganisationUnknown,
    PasswordTooWeak,
)
from service.insights.tables import EventLog
from service.people import staff
from service.people.queries import within
from service.people.roles import Role
from service.people.tables import Organisation, StaffSession
from service.people.viewer import Grant, Viewer

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
PASSWORD = "correct horse 1"


@pytest.fixture
def union(database: Database) -> Database:
    with database.write() as db:
        for path in ("行", "行/皖", "行/皖南", "行/皖/合肥"):
            db.add(Organisation(path=path, name=path, short_name=path, sample=True, active=True))
        db.flush()
        staff.add_staff(
            db,
            login="wang",
            display_name="王敏",
            password=PASSWORD,
            grants=[Grant(Role.OFFICER, "行/皖")],
            now=NOW,
        )
    return database


def enter(union: Database, password: str = PASSWORD, *, login: str = "wang", now: datetime = NOW) -> str:
    return staff.sign_in(union, login=login, password=password, now=now)


def viewer(union: Database, token: str | None, *, now: datetime = NOW) -> Viewer:
    with union.read() as db:
        return staff.signed_in(db, token, now=now)[1]


def test_the_right_password_opens_a_session_with_the_grants_of_now(union: Database) -> None:
    token = enter(union)
    assert viewer(union, token).grants == {Grant(Role.OFFICER, "行/皖")}
    with union.write() as db:
        assert db.scalars(select(StaffSession.token_hash)).one() != token
        staff.grant_role(db, staff.staff_by_login(db, "wang"), Grant(Role.ON_CALL, "行"), now=NOW)
    assert viewer(union, token).may(Role.ON_CALL, "行/皖南")


@pytest.mark.parametrize(("login", "password"), [("wang", "wrong password"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_password_and_an_unknown_name_look_the_same(
    union: Database, login: str, password: str
) -> None:
    with pytest.raises(LoginFailed):
        enter(union, password, login=login)


def test_after_five_wrong_passwords_the_right_one_is_not_taken_for_a_quarter_of_an_hour(
    union: Database,
) -> None:
    for _ in range(staff.TRIES):
        with pytest.raises(LoginFailed):
            enter(union, "wrong password")
    with pytest.raises(LoginLocked) as locked:
        enter(union, now=NOW + timedelta(minutes=14))
    assert locked.value.fields == {"minutes": 1}
    assert enter(union, now=NOW + staff.LOCKED_FOR)
    with union.read() as db:
        kinds = db.scalars(select(EventLog.kind).order_by(EventLog.id)).all()
    assert kinds == ["staff_locked_out", "staff_signed_in"]


def test_the_right_password_forgets_the_wrong_ones_before_it(union: Database) -> None:
    for _ in range(2):
        for _ in range(staff.TRIES - 1):
            with pytest.raises(LoginFailed):
                enter(union, "wrong password")
        assert enter(union)


def test_a_session_ends_after_a_working_day_at_sign_out_and_with_the_account(union: Database) -> None:
    token = enter(union)
    with pytest.raises(LoginRequired):
        viewer(union, token, now=NOW + staff.SESSION)
    with union.write() as db:
        staff.sign_out(db, token)
    for gone in (token, None, "made up"):
        with pytest.raises(LoginRequired):
            viewer(union, gone)
    token = enter(union)
    with union.write() as db:
        staff.set_active(db, staff.staff_by_login(db, "wang"), active=False)
    with pytest.raises(LoginRequired):
        viewer(union, token)
    with pytest.raises(LoginFailed):
        enter(union)


def test_another_password_signs_every_browser_out_and_opens_a_locked_account(union: Database) -> None:
    token = enter(union)
    for _ in range(staff.TRIES):
        with pytest.raises(LoginFailed):
            enter(union, "wrong password")
    with union.write() as db:
        staff.set_password(db, staff.staff_by_login(db, "wang"), "another horse 2")
    with pytest.raises(LoginRequired):
        viewer(union, token)
    assert enter(union, "another horse 2")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaa", "xx-WANG-xx-12"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        staff.hash_password(password, login="wang")


def test_an_account_needs_a_free_name_and_a_unit_that_is_there(union: Database) -> None:
    with pytest.raises(LoginTaken), union.write() as db:
        staff.add_staff(db, login="wang", display_name="王", password=PASSWORD, grants=[], now=NOW)
    with pytest.raises(OrganisationUnknown), union.write() as db:
        staff.grant_role(db, staff.staff_by_login(db, "wang"), Grant(Role.OFFICER, "别的行"), now=NOW)


def test_a_grant_reaches_its_unit_and_those_below_and_no_others(union: Database) -> None:
    officer = Viewer("s", frozenset({Grant(Role.OFFICER, "行/皖")}))
    with union.read() as db:
        paths = select(Organisation.path).order_by(Organisation.path)
        assert db.scalars(paths.where(within(Organisation.path, officer, Role.OFFICER))).all() == [
            "行/皖",
            "行/皖/合肥",
        ]
        assert db.scalars(paths.where(within(Organisation.path, officer, Role.MEDIATOR))).all() == []


def test_a_unit_name_with_a_wildcard_reaches_nothing_else(database: Database) -> None:
    with database.write() as db:
        for path in ("行_", "行_/一", "行x", "行x/一"):
            db.add(Organisation(path=path, name=path, short_name=path, sample=True, active=True))
    officer = Viewer("s", frozenset({Grant(Role.OFFICER, "行_")}))
    with database.read() as db:
        found = select(Organisation.path).where(within(Organisation.path, officer, Role.OFFICER))
        assert sorted(db.scalars(found)) == ["行_", "行_/一"]
