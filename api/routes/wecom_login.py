"""The login of the self-built app of WeChat Work; its address is the app's home page.

The browser goes to the platform and comes back with a code; the chat page is then told who it is by a token
behind the `#`, which no server sees, or why nobody is logged in.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Cookie, Query
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import IntegrityError

from api.channels.wecom.directory import Looked
from api.channels.wecom.login import CodeNotTaken, Login, LoginFailed, Trouble
from api.channels.wecom.login_state import LASTS, StateInvalid
from api.parts import Part, Parts
from service.errors import LoginNotOffered
from service.messengers.operations import use_login
from service.people.member_tokens import MemberIdentity, sign_member
from service.people.members import told_by_directory
from service.people.portal import NAME_LIMIT

PATH = "/wecom/login"
COOKIE = "ua_wecom_login"
COOKIE_PATH = f"/api/v1{PATH}"
TRIES = 2

router = APIRouter(prefix=PATH, tags=["wecom"])


@router.get("", status_code=302, response_class=RedirectResponse)
async def log_in(parts: Part) -> RedirectResponse:
    """Send the browser to the platform, which knows who has opened it."""
    return _to_platform(parts, _login(parts), attempt=1)


@router.get("/back", status_code=302, response_class=RedirectResponse)
async def come_back(
    parts: Part,
    code: Annotated[str, Query(max_length=512)] = "",
    state: Annotated[str, Query(max_length=128)] = "",
    browser: Annotated[str, Cookie(alias=COOKIE, max_length=64)] = "",
) -> RedirectResponse:
    """Take the browser back from the platform and send it on to the chat page, never anywhere else."""
    login = _login(parts)
    try:
        begun = parts.login_states.read(state, browser, now=parts.clock.now())
        if not code or not await asyncio.to_thread(_first_use, parts, begun.name):
            raise LoginFailed(Trouble.BROKEN)
        try:
            if begun.expired:
                raise CodeNotTaken
            userid, looked = await login.who(code)
        except CodeNotTaken as error:
            if begun.attempt < TRIES:
                return _to_platform(parts, login, attempt=begun.attempt + 1)
            raise LoginFailed(Trouble.BROKEN) from error
    except StateInvalid:
        return _to_chat(parts, f"login={Trouble.BROKEN}")
    except LoginFailed as failed:
        return _to_chat(parts, f"login={failed.trouble}")
    token = await asyncio.to_thread(_token, parts, userid, looked)
    return _to_chat(parts, f"identity={quote(token, safe='')}")


def _login(parts: Parts) -> Login:
    if parts.login is None:
        raise LoginNotOffered
    return parts.login


def _to_platform(parts: Parts, login: Login, *, attempt: int) -> RedirectResponse:
    browser = secrets.token_hex(16)
    state = parts.login_states.issue(browser, attempt=attempt, now=parts.clock.now())
    answer = _redirect(login.address(state))
    answer.set_cookie(
        COOKIE,
        browser,
        max_age=int(LASTS.total_seconds()),
        path=COOKIE_PATH,
        secure=(parts.settings.public_url or "").startswith("https:"),
        httponly=True,
        samesite="lax",  # the platform sends the browser back by a link
    )
    return answer


def _to_chat(parts: Parts, told: str) -> RedirectResponse:
    answer = _redirect(f"/#{told}")
    answer.delete_cookie(COOKIE, path=COOKIE_PATH)
    return answer


def _redirect(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=302, headers={"Cache-Control": "no-store"})


def _first_use(parts: Parts, name: str) -> bool:
    try:
        with parts.database.write() as db:
            return use_login(db, name, now=parts.clock.now())
    except IntegrityError:
        return False  # twice at once, and the other was first


def _token(parts: Parts, userid: str, looked: Looked) -> str:
    now = parts.clock.now()
    identity = MemberIdentity(userid, looked.name.strip()[:NAME_LIMIT] or userid)
    for last_try in (False, True):
        try:
            with parts.database.write() as db:
                employee = parts.linking.employee(db, identity, now=now)
                told_by_directory(
                    db,
                    employee,
                    name=identity.name,
                    departments=looked.departments,
                    units=parts.department_units,
                )
            break
        except IntegrityError:
            if last_try:
                raise
    return sign_member(identity, secret=parts.secrets.identity.get_secret_value(), now=now)
