"""uvicorn inside this process, on a socket taken beforehand; signals are the supervisor's business."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from api.serving.notices import StartFailure

DRAIN = 3  # seconds that requests in progress get at the end


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, listening: asyncio.Event) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class ApiServer:
    """Serves `app` until told to stop; sets `listening` once connections are accepted."""

    def __init__(self, app: FastAPI, *, listening: asyncio.Event, log: Path) -> None:
        self._log = log
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN,
        )
        self._server = _Server(config, listening)

    async def run(self, claimed: socket.socket) -> None:
        """Serve until `stop`. Raises StartFailure when the application does not start."""
        try:
            await self._server.serve(sockets=[claimed])
        except SystemExit as error:  # uvicorn's way to say that start-up failed; the log has the reason
            raise StartFailure("api_start", reason="lifespan", log=self._log) from error

    def stop(self) -> None:
        self._server.should_exit = True
