"""Who is signed in at the desk: a session cookie that only this API ever sees."""

from __future__ import annotations

from typing import Annotated

from fastapi import Cookie, Depends

from api.parts import Part
from service.people.staff import signed_in
from service.people.viewer import Viewer

COOKIE = "ua_desk"
PATH = "/api/v1/desk"

SessionToken = Annotated[str | None, Cookie(alias=COOKIE)]


def _viewer(parts: Part, token: SessionToken = None) -> Viewer:
    with parts.database.read() as db:
        return signed_in(db, token, now=parts.clock.now())[1]


DeskViewer = Annotated[Viewer, Depends(_viewer)]
