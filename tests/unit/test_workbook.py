"""Excel files: what is written is what is read, and nothing is a formula."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from loaders.exports import MAX_ROWS
from ui.workbook import MAX_CELL, workbook_bytes


def _read(content: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(io.BytesIO(content))
    return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in book}


def test_sheets_headers_and_values() -> None:
    data = pd.DataFrame(
        {
            "name": ["세종", None, "a"],
            "n": [1, 2, 3],
            "share": [0.5, np.nan, 1.0],
            "yes": [True, False, True],
            "ids": [("a", "b"), (), ("c",)],
        }
    )
    sheets = _read(workbook_bytes({"data": data, "query": pd.DataFrame({"k": ["v"]})}))
    assert list(sheets) == ["data", "query"]
    assert sheets["data"][0] == ["name", "n", "share", "yes", "ids"]
    assert sheets["data"][1] == ["세종", 1, 0.5, True, "a; b"]
    assert sheets["data"][2][:4] == [None, 2, None, False]
    assert sheets["query"] == [["k"], ["v"]]


def test_header_stays_in_view() -> None:
    book = load_workbook(io.BytesIO(workbook_bytes({"data": pd.DataFrame({"a": [1]})})))
    assert book["data"].freeze_panes == "A2"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "=cmd|' /C calc'!A0"]
)
def test_no_formula_in_cells_or_headers(text: str) -> None:
    content = workbook_bytes({"data": pd.DataFrame({text: [text]})})
    book = load_workbook(io.BytesIO(content))
    for row in book["data"].iter_rows():
        for cell in row:
            assert cell.data_type == "s"
            assert str(cell.value).startswith("'")


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
def test_any_text_can_be_written(texts: list[str]) -> None:
    book = load_workbook(io.BytesIO(workbook_bytes({"data": pd.DataFrame({"t": texts})})))
    assert all(cell.data_type != "f" for row in book["data"].iter_rows() for cell in row)


def test_long_text_fits_a_cell() -> None:
    sheets = _read(workbook_bytes({"data": pd.DataFrame({"t": ["=" + "가" * 40_000]})}))
    assert len(sheets["data"][1][0]) <= MAX_CELL


def test_too_many_rows_are_refused() -> None:
    frame = pd.DataFrame({"n": np.zeros(MAX_ROWS + 1)})
    with pytest.raises(ValueError, match="at most"):
        workbook_bytes({"data": frame})
