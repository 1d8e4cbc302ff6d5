"""What one check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` names the sentence in texts/zh-CN/doctor.yml; a bad one says the cure too."""

    good: bool
    key: str
    fields: Mapping[str, object] = field(default_factory=dict)


class Check(Protocol):
    __name__: str

    def __call__(self, settings: Settings, /) -> Finding: ...


def good(key: str, **fields: object) -> Finding:
    return Finding(True, f"{key}.good", fields)


def bad(key: str, **fields: object) -> Finding:
    return Finding(False, f"{key}.bad", fields)
