"""Short texts of a brief, and how long they may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from loaders.exports import visible
from loaders.i18n import Words

#: Signs in a cell before it is cut; a Korean sign takes the room of almost two Latin ones.
WIDE, NARROW = {"ko": 44, "en": 64}, {"ko": 20, "en": 34}


def cut(text: str, width: int) -> str:
    """The text in one line of ``width`` signs at most."""
    plain = " ".join(visible(text).split())
    return plain if len(plain) <= width else plain[: width - 1].rstrip() + "…"


def either(row: Mapping[str, Any], stem: str, t: Words) -> str:
    """Text in the reader's language, else in the other; '' when unknown."""
    other = "en" if t.lang == "ko" else "ko"
    value = row.get(f"{stem}_{other}")
    return t.text(row, stem) or ("" if value is None or pd.isna(value) else str(value))


def more(left_out: int, t: Words) -> str:
    """How many rows are left out; '' when none is."""
    if left_out <= 0:
        return ""
    return t.plural("{n} more on the site", "{n} more on the site", left_out)
