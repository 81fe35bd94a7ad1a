"""Rows as CSV, JSON, Parquet and GeoJSON, with the types of the data package."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from loaders.exports import Row
from loaders.package import Field

CSV = "text/csv; charset=utf-8"
JSON = "application/json"
PARQUET = "application/vnd.apache.parquet"
GEOJSON = "application/geo+json"

LICENCE = "CC-BY-4.0"

_ARROW = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "list": pa.list_(pa.string()),
}
_JSON_TYPES = {"integer": "integer", "number": "number", "boolean": "boolean", "list": "array"}
_PYTHON = {"integer": int, "number": float, "boolean": bool}


def _value(value: Any, field: Field) -> Any:
    if pd.isna(value):
        return None
    if field.type == "list":
        return str(value).split(field.delimiter)
    return _PYTHON.get(field.type, str)(value)


def typed_rows(frame: pd.DataFrame, fields: Sequence[Field]) -> list[Row]:
    """Rows of a table in plain Python types, unknown cells None, lists as lists."""
    columns = [[_value(value, f) for value in frame[f.name]] for f in fields]
    names = [f.name for f in fields]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def as_json(document: Mapping[str, Any]) -> bytes:
    """A JSON document in UTF-8."""
    return orjson.dumps(document)


def parquet_schema(fields: Sequence[Field]) -> pa.Schema:
    """Arrow types of a table's columns."""
    return pa.schema(
        [pa.field(f.name, _ARROW.get(f.type, pa.string()), nullable=not f.required) for f in fields]
    )


def as_parquet(rows: Sequence[Row], fields: Sequence[Field], about: Mapping[str, str]) -> bytes:
    """Parquet with the types of the data package; ``about`` is kept in its metadata."""
    schema = parquet_schema(fields).with_metadata(dict(about))
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema), buffer, compression="zstd")
    return buffer.getvalue()


def as_geojson(points: Iterable[tuple[float, float]], rows: Iterable[Row], **about: Any) -> bytes:
    """Points (longitude, latitude) with their rows as properties (RFC 7946, WGS 84)."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": point},
            "properties": row,
        }
        for point, row in zip(points, rows, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", **about, "features": features})


def row_schema(fields: Sequence[Field]) -> dict[str, Any]:
    """JSON Schema of a row of a table."""
    properties: dict[str, Any] = {}
    for f in fields:
        kind = _JSON_TYPES.get(f.type, "string")
        schema: dict[str, Any] = {"type": kind if f.required else [kind, "null"]}
        if kind == "array":
            schema["items"] = {"type": "string"}
        properties[f.name] = schema
    return {"type": "object", "properties": properties, "additionalProperties": False}
