"""Checks of all tables against the descriptor: types, constraints and keys.

pandera runs the column checks; this module builds its schemas from
``datapackage.json`` and turns its failures into `Problem` rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from loaders.dates import BOUND_SUFFIXES, bound_day, is_partial_date
from loaders.package import Field, Package, Resource
from loaders.problems import Problem

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


def _check(test: Callable[[pd.Series], pd.Series], reason: str) -> pa.Check:
    return pa.Check(test, error=reason, ignore_na=True)


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


def _code_checks(field: Field) -> Iterator[pa.Check]:
    codes = {c.value for c in field.categories}
    listed = ", ".join(sorted(codes))
    if codes and field.type == "list":
        yield _check(_every_item(field, codes.__contains__), f"unknown code; allowed: {listed}")
    elif codes:
        yield _check(lambda values: values.isin(codes), f"unknown code; allowed: {listed}")


def _printable(values: pd.Series) -> pd.Series:
    # one search through all the cells; which of them it is matters only when there is one
    if _UNPRINTABLE.search("".join(values)) is None:
        return pd.Series(True, index=values.index)
    return ~values.str.contains(_UNPRINTABLE)


def _text_checks() -> Iterator[pa.Check]:
    yield _check(lambda values: values.str.len() <= MAX_CELL, f"longer than {MAX_CELL} characters")
    yield _check(_printable, "holds a character that nobody can see")


def _checks(field: Field) -> Iterator[pa.Check]:
    yield from _text_checks()
    if field.type in _TYPE_PATTERNS:
        pattern, reason = _TYPE_PATTERNS[field.type]
        yield _check(_matches(pattern), reason)
    if field.partial_date:
        yield _check(
            lambda values: values.map(is_partial_date),
            "not a date that exists, written YYYY, YYYY-MM or YYYY-MM-DD",
        )
    elif field.pattern:
        yield _check(_matches(field.pattern), f"does not have the form {field.pattern}")
    if field.item_pattern:
        item = f"({field.item_pattern})"
        yield _check(
            _matches(f"{item}({field.delimiter}{item})*"),
            f"an item does not have the form {field.item_pattern}",
        )
    if field.minimum is not None or field.maximum is not None:
        yield _check(
            _between(field),
            f"outside {field.minimum} to {field.maximum}"
            if field.maximum is not None
            else f"less than {field.minimum}",
        )
    yield from _code_checks(field)


def _key_checks(field: Field, resource: Resource) -> Iterator[pa.Check]:
    if field.name in resource.primary_key and field.type == "string" and not field.pattern:
        yield _check(_matches(_KEY), "a key is written with letters, digits, full stops and -")


def pandera_schema(resource: Resource) -> pa.DataFrameSchema:
    """The column checks of one table as a pandera schema over text columns."""
    columns = {
        f.name: pa.Column(
            dtype=None,
            checks=[*_checks(f), *_key_checks(f, resource)],
            nullable=not f.required,
        )
        for f in resource.fields
    }
    return pa.DataFrameSchema(columns)


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
    known = frame.drop(columns="_row").replace("", None)
    try:
        pandera_schema(resource).validate(known, lazy=True)
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
            known = rows[(rows[names] != "").any(axis=1)]
            repeated = known[known.duplicated(names)]
            first = known.groupby(names)["_row"].first()
            for *values, row in repeated[[*names, "_row"]].itertuples(index=False, name=None):
                earlier = first[tuple(values) if len(values) > 1 else values[0]]
                reason = f"the same {', '.join(names)} as in row {earlier}"
                problems.append(Problem(resource.path, int(row), names[0], str(values[0]), reason))
            rows = rows.drop(repeated.index)
    return problems


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
            cells = frame.loc[frame[field.name] != "", ["_row", field.name]]
            if field.type == "list":
                cells = cells.assign(**{field.name: cells[field.name].str.split(field.delimiter)})
                cells = cells.explode(field.name)
            dangling = cells[~cells[field.name].isin(keys)]
            problems += [
                Problem(
                    resource.path,
                    int(row),
                    field.name,
                    str(value),
                    f"no such {target.field} in {package[target.resource].path}",
                )
                for row, value in dangling.itertuples(index=False)
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
        keys = list(frame[list(resource.primary_key)].itertuples(index=False, name=None))
        for before, after, row in zip(keys, keys[1:], frame["_row"].iloc[1:], strict=False):
            if after < before:
                cells = zip(resource.primary_key, before, after, strict=True)
                column, value = next((c, new) for c, old, new in cells if new != old)
                problems.append(
                    Problem(resource.path, int(row), column, value, "rows are not sorted by key")
                )
                break
    return problems


def typed(frame: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    """The validated text table with each column in its type; empty cells become NA.

    Lists stay text (items separated by ``;``) because not every engine has arrays.
    Each partial date ``x`` gains ``x_earliest`` and ``x_latest`` (days).
    """
    known = frame.drop(columns="_row").replace("", None)
    out: dict[str, pd.Series] = {}
    for field in resource.fields:
        column = known[field.name]
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
            for suffix in BOUND_SUFFIXES:
                days = [bound_day(text, suffix) for text in column]
                out[f"{field.name}_{suffix}"] = pd.Series(days, dtype="datetime64[s]")
    return pd.DataFrame(out)
