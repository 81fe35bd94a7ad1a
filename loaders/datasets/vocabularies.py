"""Vocabularies: the ordered stages and the sectors."""

from __future__ import annotations

import ibis.expr.types as ir

from loaders.schema import unbound

TABLES = ("sectors", "stages")


def stages() -> ir.Table:
    """Steps of the ladder in order (``rank``), the competing end, outcome measures."""
    return unbound("stages")


def sectors() -> ir.Table:
    """Fields of use of a technology."""
    return unbound("sectors")
