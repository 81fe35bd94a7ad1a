"""Regions: provinces (ISO 3166-2) and municipalities (legal codes)."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.datasets import records
from loaders.problems import Problem
from loaders.rules import problem
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
    """A general district lies in the province of its city."""
    frame = tables["municipalities"]
    home = dict(zip(frame["sigungu_code"], frame["sido"], strict=True))
    for row in records(frame):
        city = row["parent_code"]
        if city in home and home[city] != row["sido"]:
            yield problem("municipalities.csv", row, "sido", f"its city {city} is in {home[city]}")


def misplaced(file: str, row: dict[str, str], tables: Tables) -> Iterator[Problem]:
    """A finding when the row's municipality lies outside its stated province."""
    code, sido = row["sigungu_code"], row["sido"]
    home = dict(
        tables["municipalities"][["sigungu_code", "sido"]].itertuples(index=False, name=None)
    ).get(code)
    if home is not None and sido != home:
        yield problem(file, row, "sigungu_code", f"lies in {home}, not in {sido or 'no province'}")
