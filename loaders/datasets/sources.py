"""Sources: the web pages that carry the facts."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.problems import Problem
from loaders.rules import problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("sources",)


def sources() -> ir.Table:
    """Pages: url, publisher, publication date, language."""
    return unbound("sources")


def rules(tables: Tables) -> Iterator[Problem]:
    """Every page carries at least one fact."""
    used = {
        source
        for name, frame in tables.items()
        if name != "sources" and "source_id" in frame
        for source in frame["source_id"]
    }
    for row in records(tables["sources"]):
        if row["source_id"] not in used:
            yield problem("sources.csv", row, "source_id", "no fact refers to this page")
