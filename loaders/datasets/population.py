"""Population of the provinces, for figures per head."""

from __future__ import annotations

import ibis.expr.types as ir

from loaders.schema import unbound

TABLES = ("population",)


def population() -> ir.Table:
    """Residents by province and year."""
    return unbound("population")
