"""Vocabularies: the ordered stages and the sectors."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.problems import Problem
from loaders.rules import numbers_in_order, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("sectors", "stages")


def stages() -> ir.Table:
    """Steps of the ladder in order (``rank``), the competing end, outcome measures."""
    return unbound("stages")


def sectors() -> ir.Table:
    """Fields of use of a technology."""
    return unbound("sectors")


def rules(tables: Tables) -> Iterator[Problem]:
    """The band of readiness levels of a stage does not end below where it begins."""
    for row in records(tables["stages"]):
        yield from numbers_in_order("stages.csv", row, "trl_low", "trl_high")
