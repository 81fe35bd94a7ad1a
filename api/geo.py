"""Routes of the simplified boundaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import formats, spec
from api.caching import Answer, respond
from api.parameters import Nothing
from loaders.boundaries import Level, boundary_file

_WORDS: dict[Level, spec.Words] = {
    "provinces": spec.Words(
        "Boundaries of the provinces",
        "시도 경계",
        "Simplified, WGS 84; from boundaries of the National Geographic Information Institute",
        "단순화한 경계(WGS 84), 국토지리정보원 경계 자료에서 만듦",
    ),
    "municipalities": spec.Words(
        "Boundaries of the municipalities",
        "시군구 경계",
        "Simplified, WGS 84; from boundaries of the National Geographic Information Institute",
        "단순화한 경계(WGS 84), 국토지리정보원 경계 자료에서 만듦",
    ),
}


def _one_level(level: Level) -> Callable[..., Response]:
    def shapes(request: Request, _: Annotated[Nothing, Query()]) -> Response:
        return respond(
            request, lambda _snapshot: Answer(boundary_file(level).read_bytes(), formats.GEOJSON)
        )

    return shapes


def router() -> APIRouter:
    """One route for each level of regions."""
    routes = APIRouter(prefix="/regions", tags=["regions"])
    contents = {formats.GEOJSON: {"schema": {"type": "object"}}}
    for level, words in _WORDS.items():
        spec.add(routes, f"/{level}.geojson", _one_level(level), words, contents)
    return routes
