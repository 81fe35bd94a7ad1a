"""Ibis tables without a connection, typed from the descriptor.

Analytics are written over these; any engine that Ibis speaks can run them.
"""

from __future__ import annotations

from functools import lru_cache

import ibis
import ibis.expr.types as ir

from loaders.dates import BOUND_SUFFIXES
from loaders.package import Resource, package

_IBIS_TYPES = {"integer": "int64", "number": "float64", "boolean": "boolean"}


def ibis_schema(resource: Resource) -> ibis.Schema:
    """Column names and Ibis types of a table in the snapshot."""
    columns: dict[str, str] = {}
    for field in resource.fields:
        columns[field.name] = _IBIS_TYPES.get(field.type, "string")
        if field.partial_date:
            columns |= {f"{field.name}_{suffix}": "date" for suffix in BOUND_SUFFIXES}
    return ibis.schema(columns)


@lru_cache(maxsize=64)
def unbound(name: str) -> ir.Table:
    """The table ``name`` of the package as an unbound Ibis expression."""
    return ibis.table(ibis_schema(package()[name]), name=name)
