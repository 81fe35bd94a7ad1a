"""Open questions: doubts about the data, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.problems import Problem
from loaders.rules import keys_of, named_row, problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("open_questions",)

FILE = "open_questions.csv"


def open_questions() -> ir.Table:
    """One doubt, raised by a check or a curator, open or resolved."""
    return unbound("open_questions")


def rules(tables: Tables) -> Iterator[Problem]:
    """The row in question exists, or the question is settled; a settled one says how."""
    is_key = keys_of(tables)
    for row in records(tables["open_questions"]):
        settled = row["status"] == "resolved"
        if settled and not row["resolution_en"]:
            yield problem(FILE, row, "resolution_en", "empty, but the question is resolved")
        if not settled and row["resolution_en"]:
            yield problem(FILE, row, "status", "is open, but a resolution is given")
        if not settled:  # what settled a question may have been that the row was removed
            yield from named_row(FILE, row, tables, is_key)
