"""Routes of the figures: their numbers with period, coverage, method and sources."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from analytics import takeaway
from analytics.measures import measure_of
from analytics.result import Result
from api import formats, spec
from api.caching import Answer, respond
from api.parameters import Nothing
from api.problems import ProblemError, shortened
from api.registry import FIGURES, Figure
from loaders.engine import Runner, engine_for
from loaders.exports import plain_rows
from loaders.package import Lang

FORMATS = ("csv", "json", "zip")
ZIP = "application/zip"


def _asked(request: Request) -> str:
    """Address of the figure; with the site's own when ``ATLAS_PUBLIC_URL`` says it.

    Not the host of the request: answers are kept and given to others.
    """
    path = request.url.path.removesuffix(".zip") + ".json"
    query = f"?{request.url.query}" if request.url.query else ""
    return os.environ.get("ATLAS_PUBLIC_URL", "").rstrip("/") + path + query


def document(figure: Figure, result: Result, query: BaseModel, run: Runner) -> dict[str, Any]:
    """A figure as JSON: numbers, definition, period, coverage, rows and pages behind it."""
    return {
        "figure": figure.name,
        "title": {"ko": figure.title_ko, "en": figure.title},
        "licence": formats.LICENCE,
        "parameters": query.model_dump(by_alias=True),
        "unit": result.unit,
        "covered": result.covered,
        "total": result.total,
        "period": {"first_year": result.first_year, "last_year": result.last_year},
        "method": figure.method,
        "definition": takeaway.definition(measure_of(run, result.method)),
        "rows": plain_rows(result.frame),
        "behind": {table: list(ids) for table, ids in sorted(result.rows.items())},
        "sources": takeaway.sources_of(run, result),
    }


def _one_figure(figure: Figure) -> Callable[..., Response]:
    def numbers(request: Request, format: str, query: BaseModel) -> Response:
        def make(snapshot_id: str) -> Answer:
            run = engine_for(snapshot_id)
            result = replace(figure.ask(run, query), method=figure.computed_by)
            if format == "json":
                answer = {"snapshot": snapshot_id, **document(figure, result, query, run)}
                return Answer(formats.as_json(answer), formats.JSON)
            if format == "zip":
                titles: dict[Lang, str] = {"ko": figure.title_ko, "en": figure.title}
                chosen = query.model_dump(by_alias=True)
                packed = takeaway.Figure(result, titles, snapshot_id, _asked(request), chosen)
                return Answer(takeaway.archive(run, packed), ZIP)
            # a file of numbers says nothing of coverage and sources: the link does
            about = f'<{figure.name}.json?{request.url.query}>; rel="describedby"'
            return Answer(takeaway.numbers(result), formats.CSV, {"Link": about})

        return respond(request, make)

    # FastAPI reads parameters from annotations, and these are known only here
    numbers.__annotations__["format"] = Annotated[Literal[FORMATS], spec.FORMAT]
    numbers.__annotations__["query"] = Annotated[figure.query, Query()]
    return numbers


def _schema() -> dict[str, Any]:
    whole = {"type": "integer", "minimum": 0}
    properties: dict[str, Any] = {
        "snapshot": {"type": "string"},
        "figure": {"type": "string"},
        "title": {"type": "object"},
        "licence": {"type": "string"},
        "parameters": {"type": "object"},
        "unit": {"type": "string"},
        "covered": whole,
        "total": whole,
        "period": {"type": "object"},
        "method": {"type": "string"},
        "definition": {"type": ["object", "null"]},
        "rows": {"type": "array", "items": {"type": "object"}},
        "behind": {"type": "object"},
        "sources": {"type": "array", "items": {"type": "object"}},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


_CONTENTS: dict[str, Any] = {
    "application/json": {"schema": _schema()},
    "text/csv": {"schema": {"type": "string"}},
    ZIP: {"schema": {"type": "string", "format": "binary"}},
}


def _index(snapshot_id: str) -> Answer:
    figures = [
        {
            "name": f.name,
            "title": {"ko": f.title_ko, "en": f.title},
            "method": f.method,
            "parameters": [field.alias or name for name, field in f.query.model_fields.items()],
            "formats": list(FORMATS),
        }
        for f in FIGURES.values()
    ]
    listed = {"snapshot": snapshot_id, "licence": formats.LICENCE, "figures": figures}
    return Answer(formats.as_json(listed), formats.JSON)


def router() -> APIRouter:
    """Routes of all figures."""
    routes = APIRouter(prefix="/figures", tags=["figures"])

    def index(request: Request, _: Annotated[Nothing, Query()]) -> Response:
        return respond(request, _index)

    spec.add(
        routes,
        "",
        index,
        spec.Words("All figures", "모든 수치", "Names, titles, methods and parameters",
                   "이름, 제목, 방법, 매개변수"),
        spec.ANY_JSON,
    )  # fmt: skip
    for figure in FIGURES.values():
        spec.add(
            routes,
            f"/{figure.name}.{{format}}",
            _one_figure(figure),
            spec.Words(figure.title, figure.title_ko, figure.documentation, figure.about_ko),
            _CONTENTS,
        )
    _refuse_others(routes)
    return routes


def _refuse_others(routes: APIRouter) -> None:
    @routes.get("/{figure}", include_in_schema=False)
    def unknown(figure: str) -> Response:
        name = figure.partition(".")[0]
        if name not in FIGURES:
            raise ProblemError(404, f"There is no figure {shortened(name)!r}.", "figure")
        raise ProblemError(404, f"Formats: {', '.join(FORMATS)}.", "format")
