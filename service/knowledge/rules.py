"""When a question rests on the answer before it. Pure."""

from __future__ import annotations

import re

_POINTS_BACK = re.compile("(?:那么|那个|那些|那|这种|这个|这些|这|它)")
_ASKS = re.compile("要不要|能不能|会不会|是不是|可不可以|用不用|该不该|有没有|还要|需要|[吗呢吧啊呀嘛要会能]")
FOLLOW_UP = 16
"""Characters up to which a question may rest on the answer before it."""


def follows_up(text: str) -> str | None:
    """Return what a short question that points back asks about (那要不要扣工资: 扣工资), else None."""
    begins = _POINTS_BACK.match(text)
    if begins is None or len(text) > FOLLOW_UP:
        return None
    return _ASKS.sub(" ", text[begins.end() :]).strip() or None
