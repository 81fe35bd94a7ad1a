"""Published counts of programme editions."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.problems import Problem
from loaders.rules import numbers_in_order, problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("cohorts",)

SERIES = (
    "program_id",
    "edition_year",
    "period_start",
    "period_end",
    "scope",
    "side",
    "is_cumulative",
)


def cohorts() -> ir.Table:
    """One published count for one edition and stage."""
    return unbound("cohorts")


def rules(tables: Tables) -> Iterator[Problem]:
    """Periods in order, and one primary count for each stage of a series."""
    first: dict[tuple[str, ...], str] = {}
    for row in records(tables["cohorts"]):
        yield from numbers_in_order("cohorts.csv", row, "period_start", "period_end")
        if row["is_primary"] != "true":
            continue
        key = (*(row[c] for c in SERIES), row["stage"])
        if key in first:
            yield problem("cohorts.csv", row, "is_primary", f"{first[key]} is primary already")
        first.setdefault(key, row["cohort_id"])
