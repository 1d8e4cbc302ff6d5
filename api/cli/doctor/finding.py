"""What one check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` names the sentence in texts/zh-CN/doctor.yml; a bad one and a warning say the cure too.

    A warning is of something that works today and will not for long.
    """

    good: bool
    key: str
    fields: Mapping[str, object] = field(default_factory=dict)
    warning: bool = False

    @property
    def mark(self) -> str:
        if self.warning:
            return "!"
        return "✓" if self.good else "✗"


class Check(Protocol):
    """Looks at one thing; None where the deployment has no such thing."""

    __name__: str

    def __call__(self, settings: Settings, /) -> Finding | None: ...


def good(key: str, **fields: object) -> Finding:
    return Finding(True, f"{key}.good", fields)


def bad(key: str, **fields: object) -> Finding:
    return Finding(False, f"{key}.bad", fields)


def warning(key: str, **fields: object) -> Finding:
    return Finding(True, f"{key}.warning", fields, warning=True)
