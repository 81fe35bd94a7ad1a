"""Rows as CSV, JSON, Parquet and GeoJSON, with the types of the data package."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from loaders.exports import csv_bytes
from loaders.package import Field

Row = dict[str, Any]

CSV = "text/csv; charset=utf-8"
JSON = "application/json"
PARQUET = "application/vnd.apache.parquet"
GEOJSON = "application/geo+json"

LICENCE = "CC-BY-4.0"
LIST_DELIMITER = ";"

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


def _plain(value: Any) -> Any:
    """A cell of a figure as JSON knows it."""
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


def _only_whole(values: pd.Series) -> bool:
    """Whether a column of fractions holds whole numbers only, as sums and unknown cells make it."""
    return bool(pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all())


def plain_rows(frame: pd.DataFrame) -> list[Row]:
    """Rows of a figure in plain Python types, unknown cells None, days as ISO 8601."""
    columns = {
        str(name): [_plain(v) for v in (values.astype("Int64") if _only_whole(values) else values)]
        for name, values in frame.items()
    }
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def as_json(document: Mapping[str, Any]) -> bytes:
    """A JSON document in UTF-8."""
    return orjson.dumps(document)


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return LIST_DELIMITER.join(str(v) for v in value) if isinstance(value, list) else value


def as_csv(rows: Iterable[Row], columns: Sequence[str]) -> bytes:
    """CSV for spreadsheets: byte-order mark, no formulas; unknown cells are empty."""
    cells = [[_csv_cell(row[c]) for c in columns] for row in rows]
    return csv_bytes(pd.DataFrame(cells, columns=list(columns), dtype="object"))


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
