"""Corrections: what an employee takes back: 不是10年是8年, 从8000改成9000, 说错了."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.entitlements.mentions import Mention

_DENIED = re.compile("(?<!是)(?:不是|并非|而非|不叫)[说干做休请签过了有满交]{0,3}$")
_LOOK_BACK = 8  # characters before a value in which it can be denied
_ASKED = re.compile("[吗么]")
_TAKEN_BACK = re.compile(
    "[ ,]?(?:是|我|说|写|打|记|算|输)?(?:错的?了?|不对|有误)|[改变换调加涨降升减](?:成|为|到|成了|到了)"
)
_CORRECTS = re.compile(
    "不对|错了|[写说记打搞弄算填输]错|口误|更正|纠正|[改换调]成|改为|改到|改一下|重新说|说准确|准确[地点]?说|有误|才对"
)
_CORRECTS_WHERE_NOTHING_IS_ASKED = re.compile("应该是|应当是|其实|实际|^(?:哦|噢|额|呃)?,?是(?![不否])|不是")


def corrects(text: str, asked: str | None) -> bool:
    """Return whether a sentence corrects something said before; 应该是12年 may answer what was asked."""
    if _CORRECTS.search(text) is not None:
        return True
    return asked is None and _CORRECTS_WHERE_NOTHING_IS_ASKED.search(text) is not None


def corrected_between(text: str, start: int, end: int) -> bool:
    """Return whether what stands before `start` is taken back by the words between it and `end`."""
    between = text[start:end]
    return _CORRECTS.search(between) is not None or re.search("(?:其实|应该)是|实际", between) is not None


def corrected_to(text: str) -> str:
    """Return what stands behind the last words that take something back: 9000 in 8500，不对，9000."""
    ends = [match.end() for match in _CORRECTS.finditer(text)]
    return (text[ends[-1] :].lstrip(",。;!?、 了") if ends else "") or text


def without_denied(text: str, mentions: Sequence[Mention]) -> tuple[str, list[Mention], list[Mention]]:
    """Return the text with what is taken back blanked out, the mentions that stay, and those taken back.

    Taken back are 10年 in 不是10年是8年, 8000 in 从8000改成9000 and in 8000写错了，是9000.
    """
    stay: list[Mention] = []
    back: list[Mention] = []
    for mention in mentions:
        denied = _DENIED.search(text, max(0, mention.start - _LOOK_BACK), mention.start)
        after = _TAKEN_BACK.match(text, mention.end)
        if (denied and not _ASKED.match(text, mention.end)) or after:
            start = denied.start() if denied else mention.start
            end = after.end() if after else mention.end
            text = text[:start] + " " * (end - start) + text[end:]
            back.append(mention)
        else:
            stay.append(mention)
    return text, stay, back
