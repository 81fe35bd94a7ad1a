"""What differs between two states of the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loaders.curation.store import Key, Row, State


@dataclass(frozen=True, slots=True)
class Cell:
    """One changed cell."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TableChanges:
    """Rows added, changed (cell by cell) and removed in one table, by key."""

    added: Mapping[Key, Row]
    changed: Mapping[Key, Sequence[Cell]]
    removed: Mapping[Key, Row]
    columns_added: Sequence[str] = ()
    columns_removed: Sequence[str] = ()

    def __bool__(self) -> bool:
        rows = self.added or self.changed or self.removed
        return bool(rows or self.columns_added or self.columns_removed)


Changes = Mapping[str, TableChanges]


def compare(
    before: Mapping[Key, Row], after: Mapping[Key, Row], columns: tuple[set[str], set[str]]
) -> TableChanges:
    """Differences of two tables, given by key; ``columns`` are those before and after.

    Cells are compared in the columns that both have; a column that came or went is named.
    """
    old, new = columns
    shared = old & new
    changed = {}
    for key in sorted(before.keys() & after.keys()):
        was, now = before[key], after[key]
        cells = [Cell(c, was[c], now[c]) for c in now if c in shared and was[c] != now[c]]
        if cells:
            changed[key] = cells
    return TableChanges(
        {key: after[key] for key in sorted(after.keys() - before.keys())},
        changed,
        {key: before[key] for key in sorted(before.keys() - after.keys())},
        sorted(new - old),
        sorted(old - new),
    )


def between(before: State, after: State) -> Changes:
    """Differences of two states of one package, tables without any left out."""
    found = {}
    for name, sheet in after.sheets.items():
        earlier = before[name]
        if earlier.rows != sheet.rows:
            columns = (set(earlier.header), set(sheet.header))
            found[name] = compare(earlier.by_key(), sheet.by_key(), columns)
    return found
