"""Changes: how many rows of a table moved on a day, and why."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.dates import is_partial_date
from loaders.problems import Problem
from loaders.rules import problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("changes",)


def changes() -> ir.Table:
    """Rows added, changed and removed, by day and table."""
    return unbound("changes")


def rules(tables: Tables) -> Iterator[Problem]:
    """A change names a table of the package, and its id is its day and table."""
    for row in records(tables["changes"]):
        if row["table"] not in tables:
            yield problem("changes.csv", row, "table", "there is no table of this name")
        named = f"{row['date']}.{row['table']}"
        if is_partial_date(row["date"]) and row["change_id"] != named:
            yield problem("changes.csv", row, "change_id", "must be the date, a dot and the table")
        if not any(int(row[n]) for n in ("added", "changed", "removed") if row[n].isdecimal()):
            yield problem("changes.csv", row, "added", "no row was added, changed or removed")
