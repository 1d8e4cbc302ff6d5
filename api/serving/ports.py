"""Ports: taken before any long work begins, so that one in use is said at once."""

from __future__ import annotations

import socket

import psutil

from api.serving.notices import StartFailure


def claim(host: str, port: int, *, setting: str) -> socket.socket:
    """Bind `port` and return the socket, not yet listening. Raises StartFailure naming who has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named: only then asyncio switches Nagle's algorithm off for accepted connections.
    # With it on, a request that comes quickly after another was answered 40 ms late.
    claimed = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        claimed.bind((host, port))
    except PermissionError as error:
        claimed.close()
        raise StartFailure("port_forbidden", port=port, setting=setting) from error
    except OSError as error:
        claimed.close()
        if in_use(host, port):
            raise StartFailure("port_in_use", port=port, setting=setting, holder=holder(port)) from error
        raise StartFailure("host_unknown", host=host, reason=error.strerror or error) from error
    return claimed


def local_url(host: str, port: int) -> str:
    """Return the address under which this machine reaches a server that listens on `host`."""
    if host in ("0.0.0.0", "::"):  # noqa: S104
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def require_free(host: str, port: int, *, setting: str) -> None:
    """Raise StartFailure when something listens on `port`."""
    claim(host, port, setting=setting).close()


def in_use(host: str, port: int) -> bool:
    """Tell whether something accepts connections on `port`, or holds it."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as caller:
        caller.settimeout(2)
        if caller.connect_ex(("localhost" if host in ("0.0.0.0", "::") else host, port)) == 0:  # noqa: S104
            return True
    return holder(port) != "?"


def holder(port: int) -> str:
    """Return `name pid` of the process that has `port`, or `?` when this user may not know."""
    try:
        for connection in psutil.net_connections("tcp"):
            local = connection.laddr
            if local and local.port == port and connection.pid and not connection.raddr:
                return f"{psutil.Process(connection.pid).name()} {connection.pid}"
    except psutil.Error:
        pass
    return "?"
