"""Encrypting by hand, so that what no peer would send can be sent, with the keys of the vendor's samples."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import TypedDict

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC


class Vector(TypedDict, total=False):
    """A callback the vendor published, with the message or the fields of the XML that is in it."""

    id: str
    token: str
    aes: str
    receiveid: str
    sig: str
    ts: str
    nonce: str
    enc: str
    expect: str
    expect_xml: dict[str, str]


VECTORS: list[Vector] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
TOKEN, AES_KEY, RECEIVE_ID = VECTORS[0]["token"], VECTORS[0]["aes"], VECTORS[0]["receiveid"]


def encrypted(plain: bytes) -> bytes:
    """Encrypt whole blocks as they are, without padding."""
    key = base64.b64decode(AES_KEY + "=")
    encryptor = Cipher(AES256(key), CBC(key[:16])).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def padded(plain: bytes) -> bytes:
    missing = 32 - len(plain) % 32
    return plain + bytes([missing]) * missing


def framed(message: bytes, *, length: int | None = None, receive_id: str = RECEIVE_ID) -> bytes:
    """A callback's plaintext with any length and any receiver in it."""
    stated = len(message) if length is None else length
    return bytes(16) + struct.pack(">I", stated) + message + receive_id.encode()
