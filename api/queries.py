"""A checked query over one table as an Ibis expression; values are typed literals only."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pandas as pd

from api.formats import typed_rows
from api.parameters import FILTER
from loaders.engine import Runner
from loaders.exports import Row
from loaders.package import Field, Resource, package
from loaders.schema import unbound

#: Lists of matching rows that are kept, and the longest of them.
KEPT_VIEWS, KEPT_ROWS = 48, 5_000
Filters = tuple[tuple[str, tuple[Any, ...]], ...]


@dataclass(frozen=True, slots=True)
class TableQuery:
    """What is wanted of a table."""

    resource: Resource
    filters: Mapping[str, Sequence[Any]]
    fields: Sequence[str]
    sort: Sequence[str]
    limit: int
    offset: int
    q: str


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a table: typed rows, and how many rows match in all."""

    rows: list[Row]
    total: int


def table_query(resource: Resource, values: Mapping[str, Any]) -> TableQuery:
    """The query behind the checked parameters of `api.parameters.table_query`."""
    filters = {c: values[f"{FILTER}{c}"] for c in resource.columns if values[f"{FILTER}{c}"]}
    return TableQuery(
        resource,
        filters,
        tuple(dict.fromkeys(values["chosen"])) or resource.columns,
        values["order"],
        values["limit"],
        values["offset"],
        values["q"],
    )


def _has_item(column: ir.StringColumn, item: str, delimiter: str) -> ir.BooleanValue:
    edge = ibis.literal(delimiter, "string")
    framed = edge + column + edge
    return framed.contains(ibis.literal(f"{delimiter}{item}{delimiter}", "string"))


def _matches(column: Any, values: Sequence[Any], field: Field) -> ir.BooleanValue:
    """Whether the cell is one of the values; None stands for an unknown cell."""
    known = [v for v in values if v is not None]
    parts = [column.isnull()] if len(known) < len(values) else []
    if field.type == "list":
        parts += [_has_item(column, v, field.delimiter) for v in known]
    elif known:
        parts.append(column.isin([ibis.literal(v, column.type()) for v in known]))
    either: ir.BooleanValue = reduce(or_, parts)
    return either


def _folded(text: str) -> str:
    return "".join(text.lower().split())


def _mentions(table: ir.Table, resource: Resource, text: str) -> ir.BooleanValue:
    needle = ibis.literal(_folded(text), "string")
    texts = [table[f.name] for f in resource.fields if f.type in ("string", "list")]
    cells = [t.fill_null("").lower().re_replace(r"\s+", "").contains(needle) for t in texts]
    anywhere: ir.BooleanValue = reduce(or_, cells)
    return anywhere


def _wanted(query: TableQuery) -> ir.Table:
    table = unbound(query.resource.name)
    for name, values in query.filters.items():
        table = table.filter(_matches(table[name], values, query.resource[name]))
    if query.q.strip():
        table = table.filter(_mentions(table, query.resource, query.q))
    return table


def _ordered(table: ir.Table, query: TableQuery) -> ir.Table:
    """In the order asked for; equal rows by key, so that pages never overlap."""
    falling: dict[str, bool] = {}
    for name in (*query.sort, *query.resource.primary_key):
        # a column named twice is sorted as first said
        falling.setdefault(name.removeprefix("-"), name.startswith("-"))
    return table.order_by(
        [
            (ibis.desc if down else ibis.asc)(table[name], nulls_first=False)
            for name, down in falling.items()
        ]
    )


@lru_cache(maxsize=KEPT_VIEWS)
def _matching(
    run: Any, name: str, filters: Filters, sort: tuple[str, ...], q: str
) -> tuple[int, pd.DataFrame | None]:
    """How many rows match, and all of them in order when they are few."""
    resource = package()[name]
    query = TableQuery(resource, dict(filters), resource.columns, sort, KEPT_ROWS, 0, q)
    wanted = _wanted(query)
    total = int(run(wanted.aggregate(total=wanted.count()))["total"].iloc[0])
    return total, run(_ordered(wanted, query)) if total <= KEPT_ROWS else None


def fetch(run: Runner, query: TableQuery, extra: Sequence[str] = ()) -> Page:
    """The rows of a page and the number of all that match.

    The pages of a short list are cut from rows kept in memory; a long one is asked page by page.

    Args:
        extra: columns needed beside those asked for.
    """
    filters = tuple((name, tuple(values)) for name, values in query.filters.items())
    total, kept = _matching(
        cast(Hashable, run), query.resource.name, filters, tuple(query.sort), query.q
    )
    names = list(dict.fromkeys((*query.fields, *extra)))
    fields = [query.resource[name] for name in names]
    if kept is not None:
        rows = kept.iloc[query.offset : query.offset + query.limit][names]
    else:
        part = _ordered(_wanted(query), query).limit(query.limit, offset=query.offset)
        rows = run(part.select(*names))
    return Page(typed_rows(rows, fields), total)
