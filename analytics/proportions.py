"""Shares of counts and how sure one can be of them."""

from __future__ import annotations

import pandas as pd

from loaders.wilson import wilson


def conversion(count: float | None, previous: float | None) -> float | None:
    """Share of ``previous`` that became ``count``.

    None when either is unknown, when nothing came before, or when ``count`` is the
    larger: then it cannot be a part of ``previous``.
    """
    if pd.isna(count) or pd.isna(previous) or count is None or previous is None:
        return None
    if previous <= 0 or not 0 <= count <= previous:
        return None
    return float(count) / float(previous)


def with_wilson(frame: pd.DataFrame, successes: str, n: str, level: float = 0.95) -> pd.DataFrame:
    """``frame`` with ``low`` and ``high``, the `wilson` interval of two count columns.

    Missing where either count is missing or the first is not a part of the second.
    """
    bounds = []
    for k, total in zip(frame[successes], frame[n], strict=True):
        share = conversion(k, total)
        bounds.append(None if share is None else wilson(int(k), int(total), level))
    return frame.assign(
        low=pd.Series([b[0] if b else None for b in bounds], index=frame.index, dtype="float64"),
        high=pd.Series([b[1] if b else None for b in bounds], index=frame.index, dtype="float64"),
    )
