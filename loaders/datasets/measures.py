"""Measures: what each figure counts, in words, kept beside the data that it is counted from."""

from __future__ import annotations

import ibis.expr.types as ir

from loaders.schema import unbound

TABLES = ("measures",)


def measures() -> ir.Table:
    """One card for each analytics function: definition, denominator, meaning, caveats."""
    return unbound("measures")
