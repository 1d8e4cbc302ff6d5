"""Receipt codes: the only thing by which a reporter comes back. Pure."""

from __future__ import annotations

import hashlib
import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without characters that are taken for one another when copied by hand."""
GROUPS, GROUP = 5, 4
"""31^20 codes, some 99 bits: not to be guessed, so nothing has to count wrong tries by address."""
_CODE = re.compile(f"[{ALPHABET}]{{{GROUPS * GROUP}}}")


def new_code() -> str:
    """Return a receipt code such as K7QM-4RTX-9BNP-2HWD-6CFY."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def code_hash(code: str) -> str | None:
    """Return what is stored of a code as somebody typed it; None for what cannot be a code."""
    typed = re.sub(r"[\s\-‐–—－]+", "", code).upper()
    return hashlib.sha256(typed.encode()).hexdigest() if _CODE.fullmatch(typed) else None
