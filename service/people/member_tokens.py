"""Members of WeChat Work who have logged in there: the token this service signs for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from service.errors import IdentityExpired, IdentityInvalid

ISSUER = "union-assistant"
"""By its issuer a token of our own is told from the portal's."""
LASTS = timedelta(minutes=10)
"""Long enough to open the page and a conversation; the login, which asks nothing, gives another."""
_PROVIDER = "wecom"
_CLAIMS = ("iss", "provider", "sub", "name", "exp")


@dataclass(frozen=True, slots=True)
class MemberIdentity:
    """Who logged in: the UserID, and how the directory calls the person."""

    userid: str
    name: str


def sign_member(identity: MemberIdentity, *, secret: str, now: datetime) -> str:
    """Return a JSON Web Token (RFC 7519, HS256) that names a member for LASTS."""
    values = (ISSUER, _PROVIDER, identity.userid, identity.name, int((now + LASTS).timestamp()))
    return jwt.encode(dict(zip(_CLAIMS, values, strict=True)), secret, algorithm="HS256")


def is_member_token(token: str) -> bool:
    """Tell whether a token claims to be one of ours; `read_member` finds out whether it is."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return False
    return bool(claims.get("iss") == ISSUER)


def read_member(token: str, *, secret: str, now: datetime) -> MemberIdentity:
    """Check a token of ours. Raises IdentityInvalid, IdentityExpired."""
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            issuer=ISSUER,
            # The time is checked below, against the service's own clock.
            options={"require": list(_CLAIMS), "verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError as error:
        raise IdentityInvalid from error
    if claims["provider"] != _PROVIDER:
        raise IdentityInvalid
    if int(claims["exp"]) <= now.timestamp():
        raise IdentityExpired
    return MemberIdentity(claims["sub"], claims["name"])
