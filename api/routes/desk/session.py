"""Signing in and out of the desk, one's own account, and the units one works for."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.parts import Part
from api.routes.desk.access import COOKIE, PATH, DeskViewer, SessionToken
from api.routes.desk.schemas import ChangePassword, GrantView, Me, SignIn, UnitView
from service.errors import LoginFailed
from service.people import queries, staff
from service.people.tables import Staff
from service.people.viewer import Viewer

router = APIRouter(prefix="/desk", tags=["desk"])


@router.post("/login")
def sign_in(body: SignIn, request: Request, response: Response, parts: Part) -> Me:
    """Sign in; the session is a cookie no script can read."""
    token = staff.sign_in(
        parts.database, login=body.login.strip(), password=body.password, now=parts.clock.now()
    )
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(staff.SESSION.total_seconds()),
        path=PATH,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return _me(parts, token)


@router.post("/logout", status_code=204)
def sign_out(response: Response, parts: Part, token: SessionToken = None) -> None:
    """End the session; without one there is nothing to end."""
    if token is not None:
        with parts.database.write() as db:
            staff.sign_out(db, token)
    response.delete_cookie(COOKIE, path=PATH)


@router.get("/me")
def read_me(parts: Part, token: SessionToken = None) -> Me:
    """Return who is signed in. 401 `login_required` when nobody is."""
    return _me(parts, token)


@router.post("/password", status_code=204)
def change_password(body: ChangePassword, response: Response, viewer: DeskViewer, parts: Part) -> None:
    """Change one's own password; every browser is signed out, this one too."""
    with parts.database.read() as db:
        stored = db.get_one(Staff, viewer.staff_id).password_hash
    if not staff.password_matches(stored, body.current):
        raise LoginFailed
    with parts.database.write() as db:
        staff.set_password(db, db.get_one(Staff, viewer.staff_id), body.new)
    response.delete_cookie(COOKIE, path=PATH)


@router.get("/organisations")
def list_units(viewer: DeskViewer, parts: Part) -> list[UnitView]:
    """Return the units one of the viewer's grants covers."""
    with parts.database.read() as db:
        return [
            UnitView(path=unit.path, name=unit.short_name)
            for unit in queries.active_organisations(db)
            if any(viewer.may(grant.role, unit.path) for grant in viewer.grants)
        ]


def _me(parts: Part, token: str | None) -> Me:
    with parts.database.read() as db:
        account, viewer = staff.signed_in(db, token, now=parts.clock.now())
        return Me(
            id=account.id,
            login=account.login,
            name=account.display_name,
            grants=_grants(viewer, queries.organisation_names(db)),
        )


def _grants(viewer: Viewer, names: dict[str, str]) -> list[GrantView]:
    return [
        GrantView(
            role=grant.role, organisation=grant.organisation, organisation_name=names[grant.organisation]
        )
        for grant in sorted(viewer.grants, key=lambda grant: (grant.organisation, grant.role))
    ]
