"""Tables are written as they were read, in order, and only when nobody else changed them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.curation.identifiers import new_id, slug, source_id
from loaders.curation.store import (
    ChangedMeanwhileError,
    State,
    clean,
    line_keys,
    read_state,
    rendered,
    write,
)
from loaders.problems import DataError
from tests.support import DATA, committed, fingerprint, read_rows
from tests.unit.curation_support import small_state, write_small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small(tmp_path / "data")


@pytest.fixture(scope="module")
def whole() -> State:
    return read_state(DATA)


@pytest.mark.parametrize("table", list(committed().resources))
def test_an_unchanged_table_is_written_byte_for_byte(whole: State, table: str) -> None:
    assert rendered(whole[table]) == (DATA / committed()[table].path).read_bytes()


def test_writing_unchanged_tables_touches_no_file(folder: Path) -> None:
    state = read_state(folder)
    times = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.csv")}
    again = state.put("sources", state["sources"].rows)
    assert write(again) == []
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob("*.csv")} == times


def test_a_row_comes_to_its_place_and_replaces_its_like(folder: Path) -> None:
    state = read_state(folder)
    before = state["sectors"].rows
    state = state.put("sectors", [{"sector": "aaa", "name_en": 'A, "b"', "name_ko": "가"}])
    state = state.put("sectors", [{**before[3], "name_ko": "새 이름"}])
    assert write(state) == ["sectors.csv"]
    rows = read_rows(folder, "sectors")
    assert [row["sector"] for row in rows] == sorted(row["sector"] for row in rows)
    assert rows[0] == {"sector": "aaa", "name_en": 'A, "b"', "name_ko": "가"}
    assert rows[4]["name_ko"] == "새 이름"
    assert len(rows) == len(before) + 1
    assert (folder / "sectors.csv").read_bytes().count(b"\r") == 0
    assert b'aaa,"A, ""b""",' in (folder / "sectors.csv").read_bytes()


def test_what_somebody_else_changed_is_not_overwritten(folder: Path) -> None:
    state = read_state(folder)
    state = state.put("sectors", [{"sector": "aaa", "name_en": "A", "name_ko": "가"}])
    state = state.put("regions", [{**state["regions"].rows[0], "name_en": "X"}])
    with (folder / "sectors.csv").open("a") as file:
        file.write("zzz,Z,하\n")
    before = fingerprint(folder)
    with pytest.raises(ChangedMeanwhileError, match=r"sectors\.csv"):
        write(state)
    assert fingerprint(folder) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "sectors.csv: file is missing"),
        (b"sector,name_en\na,b\n", "sectors.csv, row 1, column name_ko: column is missing"),
        (b"sector,name_en,name_ko\na,b\n", "sectors.csv, row 2: 2 cells where the header has 3"),
        ("sector,name_en,name_ko\na,b,가\n".encode("cp949"), "sectors.csv, row 2: not UTF-8"),
    ],
)
def test_a_broken_file_is_named(folder: Path, content: bytes | None, message: str) -> None:
    (folder / "sectors.csv").unlink()
    if content is not None:
        (folder / "sectors.csv").write_bytes(content)
    with pytest.raises(DataError) as error:
        read_state(folder)
    assert str(error.value.problems[0]).startswith(message)


def test_lines_are_counted_as_in_the_file() -> None:
    rows = [{"sector": "a", "name_en": "two\nlines"}, {"sector": "b"}]
    assert line_keys(small_state({"sectors": rows})["sectors"]) == {2: ("a",), 4: ("b",)}


@given(st.text())
def test_clean_text_is_one_line_and_stays_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert once == once.strip()
    assert not set(once) & set("\r\n\t\u200b\u202e\x00")


def test_clean_text_composes_hangul() -> None:
    assert clean("  \u1109\u1166\u110c\u1169\u11bc\n시 ") == "세종 시"


def test_pages_have_the_key_that_all_known_pages_have() -> None:
    rows = list(csv.DictReader(io.StringIO((DATA / "sources.csv").read_text(encoding="utf-8"))))
    assert [source_id(row["url"]) for row in rows] == [row["source_id"] for row in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("B.P.&Solution", "b-p-and-solution"), ("Côte d'Azur", "cote-dazur"), ("쏘카", "")],
)
def test_slugs(text: str, expected: str) -> None:
    assert slug(text) == expected


@pytest.mark.parametrize("table", ["investments", "milestones", "population", "exchange_rates"])
def test_keys_in_the_style_of_the_known_ones(whole: State, table: str) -> None:
    """Without the key, the rows of the data get the key back that they have, but for a few."""
    key = committed()[table].primary_key[0]
    same = 0
    taken: set[str] = set()
    for row in whole[table].rows:
        made = new_id(table, row, key, taken)
        assert made not in taken
        taken.add(row[key])
        same += made == row[key]
    assert same >= 0.9 * len(whole[table].rows)
