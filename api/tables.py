"""Routes of the tables: a list, and a page of each table in every format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from analytics.coverage import tables_overview
from api import formats, parameters, spec
from api.caching import Answer, respond
from api.problems import ProblemError, shortened
from api.queries import Page, TableQuery, fetch, table_query
from loaders.engine import engine_for
from loaders.exports import as_csv
from loaders.package import Package, Resource

FORMATS = ("csv", "json", "parquet")
POINTS = "testbeds"
#: A longer query is not repeated in the links to the next and the last page.
MAX_LINK = 2_000


def formats_of(table: str) -> tuple[str, ...]:
    """Formats of a table; only places have points."""
    return (*FORMATS, "geojson") if table == POINTS else FORMATS


def _links(request: Request, query: TableQuery, total: int) -> str:
    """Relative links to the pages before and after (RFC 8288)."""
    given = [(k, v) for k, v in request.query_params.multi_items() if k != "offset"]
    if len(urlencode(given)) > MAX_LINK:
        return ""
    places = {"next": query.offset + query.limit, "prev": max(0, query.offset - query.limit)}
    exists = {"next": places["next"] < total, "prev": query.offset > 0}
    return ", ".join(
        f'<?{urlencode([*given, ("offset", offset)])}>; rel="{rel}"'
        for rel, offset in places.items()
        if exists[rel]
    )


def _csv(page: Page, query: TableQuery, _: str) -> tuple[bytes, str]:
    return as_csv(page.rows, query.fields), formats.CSV


def _json(page: Page, query: TableQuery, snapshot_id: str) -> tuple[bytes, str]:
    document = {
        "table": query.resource.name,
        "snapshot": snapshot_id,
        "licence": formats.LICENCE,
        "total": page.total,
        "limit": query.limit,
        "offset": query.offset,
        "rows": page.rows,
    }
    return formats.as_json(document), formats.JSON


def _parquet(page: Page, query: TableQuery, snapshot_id: str) -> tuple[bytes, str]:
    fields = [query.resource[name] for name in query.fields]
    about = {"snapshot": snapshot_id, "licence": formats.LICENCE, "table": query.resource.name}
    return formats.as_parquet(page.rows, fields, about), formats.PARQUET


def _geojson(page: Page, query: TableQuery, snapshot_id: str) -> tuple[bytes, str]:
    points = [(row["lon"], row["lat"]) for row in page.rows]
    rows = [{name: row[name] for name in query.fields} for row in page.rows]
    body = formats.as_geojson(points, rows, snapshot=snapshot_id, licence=formats.LICENCE)
    return body, formats.GEOJSON


_WRITERS: dict[str, Callable[[Page, TableQuery, str], tuple[bytes, str]]] = {
    "csv": _csv,
    "json": _json,
    "parquet": _parquet,
    "geojson": _geojson,
}


def _one_table(resource: Resource) -> Callable[..., Response]:
    def page(request: Request, format: str, query: BaseModel) -> Response:
        wanted = table_query(resource, query.model_dump())

        def make(snapshot_id: str) -> Answer:
            extra = ("lon", "lat") if format == "geojson" else ()
            found = fetch(engine_for(snapshot_id), wanted, extra)
            body, media_type = _WRITERS[format](found, wanted, snapshot_id)
            headers = {"X-Total-Count": str(found.total)}
            if links := _links(request, wanted, found.total):
                headers["Link"] = links
            return Answer(body, media_type, headers)

        return respond(request, make)

    # FastAPI reads parameters from annotations, and these are known only here
    page.__annotations__["format"] = Annotated[Literal[formats_of(resource.name)], spec.FORMAT]
    page.__annotations__["query"] = Annotated[parameters.table_query(resource), Query()]
    return page


def _page_schema(resource: Resource) -> dict[str, Any]:
    whole = {"type": "integer", "minimum": 0}
    properties: dict[str, Any] = {
        "table": {"const": resource.name},
        "snapshot": {"type": "string"},
        "licence": {"type": "string"},
        "total": whole,
        "limit": whole,
        "offset": whole,
        "rows": {"type": "array", "items": formats.row_schema(resource.fields)},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _contents(resource: Resource) -> dict[str, Any]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    contents: dict[str, Any] = {
        "application/json": {"schema": _page_schema(resource)},
        "text/csv": {"schema": {"type": "string"}},
        formats.PARQUET: binary,
    }
    if resource.name == POINTS:
        contents[formats.GEOJSON] = {"schema": {"type": "object"}}
    return contents


def _index(snapshot_id: str, package: Package) -> Answer:
    counts = tables_overview(engine_for(snapshot_id)).frame.set_index("table")["rows"]
    tables = [
        {
            "name": name,
            "title": resource.title,
            "description": resource.description,
            "rows": int(counts[name]),
            "columns": list(resource.columns),
            "key": list(resource.primary_key),
            "formats": list(formats_of(name)),
        }
        for name, resource in package.resources.items()
    ]
    document = {"snapshot": snapshot_id, "licence": formats.LICENCE, "tables": tables}
    return Answer(formats.as_json(document), formats.JSON)


def router(package: Package) -> APIRouter:
    """Routes of all tables of the package."""
    routes = APIRouter(prefix="/tables", tags=["tables"])

    def index(request: Request, _: Annotated[parameters.Nothing, Query()]) -> Response:
        return respond(request, lambda snapshot_id: _index(snapshot_id, package))

    spec.add(
        routes,
        "",
        index,
        spec.Words("All tables", "모든 표", "Names, titles, columns and numbers of rows",
                   "이름, 제목, 열, 행 수"),
        spec.ANY_JSON,
    )  # fmt: skip
    for name, resource in package.resources.items():
        title, about = resource.title, resource.description
        spec.add(
            routes,
            f"/{name}.{{format}}",
            _one_table(resource),
            spec.Words(title["en"], title["ko"], about["en"], about["ko"]),
            _contents(resource),
        )
    _refuse_others(routes, tuple(package.resources))
    return routes


def _refuse_others(routes: APIRouter, names: Sequence[str]) -> None:
    @routes.get("/{table}", include_in_schema=False)
    def unknown(table: str) -> Response:
        name, dot, ending = table.partition(".")
        if name not in names:
            raise ProblemError(404, f"There is no table {shortened(name)!r}.", "table")
        known = ", ".join(formats_of(name))
        given = shortened(ending) if dot else ""
        raise ProblemError(404, f"Not a format: {given!r}. Formats: {known}.", "format")
