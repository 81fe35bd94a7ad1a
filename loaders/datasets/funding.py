"""Public money: announced, budgeted, awarded, spent."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.problems import Problem
from loaders.rules import ancestors, no_cycle, numbers_in_order, problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("funding",)


def funding() -> ir.Table:
    """One amount of public money; parts point to their total."""
    return unbound("funding")


def rules(tables: Tables) -> Iterator[Problem]:
    """Years in order, no cycle, no additive amount inside another of its basis."""
    frame = tables["funding"]
    programs = tables["programs"]
    urban = dict(zip(programs["program_id"], programs["is_smart_city"], strict=True))
    parents = dict(zip(frame["funding_id"], frame["parent_funding_id"], strict=True))
    additive = {
        row["funding_id"]: row["basis"] for row in records(frame) if row["is_additive"] == "true"
    }
    for row in records(frame):
        yield from numbers_in_order("funding.csv", row, "year", "year_end")
        yield from no_cycle("funding.csv", row, "funding_id", "parent_funding_id", parents)
        if row["is_smart_city"] != urban.get(row["program_id"], row["is_smart_city"]):
            yield problem("funding.csv", row, "is_smart_city", "differs from its programme's")
        if row["funding_id"] not in additive:
            continue
        for above in ancestors(row["funding_id"], parents):
            if additive.get(above) == row["basis"]:
                yield problem(
                    "funding.csv", row, "is_additive", f"would be counted twice with {above}"
                )
