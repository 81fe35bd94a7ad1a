"""Reading one CSV file as text, with every fault of the file itself reported."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import pandas as pd

from loaders.package import Resource
from loaders.problems import Problem

BYTE_ORDER_MARK = "\ufeff"


def _decode(raw: bytes, name: str) -> tuple[str, list[Problem]]:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        bad = raw[error.start : error.start + 4]
        reason = f"not UTF-8 (bytes {bad.hex(' ')})"
        return "", [Problem(name, row, "", "", reason)]
    if text.startswith(BYTE_ORDER_MARK):
        return "", [Problem(name, 1, "", "", "begins with a byte-order mark: save as plain UTF-8")]
    return text, []


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


def _stripped(column: pd.Series) -> pd.Series:
    """The cells without blanks around them; equal ones are one object, which saves memory."""
    known: dict[str, str] = {}
    cells = [known.setdefault(cell, cell) for cell in map(str.strip, column)]
    return pd.Series(cells, index=column.index, dtype="object")


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
    text, problems = _decode(path.read_bytes(), name)
    if problems:
        return empty, problems
    if not text.strip():
        return empty, [Problem(name, 0, "", "", "file is empty")]
    reader = csv.reader(io.StringIO(unicodedata.normalize("NFC", text), newline=""))
    records: list[list[str]] = []
    lines: list[int] = []
    try:
        header = next(reader)
        problems = _header_problems(header, resource, name)
        line = reader.line_num + 1
        for record in reader:
            if len(record) != len(header):
                reason = f"{len(record)} cells where the header has {len(header)}"
                problems.append(Problem(name, line, "", "", reason))
            else:
                records.append(record)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        problems.append(Problem(name, reader.line_num, "", "", f"not readable as CSV: {error}"))
    if problems:
        return empty, problems
    if not records:
        return empty, [Problem(name, 0, "", "", "file has a header but no rows")]
    frame = pd.DataFrame(records, columns=header, dtype="object")
    frame = frame.apply(_stripped)
    frame["_row"] = lines
    return frame[[*resource.columns, "_row"]], []
