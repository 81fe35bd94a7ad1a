"""Files open in a spreadsheet as Korean text and never as formulas."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.exports import csv_bytes, safe_cell

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\tplain",
    "  =1",
    "\u00a0=1",
    "\u3000=1",
    "\u200b=1",
    "\ufeff=1",
    " \t=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    '=HYPERLINK("https://a.example","b")',
    "=cmd|' /C calc'!A0",
]


def read_back(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_become_text(text: str) -> None:
    assert safe_cell(text) == "'" + text
    rows = read_back(csv_bytes(pd.DataFrame({text: [text]})))
    assert rows == [["'" + text], ["'" + text]]  # column names too


@pytest.mark.parametrize(
    "value", ["", "부산", "a=b", "1-2", "a@b.kr", "'quoted", "(-1)", "2021-05", "– none", "…"]
)
def test_other_text_is_untouched(value: str) -> None:
    assert safe_cell(value) == value


@pytest.mark.parametrize("value", [-1, -1.5, 0, None, True, float("-inf"), pd.Timestamp("2021")])
def test_other_values_are_untouched(value: object) -> None:
    assert safe_cell(value) is value


def test_numbers_keep_their_sign_and_digits() -> None:
    frame = pd.DataFrame({"n": [-5, 3], "x": [-0.5, None], "t": ["-5", 'a,b\n"c"']})
    assert read_back(csv_bytes(frame)) == [
        ["n", "x", "t"],
        ["-5", "-0.5", "'-5"],
        ["3", "", 'a,b\n"c"'],
    ]


def test_whole_numbers_beside_unknown_cells_stay_whole() -> None:
    mixed = pd.DataFrame({"n": [8, None, 9007199254740993]}, dtype="object")
    assert read_back(csv_bytes(mixed)) == [["n"], ["8"], [""], ["9007199254740993"]]


def test_columns_of_one_name_both_stay() -> None:
    twice = pd.DataFrame([["=1", "b"]], columns=["x", "x"])
    assert read_back(csv_bytes(twice)) == [["x", "x"], ["'=1", "b"]]


def test_file_begins_with_one_byte_order_mark_and_has_windows_lines() -> None:
    data = csv_bytes(pd.DataFrame({"이름": ["부산"]}))
    assert data == b"\xef\xbb\xbf" + "이름\r\n부산\r\n".encode()


def test_an_empty_frame_keeps_its_columns() -> None:
    assert read_back(csv_bytes(pd.DataFrame({"a": [], "b": []}))) == [["a", "b"]]


@settings(max_examples=300)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_every_text_comes_back_and_none_begins_as_a_formula(texts: list[str]) -> None:
    frame = pd.DataFrame({"n": range(len(texts)), "t": pd.Series(texts, dtype="object")})
    cells = [row[1] for row in read_back(csv_bytes(frame))[1:]]
    assert [cell.removeprefix("'") if cell != text else cell
            for cell, text in zip(cells, texts, strict=True)] == texts  # fmt: skip
    for cell in cells:
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
        assert not cell.startswith(("\t", "\r", "\n"))
