"""How sure one can be of a share: Wilson's interval, for pages and for reports on the data."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


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
