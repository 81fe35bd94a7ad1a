"""What a file that others open must not hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_FORMULA = "=+-@＝＋－＠"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_HIDDEN = ("Cc", "Cf", "Cs", "Cn")


def seen_first(text: str) -> str:
    """The first character that a spreadsheet would see; '' when there is none."""
    return next((c for c in text if not c.isspace() and unicodedata.category(c) not in _HIDDEN), "")


def formulas(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Cells that a spreadsheet would run; a plain number may begin with its sign."""
    for row in rows:
        for cell in row:
            if seen_first(cell) in tuple(_FORMULA) and not _NUMBER.fullmatch(cell):
                yield f"formula in a file: {cell[:60]!r}"
