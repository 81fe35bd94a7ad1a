"""Files for the reader: CSV that Excel opens as Korean text and never as formulas."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from charts.text import clean
from ui.i18n import Words

#: Leading characters that a spreadsheet would read as a formula, full-width ones too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BREAKS = ("\t", "\r", "\n")


def safe_cell(value: object) -> object:
    """Text that a spreadsheet cannot take for a formula; other values unchanged."""
    if not isinstance(value, str):
        return value
    # spaces of any kind and invisible characters may be dropped on the way in
    risky = clean(value).lstrip().startswith(_FORMULA) or value.lstrip(" ").startswith(_BREAKS)
    return "'" + value if risky else value


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV: UTF-8 with a byte-order mark, formulas neutralised."""
    safe = frame.rename(columns=lambda c: safe_cell(str(c))).map(safe_cell)
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def csv_button(frame: pd.DataFrame, name: str, t: Words, key: str) -> None:
    """A button that makes the file only when it is pressed."""
    st.download_button(
        t("CSV"),
        data=lambda: csv_bytes(frame),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        type="tertiary",
        key=f"csv-{key}",
        on_click="ignore",
        help=t("Download exactly what is shown (opens in Excel)"),
    )
