"""Routes of the data package itself: the descriptor, and the tables as they stand in it."""

from __future__ import annotations

from copy import deepcopy
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import formats, spec
from api.caching import respond_with
from api.parameters import Nothing
from api.problems import ProblemError, shortened
from loaders.package import Package, data_dir

#: Folder of the tables, relative to the descriptor.
FOLDER = "data"


def _served_path(path: str) -> str:
    """Where a file of the package is found from the descriptor; web addresses stay."""
    return path if "://" in path else f"{FOLDER}/{path}"


def served_descriptor(package: Package) -> dict[str, Any]:
    """The descriptor with the paths under which the API gives the files."""
    descriptor: dict[str, Any] = deepcopy(dict(package.descriptor))
    for node in (*descriptor["resources"], *descriptor.get("sources", ())):
        node["path"] = _served_path(node["path"])
    return descriptor


def router(package: Package) -> APIRouter:
    """Routes of the descriptor and of every table's file."""
    routes = APIRouter(tags=["files"])

    def descriptor(request: Request, _: Annotated[Nothing, Query()]) -> Response:
        content = orjson.dumps(served_descriptor(package), option=orjson.OPT_INDENT_2)
        return respond_with(request, content, formats.JSON)

    def table(
        request: Request, name: Annotated[str, spec.TABLE], _: Annotated[Nothing, Query()]
    ) -> Response:
        resource = package.resources.get(name)
        if resource is None:
            raise ProblemError(404, f"There is no table {shortened(name)!r}.", "name")
        try:
            # the path comes from the descriptor, never from the address
            content = (data_dir() / resource.path).read_bytes()
        except FileNotFoundError:
            raise ProblemError(404, "The file is not here.", "name") from None
        # tagged by content: the file may be newer than the snapshot
        return respond_with(request, content, formats.CSV)

    spec.add(
        routes,
        "/datapackage.json",
        descriptor,
        spec.Words(
            "Data package",
            "데이터 패키지",
            "Description of all tables (Frictionless Data Package v2); paths lead to data/",
            "모든 표의 설명(Frictionless Data Package v2). 경로는 data/의 파일을 가리킴",
        ),
        spec.ANY_JSON,
    )
    spec.add(
        routes,
        f"/{FOLDER}/{{name}}.csv",
        table,
        spec.Words(
            "A table as a plain file",
            "표의 원본 파일",
            "The CSV of the data package: plain UTF-8, nothing added, nothing escaped. "
            "Spreadsheets should open the CSV under tables/ instead.",
            "데이터 패키지의 CSV 그대로(UTF-8, BOM 없음). 엑셀에서는 tables/의 CSV를 여십시오.",
        ),
        {"text/csv": {"schema": {"type": "string"}}},
    )
    return routes
