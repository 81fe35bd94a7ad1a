"""Shares of counts and how sure one can be of them."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

import pandas as pd


def wilson(successes: int, n: int, level: float = 0.95) -> tuple[float, float] | None:
    """Score interval of a share; None when there is nothing to count (``n`` = 0).

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927), 209–212.
    Three lines of arithmetic: the tests hold it against scipy and statsmodels, but
    importing either here would cost every page half a second and 60 MB.

    Raises:
        ValueError: not 0 ≤ ``successes`` ≤ ``n``, or ``level`` not inside (0, 1).
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a share")
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    if n == 0:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / n
    centre = share + z * z / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # the ends of the scale are exact; rounding would put them at 1e-17
    low = 0.0 if successes == 0 else max(0.0, (centre - reach) / scale)
    high = 1.0 if successes == n else min(1.0, (centre + reach) / scale)
    return low, high


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
