"""Investment rounds and who took part."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.datasets import records
from loaders.problems import Problem
from loaders.rules import problem
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
    for row in records(tables["investments"]):
        if row["amount_kind"] == "equity-round" and not row["amount"]:
            yield problem("investments.csv", row, "amount", "an equity round needs an amount")
        if row["amount_kind"] == "undisclosed" and row["amount"]:
            yield problem("investments.csv", row, "amount_kind", "but an amount is given")
        lead = row["lead_investor_id"]
        if lead and (row["investment_id"], lead) not in members:
            yield problem(
                "investments.csv", row, "lead_investor_id", "not among the round's investors"
            )
