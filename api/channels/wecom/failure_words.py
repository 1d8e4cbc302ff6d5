"""What an operator reads when a call of the app's API failed: what is wrong, and what to do about it."""

from __future__ import annotations

from api.channels.wecom.app_failures import CallFailed, NotSent, Refused, ResultUnknown
from service.texts import Texts


def failure_line(failure: CallFailed, texts: Texts) -> str:
    """Return one line."""
    match failure:
        case NotSent():
            return texts("wecom.failures.not_sent", reason=failure.reason)
        case ResultUnknown():
            return texts("wecom.failures.result_unknown", reason=failure.reason)
        case Refused():
            return texts(f"wecom.failures.{failure.kind}", code=failure.errcode, hint=failure.errmsg)
        case _:
            return texts("wecom.failures.other", code="", hint=failure)
