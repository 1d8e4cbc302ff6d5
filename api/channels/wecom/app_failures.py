"""How a call of the app's HTTP API can fail, as drawn:

CallFailed
├── NotSent          surely not done: may be tried again
├── ResultUnknown    perhaps done: never to be repeated blindly
├── Refused          the platform said no; `kind` says why
├── NotAMember       the person who logged in does not work here
└── MediaTooLarge    more than we take

None of them carries a token, a secret or an address, nor an exception of the HTTP library that would.

Codes: 全局错误码, developer.work.weixin.qq.com/document/path/90455, and for 830002 获取临时素材, path/96486.
"""

from __future__ import annotations

from enum import StrEnum

STALE_TOKEN = frozenset({40001, 40014, 42001})
"""Answers to a call which a fresh token may cure; 40001 is a wrong secret when gettoken says it."""
NOBODY_REACHABLE = 81013
FILE_TOO_LARGE = 830002


class RefusedKind(StrEnum):
    """What somebody can do about a refusal."""

    BUSY = "busy"
    RATE_LIMITED = "rate_limited"
    UNTRUSTED_IP = "untrusted_ip"
    NOBODY_REACHABLE = "nobody_reachable"
    NOT_IN_SCOPE = "not_in_scope"
    BAD_CODE = "bad_code"
    TOKEN = "token"  # noqa: S105 (the name of a kind)
    BAD_SECRET = "bad_secret"  # noqa: S105 (the name of a kind)
    BAD_CORP = "bad_corp"
    BAD_AGENT = "bad_agent"
    OTHER = "other"


_KINDS = {
    -1: RefusedKind.BUSY,  # 系统繁忙
    45009: RefusedKind.RATE_LIMITED,  # 接口调用超过限制
    45033: RefusedKind.RATE_LIMITED,  # 接口并发调用超过限制
    60020: RefusedKind.UNTRUSTED_IP,  # 访问ip不在白名单之中
    NOBODY_REACHABLE: RefusedKind.NOBODY_REACHABLE,  # UserID、部门ID、标签ID全部非法或无权限
    46004: RefusedKind.NOBODY_REACHABLE,  # 指定的用户不存在
    60111: RefusedKind.NOBODY_REACHABLE,  # UserID不存在
    50002: RefusedKind.NOT_IN_SCOPE,  # 成员不在权限范围
    60011: RefusedKind.NOT_IN_SCOPE,  # 指定的成员/部门/标签参数无权限
    40029: RefusedKind.BAD_CODE,  # 不合法的oauth_code
    42022: RefusedKind.BAD_CODE,  # code已经被使用过。只能使用一次
    40014: RefusedKind.TOKEN,  # 不合法的access_token
    42001: RefusedKind.TOKEN,  # access_token已过期
    40001: RefusedKind.BAD_SECRET,  # 不合法的secret参数
    40091: RefusedKind.BAD_SECRET,  # secret不合法
    40013: RefusedKind.BAD_CORP,  # 不合法的CorpID
    40056: RefusedKind.BAD_AGENT,  # 不合法的agentid
    301002: RefusedKind.BAD_AGENT,  # 无权限操作指定的应用
}


class CallFailed(Exception):
    """A call that did not do what it should."""


class NotSent(CallFailed):
    """The platform surely did nothing. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ResultUnknown(CallFailed):
    """The request was written, at least in part, and no readable answer came. `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(CallFailed):
    """The platform answered with an error code. `errmsg` is the platform's own hint, for the operator."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg

    @property
    def kind(self) -> RefusedKind:
        return _KINDS.get(self.errcode, RefusedKind.OTHER)


class NotAMember(CallFailed):
    """The code belongs to somebody outside the company, who has no UserID."""

    def __init__(self) -> None:
        super().__init__("not a member")


class MediaTooLarge(CallFailed):
    """A file of more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit
