"""Events that concerned many: laws, designations, starts of programmes."""

from __future__ import annotations

import ibis.expr.types as ir

from loaders.schema import unbound

TABLES = ("ecosystem_events",)


def ecosystem_events() -> ir.Table:
    """One dated event, nationwide unless a province is named."""
    return unbound("ecosystem_events")
