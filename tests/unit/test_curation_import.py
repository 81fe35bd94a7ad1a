"""``import``: what spreadsheets do to cells is undone or refused; a dry run writes nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import numbers

from loaders.curation.spreadsheet import undone
from loaders.exports import safe_cell
from tests.support import environment, fingerprint, read_rows
from tests.unit.curation_support import run, text_of, write_small

KEY = "42dot-sejong-2021"


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Data that every test here leaves as it was."""
    scratch = tmp_path_factory.mktemp("import")
    data = write_small(scratch / "data")
    before = fingerprint(data)
    with environment(data, scratch / "snapshots"):
        yield data
    assert fingerprint(data) == before


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    data = write_small(tmp_path / "data")
    with environment(data, tmp_path / "snapshots"):
        yield data


def write_csv(path: Path, *rows: list[str], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def pilot(folder: Path, key: str = KEY) -> dict[str, str]:
    (row,) = (row for row in read_rows(folder, "pilots") if row["pilot_id"] == key)
    return row


def test_a_change_is_shown_first_and_written_with_apply(folder: Path, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "pilots.csv",
        ["pilot_id", "outcome_en", "outcome_ko"],
        [KEY, "'=1+1 in the text", " 수식  아님 "],
    )
    before = fingerprint(folder)
    dry = run("import", str(path), "--lang", "en")
    assert dry.exit_code == 0, dry.stderr
    assert "pilots: 0 added, 1 changed, 0 removed" in dry.stdout
    assert "Dry run: nothing was written" in dry.stdout
    assert fingerprint(folder) == before
    old = pilot(folder)
    assert run("import", str(path), "--apply").exit_code == 0
    assert pilot(folder) == {**old, "outcome_en": "=1+1 in the text", "outcome_ko": "수식 아님"}
    after = fingerprint(folder)
    assert {name for name in after if after[name] != before[name]} == {"pilots.csv"}
    assert "No differences." in run("import", str(path), "--apply", "--lang", "en").stdout


def test_a_workbook_brings_pages_pilots_and_milestones(folder: Path, tmp_path: Path) -> None:
    book = Workbook()
    sheets = {
        "milestones": (
            ["milestone_id", "pilot_id", "stage", "date", "source_url"],
            ["", "socar-new", "selected", "2025-03", "https://www.example.org/b"],
            ["", "socar-new", "poc", datetime(2025, 4, 1), "https://www.example.org/b"],
        ),
        "pilots": (
            [
                *("pilot_id", "org_id", "technology_en", "technology_ko", "sector", "country"),
                *("stage", "source_url", "source_publisher_en", "source_publisher_ko"),
                "source_language",
            ],
            [
                *("socar-new", "socar", "Kerb", "연석", "mobility", "KR"),
                *("poc", "https://www.example.org/b", "Example", "예시"),
                "ko",
            ],
        ),
        "notes of the curator": (["anything"], ["at all"]),
    }
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book["milestones"]["D3"].number_format = "yyyy-mm-dd"
    del book["Sheet"]
    path = tmp_path / "new.xlsx"
    book.save(path)
    result = run("import", str(path), "--apply", "--lang", "en")
    assert result.exit_code == 0, result.stderr
    new = [row for row in read_rows(folder, "milestones") if row["pilot_id"] == "socar-new"]
    assert [(m["milestone_id"], m["date"], m["date_basis"]) for m in new] == [
        ("socar-new--m1", "2025-03", "event"),
        ("socar-new--m2", "2025-04-01", "event"),
    ]
    assert len({pilot(folder, "socar-new")["source_id"], *(m["source_id"] for m in new)}) == 1
    assert run("check").exit_code == 0


REFUSED = [
    pytest.param(
        [["pilot_id", "technolgy_en"], [KEY, "x"]],
        "pilots.csv, 1, technolgy_en: no such column; meant is perhaps: technology_en.",
        id="unknown column",
    ),
    pytest.param(
        [["pilot_id", "start_date_earliest"], [KEY, "2021-01-01"]],
        "pilots.csv, 1, start_date_earliest: this column is computed from start_date: delete it.",
        id="computed column",
    ),
    pytest.param(
        [["pilot_id", "note_en", "note_en"], [KEY, "a", "b"]],
        "pilots.csv, 1, note_en: this column appears twice.",
        id="column twice",
    ),
    pytest.param(
        [["pilot_id", "start_date"], [KEY, "2021"], ["rideflux-busan-brt-2026", "45366"]],
        "pilots.csv, 3, start_date: 45366 is a spreadsheet's day number (perhaps 2024-03-15): "
        "format the column as text and type the date again.",
        id="serial",
    ),
    pytest.param(
        [["pilot_id", "public_support"], [KEY, "3E+09"]],
        "pilots.csv, 2, public_support: 3E+09 has lost digits in the spreadsheet: format the "
        "column as text and type it again.",
        id="digits",
    ),
    pytest.param(
        [["pilot_id", "note_en"], [KEY, "a, b", "c"]],
        "pilots.csv, 2: 3 cells where the header has 2: put texts with commas in quotation marks.",
        id="ragged",
    ),
    pytest.param(
        [["pilot_id", "outcome_ko"], [KEY, "바뀜"], [KEY, "또 바뀜"]],
        "pilots.csv, 3: the same key as in row 2 of the file: keep one of them.",
        id="key twice",
    ),
    pytest.param(
        [["pilot_id", "start_date"], [KEY, "Jul-21"]],
        "pilots.csv, 2, start_date: “Jul-21” in Start (start_date) is not a date: write 2024, "
        "2024-03 or 2024-03-15, only as exact as the page.",
        id="rule",
    ),
    pytest.param(
        [["pilot_id", "outcome_ko"], [KEY, ""]],
        "pilots.csv, 2, outcome_ko: Outcome (Korean) (outcome_ko) is empty, but the other "
        "language is filled: give the text in both languages.",
        id="one language",
    ),
]


@pytest.mark.parametrize(("rows", "message"), REFUSED)
def test_damaged_cells_are_refused_with_file_row_and_column(
    untouched: Path, tmp_path: Path, rows: list[list[str]], message: str
) -> None:
    path = write_csv(tmp_path / "pilots.csv", *rows)
    result = run("import", str(path), "--apply", "--lang", "en")
    assert result.exit_code == 1
    assert text_of(result)[0] == message


def test_lost_leading_zeros_are_refused(untouched: Path, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "regions.csv",
        ["sido", "legal_code", "name_en", "name_ko", "short_en", "short_ko", "is_capital_area"],
        ["KR-99", "7", "X", "엑스", "X", "엑스", "FALSE"],
    )
    result = run("import", str(path), "--lang", "en")
    assert text_of(result)[0] == (
        "regions.csv, 2, legal_code: 7 has lost its leading zeros (perhaps 07): format the column "
        "as text."
    )


@pytest.mark.parametrize(
    ("value", "number_format", "message"),
    [
        ("=A1", "General", "a formula: paste its value instead"),
        (datetime(2021, 7, 1), "mmm-yy", "the spreadsheet made the day 2021-07-01 of it"),
        (datetime(2021, 7, 1, 9, 30), "yyyy-mm-dd", "the spreadsheet made the day 2021-07-01"),
        (44378, "General", "44378 is a spreadsheet's day number (perhaps 2021-07-01)"),
        (1e17, "General", "1e+17 has lost digits"),
    ],
)
def test_damaged_cells_of_a_workbook(
    untouched: Path, tmp_path: Path, value: object, number_format: str, message: str
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "pilots"
    sheet.append(["pilot_id", "start_date"])
    sheet.append([KEY, value])
    sheet["B2"].number_format = number_format
    book.save(tmp_path / "any.xlsx")
    result = run("import", str(tmp_path / "any.xlsx"), "--lang", "en")
    assert result.exit_code == 1
    assert text_of(result)[0].startswith(f"any.xlsx [pilots], 2, start_date: {message}")


def test_a_text_that_looks_like_a_formula_stays_text(folder: Path, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["pilot_id", "note_en", "note_ko"])
    sheet.append([KEY, "x", "y"])
    sheet["B2"].value = "=HYPERLINK(1)"
    sheet["B2"].data_type = "s"
    sheet["B2"].number_format = numbers.FORMAT_TEXT
    book.save(tmp_path / "pilots.xlsx")
    result = run("import", str(tmp_path / "pilots.xlsx"), "--apply")
    assert result.exit_code == 0, result.stderr
    assert pilot(folder)["note_en"] == "=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("pilots.csv", "pilot_id,note_ko\na,세종\n".encode("cp949"), "not UTF-8"),
        ("pilots.csv", b"pilot_id;note_en\na;b\n", "the cells are not separated by commas"),
        ("pilots.xlsx", b"no workbook", "not readable as XLSX"),
        ("some.csv", b"pilot_id\na\n", "which table?"),
        ("pilots.csv", None, "there is no such file"),
    ],
)
def test_files_that_cannot_be_read(
    untouched: Path, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = run("import", str(tmp_path / name), "--lang", "en")
    assert result.exit_code == 1
    assert message in text_of(result)[0]


def test_the_table_may_be_named(untouched: Path, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "some.csv", ["pilot_id", "technology_en"], [KEY, "Another bus"])
    result = run("import", str(path), "--table", "pilot", "--lang", "en")
    assert "pilots: 0 added, 1 changed, 0 removed" in result.stdout


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+82 2", "-5", "@x", " =x", "\u200b=x", "\uff1dx", "'quoted'", "plain", "'", ""],
)
def test_the_apostrophe_of_downloads_is_undone(text: str) -> None:
    assert undone(str(safe_cell(text))) == text
