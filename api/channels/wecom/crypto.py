"""How WeChat Work signs and encrypts: callbacks of the app and of the bot's webhook, and the bot's files.

AES-256-CBC whose IV is the first half of the key, PKCS#7 in blocks of 32. A callback's plaintext is 16
random bytes, the message's length in four (big-endian), the message, the receiver: the company's id for an
app, empty for a bot of the company's own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from api.channels.wecom.rejected import Malformed, PaddingWrong, ReceiverWrong, SignatureWrong, TooOld

MAX_AGE = timedelta(minutes=10)
"""How far from now a callback may have been signed, either way: clocks differ, and it is sent three times."""

_KEY = re.compile(r"[A-Za-z0-9+/]{43}=?")
_SECONDS = re.compile(r"[0-9]{1,12}")
_RANDOM, _LENGTH, _CIPHER_BLOCK, _PADDED_TO = 16, 4, 16, 32


class KeyMalformed(Exception):
    """An EncodingAESKey that is not 43 characters of base64."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An answer as it goes out. `timestamp` is in seconds."""

    encrypted: str
    signature: str
    timestamp: str
    nonce: str


class WecomCrypto:
    """Opens and seals with one Token and EncodingAESKey; threads may share it.

    `receive_id` is the company's id, '' for a bot. Raises KeyMalformed.
    """

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        self._token = token
        self._key = _key(aes_key)
        self._receive_id = receive_id.encode()

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """Return the signature in hexadecimal."""
        signed = "".join(sorted((self._token, timestamp, nonce, encrypted)))
        # SHA-1 is the protocol's choice; a machine that forbids it for security still has to speak it.
        return hashlib.sha1(signed.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()

    def verify(self, signature: str, *, timestamp: str, nonce: str, encrypted: str) -> None:
        """Raise SignatureWrong unless `signature` is ours, in a time that does not tell how much of it is."""
        ours = self.signature(timestamp, nonce, encrypted)
        if not hmac.compare_digest(ours.encode(), signature.encode(errors="surrogatepass")):
            raise SignatureWrong

    def decrypt(self, encrypted: str) -> str:
        """Return the message of a base64 text. Raises PaddingWrong, ReceiverWrong or Malformed."""
        try:
            data = base64.b64decode(encrypted, validate=True)
        except ValueError as error:
            raise Malformed("base64") from error
        plain = _decrypted(data, self._key)
        begins = _RANDOM + _LENGTH
        if len(plain) < begins:
            raise Malformed("length")
        (length,) = struct.unpack_from(">I", plain, _RANDOM)
        if length > len(plain) - begins:
            raise Malformed("length")
        if not hmac.compare_digest(plain[begins + length :], self._receive_id):
            raise ReceiverWrong
        try:
            return plain[begins : begins + length].decode()
        except UnicodeDecodeError as error:
            raise Malformed("utf-8") from error

    def encrypt(self, text: str) -> str:
        """Return `text` encrypted for our receiver in base64, another one each time."""
        message = text.encode()
        plain = b"".join(
            (secrets.token_bytes(_RANDOM), struct.pack(">I", len(message)), message, self._receive_id)
        )
        missing = _PADDED_TO - len(plain) % _PADDED_TO
        encryptor = _cipher(self._key).encryptor()
        data = encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()
        return base64.b64encode(data).decode("ascii")

    def open(self, *, signature: str, timestamp: str, nonce: str, encrypted: str, now: datetime) -> str:
        """Return the message of a callback that is signed, of now (give or take MAX_AGE) and for us.

        Raises Rejected.
        """
        self.verify(signature, timestamp=timestamp, nonce=nonce, encrypted=encrypted)
        if _SECONDS.fullmatch(timestamp) is None:
            raise Malformed("timestamp")
        if abs(now.timestamp() - int(timestamp)) > MAX_AGE.total_seconds():
            raise TooOld
        return self.decrypt(encrypted)

    def seal(self, text: str, *, now: datetime) -> Sealed:
        """Return `text` encrypted and signed, to be answered to a callback."""
        encrypted, timestamp, nonce = self.encrypt(text), str(int(now.timestamp())), secrets.token_hex(8)
        return Sealed(encrypted, self.signature(timestamp, nonce, encrypted), timestamp, nonce)


def decrypt_media(data: bytes, aes_key: str) -> bytes:
    """Return a file sent to the bot as it was before the platform encrypted it.

    `aes_key` is the message's own over the long connection, the EncodingAESKey in webhook mode. Raises
    PaddingWrong or Malformed.
    """
    try:
        key = _key(aes_key)
    except KeyMalformed as error:
        raise Malformed("aeskey") from error
    return _decrypted(data, key)


def _key(aes_key: str) -> bytes:
    if _KEY.fullmatch(aes_key) is None:
        raise KeyMalformed("an EncodingAESKey is 43 characters of base64")
    # The last character holds four bits of the key; the vendor's keys have anything in the other two.
    return base64.b64decode(aes_key.rstrip("=") + "=")


def _cipher(key: bytes) -> Cipher[CBC]:
    return Cipher(AES256(key), CBC(key[:_CIPHER_BLOCK]))


def _decrypted(data: bytes, key: bytes) -> bytes:
    if not data or len(data) % _CIPHER_BLOCK:
        raise Malformed("length")
    decryptor = _cipher(key).decryptor()
    plain = decryptor.update(data) + decryptor.finalize()
    padding = plain[-1]
    if not 1 <= padding <= _PADDED_TO or plain[-padding:] != bytes([padding]) * padding:
        raise PaddingWrong
    return plain[:-padding]
