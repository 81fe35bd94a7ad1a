"""Tables as files that others open: CSV that Excel reads as Korean text and never as formulas."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

Row = dict[str, Any]
LIST_DELIMITER = ";"

#: Leading characters that a spreadsheet would read as a formula, full-width ones too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BREAKS = ("\t", "\r", "\n")
#: Unicode categories of control, format, broken and unassigned characters.
_HIDDEN = ("Cc", "Cf", "Cs", "Cn")


def visible(text: object) -> str:
    """Text without control, direction, zero-width and broken characters; line breaks stay."""
    return "".join(c for c in str(text) if c in "\n\t" or unicodedata.category(c) not in _HIDDEN)


def _first_seen(text: str) -> str:
    """The first character that is neither space nor invisible; '' when there is none."""
    seen = (c for c in text if not c.isspace() and unicodedata.category(c) not in _HIDDEN)
    return next(seen, "")


#: Kind of an Excel workbook, and most rows that one holds here (the header apart).
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 100_000


def safe_cell(value: object) -> object:
    """Text that a spreadsheet cannot take for a formula; other values unchanged."""
    if not isinstance(value, str):
        return value
    # spaces of any kind and invisible characters may be dropped on the way in
    risky = _first_seen(value) in _FORMULA or value.lstrip(" ").startswith(_BREAKS)
    return "'" + value if risky else value


def _safe_column(values: pd.Series) -> pd.Series:
    name = safe_cell(str(values.name))
    if not (values.dtype == "object" or isinstance(values.dtype, pd.StringDtype)):
        return values.rename(name)
    # not through Series.map, which makes fractions of whole numbers beside unknown cells
    return pd.Series([safe_cell(v) for v in values], values.index, dtype="object", name=name)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV: UTF-8 with a byte-order mark, formulas neutralised."""
    columns = [_safe_column(frame.iloc[:, place]) for place in range(frame.shape[1])]
    safe = pd.concat(columns, axis=1) if columns else frame
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def _plain(value: Any) -> Any:
    """A cell of a figure as JSON knows it."""
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


def _only_whole(values: pd.Series) -> bool:
    """Whether a column of fractions holds whole numbers only, as sums and unknown cells make it."""
    return bool(pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all())


def plain_rows(frame: pd.DataFrame) -> list[Row]:
    """Rows of a figure in plain Python types, unknown cells None, days as ISO 8601."""
    columns = {
        str(name): [_plain(v) for v in (values.astype("Int64") if _only_whole(values) else values)]
        for name, values in frame.items()
    }
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return LIST_DELIMITER.join(str(v) for v in value) if isinstance(value, list) else value


def as_csv(rows: Iterable[Row], columns: Sequence[str]) -> bytes:
    """CSV for spreadsheets: byte-order mark, no formulas; unknown cells are empty."""
    cells = [[_csv_cell(row[c]) for c in columns] for row in rows]
    return csv_bytes(pd.DataFrame(cells, columns=list(columns), dtype="object"))
