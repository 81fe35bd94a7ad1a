"""Further sources of a fact: pages beside the one that its row names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial

import ibis.expr.types as ir

from loaders.package import package
from loaders.problems import Problem
from loaders.rules import Row, keys_of, named_row, problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("fact_sources",)

FILE = "fact_sources.csv"


def fact_sources() -> ir.Table:
    """One further page of one row (or one value of it), and whether it says the same."""
    return unbound("fact_sources")


def _own_page(tables: Tables, table: str) -> Mapping[str, str]:
    """The page that each row of ``table`` names itself, by key."""
    frame = tables[table]
    if "source_id" not in frame:
        return {}
    return dict(zip(frame[package()[table].primary_key[0]], frame["source_id"], strict=True))


def _said(row: Row) -> Iterator[Problem]:
    if row["agrees"] == "false" and not row["value_stated"]:
        yield problem(FILE, row, "value_stated", "empty, but the page does not agree")
    if row["agrees"] == "true" and row["value_stated"]:
        yield problem(FILE, row, "value_stated", "filled, but the page agrees")


def rules(tables: Tables) -> Iterator[Problem]:
    """The fact exists, the page is a further one, and what it says differently is given."""
    is_key = keys_of(tables)
    own_page = cache(partial(_own_page, tables))
    for row in records(tables["fact_sources"]):
        yield from _said(row)
        unknown = list(named_row(FILE, row, tables, is_key))
        yield from unknown
        if unknown:
            continue
        table = row["table"]
        if row["column"] and row["column"] not in package()[table].columns:
            yield problem(FILE, row, "column", f"no such column in {table}.csv")
        if own_page(table).get(row["key"]) == row["source_id"]:
            yield problem(FILE, row, "source_id", "is the source that the row itself names")
