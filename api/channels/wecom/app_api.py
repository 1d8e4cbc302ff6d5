"""The HTTP API of a self-built app: messages, cards, files, members and the menu, each one call.

Every call has one access token, gets a fresh one at most once, and ends in an answer or in one of
`app_failures`. Nothing else is repeated here: whether to try again is for the caller to say.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence

from pydantic import SecretStr

from api.channels.wecom.app_answers import (
    Answer,
    App,
    AppAnswer,
    Department,
    DepartmentsAnswer,
    MediaFile,
    Member,
    MemberAnswer,
    Sent,
    SentAnswer,
    UserInfoAnswer,
)
from api.channels.wecom.app_calls import READ_TIMEOUT, AppCalls
from api.channels.wecom.app_failures import NotAMember

TEXT_BYTES = 2048
"""UTF-8 bytes of a text or markdown message; the platform would cut off the rest without a word."""
CARD_BUTTONS = 6

_USERID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")


class AppApi:
    """A self-built app, as the platform's `cgi-bin` knows it. `base_url` has no slash at its end.

    `proxy` is the address of the HTTP proxy to the platform; without one the environment's is used.
    `now` is a clock that only goes forward, in seconds. Every call may raise CallFailed.
    """

    def __init__(
        self,
        corp_id: str,
        secret: SecretStr,
        *,
        agent_id: int,
        base_url: str,
        proxy: str | None,
        read_timeout: float = READ_TIMEOUT,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._agent_id = agent_id
        self._calls = AppCalls(
            corp_id, secret, base_url=base_url, proxy=proxy, read_timeout=read_timeout, now=now
        )

    async def close(self) -> None:
        await self._calls.close()

    async def check(self) -> None:
        """Have a token, which shows that address, proxy, corp id and secret are right."""
        await self._calls.authenticate()

    async def about(self) -> App:
        """Return the app, which shows that its number is right and this machine's address is trusted."""
        return (await self._calls.get("agent/get", AppAnswer, agentid=str(self._agent_id))).app()

    async def send_text(self, userid: str, text: str) -> Sent:
        """Send plain text of at most TEXT_BYTES to one member."""
        return await self._send(userid, {"msgtype": "text", "text": {"content": _fitting(text)}})

    async def send_markdown(self, userid: str, text: str) -> Sent:
        """Send markdown of at most TEXT_BYTES to one member; the plain WeChat plug-in does not show it."""
        return await self._send(userid, {"msgtype": "markdown", "markdown": {"content": _fitting(text)}})

    async def send_card(self, userid: str, card: Mapping[str, object]) -> Sent:
        """Send a template card with a `task_id` of its own and at most CARD_BUTTONS to one member."""
        return await self._send(userid, {"msgtype": "template_card", "template_card": card})

    async def update_card(
        self, response_code: str, userids: Sequence[str], *, to: str | Mapping[str, object]
    ) -> None:
        """Change a card: `to` is the text in place of its buttons, or a new card.

        A response code works once, within 72 hours.
        """
        body: dict[str, object] = {
            "userids": [_one_person(userid) for userid in userids],
            "agentid": self._agent_id,
            "response_code": response_code,
        }
        body |= {"button": {"replace_name": to}} if isinstance(to, str) else {"template_card": to}
        await self._calls.post("message/update_template_card", Answer, body=body)

    async def media(self, media_id: str) -> MediaFile:
        """Return a file a member sent at most three days ago. Raises MediaTooLarge."""
        return await self._calls.download("media/get", media_id=media_id)

    async def user_info(self, code: str) -> str:
        """Return the UserID behind the code of a login, which works once and for five minutes.

        Members outside the app's range have one too. Raises NotAMember.
        """
        answer = await self._calls.get("auth/getuserinfo", UserInfoAnswer, code=code)
        if not answer.userid:
            raise NotAMember
        return answer.userid

    async def user(self, userid: str) -> Member:
        """Return a member within the app's range."""
        answer = await self._calls.get("user/get", MemberAnswer, userid=_one_person(userid))
        return answer.member()

    async def departments(self) -> tuple[Department, ...]:
        """Return the departments within the app's range."""
        return (await self._calls.get("department/list", DepartmentsAnswer)).departments()

    async def set_menu(self, menu: Mapping[str, object]) -> None:
        """Replace the app's menu."""
        await self._calls.post("menu/create", Answer, body=menu, agentid=str(self._agent_id))

    async def _send(self, userid: str, content: Mapping[str, object]) -> Sent:
        body = {"touser": _one_person(userid), "agentid": self._agent_id, **content}
        return (await self._calls.post("message/send", SentAnswer, body=body)).sent()


def _one_person(userid: str) -> str:
    """Return `userid`; a list of people, or `@all`, which is the whole company, is never one."""
    if not _USERID.fullmatch(userid):
        raise ValueError("not the UserID of one member")
    return userid


def _fitting(text: str) -> str:
    if len(text.encode()) > TEXT_BYTES:
        raise ValueError(f"more than {TEXT_BYTES} bytes")
    return text
