"""Investment rounds and who took part."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.problems import Problem
from loaders.rules import Row, of_cells, problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("investments", "investment_investors")


def investments() -> ir.Table:
    """Rounds; only ``amount_kind = equity-round`` may be summed."""
    return unbound("investments")


def investment_investors() -> ir.Table:
    """Participants of rounds."""
    return unbound("investment_investors")


def rules(tables: Tables) -> Iterator[Problem]:
    """An equity round states its amount, an undisclosed one none; leads take part."""
    members = set(
        tables["investment_investors"][["investment_id", "investor_id"]].itertuples(
            index=False, name=None
        )
    )
    frame = tables["investments"]
    yield from of_cells(frame, ("amount_kind", "amount"), _amounts)
    leads = zip(frame["investment_id"], frame["lead_investor_id"], strict=True)
    outside = [lead != "" and (key, lead) not in members for key, lead in leads]
    for row in records(frame[outside]):
        yield problem("investments.csv", row, "lead_investor_id", "not among the round's investors")


def _amounts(row: Row) -> Iterator[Problem]:
    if row["amount_kind"] == "equity-round" and not row["amount"]:
        yield problem("investments.csv", row, "amount", "an equity round needs an amount")
    if row["amount_kind"] == "undisclosed" and row["amount"]:
        yield problem("investments.csv", row, "amount_kind", "but an amount is given")
