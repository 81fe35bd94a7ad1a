"""Ways to spoil a table, each with the findings that it must cause.

A fault is applied to one table of a scratch copy of the data. It answers with
the exact findings, or with None when the table offers no place for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from loaders.package import Field, Resource
from loaders.problems import Problem
from tests.support import Rows, committed, read_rows, write_rows

Findings = list[Problem] | None


@dataclass(frozen=True)
class Fault:
    """A named way to spoil a table."""

    name: str
    spoil: Callable[[Path, Resource], Findings]


def line(index: int) -> int:
    """Line in the file of the row ``index``; the header is line 1."""
    return index + 2


def filled(rows: Rows, column: str) -> int:
    """A row, from the middle of the table on, in which ``column`` is not empty."""
    middle = len(rows) // 2
    order = [*range(middle, len(rows)), *range(middle)]
    index: int = next(i for i in order if rows[i][column])
    return index


def in_cell(folder: Path, resource: Resource, field: Field, value: str, reason: str) -> Findings:
    """Put ``value`` into a filled cell of ``field``."""
    rows = read_rows(folder, resource.name)
    index = filled(rows, field.name)
    rows[index][field.name] = value
    write_rows(folder, resource.name, rows)
    return [Problem(resource.path, line(index), field.name, value, reason)]


def first(resource: Resource, wanted: Callable[[Field], bool]) -> Field | None:
    """First column, outside the key, of the wanted sort."""
    columns = (f for f in resource.fields if f.name not in resource.primary_key and not f.unique)
    return next((f for f in columns if wanted(f)), None)


NOT_A_DATE = "not a date that exists, written YYYY, YYYY-MM or YYYY-MM-DD"
WRONG_TYPES: tuple[tuple[Callable[[Field], bool], str], ...] = (
    (lambda f: f.type == "boolean", "not true or false"),
    (lambda f: f.partial_date, NOT_A_DATE),
    (lambda f: f.type == "integer", "not a whole number"),
    (lambda f: f.type == "number", "not a number"),
)


def wrong_type(folder: Path, resource: Resource) -> Findings:
    """A word where a truth value, date or number belongs."""
    for wanted, reason in WRONG_TYPES:
        field = first(resource, wanted)
        if field is not None:
            return in_cell(folder, resource, field, "about ten", reason)
    return None


def unknown_category(folder: Path, resource: Resource) -> Findings:
    """A code that the descriptor does not list."""
    field = first(resource, lambda f: bool(f.categories))
    if field is None:
        return None
    allowed = ", ".join(sorted(c.value for c in field.categories))
    return in_cell(folder, resource, field, "no-such-code", f"unknown code; allowed: {allowed}")


def impossible_day(folder: Path, resource: Resource) -> Findings:
    """30 February."""
    field = first(resource, lambda f: f.partial_date)
    if field is None:
        return None
    return in_cell(folder, resource, field, "2021-02-30", NOT_A_DATE)


def dangling_keys(folder: Path, resource: Resource) -> Findings:
    """In every foreign key, a value that the other table does not have."""
    rows = read_rows(folder, resource.name)
    spoiled = []
    for field in resource.fields:
        target = field.reference
        if target is None:
            continue
        index = filled(rows, field.name)
        value = rows[index][field.name].split(field.delimiter)[0] + "-nowhere"
        rows[index][field.name] = value
        reason = f"no such {target.field} in {committed()[target.resource].path}"
        spoiled.append(Problem(resource.path, line(index), field.name, value, reason))
    write_rows(folder, resource.name, rows)
    return spoiled or None


def duplicate_id(folder: Path, resource: Resource) -> Findings:
    """A row pasted twice."""
    rows = read_rows(folder, resource.name)
    index = len(rows) // 2
    rows.insert(index, dict(rows[index]))
    write_rows(folder, resource.name, rows)
    column = resource.primary_key[0]
    reason = f"the same {', '.join(resource.primary_key)} as in row {line(index)}"
    return [Problem(resource.path, line(index + 1), column, rows[index][column], reason)]


def one_language(folder: Path, resource: Resource) -> Findings:
    """A Korean text without its English one, and the other way round."""
    rows = read_rows(folder, resource.name)
    spoiled = []
    for ko, en in resource.language_pairs:
        for emptied, other in ((ko, en), (en, ko)):
            both = (i for i, row in enumerate(rows) if row[emptied] and row[other])
            index = next(both, None)
            if index is None:
                continue
            rows[index][emptied] = ""
            required = resource[emptied].required
            reason = "required, but empty" if required else f"empty, but {other} is filled"
            spoiled.append(Problem(resource.path, line(index), emptied, "", reason))
    write_rows(folder, resource.name, rows)
    return spoiled or None


def out_of_order(folder: Path, resource: Resource) -> Findings:
    """Two neighbours that changed places."""
    rows = read_rows(folder, resource.name)
    index = len(rows) // 2
    rows[index - 1], rows[index] = rows[index], rows[index - 1]
    write_rows(folder, resource.name, rows)
    differing = [c for c in resource.primary_key if rows[index - 1][c] != rows[index][c]]
    column = differing[0]
    return [
        Problem(
            resource.path, line(index), column, rows[index][column], "rows are not sorted by key"
        )
    ]


PAIRS = {
    "pilots": ("start_date", "end_date", "2001"),
    "program_editions": ("apply_open", "apply_close", "2001"),
    "cohorts": ("period_start", "period_end", "1999"),
    "funding": ("year", "year_end", "1999"),
}


def end_before_start(folder: Path, resource: Resource) -> Findings:
    """An end that lies before its start."""
    if resource.name not in PAIRS:
        return None
    start, end, value = PAIRS[resource.name]
    rows = read_rows(folder, resource.name)
    index = filled(rows, start)
    rows[index][end] = value
    write_rows(folder, resource.name, rows)
    reason = f"lies before {start} ({rows[index][start]})"
    return [Problem(resource.path, line(index), end, value, reason)]


PARENTS = {
    "funding": "parent_funding_id",
    "programs": "parent_program_id",
    "municipalities": "parent_code",
}


def cycle(folder: Path, resource: Resource) -> Findings:
    """Two rows, each above the other."""
    if resource.name not in PARENTS:
        return None
    key, parent = resource.primary_key[0], PARENTS[resource.name]
    rows = read_rows(folder, resource.name)
    lower = filled(rows, parent)
    upper = [row[key] for row in rows].index(rows[lower][parent])
    rows[upper][parent] = rows[lower][key]
    write_rows(folder, resource.name, rows)
    return [
        Problem(resource.path, line(i), parent, rows[i][parent], "the row is above itself")
        for i in (lower, upper)
    ]


def counted_twice(folder: Path, resource: Resource) -> Findings:
    """An additive amount below another additive amount of its basis."""
    if resource.name != "funding":
        return None
    rows = read_rows(folder, "funding")
    top = [
        i
        for i, row in enumerate(rows)
        if row["is_additive"] == "true"
        and row["basis"] == "budgeted"
        and not row["parent_funding_id"]
    ]
    above, below = top[0], top[-1]
    rows[below]["parent_funding_id"] = rows[above]["funding_id"]
    write_rows(folder, "funding", rows)
    reason = f"would be counted twice with {rows[above]['funding_id']}"
    return [Problem("funding.csv", line(below), "is_additive", "true", reason)]


def other_stage(folder: Path, resource: Resource) -> Findings:
    """A pilot whose stage is not its highest milestone."""
    if resource.name != "pilots":
        return None
    rows = read_rows(folder, "pilots")
    index = next(i for i, row in enumerate(rows) if row["stage"] == "field-demo")
    rows[index]["stage"] = "exported"
    write_rows(folder, "pilots", rows)
    reason = "the highest milestone is field-demo"
    return [Problem("pilots.csv", line(index), "stage", "exported", reason)]


def _moved(
    folder: Path, lat: str, lon: str, findings: Callable[[int, str], list[Problem]]
) -> list[Problem]:
    rows = read_rows(folder, "testbeds")
    index = next(i for i, row in enumerate(rows) if row["sido"] == "KR-26")
    rows[index] |= {"lat": lat, "lon": lon}
    write_rows(folder, "testbeds", rows)
    return findings(line(index), "testbeds.csv")


def outside_korea(folder: Path, resource: Resource) -> Findings:
    """A point in Paris."""
    if resource.name != "testbeds":
        return None
    return _moved(
        folder,
        "48.8566",
        "2.3522",
        lambda row, file: [
            Problem(file, row, "lat", "48.8566", "outside 33.0 to 38.7"),
            Problem(file, row, "lon", "2.3522", "outside 124.5 to 132.0"),
        ],
    )


def at_sea(folder: Path, resource: Resource) -> Findings:
    """A point between Korea and Japan."""
    if resource.name != "testbeds":
        return None
    reason = "the point lies in no province of Korea, not in KR-26"
    return _moved(
        folder, "36.5", "130.5", lambda row, file: [Problem(file, row, "lat", "36.5", reason)]
    )


def other_province(folder: Path, resource: Resource) -> Findings:
    """A testbed of Busan whose point lies in Seoul."""
    if resource.name != "testbeds":
        return None
    reason = "the point lies in KR-11, not in KR-26"
    return _moved(
        folder, "37.56", "126.98", lambda row, file: [Problem(file, row, "lat", "37.56", reason)]
    )


def _rewritten(
    spoil: Callable[[bytes, Resource], tuple[bytes, list[Problem]]],
) -> Callable[[Path, Resource], Findings]:
    def spoiled(folder: Path, resource: Resource) -> Findings:
        path = folder / resource.path
        content, findings = spoil(path.read_bytes(), resource)
        path.write_bytes(content)
        return findings

    return spoiled


def _broken_utf8(content: bytes, resource: Resource) -> tuple[bytes, list[Problem]]:
    lines = content.splitlines(keepends=True)
    lines[3] = b"\xb1\xe2\xbe\xf7" + lines[3]  # the word for company in the old Korean encoding
    reason = "not UTF-8 (bytes b1 e2 be f7)"
    return b"".join(lines), [Problem(resource.path, 4, "", "", reason)]


def _byte_order_mark(content: bytes, resource: Resource) -> tuple[bytes, list[Problem]]:
    reason = "begins with a byte-order mark: save as plain UTF-8"
    return b"\xef\xbb\xbf" + content, [Problem(resource.path, 1, "", "", reason)]


def _ragged_row(content: bytes, resource: Resource) -> tuple[bytes, list[Problem]]:
    lines = content.splitlines(keepends=True)
    lines[2] = b"one,two," + lines[2]
    width = len(resource.fields)
    reason = f"{width + 2} cells where the header has {width}"
    return b"".join(lines), [Problem(resource.path, 3, "", "", reason)]


def _missing_column(content: bytes, resource: Resource) -> tuple[bytes, list[Problem]]:
    # the last column, cut from lines that quote nothing
    name = resource.columns[-1]
    lines = [b",".join(row.split(b",")[:-1]) for row in content.splitlines() if b'"' not in row]
    return b"\n".join(lines), [Problem(resource.path, 1, name, "", "column is missing")]


def _extra_column(content: bytes, resource: Resource) -> tuple[bytes, list[Problem]]:
    header, rest = content.split(b"\n", 1)
    body = b"\n".join(row + b"," for row in rest.splitlines())
    reason = "column is not in datapackage.json"
    return header + b",remarks\n" + body, [Problem(resource.path, 1, "remarks", "", reason)]


def _empty_file(_: bytes, resource: Resource) -> tuple[bytes, list[Problem]]:
    return b"", [Problem(resource.path, 0, "", "", "file is empty")]


def _header_only(content: bytes, resource: Resource) -> tuple[bytes, list[Problem]]:
    reason = "file has a header but no rows"
    return content.split(b"\n", 1)[0] + b"\n", [Problem(resource.path, 0, "", "", reason)]


def missing_file(folder: Path, resource: Resource) -> Findings:
    """No file at all."""
    (folder / resource.path).unlink()
    return [Problem(resource.path, 0, "", "", "file is missing")]


FILE_FAULTS = (
    Fault("broken-utf8", _rewritten(_broken_utf8)),
    Fault("byte-order-mark", _rewritten(_byte_order_mark)),
    Fault("missing-column", _rewritten(_missing_column)),
    Fault("extra-column", _rewritten(_extra_column)),
    Fault("ragged-row", _rewritten(_ragged_row)),
    Fault("empty-file", _rewritten(_empty_file)),
    Fault("header-only", _rewritten(_header_only)),
    Fault("missing-file", missing_file),
)
# Nothing but the spoiled cells is found.
CELL_FAULTS = (
    Fault("wrong-type", wrong_type),
    Fault("unknown-category", unknown_category),
    Fault("impossible-day", impossible_day),
    Fault("one-language", one_language),
    Fault("out-of-order", out_of_order),
    Fault("end-before-start", end_before_start),
    Fault("cycle", cycle),
    Fault("counted-twice", counted_twice),
    Fault("other-stage", other_stage),
    Fault("outside-korea", outside_korea),
    Fault("at-sea", at_sea),
    Fault("other-province", other_province),
)
# Other rows that rest on the spoiled key are found as well.
KEY_FAULTS = (Fault("dangling-keys", dangling_keys), Fault("duplicate-id", duplicate_id))
FAULTS = (*FILE_FAULTS, *CELL_FAULTS, *KEY_FAULTS)


def spoil(folder: Path, fault: Fault, tables: Iterable[str]) -> dict[str, list[Problem]]:
    """Spoil each of ``tables`` that offers a place; the findings to expect, by table."""
    findings = {name: fault.spoil(folder, committed()[name]) for name in tables}
    return {name: found for name, found in findings.items() if found}
