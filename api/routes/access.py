"""Who may use a conversation: whoever has its token. Who opens one: a visitor, or whom a token names.

That token is the portal's, or of our own login in WeChat Work; neither can sign the other's.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from api.parts import Part
from service.errors import IdentityUnsupported
from service.people.member_tokens import MemberIdentity, is_member_token, read_member
from service.people.portal import Identity, read_identity

_bearer = HTTPBearer(auto_error=False, description="the conversation's token")


async def _conversation_token(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    if credentials is None:
        raise HTTPException(401)
    return credentials.credentials


ConversationToken = Annotated[str, Depends(_conversation_token)]

_portal = HTTPBearer(
    auto_error=False,
    scheme_name="portal",
    description="the token of an employee, the portal's or of the login in WeChat Work",
)


async def _who_asks(
    parts: Part, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_portal)]
) -> Identity | MemberIdentity | None:
    if credentials is None:
        return None
    if is_member_token(credentials.credentials):
        ours = parts.secrets.identity.get_secret_value()
        return read_member(credentials.credentials, secret=ours, now=parts.clock.now())
    secret = parts.settings.portal_jwt_secret
    if secret is None:
        raise IdentityUnsupported
    return read_identity(
        credentials.credentials,
        secret=secret.get_secret_value(),
        audience=parts.settings.portal_jwt_audience,
        now=parts.clock.now(),
    )


WhoAsks = Annotated[Identity | MemberIdentity | None, Depends(_who_asks)]
