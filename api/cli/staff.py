"""`union-assistant staff`: the accounts of the console."""

from __future__ import annotations

import sys
from collections.abc import Callable
from getpass import getpass

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli import context
from api.cli.words import word
from api.settings import Settings
from service.clock import Clock
from service.database import Database, migrate
from service.errors import ServiceError
from service.messengers import staff_links
from service.messengers.desk_words import DeskWords
from service.people import staff
from service.people.operations import keep_organisations
from service.people.organisations import load_organisations
from service.people.roles import Role
from service.people.staff_identities import userid_of
from service.people.tables import RoleGrant, Staff
from service.people.viewer import Grant
from service.texts import Texts

USERID_LIMIT = 100
"""Characters of a name in WeChat Work that are kept."""


def add(settings: Settings, login: str, *, name: str, roles: list[Role], org: str) -> int:
    """Add an account, or give an account that is there further roles."""

    def change(db: Session, texts: Texts) -> None:
        now = Clock(settings.timezone).now()
        grants = [Grant(role, org) for role in roles]
        known = db.scalars(select(Staff).where(Staff.login == login)).one_or_none()
        if known is None:
            staff.add_staff(db, login=login, display_name=name, password=_password(), grants=grants, now=now)
            typer.echo(word("staff.added", login=login, name=name))
        else:
            for grant in grants:
                staff.grant_role(db, known, grant, now=now)
            typer.echo(word("staff.granted", login=login))
        shown = [texts(f"staff.role.{role}") for role in roles]
        typer.echo(word("staff.roles", org=org, roles=" ".join(shown)))

    return _change(settings, change)


def set_password(settings: Settings, login: str) -> int:
    def change(db: Session, _texts: Texts) -> None:
        staff.set_password(db, staff.staff_by_login(db, login), _password())
        typer.echo(word("staff.password_set", login=login))

    return _change(settings, change)


def set_active(settings: Settings, login: str, *, active: bool) -> int:
    def change(db: Session, _texts: Texts) -> None:
        staff.set_active(db, staff.staff_by_login(db, login), active=active)
        typer.echo(word("staff.enabled" if active else "staff.disabled", login=login))

    return _change(settings, change)


def link(settings: Settings, login: str, *, userid: str) -> int:
    """Have an account answer from WeChat Work too."""
    name = userid.strip()
    if not 1 <= len(name) <= USERID_LIMIT:
        context.fail(word("staff.no_userid", limit=USERID_LIMIT))

    def change(db: Session, texts: Texts) -> None:
        account = staff.staff_by_login(db, login)
        now = Clock(settings.timezone).now()
        seen = staff_links.link(db, account, name, words=_desk_words(settings, texts), now=now)
        typer.echo(word("staff.linked", login=login, userid=seen.userid if seen is not None else name))
        if seen is None:
            typer.echo(word("staff.not_seen"))

    return _change(settings, change)


def unlink(settings: Settings, login: str) -> int:
    def change(db: Session, texts: Texts) -> None:
        account = staff.staff_by_login(db, login)
        now = Clock(settings.timezone).now()
        staff_links.unlink(db, account, words=_desk_words(settings, texts), now=now)
        typer.echo(word("staff.unlinked", login=login))

    return _change(settings, change)


def show(settings: Settings) -> int:
    def tell(db: Session, texts: Texts) -> None:
        accounts = db.scalars(select(Staff).order_by(Staff.login)).all()
        if not accounts:
            typer.echo(word("staff.none"))
        for account in accounts:
            closed = "" if account.active else word("staff.closed_mark")
            userid = userid_of(db, account.id)
            linked = word("staff.wecom_mark", userid=userid) if userid is not None else ""
            typer.echo(f"{account.login}\t{account.display_name}{closed}{linked}")
            grants = select(RoleGrant).where(RoleGrant.staff_id == account.id)
            for grant in db.scalars(grants.order_by(RoleGrant.organisation_path, RoleGrant.role)):
                shown = texts(f"staff.role.{grant.role}")
                typer.echo(word("staff.roles", org=grant.organisation_path, roles=shown))

    return _change(settings, tell)


def _change(settings: Settings, change: Callable[[Session, Texts], None]) -> int:
    """Do `change` in one transaction on an up-to-date database; a rule that is broken is said in one line."""
    texts = context.texts(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    database = Database(settings.database)
    try:
        with database.write() as db:
            keep_organisations(db, load_organisations(settings.knowledge_base / "organisations.yml"))
            change(db, texts)
    except ServiceError as error:
        context.fail(texts(f"errors.{error.code}", **error.fields))
    finally:
        database.close()
    return 0


def _desk_words(settings: Settings, texts: Texts) -> DeskWords:
    units = load_organisations(settings.knowledge_base / "organisations.yml")
    return DeskWords(texts, {unit.path: unit for unit in units})


def _password() -> str:
    """Return a password typed twice, or the first line of a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass(word("staff.password"))
    if getpass(word("staff.password_again")) != first:
        context.fail(word("staff.passwords_differ"))
    return first
