"""Which row a curator means by a name, a part of it, or a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from loaders.curation.naming import core, folded
from loaders.curation.store import Row, Sheet
from loaders.package import Lang

GOOD_ENOUGH = 60.0
_TEXTS = ("name", "short", "technology", "publisher", "url", "recipient", "description")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A row that may be meant."""

    key: str
    label: str
    score: float


def names(sheet: Sheet, row: Row) -> list[str]:
    """What a row may be called: its key and its names in both languages."""
    return [
        row[c]
        for c in sheet.header
        if row[c] and (c in sheet.resource.primary_key or c.startswith(_TEXTS))
    ]


def label(sheet: Sheet, row: Row, lang: Lang) -> str:
    """A short name of a row in the curator's language; '' when the table has none."""
    for stem in _TEXTS:
        for column in (f"{stem}_{lang}", stem):
            if row.get(column):
                return row[column]
    return row.get("stage") or row.get("round") or ""


def suggest(
    query: str, sheet: Sheet, lang: Lang, *, rows: Iterable[Row] | None = None, limit: int = 5
) -> list[Suggestion]:
    """Rows whose key or name is like ``query``, best first; at most ``limit``."""
    wanted, kernel = folded(query), core(query)
    found = []
    for row in sheet.rows if rows is None else rows:
        called = [folded(name) for name in names(sheet, row)]
        # a single letter is part of nearly every name
        part = 95.0 if len(wanted) >= 2 and any(wanted in name for name in called) else 0.0
        # 세종시청 and 세종특별자치시 share their kernel and little else
        same = 90.0 if len(kernel) >= 2 and any(core(name) == kernel for name in called) else 0.0
        exact = 100.0 if wanted in called else 0.0
        score = max(exact, part, same, *(fuzz.WRatio(wanted, name) * 0.9 for name in called), 0.0)
        if score >= GOOD_ENOUGH:
            found.append(Suggestion(sheet.key(row)[0], label(sheet, row, lang), score))
    return sorted(found, key=lambda s: (-s.score, s.key))[:limit]


def exactly(query: str, sheet: Sheet) -> str | None:
    """Key of the one row with this key or name; None when there is none or several."""
    wanted = folded(query)
    keys = {
        sheet.key(row)[0]
        for row in sheet.rows
        if any(folded(name) == wanted for name in names(sheet, row))
    }
    return keys.pop() if len(keys) == 1 else None


def nearest(word: str, choices: Sequence[str], cutoff: float = GOOD_ENOUGH) -> str | None:
    """The choice most like ``word``; None when none is like it."""
    best = process.extractOne(word, choices, scorer=fuzz.WRatio, score_cutoff=cutoff)
    return best[0] if best else None
