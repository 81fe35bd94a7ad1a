"""Checks of all tables against the descriptor: types, constraints and keys.

The different values of each column are checked first. Only when one of them is wrong,
pandera runs the same checks over all cells; this module builds its schemas from
``datapackage.json`` and turns its failures into `Problem` rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from loaders.dates import BOUND_SUFFIXES, bound_day, is_partial_date
from loaders.package import Field, Package, Resource
from loaders.problems import Problem

if TYPE_CHECKING:
    import pandera.pandas as pa

Tables = Mapping[str, pd.DataFrame]

_TYPE_PATTERNS = {
    "integer": (r"-?\d{1,18}", "not a whole number"),
    "number": (r"-?\d+(\.\d+)?", "not a number"),
    "boolean": (r"true|false", "not true or false"),
}

#: The longest cell; today's longest has 300 characters.
MAX_CELL = 4_000
#: Control characters besides tab and line breaks, and what is no character at all.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
#: Keys stand in links, lists of codes and addresses of other tables.
_KEY = r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}"


@dataclass(frozen=True, slots=True)
class _Check:
    """Which of the filled cells are right, and what to say of the others."""

    test: Callable[[pd.Series], pd.Series]
    reason: str


def _matches(pattern: str) -> Callable[[pd.Series], pd.Series]:
    # ASCII: a full-width digit is a digit to Python, but not to the engines
    return lambda values: values.str.fullmatch(pattern, flags=re.ASCII)


def _every_item(field: Field, allowed: Callable[[str], bool]) -> Callable[[pd.Series], pd.Series]:
    return lambda values: values.map(
        lambda cell: all(allowed(item) for item in cell.split(field.delimiter))
    )


def _between(field: Field) -> Callable[[pd.Series], pd.Series]:
    number = re.compile(_TYPE_PATTERNS[field.type][0], re.ASCII)

    def allowed(cell: str) -> bool:
        # a cell that is no number at all is reported by the type check alone
        return number.fullmatch(cell) is None or field.allows(float(cell))

    return lambda values: values.map(allowed)


def _code_checks(field: Field) -> Iterator[_Check]:
    codes = {c.value for c in field.categories}
    listed = ", ".join(sorted(codes))
    if codes and field.type == "list":
        yield _Check(_every_item(field, codes.__contains__), f"unknown code; allowed: {listed}")
    elif codes:
        yield _Check(lambda values: values.isin(codes), f"unknown code; allowed: {listed}")


def _printable(values: pd.Series) -> pd.Series:
    # one search through all the cells; which of them it is matters only when there is one
    if _UNPRINTABLE.search("".join(values)) is None:
        return pd.Series(True, index=values.index)
    return ~values.str.contains(_UNPRINTABLE)


def _text_checks() -> Iterator[_Check]:
    yield _Check(lambda values: values.str.len() <= MAX_CELL, f"longer than {MAX_CELL} characters")
    yield _Check(_printable, "holds a character that nobody can see")


def _checks(field: Field) -> Iterator[_Check]:
    yield from _text_checks()
    if field.type in _TYPE_PATTERNS:
        pattern, reason = _TYPE_PATTERNS[field.type]
        yield _Check(_matches(pattern), reason)
    if field.partial_date:
        yield _Check(
            lambda values: values.map(is_partial_date),
            "not a date that exists, written YYYY, YYYY-MM or YYYY-MM-DD",
        )
    elif field.pattern:
        yield _Check(_matches(field.pattern), f"does not have the form {field.pattern}")
    if field.item_pattern:
        item = f"({field.item_pattern})"
        yield _Check(
            _matches(f"{item}({field.delimiter}{item})*"),
            f"an item does not have the form {field.item_pattern}",
        )
    if field.minimum is not None or field.maximum is not None:
        yield _Check(
            _between(field),
            f"outside {field.minimum} to {field.maximum}"
            if field.maximum is not None
            else f"less than {field.minimum}",
        )
    yield from _code_checks(field)


def _key_checks(field: Field, resource: Resource) -> Iterator[_Check]:
    if field.name in resource.primary_key and field.type == "string" and not field.pattern:
        yield _Check(_matches(_KEY), "a key is written with letters, digits, full stops and -")


def _all_checks(field: Field, resource: Resource) -> list[_Check]:
    return [*_checks(field), *_key_checks(field, resource)]


def pandera_schema(resource: Resource, names: Collection[str]) -> pa.DataFrameSchema:
    """The checks of the columns ``names`` of one table as a pandera schema over text columns."""
    import pandera.pandas as pa  # noqa: PLC0415 (heavy)

    columns = {
        f.name: pa.Column(
            dtype=None,
            checks=[
                pa.Check(check.test, error=check.reason, ignore_na=True)
                for check in _all_checks(f, resource)
            ],
            nullable=not f.required,
        )
        for f in resource.fields
        if f.name in names
    }
    return pa.DataFrameSchema(columns)


def _is_sound(cells: pd.Series, field: Field, resource: Resource) -> bool:
    """Whether no check objects to any of the different values of a column."""
    values = cells.drop_duplicates()
    filled = values[values != ""]
    if field.required and len(filled) < len(values):
        return False
    checks = _all_checks(field, resource)
    return filled.empty or all(check.test(filled).all() for check in checks)


def _as_problem(case: Mapping[str, object], file: str, rows: pd.Series) -> Problem:
    check = str(case["check"])
    index = case["index"]
    value = "" if case["failure_case"] is None else str(case["failure_case"])
    reason = "required, but empty" if check == "not_nullable" else check
    row = int(rows.loc[index]) if index is not None and not pd.isna(index) else 0
    column = str(case["column"])
    return Problem(file, row, column, "" if check == "not_nullable" else value, reason)


def check_columns(frame: pd.DataFrame, resource: Resource) -> list[Problem]:
    """All findings of types, constraints and categories in one table."""
    wrong = [f.name for f in resource.fields if not _is_sound(frame[f.name], f, resource)]
    return _column_problems(frame, resource, wrong) if wrong else []


def _column_problems(frame: pd.DataFrame, resource: Resource, names: list[str]) -> list[Problem]:
    from pandera.errors import SchemaErrors  # noqa: PLC0415 (heavy)

    known = frame[names].replace("", None)
    try:
        pandera_schema(resource, names).validate(known, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.to_dict("records")
        found = {_as_problem(case, resource.path, frame["_row"]) for case in cases}
        return sorted(found)
    return []


def check_unique(tables: Tables, package: Package) -> list[Problem]:
    """Rows that repeat a key; a row that repeats several is reported for the first."""
    problems = []
    for name, frame in tables.items():
        resource = package[name]
        columns = [(f.name,) for f in resource.fields if f.unique]
        rows = frame
        for key in (resource.primary_key, *columns, *resource.unique_keys):
            names = list(key)
            known = rows.loc[(rows[names] != "").any(axis=1), [*names, "_row"]]
            repeated = known[known.duplicated(names)]
            if repeated.empty:
                continue
            first = known.groupby(names)["_row"].first()
            for *values, row in repeated.itertuples(index=False, name=None):
                earlier = first[tuple(values) if len(values) > 1 else values[0]]
                reason = f"the same {', '.join(names)} as in row {earlier}"
                problems.append(Problem(resource.path, int(row), names[0], str(values[0]), reason))
            rows = rows.drop(repeated.index)
    return problems


def _items(cell: str, field: Field) -> list[str]:
    return cell.split(field.delimiter) if field.type == "list" else [cell]


def check_references(tables: Tables, package: Package) -> list[Problem]:
    """Every value of a foreign key that is not a key of the table it names."""
    problems = []
    for name, frame in tables.items():
        resource = package[name]
        for field in resource.fields:
            target = field.reference
            if target is None or target.resource not in tables:
                continue
            keys = set(tables[target.resource][target.field])
            dangling = [
                cell
                for cell in frame[field.name].unique()
                if cell and not keys.issuperset(_items(cell, field))
            ]
            if not dangling:
                continue
            cells = frame.loc[frame[field.name].isin(dangling), ["_row", field.name]]
            if field.type == "list":
                cells = cells.assign(**{field.name: cells[field.name].str.split(field.delimiter)})
                cells = cells.explode(field.name)
            unknown = cells[~cells[field.name].isin(keys)]
            problems += [
                Problem(
                    resource.path,
                    int(row),
                    field.name,
                    str(value),
                    f"no such {target.field} in {package[target.resource].path}",
                )
                for row, value in unknown.itertuples(index=False)
            ]
    return problems


def check_languages(tables: Tables, package: Package) -> list[Problem]:
    """Texts that exist in one language only."""
    problems = []
    for name, frame in tables.items():
        resource = package[name]
        for ko, en in resource.language_pairs:
            for present, absent in ((ko, en), (en, ko)):
                lacking = frame[(frame[present] != "") & (frame[absent] == "")]
                problems += [
                    Problem(resource.path, int(row), absent, "", f"empty, but {present} is filled")
                    for row in lacking["_row"]
                ]
    return problems


def check_order(tables: Tables, package: Package) -> list[Problem]:
    """Tables whose rows are not sorted by key (so that changes read well as diffs)."""
    problems = []
    for name, frame in tables.items():
        resource = package[name]
        names = list(resource.primary_key)
        at = first_unsorted([frame[name].to_numpy() for name in names])
        if at is None:
            continue
        before, after = frame[names].iloc[at - 1], frame[names].iloc[at]
        column = next(name for name in names if before[name] != after[name])
        row = int(frame["_row"].iloc[at])
        reason = "rows are not sorted by key"
        problems.append(Problem(resource.path, row, column, after[column], reason))
    return problems


def first_unsorted(columns: list[np.ndarray]) -> int | None:
    """Position of the first row that sorts before the row above it."""
    undecided = np.ones(max(len(columns[0]) - 1, 0), dtype=bool)
    smaller = np.zeros_like(undecided)
    for cells in columns:
        smaller |= undecided & (cells[1:] < cells[:-1])
        undecided &= cells[1:] == cells[:-1]
    return int(smaller.argmax()) + 1 if smaller.any() else None


def typed(frame: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    """The validated text table with each column in its type; empty cells become NA.

    Lists stay text (items separated by ``;``) because not every engine has arrays.
    Each partial date ``x`` gains ``x_earliest`` and ``x_latest`` (days).
    """
    out: dict[str, pd.Series] = {}
    for field in resource.fields:
        column = frame[field.name].where(frame[field.name] != "", None)
        match field.type:
            case "integer":
                # not through to_numeric, whose floats round beside an empty cell
                numbers = [None if text is None else int(text) for text in column]
                out[field.name] = pd.Series(numbers, dtype="Int64")
            case "number":
                out[field.name] = pd.to_numeric(column).astype("Float64")
            case "boolean":
                out[field.name] = column.map({"true": True, "false": False}).astype("boolean")
            case _:
                out[field.name] = column.astype("string")
        if field.partial_date:
            codes, texts = pd.factorize(column)
            for suffix in BOUND_SUFFIXES:
                days = pd.Series([*(bound_day(text, suffix) for text in texts), None])
                found = days.astype("datetime64[s]").to_numpy()[codes]  # an unknown one is last
                out[f"{field.name}_{suffix}"] = pd.Series(found)
    return pd.DataFrame(out)
