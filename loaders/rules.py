"""Pieces that the rules of several datasets share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import pandas as pd

from loaders.dates import is_partial_date, surely_before
from loaders.package import package
from loaders.problems import Problem
from loaders.validation import Tables

Row = Mapping[str, str]
Rule = Callable[[Row], Iterator[Problem]]
#: Whether a key is one of a table's.
IsKey = Callable[[str, str], bool]


def records(frame: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Rows of a text table as dictionaries (``_row`` as text)."""
    names = [str(column) for column in frame]
    columns = [map(str, frame[column].tolist()) for column in frame]
    for cells in zip(*columns, strict=True):
        yield dict(zip(names, cells, strict=True))


def of_cells(frame: pd.DataFrame, columns: Sequence[str], rule: Rule) -> Iterator[Problem]:
    """Findings of a rule that looks at ``columns`` only.

    It is asked once for each different combination of their cells, and again for the rows
    of those that raise something: a large table has few combinations.
    """
    cells = frame[[*columns, "_row"]]
    raising = [
        position
        for position, row in enumerate(records(cells.drop_duplicates(list(columns))))
        if any(True for _ in rule(row))
    ]
    if not raising:
        return
    faulty = cells.drop_duplicates(list(columns)).iloc[raising][list(columns)]
    for row in records(cells.merge(faulty, on=list(columns))):
        yield from rule(row)


def problem(file: str, row: Row, column: str, reason: str) -> Problem:
    """A finding at ``column`` of ``row``."""
    return Problem(file, int(row["_row"]), column, row[column], reason)


def dates_in_order(file: str, row: Row, start: str, end: str) -> Iterator[Problem]:
    """A finding when ``end`` surely lies before ``start``."""
    first, last = row[start], row[end]
    if is_partial_date(first) and is_partial_date(last) and surely_before(last, first):
        yield problem(file, row, end, f"lies before {start} ({first})")


def numbers_in_order(file: str, row: Row, start: str, end: str) -> Iterator[Problem]:
    """A finding when the number ``end`` (a year, a level) lies before ``start``."""
    first, last = row[start], row[end]
    if first.isdecimal() and last.isdecimal() and int(last) < int(first):
        yield problem(file, row, end, f"lies before {start} ({first})")


def together(file: str, row: Row, column: str, needed: str) -> Iterator[Problem]:
    """A finding when ``column`` is filled and ``needed`` is not."""
    if row[column] and not row[needed]:
        yield problem(file, row, needed, f"empty, but {column} is filled")


def ancestors(key: str, parents: Mapping[str, str]) -> list[str]:
    """Keys above ``key``, nearest first; stops at a repeated key (a cycle)."""
    seen: list[str] = []
    above = parents.get(key, "")
    while above and above not in seen:
        seen.append(above)
        above = parents.get(above, "")
    return seen


def no_cycle(
    file: str, row: Row, key: str, parent: str, parents: Mapping[str, str]
) -> Iterator[Problem]:
    """A finding when ``row`` is its own ancestor."""
    if row[key] in ancestors(row[key], parents):
        yield problem(file, row, parent, "the row is above itself")


def keys_of(tables: Tables) -> IsKey:
    """A look-up of single keys that reads those of each table once."""

    @cache
    def known(table: str) -> frozenset[str]:
        return frozenset(tables[table][package()[table].primary_key[0]])

    return lambda table, key: key in known(table)


def named_row(file: str, row: Row, tables: Tables, is_key: IsKey) -> Iterator[Problem]:
    """A finding when ``row`` points (``table``, ``key``) to a row that does not exist.

    An empty ``key``, where a table allows it, means the table as a whole.
    """
    table, key = row["table"], row["key"]
    if table not in tables:
        yield problem(file, row, "table", "no such table")
        return
    columns = package()[table].primary_key
    if len(columns) > 1:
        yield problem(file, row, "table", "its rows have no single key")
    elif key and not is_key(table, key):
        yield problem(file, row, "key", f"no such {columns[0]} in {table}.csv")
