"""What may be wrong with a file of the knowledge base: where, under which stable code, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.yamlfile import read_yaml

_MESSAGES = Path(__file__).resolve().parent.parent / "texts" / "zh-CN" / "lint.yml"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault. `line` counts from 1; `code` is stable; `message` says what to do about it."""

    file: Path
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code} {self.message}"


def problem(file: Path, line: int, code: str, /, **fields: object) -> Problem:
    """The problem `code`, with its message from texts/zh-CN/lint.yml filled in."""
    return Problem(file, line, code, messages()[code].format(**fields))


@cache
def messages() -> Mapping[str, str]:
    """The message of every code."""
    content: dict[str, str] = read_yaml(_MESSAGES)
    return content
