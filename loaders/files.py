"""Reading one CSV file as text, with every fault of the file itself reported."""

from __future__ import annotations

import codecs
import csv
import unicodedata
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from loaders.package import Resource
from loaders.problems import Problem

#: Bytes, and rows, that are held beside the finished columns at a time. Rows are few, so that
#: they are gone before the collector of garbage counts them as old and searches everything.
BLOCK = 1 << 22
ROWS = 500


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            for block in iter(partial(file.read, BLOCK), b""):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wrong_bytes(raw: bytes, name: str) -> list[Problem]:
    """Where ``raw`` stops to be UTF-8."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        bad = raw[error.start : error.start + 4]
        return [Problem(name, row, "", "", f"not UTF-8 (bytes {bad.hex(' ')})")]
    return []


def _encoding_problems(path: Path) -> list[Problem]:
    if not _is_utf8(path):
        return _wrong_bytes(path.read_bytes(), path.name)
    with path.open("rb") as file:
        if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
            reason = "begins with a byte-order mark: save as plain UTF-8"
            return [Problem(path.name, 1, "", "", reason)]
    return []


def _lines(path: Path) -> Iterator[str]:
    """The lines, NFC-normalised; no character is composed across the end of a line."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from map(partial(unicodedata.normalize, "NFC"), file)


def _header_problems(header: list[str], resource: Resource, name: str) -> list[Problem]:
    problems = []
    expected = set(resource.columns)
    for column in resource.columns:
        if column not in header:
            problems.append(Problem(name, 1, column, "", "column is missing"))
    for column in header:
        if column not in expected:
            problems.append(Problem(name, 1, column, "", "column is not in datapackage.json"))
        elif header.count(column) > 1:
            problems.append(Problem(name, 1, column, "", "column appears twice"))
    return sorted(set(problems))


class _Cells(dict[str, str]):
    """Cells of one column as they are in the file, and without blanks around them.

    Equal cells become one object, which saves memory and makes later comparisons cheap.
    """

    def __missing__(self, cell: str) -> str:
        bare = cell.strip()
        kept = cell if bare == cell else self[bare]
        self[cell] = kept
        return kept


class _Columns:
    """Columns that grow by blocks of rows."""

    def __init__(self, width: int) -> None:
        self._known = [_Cells() for _ in range(width)]
        self._blocks: list[list[np.ndarray]] = [[] for _ in range(width)]

    def add(self, rows: list[list[str]]) -> None:
        """Rows below those added before."""
        if not rows:
            return
        for known, blocks, cells in zip(
            self._known, self._blocks, zip(*rows, strict=True), strict=True
        ):
            blocks.append(np.array(list(map(known.__getitem__, cells)), dtype=object))

    def frame(self, header: list[str], lines: list[int]) -> pd.DataFrame:
        """All rows, with the line of each; once only, as the blocks are given up."""
        columns: dict[str, pd.Series] = {}
        for name, blocks in zip(header, self._blocks, strict=True):
            columns[name] = pd.Series(np.concatenate(blocks), dtype="object", copy=False)
            blocks.clear()
        return pd.DataFrame({**columns, "_row": lines}, copy=False)


def read_text_table(path: Path, resource: Resource) -> tuple[pd.DataFrame, list[Problem]]:
    """Read ``path`` as a table of text.

    Returns the frame (columns of the resource plus ``_row``, the line in the
    file; all values text, NFC-normalised and stripped, empty = unknown) and the
    faults of the file: missing, empty, not UTF-8, header wrong, ragged rows.
    With any fault the frame is empty.
    """
    name = path.name
    empty = pd.DataFrame({c: pd.Series(dtype="object") for c in (*resource.columns, "_row")})
    if not path.is_file():
        return empty, [Problem(name, 0, "", "", "file is missing")]
    problems = _encoding_problems(path)
    if problems:
        return empty, problems
    if not any(line.strip() for line in _lines(path)):
        return empty, [Problem(name, 0, "", "", "file is empty")]
    reader = csv.reader(_lines(path))
    records: list[list[str]] = []
    lines: list[int] = []
    try:
        header = next(reader)
        problems = _header_problems(header, resource, name)
        columns = _Columns(len(header))
        line = reader.line_num + 1
        for record in reader:
            if len(record) != len(header):
                reason = f"{len(record)} cells where the header has {len(header)}"
                problems.append(Problem(name, line, "", "", reason))
            elif not problems:
                records.append(record)
                lines.append(line)
                if len(records) == ROWS:
                    columns.add(records)
                    records = []
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(name, reader.line_num, "", "", f"not readable as CSV: {error}"))
    if problems:
        return empty, problems
    if not lines:
        return empty, [Problem(name, 0, "", "", "file has a header but no rows")]
    columns.add(records)
    return columns.frame(header, lines)[[*resource.columns, "_row"]], []
