"""Organisations: companies, hosts, operators, investors, authorities."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir
import pandas as pd

from loaders.problems import Problem
from loaders.rules import problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("organizations",)

ROLE_OF = (
    ("pilots", "org_id", "pilot-company"),
    ("investments", "org_id", "investee"),
    ("investment_investors", "investor_id", "investor"),
)


def organizations() -> ir.Table:
    """Everyone who takes part."""
    return unbound("organizations")


def rules(tables: Tables) -> Iterator[Problem]:
    """Who acts in a role in another table has that role here."""
    frame = tables["organizations"]
    acting = {role: set(tables[table][column]) for table, column, role in ROLE_OF}
    lacking = pd.Series(False, index=frame.index)
    for role, members in acting.items():
        others = [roles for roles in frame["roles"].unique() if role not in roles.split(";")]
        lacking |= frame["roles"].isin(others) & frame["org_id"].isin(members)
    for row in records(frame[lacking]):
        roles = row["roles"].split(";")
        for role, members in acting.items():
            if row["org_id"] in members and role not in roles:
                yield problem("organizations.csv", row, "roles", f"acts as {role}, not listed")
