"""All tables as text, changed in memory, checked on a copy and written as they were."""

from __future__ import annotations

import csv
import io
import os
import secrets
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from loaders.exports import visible
from loaders.files import read_text_table
from loaders.package import Package, Resource, read_package
from loaders.problems import DataError, Problem
from loaders.snapshot import read_tables

Row = dict[str, str]
Key = tuple[str, ...]


class ChangedMeanwhileError(RuntimeError):
    """A file on disk is no longer what was read; ``args[0]`` is its name."""


def clean(text: str) -> str:
    """Text as the tables keep it: composed Hangul, no invisible characters, single spaces."""
    return " ".join(visible(unicodedata.normalize("NFC", text)).split())


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as its file holds it: header in the file's order, every cell as text."""

    resource: Resource
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    raw: bytes

    def key(self, row: Mapping[str, str]) -> Key:
        """The primary key of a row."""
        return tuple(row.get(column, "") for column in self.resource.primary_key)

    def by_key(self) -> dict[Key, Row]:
        """Rows by primary key."""
        return {self.key(row): row for row in self.rows}

    def column(self, name: str) -> list[str]:
        """All values of a column."""
        return [row[name] for row in self.rows]


@dataclass(frozen=True, slots=True)
class State:
    """All tables of one data folder."""

    folder: Path
    package: Package
    sheets: Mapping[str, Sheet]

    def __getitem__(self, table: str) -> Sheet:
        return self.sheets[table]

    def put(self, table: str, rows: Iterable[Row]) -> State:
        """A state in which ``rows`` are added to ``table``, or replace rows of the same key."""
        sheet = self.sheets[table]
        merged = sheet.by_key()
        for row in rows:
            merged[sheet.key(row)] = {name: row.get(name, "") for name in sheet.header}
        ordered = tuple(merged[key] for key in sorted(merged))
        return replace(self, sheets={**self.sheets, table: replace(sheet, rows=ordered)})


def parse(text: str) -> tuple[tuple[str, ...], list[list[str]]]:
    """Header and records of a CSV text, cells as they stand."""
    records = list(csv.reader(io.StringIO(text, newline="")))
    return (tuple(records[0]), records[1:]) if records else ((), [])


def _sheet(folder: Path, resource: Resource) -> Sheet:
    path = folder / resource.path
    if not path.is_file():
        raise DataError([Problem(path.name, 0, "", "", "file is missing")])
    raw = path.read_bytes()
    try:
        header, records = parse(raw.decode("utf-8"))
        sound = set(header) == set(resource.columns) and all(len(r) == len(header) for r in records)
    except (UnicodeDecodeError, csv.Error):
        sound = False
    if not sound:
        raise DataError(read_text_table(path, resource)[1])
    rows = tuple(dict(zip(header, record, strict=True)) for record in records)
    return Sheet(resource, header, rows, raw)


def read_state(folder: Path) -> State:
    """All tables in ``folder``.

    Raises:
        DataError: a file is missing or cannot be read as its table.
    """
    package = read_package(folder)
    sheets = {name: _sheet(folder, resource) for name, resource in package.resources.items()}
    return State(folder, package, sheets)


def rendered(sheet: Sheet) -> bytes:
    """The table as the bytes of its file: UTF-8, LF, cells quoted only where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(sheet.header)
    writer.writerows([row[name] for name in sheet.header] for row in sheet.rows)
    return out.getvalue().encode("utf-8")


def line_keys(sheet: Sheet) -> dict[int, Key]:
    """The key of the row that begins at each line of the file, as findings count lines."""
    keys, line = {}, 2
    for row in sheet.rows:
        keys[line] = sheet.key(row)
        line += 1 + sum(cell.count("\n") for cell in row.values())
    return keys


def write_files(state: State, folder: Path) -> None:
    """Write the descriptor and all tables to an empty ``folder``."""
    shutil.copyfile(state.folder / "datapackage.json", folder / "datapackage.json")
    for sheet in state.sheets.values():
        (folder / sheet.resource.path).write_bytes(rendered(sheet))


def check(state: State) -> list[Problem]:
    """Findings of every rule, on a copy of the tables in a scratch folder."""
    with tempfile.TemporaryDirectory(prefix="atlas-draft-") as name:
        write_files(state, Path(name))
        return read_tables(Path(name), state.package, lambda _: None)[1]


def write(state: State) -> list[str]:
    """Write the changed tables; returns the names of their files.

    Raises:
        ChangedMeanwhileError: somebody else changed one of the files; nothing was written.
    """
    changed = [
        (state.folder / sheet.resource.path, sheet.raw, content)
        for sheet in state.sheets.values()
        if (content := rendered(sheet)) != sheet.raw
    ]
    for path, raw, _ in changed:
        if path.read_bytes() != raw:
            raise ChangedMeanwhileError(path.name)
    staged = []
    try:
        for path, _, content in changed:
            draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
            staged.append((draft, path))
            draft.write_bytes(content)
        for draft, path in staged:
            os.replace(draft, path)
    finally:
        for draft, _ in staged:
            draft.unlink(missing_ok=True)
    return [path.name for path, _, _ in changed]
