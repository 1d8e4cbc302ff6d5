"""Which addresses that the platform names are called: what goes there, or comes from there, is private."""

from __future__ import annotations

from urllib.parse import urlsplit

from api.wecom_settings import is_loopback


def is_safe(url: str) -> bool:
    """Tell whether an address may be called: encrypted, or on this machine, where tests have the platform."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username is not None or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
