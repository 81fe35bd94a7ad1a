"""The open-data API, mounted beside the pages under ``/api/v1``: read-only by construction."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request
from pydantic import BaseModel, Field
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response

from api import docs, figures, files, formats, geo, problems, spec, tables
from api.caching import Store, respond_with
from api.parameters import STRICT, Nothing, words
from api.readonly import ALLOWED, ReadOnly
from loaders.package import Lang, package

PREFIX = "/api/v1"
GZIP_FROM = 1_024
GZIP_LEVEL = 5


class LanguageQuery(BaseModel):
    """The language of a page."""

    model_config = STRICT

    lang: Lang = Field("ko", description="Language", json_schema_extra=words("언어"))


def _with_problem(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = problems.SCHEMA
    return document


def _about(app: FastAPI) -> APIRouter:
    """Routes of the API's own description."""
    routes = APIRouter(tags=["about"])

    def openapi(request: Request, _: Annotated[Nothing, Query()]) -> Response:
        document = _with_problem(app.openapi())
        return respond_with(request, formats.as_json(document), formats.JSON)

    def page(request: Request, query: Annotated[LanguageQuery, Query()]) -> Response:
        html = docs.page(app.openapi(), query.lang).encode()
        return respond_with(request, html, docs.HTML, {"Content-Security-Policy": docs.POLICY})

    @routes.get("/", include_in_schema=False)
    def entrance() -> Response:
        return RedirectResponse(f"{PREFIX}/docs")

    spec.add(
        routes, "/openapi.json", openapi,
        spec.Words("OpenAPI document", "OpenAPI 문서", "This description for machines",
                   "기계가 읽는 설명"),
        spec.ANY_JSON,
    )  # fmt: skip
    spec.add(
        routes, "/docs", page,
        spec.Words("Documentation", "설명서", "This description for people", "사람이 읽는 설명"),
        {"text/html": {"schema": {"type": "string"}}},
    )  # fmt: skip
    return routes


def create_app() -> FastAPI:
    """The application with a route for every table of today's data package."""
    described = package()
    app = FastAPI(
        title=str(described.descriptor["title"]),
        version=str(described.descriptor["version"]),
        description=str(described.descriptor["description"]),
        license_info={"name": "CC-BY-4.0", "url": described.descriptor["licenses"][0]["path"]},
        servers=[{"url": PREFIX}],
        # the pages of FastAPI load scripts from other hosts; ours stand below
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.store = Store()
    problems.install(app)
    for router in (
        tables.router(described),
        figures.router(),
        geo.router(),
        files.router(described),
        _about(app),
    ):
        app.include_router(router)
    # the last one added is the first to see a request
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM, compresslevel=GZIP_LEVEL)
    app.add_middleware(ReadOnly)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=list(ALLOWED),
        allow_headers=["If-None-Match"],
        expose_headers=["ETag", "Link", "X-Total-Count"],
    )
    return app
