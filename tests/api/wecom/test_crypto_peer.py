"""Our crypto and the vendor's own packages understand each other, in both directions."""

from __future__ import annotations

import base64
import json
import random
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from api.channels.wecom.crypto import WecomCrypto, decrypt_media
from tests.api.wecom.sealing import AES_KEY, RECEIVE_ID, TOKEN, encrypted, padded
from tests.node import environment, node

PEER = Path(__file__).parent / "peer_crypto.mjs"
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LETTERS = "工会abc 012\n\t<>&\"'\\]]>，。é̀👩‍👧‍👦🇨🇳\u2005\u0000\ufeff𠮷"


def some_texts(count: int) -> list[str]:
    chance = random.Random(20261120)
    return ["", *("".join(chance.choices(LETTERS, k=chance.randint(1, 300))) for _ in range(count - 1))]


def test_fifty_texts_go_both_ways_and_files_come_back_as_the_vendor_decrypts_them() -> None:
    crypto, texts = WecomCrypto(TOKEN, AES_KEY, RECEIVE_ID), some_texts(50)
    sealed = [crypto.seal(text, now=NOW) for text in texts]
    sizes = (0, 1, 15, 16, 31, 32, 33, 70_000)
    files = [encrypted(padded(random.Random(size).randbytes(size))) for size in sizes]
    asked = {
        "token": TOKEN,
        "aesKey": AES_KEY,
        "receiveId": RECEIVE_ID,
        "texts": texts,
        "sealed": [
            {"encrypted": one.encrypted, "timestamp": one.timestamp, "nonce": one.nonce} for one in sealed
        ],
        "files": [base64.b64encode(file).decode() for file in files],
    }
    answered = json.loads(
        subprocess.run(
            [node(), str(PEER)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env=environment(),
        ).stdout
    )

    for text, theirs in zip(texts, answered["encrypted"], strict=True):
        assert crypto.open(**theirs, now=datetime.fromtimestamp(int(theirs["timestamp"]), UTC)) == text
    for text, ours, theirs in zip(texts, sealed, answered["opened"], strict=True):
        assert theirs == {"text": text, "receiveId": RECEIVE_ID, "signature": ours.signature}
    assert [base64.b64decode(file) for file in answered["files"]] == [
        decrypt_media(file, AES_KEY) for file in files
    ]
