"""The secrets of a deployment: made once a data folder, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Secrets:
    """`action`: Rasa shows it to the action webhook. `turn`: the API shows it to Rasa's turn channel.

    `seal`: what contacts and other sealed texts are encrypted with; lost, they cannot be read any more.
    `identity`: signs the tokens of employees who have logged in in WeChat Work; no portal has it.
    """

    action: SecretStr
    turn: SecretStr
    seal: SecretStr
    identity: SecretStr


def load_secrets(folder: Path) -> Secrets:
    """Return the secrets in `folder`, made now if they are not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Secrets(
        action=_secret(folder / "action"),
        turn=_secret(folder / "turn"),
        seal=_secret(folder / "seal"),
        identity=_secret(folder / "identity"),
    )


def _secret(file: Path) -> SecretStr:
    if not file.exists():
        fresh = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, secrets.token_urlsafe(32).encode("ascii"))
        finally:
            os.close(descriptor)
        try:
            os.link(fresh, file)  # unlike a rename, never replaces one that another process just made
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return SecretStr(file.read_text(encoding="ascii").strip())
