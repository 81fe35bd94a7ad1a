"""Errors as problem details (RFC 9457) that name the parameter at fault."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from loaders.engine import EngineGoneError

MEDIA_TYPE = "application/problem+json"
#: Longest piece of the caller's own text that is said back.
MAX_ECHO = 80

#: JSON Schema of the body, for the OpenAPI document.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameter": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"parameter": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


class ProblemError(Exception):
    """A request that cannot be answered; ``parameter`` is what to change."""

    def __init__(self, status: int, detail: str, parameter: str = "") -> None:
        self.status = status
        self.detail = detail
        self.parameter = parameter
        super().__init__(detail)


def shortened(text: object) -> str:
    """The caller's text, short enough to be said back."""
    words = str(text)
    return words if len(words) <= MAX_ECHO else words[:MAX_ECHO] + "…"


def problem_response(
    status: int, detail: str, errors: list[dict[str, str]], headers: dict[str, str] | None = None
) -> Response:
    """The answer to a request that failed.

    Args:
        errors: ``parameter`` and ``detail`` of each parameter at fault; may be empty.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body |= {"parameter": errors[0]["parameter"], "errors": errors}
    known = {"Cache-Control": "no-store", **(headers or {})}
    return Response(orjson.dumps(body), status, known, media_type=MEDIA_TYPE)


def _named(error: dict[str, Any]) -> dict[str, str]:
    return {"parameter": shortened(error["loc"][1]), "detail": str(error["msg"])}


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` with problem details."""

    @app.exception_handler(ProblemError)
    def ours(_: Request, error: ProblemError) -> Response:
        named = [{"parameter": error.parameter, "detail": error.detail}] if error.parameter else []
        return problem_response(error.status, error.detail, named)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        found = [e for e in error.errors() if len(e["loc"]) > 1]
        errors = [_named(e) for e in found]
        in_path = any(e["loc"][0] == "path" for e in found)
        detail = "; ".join(f"{e['parameter']}: {e['detail']}" for e in errors[:3])
        return problem_response(404 if in_path else 422, detail, errors)

    @app.exception_handler(HTTPException)
    def known(_: Request, error: HTTPException) -> Response:
        headers = dict(error.headers) if error.headers else None
        return problem_response(error.status_code, str(error.detail), [], headers)

    @app.exception_handler(EngineGoneError)
    def gone(_: Request, __: EngineGoneError) -> Response:
        return problem_response(503, "The data cannot be asked just now.", [])

    @app.exception_handler(Exception)
    def unexpected(_: Request, __: Exception) -> Response:
        return problem_response(500, "The request could not be answered.", [])
