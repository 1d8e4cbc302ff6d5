"""Masking: personal numbers are taken out before text is stored or forwarded.

Whole numbers are replaced, never shortened: the last digits of a bank card identify a colleague as well.
Formats: resident identity numbers GB 11643 (18 characters, or the 15 digits used before), mainland mobile
numbers (11 digits from 1), bank cards ISO/IEC 7812 (16-19 digits; the check digit is not asked for, because
a mistyped card number is still nearly one), staff numbers only where the text names them as such.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Digits may be written full-width, and in groups with spaces or hyphens between.
_DIGIT = r"[0-9０-９]"
_GAP = r"[ \u3000\-‐–—－]?"


def _number(pattern: str) -> re.Pattern[str]:
    """Compile `pattern` so that it matches a whole run of digits, never a part of a longer one."""
    return re.compile(rf"(?<!{_DIGIT}){pattern}(?!{_DIGIT})")


def _digits(first: str, more: str) -> str:
    return rf"{first}(?:{_GAP}{_DIGIT}){more}"


_PATTERNS = (
    ("identity_number", _number(_digits("[1-9１-９]", "{16}") + rf"{_GAP}[0-9０-９XxＸｘ]")),
    ("bank_card", _number(_digits("[1-9１-９]", "{15,18}"))),
    ("identity_number", _number(_digits("[1-9１-９]", "{14}"))),
    ("mobile", _number(r"(?:(?:\+|00)86[ -]?)?[1１]" + _GAP + _digits("[3-9３-９]", "{9}"))),
    (
        "staff_number",
        re.compile(
            r"(?:工号|员工号|员工编号|柜员号|人员编号)(?:是|为|[:：])?\s*"
            rf"[A-Za-zＡ-Ｚａ-ｚ]{{0,3}}{_DIGIT}{{4,12}}"
        ),
    ),
)

KINDS = ("identity_number", "bank_card", "mobile", "staff_number")


class Masker:
    """Replaces personal numbers by the label of their kind (`labels` maps every one of KINDS)."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        missing = [kind for kind in KINDS if not labels.get(kind)]
        if missing:
            raise ValueError(f"no label for {', '.join(missing)}")
        self._labels = dict(labels)

    def __call__(self, text: str) -> str:
        """Return `text` without personal numbers. Masking twice changes nothing more."""
        for kind, pattern in _PATTERNS:
            text = pattern.sub(self._labels[kind], text)
        return text
