"""Context statistics: venture totals, ministry budgets and the like."""

from __future__ import annotations

import ibis.expr.types as ir

from loaders.schema import unbound

TABLES = ("indicators",)


def indicators() -> ir.Table:
    """One value of one indicator, year and place."""
    return unbound("indicators")
