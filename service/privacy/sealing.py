"""Sealing: the few texts and files that must be kept as they came are stored encrypted.

Fernet (AES-128-CBC with HMAC-SHA256) under a key that never enters the database, so that a copy of the
database alone gives nothing away.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken


class SealBroken(Exception):
    """A sealed text does not open with this deployment's key."""


class Sealer:
    """Seals and opens texts and files. `key` is any secret text; threads may share this object."""

    def __init__(self, key: str) -> None:
        digest = hashlib.sha256(key.encode()).digest()
        self._box = Fernet(base64.urlsafe_b64encode(digest))

    def seal(self, text: str) -> str:
        """Return `text` encrypted: ASCII, another one each time, with the time of sealing hidden."""
        # Fernet writes the time into its token in the clear, and a time can tell who wrote.
        return self._box.encrypt_at_time(text.encode(), 0).decode("ascii")

    def open(self, sealed: str) -> str:
        """Return the text that was sealed. Raises SealBroken for another key or a changed text."""
        try:
            return self._box.decrypt(sealed.encode("ascii")).decode()
        except (InvalidToken, UnicodeEncodeError) as error:
            raise SealBroken from error

    def seal_bytes(self, content: bytes) -> bytes:
        """Return a file's content encrypted, a hundred bytes or so longer."""
        return base64.urlsafe_b64decode(self._box.encrypt_at_time(content, 0))

    def open_bytes(self, sealed: bytes) -> bytes:
        """Return the content that was sealed. Raises SealBroken for another key or a changed file."""
        try:
            return self._box.decrypt(base64.urlsafe_b64encode(sealed))
        except InvalidToken as error:
            raise SealBroken from error
