"""A PostgreSQL server of our own on loopback, for tests."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from tests.requirements import need_postgresql
from tests.stack import free_port


@contextlib.contextmanager
def postgresql_server() -> Iterator[str]:
    """Run a fresh server and yield the address of an empty database; skip where none is installed."""
    programs = need_postgresql()
    # PostgreSQL refuses to run as root; where the tests do, its own user runs it.
    owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    run_as: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid} if owner else {}
    folder = Path(tempfile.mkdtemp(prefix="ua-pg-"))
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    port = free_port()
    try:
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "union", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=folder,
            **run_as,
        )
        server = subprocess.Popen(
            [
                programs / "postgres",
                "-D",
                folder / "data",
                "-p",
                str(port),
                "-h",
                "127.0.0.1",
                "-k",
                folder,
                "-c",
                "fsync=off",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            **run_as,
        )
        try:
            address = f"postgresql://union@127.0.0.1:{port}/postgres"
            _wait_for(address)
            yield address
        finally:
            server.terminate()
            server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(address: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def new_database(server: str, name: str) -> str:
    """Create an empty database on the server and return its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # a name made by the tests
    return server.rpartition("/")[0] + f"/{name}"
