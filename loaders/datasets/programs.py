"""Programmes and their editions."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.problems import Problem
from loaders.rules import dates_in_order, no_cycle, records, together
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("programs", "program_editions")


def programs() -> ir.Table:
    """Programmes; a track points to its parent."""
    return unbound("programs")


def program_editions() -> ir.Table:
    """Editions: application window, eligibility, support, budget."""
    return unbound("program_editions")


def rules(tables: Tables) -> Iterator[Problem]:
    """Parents form no cycle; windows close after they open; money has a currency."""
    frame = tables["programs"]
    parents = dict(zip(frame["program_id"], frame["parent_program_id"], strict=True))
    for row in records(frame):
        yield from no_cycle("programs.csv", row, "program_id", "parent_program_id", parents)
    for row in records(tables["program_editions"]):
        yield from dates_in_order("program_editions.csv", row, "apply_open", "apply_close")
        for money in ("budget", "support_per_company"):
            yield from together("program_editions.csv", row, money, "currency")
