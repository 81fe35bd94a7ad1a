"""A small part of the committed data that does not grow, for pictures that stay valid.

``pictures/rows.json`` names the rows of the growing tables by their keys. Facts that are
added later are not in it, and columns that are added later come along, because the rows
are read from the committed tables.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

from loaders.package import Resource, package
from tests.support import DATA

PICTURES = Path(__file__).with_name("pictures")
ROWS = PICTURES / "rows.json"
SOURCES = "sources"

Rows = list[dict[str, str]]


def _key(resource: Resource, row: dict[str, str]) -> str:
    return "|".join(row[column] for column in resource.primary_key)


def _read(name: str) -> tuple[list[str], Rows]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def _write(folder: Path, name: str, columns: list[str], rows: Rows) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


#: Draws are numbered without a gap: one alone is whole, when it is the first.
IN_ORDER = "audits"


def _named(name: str, keys: list[str] | None) -> Rows:
    """The rows of a table that are named by their keys; without keys all of them."""
    _, rows = _read(name)
    if keys is None:
        return rows
    by_key = {_key(package()[name], row): row for row in rows}
    missing = sorted(set(keys) - set(by_key))
    assert not missing, f"{name}: {missing} left the data; take them out of {ROWS.name}"
    return [row for key, row in by_key.items() if key in set(keys)]


def write_package(folder: Path) -> Path:
    """The frozen package in ``folder``; tables that ``rows.json`` does not name are whole.

    Of the pages those stay that a remaining row refers to.

    Raises:
        AssertionError: a named row is no longer in the tables.
    """
    frozen: dict[str, list[str]] = json.loads(ROWS.read_text("utf-8"))
    shutil.copytree(DATA, folder)
    used: set[str] = set()
    kept: dict[str, set[str]] = {}
    for name, resource in package().resources.items():
        if name == SOURCES:
            continue
        rows = _named(name, frozen.get(name))
        if {"table", "key"} <= set(resource.by_name):  # about a row of any table
            rows = [r for r in rows if r["key"] in kept.get(r["table"], {r["key"]})]
        if name == IN_ORDER:
            rows = [{**r, "audit_id": f"{r['seed']}-001", "draw": "1"} for r in rows[:1]]
        kept[name] = {_key(resource, row) for row in rows}
        _write(folder, name, _read(name)[0], rows)
        for column in resource.fields:
            if column.reference and column.reference.resource == SOURCES:
                used.update(row[column.name] for row in rows)
    columns, pages = _read(SOURCES)
    _write(folder, SOURCES, columns, [page for page in pages if page["source_id"] in used])
    return folder
