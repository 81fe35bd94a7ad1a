"""Excel workbooks for the reader: plain values, never formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from charts.text import clean
from loaders.exports import MAX_ROWS, safe_cell

#: Longest text of a cell in Excel.
MAX_CELL = 32_767
_WIDEST = 60


def cell(value: Any) -> Any:
    """A value as it is written: no formula, no control character, empty when unknown."""
    if isinstance(value, tuple | list):
        value = "; ".join(str(v) for v in value)
    elif pd.isna(value):
        return None
    if isinstance(value, str):
        return safe_cell(clean(value)[: MAX_CELL - 1])
    item = getattr(value, "item", None)  # a number of numpy as one of Python
    return item() if callable(item) else value


def _columns(frame: pd.DataFrame) -> Iterable[tuple[int, float]]:
    """Number and width of each column: as wide as its longest value, within bounds."""
    for at, name in enumerate(frame.columns, start=1):
        longest = max([len(str(name)), *(len(str(v)) for v in frame[name].head(200))], default=8)
        # Hangul is about twice as wide as Latin letters
        yield at, min(_WIDEST, 4 + 1.4 * longest)


def _fill(sheet: Any, frame: pd.DataFrame) -> None:
    sheet.freeze_panes = "A2"
    for at, width in _columns(frame):
        sheet.column_dimensions[get_column_letter(at)].width = width
    header = []
    for name in frame.columns:
        head = WriteOnlyCell(sheet, value=cell(str(name)))
        head.font = Font(bold=True)
        head.alignment = Alignment(vertical="top", wrap_text=True)
        header.append(head)
    sheet.append(header)
    for row in frame.itertuples(index=False, name=None):
        sheet.append([cell(value) for value in row])


def workbook_bytes(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """The frames as one XLSX file, a sheet each, the header row kept in view.

    Raises:
        ValueError: a frame has more rows than `MAX_ROWS`.
    """
    book = Workbook(write_only=True)
    for title, frame in sheets.items():
        if len(frame) > MAX_ROWS:
            raise ValueError(f"sheet {title}: {len(frame)} rows, at most {MAX_ROWS} are written")
        _fill(book.create_sheet(title), frame)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
