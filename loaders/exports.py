"""Tables as files that others open: CSV that Excel reads as Korean text and never as formulas."""

from __future__ import annotations

import unicodedata

import pandas as pd

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


def safe_cell(value: object) -> object:
    """Text that a spreadsheet cannot take for a formula; other values unchanged."""
    if not isinstance(value, str):
        return value
    # spaces of any kind and invisible characters may be dropped on the way in
    risky = _first_seen(value) in _FORMULA or value.lstrip(" ").startswith(_BREAKS)
    return "'" + value if risky else value


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV: UTF-8 with a byte-order mark, formulas neutralised."""
    safe = frame.rename(columns=lambda c: safe_cell(str(c))).map(safe_cell)
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")
