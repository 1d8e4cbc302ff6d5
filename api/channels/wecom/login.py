"""Logging in from inside WeChat Work: where to send the browser, and who has come back.

构造网页授权链接, developer.work.weixin.qq.com/document/path/91022; 获取访问用户身份, path/91023.
"""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import urlencode

import structlog

from api.channels.wecom.app_api import AppApi
from api.channels.wecom.app_failures import CallFailed, NotAMember, Refused, RefusedKind
from api.channels.wecom.directory import Directory, Looked

log = structlog.get_logger()

AUTHORIZE_URL = "https://open.weixin.qq.com/connect/oauth2/authorize"
NOT_OURS = (RefusedKind.NOT_IN_SCOPE, RefusedKind.NOBODY_REACHABLE)


class Trouble(StrEnum):
    """Why a login led to nobody; the chat page has a sentence for each."""

    BROKEN = "broken"
    """It has to be begun again, and that has been tried."""
    OUTSIDE = "outside"
    """The person does not belong to those for whom the app is."""
    UNAVAILABLE = "unavailable"
    """The platform did not answer as it should."""


class LoginFailed(Exception):
    """Nobody is logged in."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class CodeNotTaken(Exception):
    """The platform does not know the code, or not any more: another login gets another."""


class Login:
    """The login of one self-built app. `back` is the address to which the platform sends the browser."""

    def __init__(self, app: AppApi, directory: Directory, *, corp_id: str, agent_id: int, back: str) -> None:
        self._app = app
        self._directory = directory
        self._asked = {
            "appid": corp_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
        }
        self._agent_id = agent_id

    def address(self, state: str) -> str:
        """Return where the browser is sent to; the platform asks the person nothing."""
        query = urlencode({**self._asked, "state": state, "agentid": self._agent_id})
        return f"{AUTHORIZE_URL}?{query}#wechat_redirect"

    async def who(self, code: str) -> tuple[str, Looked]:
        """Return the UserID behind a code, and the member. Raises CodeNotTaken, LoginFailed.

        The platform names members outside the app's range too: only whom the app may look up is let in.
        """
        try:
            userid = await self._app.user_info(code)
            looked = await self._directory.member(userid)
        except (NotAMember, ValueError) as error:
            raise LoginFailed(Trouble.OUTSIDE) from error
        except CallFailed as failure:
            kind = failure.kind if isinstance(failure, Refused) else None
            if kind is RefusedKind.BAD_CODE:
                raise CodeNotTaken from failure
            if kind in NOT_OURS:
                raise LoginFailed(Trouble.OUTSIDE) from failure
            code_of = failure.errcode if isinstance(failure, Refused) else None
            log.warning("login_call_failed", error=type(failure).__name__, errcode=code_of)
            raise LoginFailed(Trouble.UNAVAILABLE) from failure
        if not looked.active:
            raise LoginFailed(Trouble.OUTSIDE)
        return userid, looked
