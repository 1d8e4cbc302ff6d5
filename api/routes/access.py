"""Who may use a conversation: whoever has its token. Who opens one: a visitor, or whom the portal names."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from api.parts import Part
from service.errors import IdentityUnsupported
from service.people.portal import Identity, read_identity

_bearer = HTTPBearer(auto_error=False, description="the conversation's token")


async def _conversation_token(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    if credentials is None:
        raise HTTPException(401)
    return credentials.credentials


ConversationToken = Annotated[str, Depends(_conversation_token)]

_portal = HTTPBearer(auto_error=False, scheme_name="portal", description="the portal's token of an employee")


async def _portal_identity(
    parts: Part, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_portal)]
) -> Identity | None:
    if credentials is None:
        return None
    secret = parts.settings.portal_jwt_secret
    if secret is None:
        raise IdentityUnsupported
    return read_identity(
        credentials.credentials,
        secret=secret.get_secret_value(),
        audience=parts.settings.portal_jwt_audience,
        now=parts.clock.now(),
    )


PortalToken = Annotated[Identity | None, Depends(_portal_identity)]
