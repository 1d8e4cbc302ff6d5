"""Looking members up in the directory of WeChat Work: how they are called and where they belong."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from api.channels.wecom.app_answers import Member, MemberStatus
from api.channels.wecom.app_api import AppApi
from api.channels.wecom.app_failures import CallFailed, Refused

log = structlog.get_logger()

TREE_KEPT_S = 3600.0
"""Seconds for which the tree of departments, or that it cannot be had, is taken for granted."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A member: `departments` begins with the member's own and goes up. Not `active`: left, or locked."""

    name: str
    departments: tuple[int, ...]
    active: bool


class Directory:
    """The directory as far as the app may see it. `now` is a clock that only goes forward, in seconds."""

    def __init__(self, app: AppApi, *, now: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._now = now
        self._parents: dict[int, int] = {}
        self._parents_until = float("-inf")
        self._told: set[str] = set()

    async def look_up(self, userid: str) -> Looked | None:
        """Return a member, None where the directory does not say; that is logged once for each reason."""
        try:
            looked = await self.member(userid)
        except (CallFailed, ValueError) as error:
            self._tell_once("directory_not_read", error)
            return None
        self._told.discard("directory_not_read")
        return looked

    async def member(self, userid: str) -> Looked:
        """Return a member. Raises CallFailed, and ValueError for what is nobody's UserID."""
        member = await self._app.user(userid)
        return Looked(
            name=member.name,
            departments=await self._upwards(member),
            active=member.status is MemberStatus.ACTIVE,
        )

    async def _upwards(self, member: Member) -> tuple[int, ...]:
        parents = await self._tree()
        found: dict[int, None] = {}
        for number in (member.main_department, *member.departments):
            while number is not None and number not in found:
                found[number] = None
                number = parents.get(number)
        return tuple(found)

    async def _tree(self) -> dict[int, int]:
        if self._now() >= self._parents_until:
            self._parents_until = self._now() + TREE_KEPT_S
            try:
                departments = await self._app.departments()
            except CallFailed as error:
                self._tell_once("departments_not_read", error)
            else:
                self._told.discard("departments_not_read")
                self._parents = {item.id: item.parent_id for item in departments if item.parent_id}
        return self._parents

    def _tell_once(self, what: str, error: Exception) -> None:
        if what in self._told:
            return
        self._told.add(what)
        code = error.errcode if isinstance(error, Refused) else None
        log.warning(what, error=type(error).__name__, errcode=code)
