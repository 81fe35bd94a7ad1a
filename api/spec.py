"""Routes with their words in both languages and the answers they can give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from api import problems
from api.parameters import words as korean

ANY_JSON: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
_PROBLEM = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}

FORMAT = Path(description="Format of the answer", json_schema_extra=korean("응답 형식"))
TABLE = Path(description="Name of a table", json_schema_extra=korean("표 이름"))


@dataclass(frozen=True, slots=True)
class Words:
    """What a route is called and what it gives."""

    title: str
    title_ko: str
    about: str
    about_ko: str


def add(
    routes: APIRouter,
    path: str,
    endpoint: Callable[..., Response],
    words: Words,
    contents: dict[str, Any],
) -> None:
    """Add a GET route.

    Args:
        contents: media types of a good answer with their schemas, as OpenAPI writes them.
    """
    responses: dict[int | str, dict[str, Any]] = {
        200: {"description": "The data", "content": contents},
        304: {"description": "Not changed since the ETag that was sent"},
        404: {"description": "No such path, table, figure or format", "content": _PROBLEM},
        414: {"description": "The address is too long", "content": _PROBLEM},
        422: {"description": "A parameter is wrong; it is named", "content": _PROBLEM},
        503: {"description": "No data are being served yet", "content": _PROBLEM},
    }
    routes.add_api_route(
        path,
        endpoint,
        methods=["GET"],
        response_class=Response,
        response_model=None,
        responses=responses,
        summary=words.title,
        description=words.about,
        openapi_extra={"x-summary-ko": words.title_ko, "x-description-ko": words.about_ko},
    )
