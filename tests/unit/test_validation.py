"""Every fault of every table is found, all in one run, and nothing else is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders import snapshot
from loaders.files import read_text_table
from loaders.package import Field, Resource
from loaders.problems import DataError, Problem
from loaders.validation import check_columns, check_order, check_unique, typed
from tests.faults import CELL_FAULTS, FAULTS, FILE_FAULTS, KEY_FAULTS, Fault, spoil
from tests.support import (
    DATA,
    committed,
    copy_data,
    environment,
    fingerprint,
    read_rows,
    set_cell,
    write_rows,
)

TABLES = tuple(committed().resources)

FIELDS = {node["name"]: node["schema"]["fields"] for node in committed().descriptor["resources"]}


def having(key: str) -> set[str]:
    """Tables with a column that has ``key`` in the descriptor."""
    return {name for name, fields in FIELDS.items() if any(key in field for field in fields)}


# Which tables offer a place for a fault; a fault not named here is tried on all of them.
ONLY_IN = {
    "unknown-category": having("categories"),
    "impossible-day": having("partialDate"),
    "wrong-type": having("partialDate")
    | {n for n, fields in FIELDS.items() if {f["type"] for f in fields} - {"string", "list"}},
    "one-language": {
        name for name, fields in FIELDS.items() if any(f["name"].endswith("_ko") for f in fields)
    },
    "dangling-keys": having("itemReference")
    | {n["name"] for n in committed().descriptor["resources"] if "foreignKeys" in n["schema"]},
    "end-before-start": {"pilots", "program_editions", "cohorts", "funding"},
    "cycle": {"programs", "funding", "municipalities"},
    "counted-twice": {"funding"},
    "other-stage": {"pilots"},
    "outside-korea": {"testbeds"},
    "at-sea": {"testbeds"},
    "other-province": {"testbeds"},
}
CASES = [
    pytest.param(fault, table, id=f"{fault.name}-{table}")
    for fault in FAULTS
    for table in TABLES
    if table in ONLY_IN.get(fault.name, TABLES)
]


@dataclass(frozen=True)
class Outcome:
    """What a build over spoiled tables said and did."""

    expected: dict[str, list[Problem]]
    found: tuple[Problem, ...]
    before: dict[str, str]
    after: dict[str, str]


def refused(data: Path, good_snapshot: Path, expected: dict[str, list[Problem]]) -> Outcome:
    snapshots = data.parent / "snapshots"
    shutil.copytree(good_snapshot, snapshots)
    with environment(data, snapshots):
        before = fingerprint(snapshots)
        with pytest.raises(DataError) as error:
            snapshot.build()
        return Outcome(expected, error.value.problems, before, fingerprint(snapshots))


@pytest.fixture(scope="module")
def outcome(
    tmp_path_factory: pytest.TempPathFactory, good_snapshot: Path
) -> Callable[[Fault], Outcome]:
    """The outcome of a fault in all tables at once; each is built once for all tests."""
    known: dict[str, Outcome] = {}

    def of(fault: Fault) -> Outcome:
        if fault.name not in known:
            data = copy_data(tmp_path_factory.mktemp(fault.name) / "data")
            known[fault.name] = refused(data, good_snapshot, spoil(data, fault, TABLES))
        return known[fault.name]

    return of


@pytest.mark.parametrize(("fault", "table"), CASES)
def test_fault_is_found_in_every_table(
    fault: Fault, table: str, outcome: Callable[[Fault], Outcome]
) -> None:
    expected = outcome(fault).expected[table]
    assert expected
    assert set(expected) <= set(outcome(fault).found)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_faults_are_tried_wherever_they_can_occur(
    fault: Fault, outcome: Callable[[Fault], Outcome]
) -> None:
    assert set(outcome(fault).expected) == ONLY_IN.get(fault.name, set(TABLES))


@pytest.mark.parametrize("fault", [*FILE_FAULTS, *CELL_FAULTS], ids=lambda fault: fault.name)
def test_nothing_but_the_fault_is_found(fault: Fault, outcome: Callable[[Fault], Outcome]) -> None:
    result = outcome(fault)
    assert set(result.found) == {p for found in result.expected.values() for p in found}
    assert len(result.found) == len(set(result.found))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_last_good_snapshot_is_untouched(fault: Fault, outcome: Callable[[Fault], Outcome]) -> None:
    result = outcome(fault)
    assert len(result.before) == 2  # the pointer and the file it names
    assert result.after == result.before


def test_every_foreign_key_is_checked(outcome: Callable[[Fault], Outcome]) -> None:
    declared = {
        (resource.path, field.name)
        for resource in committed().resources.values()
        for field in resource.fields
        if field.reference
    }
    fault = next(f for f in KEY_FAULTS if f.name == "dangling-keys")
    found = {(p.file, p.column) for p in outcome(fault).found if p.reason.startswith("no such ")}
    assert found == declared


def test_faults_of_two_files_are_reported_together(data_copy: Path) -> None:
    """A file that cannot be read does not hide the faults of other files."""
    (data_copy / "sources.csv").write_bytes(b"")
    row = set_cell(data_copy, "organizations", "42dot", "kind", "circus")
    lead = set_cell(data_copy, "investments", "42dot-seed-2019-03", "lead_investor_id", "cj")
    with pytest.raises(DataError) as error:
        snapshot.validated_tables(data_copy)
    places = [(p.file, p.row, p.column) for p in error.value.problems]
    assert places == [
        ("investments.csv", lead, "lead_investor_id"),
        ("organizations.csv", row, "kind"),
        ("sources.csv", 0, ""),
    ]
    assert str(error.value).startswith("3 problem(s) in the data:\n")
    assert all(str(problem) in str(error.value) for problem in error.value.problems)


@pytest.mark.parametrize(
    ("table", "key", "column", "value", "message"),
    [
        pytest.param(
            *("testbeds", "anyang-av-zone", "lat", "37,39"),
            "testbeds.csv, row {row}, column lat: not a number (value '37,39')",
            id="decimal comma",
        ),
        pytest.param(
            *("testbeds", "anyang-av-zone", "designated_year", "２０２４"),
            "testbeds.csv, row {row}, column designated_year: not a whole number"
            " (value '２０２４')",
            id="full-width digits of a Korean keyboard",
        ),
        pytest.param(
            *("organizations", "42dot", "founded_year", "2e3"),
            "organizations.csv, row {row}, column founded_year: not a whole number (value '2e3')",
            id="a spreadsheet's exponent",
        ),
        pytest.param(
            *("organizations", "42dot", "founded_year", "219"),
            "organizations.csv, row {row}, column founded_year: outside 1960 to 2060 (value '219')",
            id="digit lost",
        ),
        pytest.param(
            *("pilots", "42dot-sejong-2021", "start_date", "２０２１"),
            "pilots.csv, row {row}, column start_date: not a date that exists, written YYYY,"
            " YYYY-MM or YYYY-MM-DD (value '２０２１')",
            id="full-width year",
        ),
        pytest.param(
            *("organizations", "42dot", "name_ko", ""),
            "organizations.csv, row {row}, column name_ko: required, but empty",
            id="required text in one language",
        ),
        pytest.param(
            *("programs", "1876-busan", "sectors", "logistics;saftey;robotics"),
            "programs.csv, row {row}, column sectors: no such sector in sectors.csv"
            " (value 'saftey')",
            id="one item of a list",
        ),
        pytest.param(
            *("programs", "1876-busan", "country", "KR;Korea"),
            "programs.csv, row {row}, column country: an item does not have the form [A-Z]{{2}}"
            " (value 'KR;Korea')",
            id="form of an item",
        ),
        pytest.param(
            *("organizations", "42dot", "roles", "pilot-company;pioneer"),
            "organizations.csv, row {row}, column roles: unknown code; allowed: {roles}"
            " (value 'pilot-company;pioneer')",
            id="unknown role, no word about the role that is missing now",
        ),
        pytest.param(
            *("funding", "1876-busan-2026", "amount", "-280000000"),
            "funding.csv, row {row}, column amount: less than 0 (value '-280000000')",
            id="negative amount",
        ),
    ],
)
def test_one_bad_cell_gives_one_clear_message(
    data_copy: Path, table: str, key: str, column: str, value: str, message: str
) -> None:
    row = set_cell(data_copy, table, key, column, value)
    roles = ", ".join(sorted(c.value for c in committed()["organizations"]["roles"].categories))
    with pytest.raises(DataError) as error:
        snapshot.validated_tables(data_copy)
    assert [str(p) for p in error.value.problems] == [message.format(row=row, roles=roles)]


def test_long_values_are_shortened() -> None:
    message = str(Problem("a.csv", 2, "note_en", "x" * 1000, "reason"))
    assert message == f"a.csv, row 2, column note_en: reason (value '{'x' * 120}…')"


def text(**columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(columns, dtype="object")
    frame["_row"] = range(2, len(frame) + 2)
    return frame


def resource(*fields: Field, key: tuple[str, ...], unique: tuple[str, ...] = ()) -> Resource:
    return Resource(
        "t", "t.csv", {}, {}, fields, key, (unique,) if unique else (), {f.name: f for f in fields}
    )


def column(name: str, type_: str = "string", **rest: object) -> Field:
    return Field(name, type_, {}, {}, **rest)  # type: ignore[arg-type]


class OneTable:
    """A package of one table, as far as the checks look."""

    def __init__(self, table: Resource) -> None:
        self.table = table

    def __getitem__(self, _: str) -> Resource:
        return self.table


def test_composite_keys_are_compared_as_a_whole() -> None:
    table = resource(column("a"), column("b"), key=("a", "b"))
    frame = text(a=["x", "x", "y", "x", "x"], b=["1", "2", "1", "2", "2"])
    found = check_unique({"t": frame}, OneTable(table))  # type: ignore[arg-type]
    assert found == [
        Problem("t.csv", 5, "a", "x", "the same a, b as in row 3"),
        Problem("t.csv", 6, "a", "x", "the same a, b as in row 3"),
    ]


def test_unknown_values_are_not_duplicates() -> None:
    table = resource(column("id"), column("rank", unique=True), key=("id",))
    frame = text(id=["a", "b", "c", "d"], rank=["", "", "1", "1"])
    found = check_unique({"t": frame}, OneTable(table))  # type: ignore[arg-type]
    assert found == [Problem("t.csv", 5, "rank", "1", "the same rank as in row 4")]


def test_further_keys_hold_with_empty_parts() -> None:
    table = resource(column("id"), column("p"), column("q"), key=("id",), unique=("p", "q"))
    frame = text(id=["a", "b", "c", "d"], p=["x", "x", "", ""], q=["", "", "", ""])
    found = check_unique({"t": frame}, OneTable(table))  # type: ignore[arg-type]
    assert found == [Problem("t.csv", 3, "p", "x", "the same p, q as in row 2")]


def test_a_pasted_row_is_reported_once() -> None:
    table = resource(
        column("id"), column("url", unique=True), column("p"), key=("id",), unique=("p", "url")
    )
    frame = text(id=["a", "a"], url=["u", "u"], p=["x", "x"])
    found = check_unique({"t": frame}, OneTable(table))  # type: ignore[arg-type]
    assert found == [Problem("t.csv", 3, "id", "a", "the same id as in row 2")]


def test_order_names_the_part_of_the_key_that_is_wrong() -> None:
    table = resource(column("a"), column("b"), key=("a", "b"))
    frame = text(a=["x", "x", "x"], b=["1", "3", "2"])
    found = check_order({"t": frame}, OneTable(table))  # type: ignore[arg-type]
    assert found == [Problem("t.csv", 4, "b", "2", "rows are not sorted by key")]


@pytest.mark.parametrize(
    ("limits", "value", "reason"),
    [
        ({"minimum": 1, "maximum": 9}, "1", None),
        ({"minimum": 1, "maximum": 9}, "9", None),
        ({"minimum": 1, "maximum": 9}, "0", "outside 1 to 9"),
        ({"minimum": 1, "maximum": 9}, "10", "outside 1 to 9"),
        ({"minimum": 1}, "0", "less than 1"),
        ({"minimum": 1}, "99999999", None),
        ({"minimum": 1, "maximum": 9}, "ten", "not a whole number"),
        ({"minimum": 1, "maximum": 9}, "1e9", "not a whole number"),
        ({"minimum": 1, "maximum": 9}, "5.0", "not a whole number"),
    ],
)
def test_limits_are_inclusive_and_one_reason_is_given(
    limits: dict[str, float], value: str, reason: str | None
) -> None:
    table = resource(column("id"), column("n", "integer", **limits), key=("id",))
    found = check_columns(text(id=["a"], n=[value]), table)
    assert [p.reason for p in found] == ([reason] if reason else [])


def test_whole_numbers_stay_exact_beside_an_empty_cell() -> None:
    """A float holds 53 bits: 2**53 + 1 would become 2**53."""
    table = resource(column("id"), column("amount", "integer"), key=("id",))
    numbers = typed(text(id=["a", "b"], amount=["9007199254740993", ""]), table)["amount"]
    assert numbers[0] == 9007199254740993
    assert numbers.isna().tolist() == [False, True]


def test_typed_columns_have_the_types_of_the_descriptor() -> None:
    table = resource(
        column("id"),
        column("n", "integer"),
        column("x", "number"),
        column("b", "boolean"),
        column("d", partial_date=True),
        column("l", "list"),
        key=("id",),
    )
    frame = typed(
        text(
            id=["a", "b"],
            n=["7", ""],
            x=["1.5", ""],
            b=["true", "false"],
            d=["2024-02", ""],
            l=["p;q", ""],
        ),
        table,
    )
    assert list(frame.columns) == ["id", "n", "x", "b", "d", "d_earliest", "d_latest", "l"]
    assert frame["n"].tolist() == [7, pd.NA]
    assert frame["x"].tolist() == [1.5, pd.NA]
    assert frame["b"].tolist() == [True, False]
    assert frame["d_earliest"].tolist() == [pd.Timestamp(2024, 2, 1), pd.NaT]
    assert frame["d_latest"].tolist() == [pd.Timestamp(2024, 2, 29), pd.NaT]
    assert frame["l"].tolist() == ["p;q", pd.NA]


ODD_WORDS = (
    "0 -1 +5 1. .5 1e5 1_000 nan inf NaT None true TRUE ２０２４ ² ٣ 0000 2021-13 2021-02-30"
    " 9999-12-31 ; a;;b KR-11 - 999999999999999999 9999999999999999999"
)
ODD_TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from([*ODD_WORDS.split(" "), "", '"', "\n", "\r", "\x00", "\ufeff"]),
)


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(choice=st.data())
def test_any_text_in_a_cell_is_either_refused_or_typed(
    tmp_path_factory: pytest.TempPathFactory, choice: st.DataObject
) -> None:
    """No cell makes the check itself fail, and what it lets pass can be written."""
    folder = copy_data(tmp_path_factory.mktemp("odd") / "data")
    for name, table in committed().resources.items():
        rows = read_rows(folder, name)
        index = choice.draw(st.integers(0, len(rows) - 1))
        rows[index][choice.draw(st.sampled_from(table.columns))] = choice.draw(ODD_TEXTS)
        write_rows(folder, name, rows)
    with environment(folder, folder):
        tables, problems = snapshot.read_tables(folder, committed(), lambda _: None)
        spoiled = {p.file for p in problems}
        for name, frame in tables.items():
            if committed()[name].path not in spoiled:
                typed(frame, committed()[name])
    shutil.rmtree(folder)


def test_committed_data_have_no_problems() -> None:
    steps: list[str] = []
    tables, problems = snapshot.read_tables(DATA, committed(), steps.append)
    assert problems == []
    assert set(tables) == set(TABLES)
    assert steps == [*TABLES, "keys and languages", "rules"]


def test_sound_columns_do_without_pandera(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes time and memory, and has nothing to say of them."""
    monkeypatch.setitem(sys.modules, "pandera", None)
    monkeypatch.setitem(sys.modules, "pandera.pandas", None)
    monkeypatch.setitem(sys.modules, "pandera.errors", None)
    for resource in committed().resources.values():
        frame, faults = read_text_table(DATA / resource.path, resource)
        assert faults == []
        assert check_columns(frame, resource) == []
