"""One CSV file becomes a table of text, or a list of its faults."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.files import read_text_table
from loaders.package import Field, Resource
from loaders.problems import Problem

FIELDS = tuple(Field(name, "string", {}, {}) for name in ("id", "name", "note"))
TABLE = Resource("t", "t.csv", {}, {}, FIELDS, ("id",), (), {f.name: f for f in FIELDS})


def read(folder: Path, content: bytes | str) -> tuple[list[list[object]], list[str]]:
    path = folder / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    frame, problems = read_text_table(path, TABLE)
    assert list(frame.columns) == ["id", "name", "note", "_row"]
    assert problems == [] or frame.empty
    assert all(problem.file == "t.csv" for problem in problems)
    return frame.to_numpy().tolist(), [str(problem) for problem in problems]


@pytest.fixture
def usual_limit() -> Iterator[None]:
    """Other libraries raise the longest cell that ``csv`` reads, for the whole process."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)


def test_cells_are_text_with_their_line(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "id,name,note\na,007,\nb,true,1e5\n")
    assert problems == []
    assert rows == [["a", "007", "", 2], ["b", "true", "1e5", 3]]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, "note,id,name\nn,i,m\n")
    assert rows == [["i", "m", "n", 2]]


def test_lines_are_counted_in_the_file(tmp_path: Path) -> None:
    """A quoted cell may hold a line break; rows below keep their true line."""
    rows, _ = read(tmp_path, 'id,name,note\na,"two\nlines",x\nb,m,"say ""hi"", then go"\n')
    assert rows == [["a", "two\nlines", "x", 2], ["b", "m", 'say "hi", then go', 4]]


def test_text_is_stripped_and_composed(tmp_path: Path) -> None:
    """Hangul typed on a Mac arrives as separate letters (NFD)."""
    decomposed = unicodedata.normalize("NFD", "세종")
    assert decomposed != "세종"
    rows, _ = read(tmp_path, f"id,name,note\na,  {decomposed} ,\t\n")
    assert rows == [["a", "세종", "", 2]]


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "id,name,note\r\na,m,n\r\n")
    assert (rows, problems) == ([["a", "m", "n", 2]], [])


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        pytest.param(b"", ["t.csv: file is empty"], id="no byte"),
        pytest.param(b" \n\n", ["t.csv: file is empty"], id="blank lines only"),
        pytest.param(b"id,name,note\n", ["t.csv: file has a header but no rows"], id="header"),
        pytest.param(
            "id,name,note\na,세종,\n".encode("cp949"),
            ["t.csv, row 2: not UTF-8 (bytes bc bc c1 be)"],
            id="old Korean encoding",
        ),
        pytest.param(
            "id,name,note\na,m,\n".encode("utf-8-sig"),
            ["t.csv, row 1: begins with a byte-order mark: save as plain UTF-8"],
            id="saved by a spreadsheet",
        ),
        pytest.param(
            b"id,nmae,note\na,m,n\n",
            [
                "t.csv, row 1, column name: column is missing",
                "t.csv, row 1, column nmae: column is not in datapackage.json",
            ],
            id="misspelt column",
        ),
        pytest.param(
            b"id,name,note,name\na,m,n,m\n",
            ["t.csv, row 1, column name: column appears twice"],
            id="column twice",
        ),
        pytest.param(
            b"id,name,note\na,m\nb,m,n\nc,m,n,o\n\n",
            [
                "t.csv, row 2: 2 cells where the header has 3",
                "t.csv, row 4: 4 cells where the header has 3",
                "t.csv, row 5: 0 cells where the header has 3",
            ],
            id="ragged rows and a blank one",
        ),
        pytest.param(
            b'id,name,note\na,"m,n\nb,m,n\n',
            ["t.csv, row 2: 2 cells where the header has 3"],
            id="quote never closed",
        ),
        pytest.param(
            b"id,extra\na,m,n\n",
            [
                "t.csv, row 1, column name: column is missing",
                "t.csv, row 1, column note: column is missing",
                "t.csv, row 1, column extra: column is not in datapackage.json",
                "t.csv, row 2: 3 cells where the header has 2",
            ],
            id="header and rows at once",
        ),
        pytest.param(
            b"id,name,note\na,m," + b"n" * 200_000 + b"\n",
            ["t.csv, row 2: not readable as CSV: field larger than field limit (131072)"],
            id="endless cell",
        ),
    ],
)
def test_faults_are_named(
    tmp_path: Path, usual_limit: None, content: bytes, messages: list[str]
) -> None:
    _, problems = read(tmp_path, content)
    assert sorted(problems) == sorted(messages)


def test_missing_file(tmp_path: Path) -> None:
    frame, problems = read_text_table(tmp_path / "t.csv", TABLE)
    assert frame.empty
    assert problems == [Problem("t.csv", 0, "", "", "file is missing")]


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5])
def test_blocks_of_rows_follow_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr("loaders.files.ROWS", 2)
    text = "id,name,note\n" + "".join(f"{n}, x ,x\n" for n in range(rows))
    found, problems = read(tmp_path, text)
    assert problems == []
    assert found == [[str(n), "x", "x", n + 2] for n in range(rows)]


def test_a_character_may_be_cut_by_the_end_of_a_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.files.BLOCK", 2)
    rows, problems = read(tmp_path, "id,name,note\na,세종,\n")
    assert (rows, problems) == ([["a", "세종", "", 2]], [])
    rows, problems = read(tmp_path, "id,name,note\na,세종".encode()[:-1])
    assert rows == []
    assert problems == ["t.csv, row 2: not UTF-8 (bytes ec a2)"]
