"""Errors as HTTP answers: one table of statuses, one shape, the sentence from texts/."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from service import errors
from service.texts import Texts

log = structlog.get_logger()

STATUS_OF_ERROR: dict[type[errors.ServiceError], int] = {
    errors.NotFound: 404,
    errors.TokenInvalid: 401,
    errors.IdentityInvalid: 401,
    errors.IdentityExpired: 401,
    errors.LoginRequired: 401,
    errors.LoginFailed: 401,
    errors.LoginLocked: 423,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.Invalid: 422,
    errors.TooManyMessages: 429,
    errors.TooManyReports: 429,
    errors.Unavailable: 503,
    errors.ServiceError: 500,
}
CODE_OF_STATUS = {
    400: "bad_request",
    401: "token_missing",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    503: "unavailable",
}


def all_codes() -> set[str]:
    """Return every code an answer can carry; each is documented and has its sentence."""
    found = {"invalid_body", "internal_error", "database_unavailable", *CODE_OF_STATUS.values()}
    pending = [errors.ServiceError]
    while pending:
        kind = pending.pop()
        found.add(kind.code)
        pending.extend(kind.__subclasses__())
    return found


def status_of(error: errors.ServiceError) -> int:
    return next(STATUS_OF_ERROR[kind] for kind in type(error).__mro__ if kind in STATUS_OF_ERROR)


def problem(
    request: Request, status: int, code: str, detail: str, *, field: str | None = None
) -> JSONResponse:
    """Return an error in the contract's shape; `field` is there where the error is about a single value."""
    body = {"code": code, "detail": detail, "request_id": getattr(request.state, "request_id", "")}
    if field is not None:
        body["field"] = field
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status_code=status, headers=headers)


def install_error_handlers(app: FastAPI, texts: Texts) -> None:
    """Give every failure the contract's shape. A missing sentence fails here, at start."""
    texts.require(f"errors.{code}" for code in all_codes())

    def say(code: str, **fields: object) -> str:
        return texts(f"errors.{code}", **fields)

    @app.exception_handler(errors.ServiceError)
    async def _service(request: Request, error: errors.ServiceError) -> JSONResponse:
        field = error.fields.get("field")
        return problem(
            request,
            status_of(error),
            error.code,
            say(error.code, **error.fields),
            field=str(field) if field is not None else None,
        )

    @app.exception_handler(RequestValidationError)
    async def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return problem(request, 422, "invalid_body", say("invalid_body", place=place, reason=first["msg"]))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = CODE_OF_STATUS.get(error.status_code, "bad_request")
        return problem(request, error.status_code, code, say(code))

    @app.exception_handler(DBAPIError)
    async def _database(request: Request, error: DBAPIError) -> JSONResponse:
        # The statement's parameters may hold what people wrote: the driver's own message only.
        log.error("database_error", error=type(error.orig).__name__, reason=str(error.orig))
        return problem(request, 503, "database_unavailable", say("database_unavailable"))

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected_error", error=type(error).__name__, exc_info=error)
        return problem(request, 500, "internal_error", say("internal_error"))
