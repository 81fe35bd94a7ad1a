"""Copies of the data package whose every free text is a hostile one."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pandas as pd

from loaders.findings.record import record
from loaders.package import Field, Resource
from loaders.validation import check_columns
from tests.security.hostile import REFUSED, STRINGS, Hostile
from tests.support import DATA, Rows, committed, copy_data, read_rows

Column = tuple[str, str]
#: Table, column and text.
Held = tuple[str, str, str]

#: Where a column must hold a web address, the text stands behind one.
ADDRESS = "https://source.invalid/"
#: Rows that the shortest tables are given, so that fewer copies hold every text.
LEAST_ROWS = {"events": 40}
#: Columns that name a table, a row or a rule: the rules of their datasets refuse other words.
NAMES: frozenset[Column] = frozenset(
    {
        *((table, c) for table in ("open_questions", "audits") for c in ("table", "key")),
        ("open_questions", "rule"),
        *(("fact_sources", c) for c in ("table", "key", "column", "value_stated")),
    }
)
#: Filled from the other tables, so written last.
QUESTIONS = "open_questions"
#: Columns that some rows must leave empty: only their filled cells are written.
SPARSE: frozenset[Column] = frozenset(
    {("open_questions", "resolution_en"), ("open_questions", "resolution_ko")}
)


def _is_free(field: Field, resource: Resource) -> bool:
    """Whether a curator may write any words there: no key, code, date or number."""
    return (
        field.type == "string"
        and not field.categories
        and not field.partial_date
        and field.reference is None
        and field.name not in resource.primary_key
        and (field.pattern is None or field.pattern.startswith("http"))
    )


def text_columns(resource: Resource) -> list[Field]:
    """Every column whose cells are text to the files: all but numbers and truth values."""
    return [f for f in resource.fields if f.type in ("string", "list")]


def free_columns() -> list[Column]:
    """Every column of the package into which a hostile text may come."""
    return [
        (name, field.name)
        for name, resource in committed().resources.items()
        for field in resource.fields
        if _is_free(field, resource) and (name, field.name) not in NAMES
        if _cells(name, field.name)
    ]


@cache
def _cells(table: str, column: str) -> int:
    """How many cells of a column a copy may write."""
    rows = _rows(table)
    if (table, column) not in SPARSE:
        return len(rows)
    return sum(bool(row[column]) for row in rows)


def _written(field: Field, text: str, unique: str = "") -> str:
    """The text as it stands in a cell of the column."""
    if field.pattern:
        text = ADDRESS + unique + "/" + "".join(text.split())[: 4_000 - 60]
    # what reading a file does to every cell
    return unicodedata.normalize("NFC", text).strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What validation says to one text in one column; '' when it lets it through."""

    column: Column
    text: str
    reason: str


def _table_of(resource: Resource, column: str, texts: list[str]) -> pd.DataFrame:
    """The first row of the table once for each text, the text in ``column``."""
    row = read_rows(DATA, resource.name)[0]
    frame = pd.DataFrame([row] * len(texts), dtype="object")
    frame[column] = texts
    frame["_row"] = range(len(texts))
    return frame


def _column_answers(resource: Resource, field: Field, texts: list[str]) -> Iterator[Answer]:
    cells = [unicodedata.normalize("NFC", text).strip() for text in texts]
    problems = check_columns(_table_of(resource, field.name, cells), resource)
    refused = {p.row: p.reason for p in problems if p.column == field.name}
    known = set()
    if field.reference:
        target = field.reference
        known = {row[target.field] for row in read_rows(DATA, target.resource)}
    for number, (text, cell) in enumerate(zip(texts, cells, strict=True)):
        reason = refused.get(number, "")
        if not reason and field.reference and cell not in known:
            reason = "no such key"  # what the check of references says
        yield Answer((resource.name, field.name), text, reason)


@cache
def answers(strings: tuple[Hostile, ...] = STRINGS) -> tuple[Answer, ...]:
    """What validation says to every text, the refused ones too, in every text column."""
    texts = [*(s.text for s in strings), *REFUSED.values()]
    return tuple(
        answer
        for resource in committed().resources.values()
        for field in text_columns(resource)
        for answer in _column_answers(resource, field, texts)
    )


@cache
def _refused_in(strings: tuple[Hostile, ...]) -> Mapping[Column, frozenset[str]]:
    found: dict[Column, set[str]] = {}
    for answer in answers(strings):
        if answer.reason:
            found.setdefault(answer.column, set()).add(answer.text)
    return {column: frozenset(texts) for column, texts in found.items()}


@cache
def texts_for(column: Column, strings: tuple[Hostile, ...] = STRINGS) -> tuple[str, ...]:
    """The texts that the column is given: all that validation lets through."""
    field = committed()[column[0]][column[1]]
    if field.pattern:
        return tuple(s.text for s in strings)
    refused = _refused_in(strings).get(column, frozenset())
    return tuple(s.text for s in strings if s.text not in refused)


def copies_needed(strings: tuple[Hostile, ...] = STRINGS) -> int:
    """How many copies hold every text in every free column."""
    return max(-(-len(texts_for(column, strings)) // _cells(*column)) for column in free_columns())


def _rows(table: str) -> Rows:
    """The committed rows, and more of them where the table is too short."""
    rows = read_rows(DATA, table)
    key = committed()[table].primary_key[0]
    more = LEAST_ROWS.get(table, 0) - len(rows)
    rows += [{**rows[n % len(rows)], key: f"zz-copy-{n:03d}"} for n in range(max(more, 0))]
    return rows


def _write(path: Path, rows: Rows) -> None:
    # quoted throughout: otherwise the writer leaves a lone carriage return bare
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def poison(target: Path, number: int, strings: tuple[Hostile, ...] = STRINGS) -> set[Held]:
    """Write copy ``number`` (from 0) to ``target``.

    Returns every (table, column, text) it holds. Each column begins at another text, so
    that the cells of a row differ.
    """
    copy_data(target)
    held = set()
    columns = free_columns()
    for table in dict.fromkeys(table for table, _ in columns):
        if table != QUESTIONS:
            held |= _poison_table(target, table, _rows(table), number, strings)
    # other texts raise other questions, which a build wants to see recorded
    record(target, datetime.now(UTC).date())
    return held | _poison_table(target, QUESTIONS, read_rows(target, QUESTIONS), number, strings)


def _poison_table(
    target: Path, table: str, rows: Rows, number: int, strings: tuple[Hostile, ...]
) -> set[Held]:
    held = set()
    for place, column in enumerate(free_columns()):
        if column[0] != table:
            continue
        field, texts = committed()[table][column[1]], texts_for(column, strings)
        written = [row for row in rows if row[column[1]] or column not in SPARSE]
        first = number * _cells(*column) + place * 7
        for index, row in enumerate(written):
            text = texts[(first + index) % len(texts)]
            row[column[1]] = _written(field, text, f"{index}")
            held.add((table, column[1], text))
    _write(target / committed()[table].path, rows)
    return held
