"""What the app's HTTP API answers, read where the bytes come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeVar

from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError

from api.channels.wecom.app_failures import NOBODY_REACHABLE, Refused, ResultUnknown
from api.channels.wecom.tokens import Issued

HINT_LENGTH = 300
"""Characters that are kept of what the platform says to an error code."""


class MemberStatus(IntEnum):
    """The state of an account: 激活状态 in 读取成员, developer.work.weixin.qq.com/document/path/90196."""

    ACTIVE = 1
    DISABLED = 2
    NOT_ACTIVATED = 4
    LEFT = 5
    UNKNOWN = 0

    @classmethod
    def _missing_(cls, value: object) -> MemberStatus:
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Sent:
    """A message the platform took; `response_code` lets its card be changed once, within 72 hours."""

    msgid: str
    response_code: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the company; `departments` and `main_department` are the platform's numbers."""

    name: str
    departments: tuple[int, ...]
    main_department: int | None
    status: MemberStatus


@dataclass(frozen=True, slots=True)
class Department:
    id: int
    name: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class App:
    """The app as it is set up in the platform's console.

    `home_url` is what opens from the workbench, `domain` the one whose pages may ask who is logged in; empty
    where none is set.
    """

    name: str
    disabled: bool
    home_url: str
    domain: str


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file a member sent; `name` is a bare file name, as the platform gives it."""

    data: bytes = field(repr=False)
    content_type: str
    name: str | None


class Answer(BaseModel):
    errcode: int
    errmsg: str = ""


class TokenAnswer(Answer):
    access_token: SecretStr
    expires_in: float

    def issued(self) -> Issued:
        return Issued(self.access_token, self.expires_in)


class SentAnswer(Answer):
    """The platform says 0 also when it could not reach somebody; with one addressee nothing was sent then."""

    msgid: str = ""
    response_code: str | None = None
    invaliduser: str | list[str] = ""
    unlicenseduser: str | list[str] = ""

    def sent(self) -> Sent:
        """Raises Refused when the one addressee was not reached."""
        if self.invaliduser or self.unlicenseduser:
            raise Refused(NOBODY_REACHABLE, "invaliduser" if self.invaliduser else "unlicenseduser")
        return Sent(self.msgid, self.response_code)


class AppAnswer(Answer):
    """获取指定的应用详情, developer.work.weixin.qq.com/document/path/90227."""

    name: str = ""
    close: int = 0
    home_url: str = ""
    redirect_domain: str = ""

    def app(self) -> App:
        return App(self.name, bool(self.close), self.home_url, self.redirect_domain)


class UserInfoAnswer(Answer):
    userid: str | None = None


class MemberAnswer(Answer):
    name: str
    department: tuple[int, ...] = ()
    main_department: int | None = None
    status: int = MemberStatus.UNKNOWN

    def member(self) -> Member:
        return Member(self.name, self.department, self.main_department, MemberStatus(self.status))


class DepartmentRow(BaseModel):
    id: int
    name: str = ""
    parentid: int | None = None


class DepartmentsAnswer(Answer):
    department: list[DepartmentRow]

    def departments(self) -> tuple[Department, ...]:
        return tuple(Department(row.id, row.name, row.parentid) for row in self.department)


Kind = TypeVar("Kind", bound=Answer)


def read_answer(content: SecretBytes, kind: type[Kind], *, hidden: tuple[SecretStr, ...]) -> Kind:
    """Return the answer. Raises Refused for an error code, ResultUnknown for what is no answer.

    `hidden`: what must not be in the error's text, should the platform repeat it. An answer may hold a token
    or a name: it is in no local variable of a frame that raises.
    """
    try:
        errcode, hint = _error(content, hidden)
        if errcode == 0:
            return kind.model_validate_json(content.get_secret_value())
    except ValidationError:
        # Not chained: the validator's error quotes what it read.
        raise ResultUnknown("unreadable answer") from None
    raise Refused(errcode, hint)


def _error(content: SecretBytes, hidden: tuple[SecretStr, ...]) -> tuple[int, str]:
    answer = Answer.model_validate_json(content.get_secret_value())
    hint = answer.errmsg
    for secret in hidden:
        hint = hint.replace(secret.get_secret_value(), "…")
    return answer.errcode, hint[:HINT_LENGTH]
