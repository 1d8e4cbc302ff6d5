"""What people read when something did not reach WeChat Work: why, and what to do about it."""

from __future__ import annotations

from api.channels.wecom.app_failures import CallFailed, NotSent, Refused, RefusedKind, ResultUnknown
from api.channels.wecom.app_talk import LEFT
from api.channels.wecom.bot_talk import NEVER_WROTE
from api.channels.wecom.outcomes import NO_ROUTE
from service.conversations.tables import OutboxState
from service.messengers.unsent import DROPPED
from service.texts import Texts

_OF_BOTH = {
    DROPPED: "dropped",
    LEFT: "left_the_app",
    NEVER_WROTE: "never_wrote",
    NO_ROUTE: "no_way_to_send",
    RefusedKind.UNTRUSTED_IP: "untrusted_ip",
    RefusedKind.TOKEN: "misconfigured",
    RefusedKind.BAD_SECRET: "misconfigured",
    RefusedKind.BAD_CORP: "misconfigured",
    RefusedKind.BAD_AGENT: "misconfigured",
    RefusedKind.RATE_LIMITED: "rate_limited",
    RefusedKind.BUSY: "busy",
    RefusedKind.NOBODY_REACHABLE: "nobody_reachable",
    RefusedKind.NOT_IN_SCOPE: "nobody_reachable",
    "reply_address_unsafe": "no_way_to_send",
    "cut": "cut_off",
    "stopped": "stopped",
}
_WITH_CODE = frozenset({"errcode", RefusedKind.OTHER, RefusedKind.BAD_CODE})
"""How the outbox's errors begin; what begins otherwise is the name of what happened on the network."""


def failure_line(failure: CallFailed, texts: Texts) -> str:
    """Return one line for the operator about a call of the app's API that failed."""
    match failure:
        case NotSent():
            return texts("wecom.failures.not_sent", reason=failure.reason)
        case ResultUnknown():
            return texts("wecom.failures.result_unknown", reason=failure.reason)
        case Refused():
            return texts(f"wecom.failures.{failure.kind}", code=failure.errcode, hint=failure.errmsg)
        case _:
            return texts("wecom.failures.other", code="", hint=failure)


def reason_words(state: OutboxState, error: str | None, texts: Texts) -> str | None:
    """Return why a message did not, or not surely, arrive; None while nothing of the kind is known."""
    if state not in (OutboxState.FAILED, OutboxState.UNKNOWN):
        return None
    first, _, rest = (error or "").removeprefix("reply: ").partition(" ")
    if first in _WITH_CODE:
        return texts("wecom.reasons.refused", code=rest)
    key = _OF_BOTH.get(first, "unreachable" if state is OutboxState.FAILED else "no_answer")
    return texts(f"wecom.reasons.{key}")
