"""The built web pages, with what browsers may keep."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import structlog
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from service.texts import Texts

log = structlog.get_logger()

FOR_EVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"


class Pages(StaticFiles):
    """Static files. Names under assets/ change with their content and are kept; pages are asked for anew."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find the page of a folder with or without the last slash.

        Starlette would send the browser on to the address with the slash, and behind a proxy it does not
        know that this is https.
        """
        found, status = super().lookup_path(path)
        if status is not None and stat.S_ISDIR(status.st_mode):
            return super().lookup_path(str(Path(path) / "index.html"))
        return found, status

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        asset = Path(full_path).parent.name == "assets"
        response.headers["Cache-Control"] = FOR_EVER if asset else ASK_FIRST
        return response


def serve_pages(app: FastAPI, dist: Path, texts: Texts) -> None:
    """Serve `dist` at /; without it, say at / that the pages have not been built."""
    if (dist / "index.html").is_file():
        app.mount("/", Pages(directory=dist, html=True), name="pages")
        return
    log.error("pages_not_built", folder=str(dist))

    @app.get("/", include_in_schema=False)
    async def not_built() -> PlainTextResponse:
        return PlainTextResponse(texts("pages.not_built"), status_code=503)
