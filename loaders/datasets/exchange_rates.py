"""Yearly average exchange rates, to show foreign amounts in won."""

from __future__ import annotations

import ibis.expr.types as ir

from loaders.schema import unbound

TABLES = ("exchange_rates",)


def exchange_rates() -> ir.Table:
    """Won for one unit of a currency, by year."""
    return unbound("exchange_rates")
