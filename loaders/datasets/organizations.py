"""Organisations: companies, hosts, operators, investors, authorities."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.datasets import records
from loaders.problems import Problem
from loaders.rules import problem
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
    acting = {role: set(tables[table][column]) for table, column, role in ROLE_OF}
    for row in records(tables["organizations"]):
        roles = row["roles"].split(";")
        for role, members in acting.items():
            if row["org_id"] in members and role not in roles:
                yield problem("organizations.csv", row, "roles", f"acts as {role}, not listed")
