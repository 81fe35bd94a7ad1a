"""Re-checks: facts drawn at random, read again on their pages, and what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import ibis.expr.types as ir

from loaders.audit import CORRECTED, FACT_TABLES, READ, UNREADABLE, audit_id, place, taken
from loaders.problems import Problem
from loaders.rules import IsKey, Row, keys_of, named_row, problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("audits",)

FILE = "audits.csv"


def audits() -> ir.Table:
    """One drawn fact: seed, number of the draw, verdict and the page that was read."""
    return unbound("audits")


def _said(row: Row) -> Iterator[Problem]:
    """A verdict rests on a page; a wrong row is explained."""
    if row["verdict"] in READ and not row["source_id"]:
        yield problem(FILE, row, "source_id", "empty, but a page was read")
    if row["verdict"] == UNREADABLE and row["source_id"]:
        yield problem(FILE, row, "source_id", "filled, but no page could be read")
    if row["verdict"] == CORRECTED and not (row["note_en"] or row["note_ko"]):
        yield problem(FILE, row, "note_en", "empty, but the row was corrected")


def _fact(row: Row, tables: Tables, is_key: IsKey) -> Iterator[Problem]:
    """The fact is one that is drawn; it exists, unless it was corrected by removing it."""
    if row["table"] not in FACT_TABLES:
        yield problem(FILE, row, "table", "its rows are not drawn")
    elif row["verdict"] != CORRECTED:
        yield from named_row(FILE, row, tables, is_key)


def _in_order(rows: Sequence[Row]) -> Iterator[Problem]:
    """Draws of one seed, by number: the order is the seed's, and it ends when enough were read."""
    for before, row in pairwise(rows):
        first, second = (place(r["seed"], r["table"], r["key"]) for r in (before, row))
        if second < first:
            yield problem(FILE, row, "draw", f"the seed draws it before {before['audit_id']}")
    for row in rows[taken(row["verdict"] for row in rows) :]:
        yield problem(FILE, row, "draw", "enough facts had been read before this one")


def rules(tables: Tables) -> Iterator[Problem]:
    """Nobody chose: draws follow the seed's order without a gap and stop where they must."""
    rows, is_key = list(records(tables["audits"])), keys_of(tables)
    known = {row["audit_id"] for row in rows}
    by_seed: dict[str, list[Row]] = {}
    for row in rows:
        yield from _said(row)
        yield from _fact(row, tables, is_key)
        if not (row["seed"] and row["draw"].isdecimal()):
            continue
        number = int(row["draw"])
        if row["audit_id"] != audit_id(row["seed"], number):
            yield problem(FILE, row, "audit_id", "must be the seed, a dash and the draw")
        if number > 1 and audit_id(row["seed"], number - 1) not in known:
            yield problem(FILE, row, "draw", "the draw before it is missing")
        by_seed.setdefault(row["seed"], []).append(row)
    for group in by_seed.values():
        yield from _in_order(sorted(group, key=lambda row: int(row["draw"])))
