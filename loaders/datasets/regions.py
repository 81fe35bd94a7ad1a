"""Regions: provinces (ISO 3166-2) and municipalities (legal codes)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis.expr.types as ir

from loaders.problems import Problem
from loaders.rules import Row, no_cycle, problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("regions", "municipalities")


def regions() -> ir.Table:
    """The 17 provinces."""
    return unbound("regions")


def municipalities() -> ir.Table:
    """Cities, counties and districts as of 2023-09-15."""
    return unbound("municipalities")


def rules(tables: Tables) -> Iterator[Problem]:
    """A general district lies in the province of its city; parents form no cycle."""
    frame = tables["municipalities"]
    home = homes(tables)
    parents = dict(zip(frame["sigungu_code"], frame["parent_code"], strict=True))
    for row in records(frame):
        yield from no_cycle("municipalities.csv", row, "sigungu_code", "parent_code", parents)
        city = row["parent_code"]
        if city in home and home[city] != row["sido"]:
            yield problem("municipalities.csv", row, "sido", f"its city {city} is in {home[city]}")


def homes(tables: Tables) -> dict[str, str]:
    """The province of every municipality."""
    frame = tables["municipalities"]
    return dict(zip(frame["sigungu_code"], frame["sido"], strict=True))


def misplaced(file: str, row: Row, home: Mapping[str, str]) -> Iterator[Problem]:
    """A finding when the row's municipality lies outside its stated province."""
    code, sido = row["sigungu_code"], row["sido"]
    if code in home and sido != home[code]:
        stated = f"not in {sido}" if sido else "but sido is empty"
        yield problem(file, row, "sigungu_code", f"lies in {home[code]}, {stated}")
