"""Testbeds: places where technology is tried."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.boundaries import Provinces, boundary_file, provinces
from loaders.datasets.regions import homes, misplaced
from loaders.package import data_dir, package
from loaders.problems import Problem
from loaders.rules import problem, records
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("testbeds",)


def testbeds() -> ir.Table:
    """Points with kind, operator and status."""
    return unbound("testbeds")


def _outside(row: dict[str, str], shapes: Provinces) -> Iterator[Problem]:
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except ValueError:
        return  # the type check reports it
    fields = package()["testbeds"]
    if not (fields["lon"].allows(lon) and fields["lat"].allows(lat)):
        return  # the range check reports it
    if row["sido"] in shapes and not shapes.near(row["sido"], lon, lat):
        found = shapes.at(lon, lat) or "no province of Korea"
        yield problem(
            "testbeds.csv", row, "lat", f"the point lies in {found}, not in {row['sido']}"
        )


def rules(tables: Tables) -> Iterator[Problem]:
    """Points lie in their stated province, and so do municipalities."""
    home = homes(tables)
    rows = list(records(tables["testbeds"]))
    for row in rows:
        yield from misplaced("testbeds.csv", row, home)
    try:
        shapes = provinces()
    except (OSError, ValueError, KeyError) as error:
        name = boundary_file("provinces").relative_to(data_dir()).as_posix()
        yield Problem(name, 0, "", "", f"not readable: {type(error).__name__}")
        return
    for row in rows:
        yield from _outside(row, shapes)
