"""Distribution of interval-censored durations without a model (Turnbull's estimate).

B. W. Turnbull, "The empirical distribution function with arbitrarily grouped, censored
and truncated data", Journal of the Royal Statistical Society B 38 (1976), 290–295.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

#: The likelihood is within (units × this) of its maximum when the search stops.
TOLERANCE = 1e-6
MAX_STEPS = 200_000
#: Mass below this is what the search has not quite driven to zero.
NEGLIGIBLE = 1e-5


def support(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Innermost intervals: the only places where the estimate can put mass.

    Every left end that is followed by a right end, in the order of all ends; of
    equal ends the left ones come first, because intervals are closed.
    """
    ends = np.concatenate([low, high])
    is_right = np.repeat([False, True], [len(low), len(high)])
    order = np.lexsort((is_right, ends))
    ends, is_right = ends[order], is_right[order]
    inner = ~is_right[:-1] & is_right[1:]
    return ends[:-1][inner], ends[1:][inner]


def npmle(low: Floats, high: Floats) -> pd.DataFrame:
    """Maximum-likelihood masses of durations known to lie in closed ``[low, high]``.

    A right-censored duration has an infinite ``high``; give ``low`` as the next number
    above the censoring time when it is known to be larger. Found by self-consistency
    (EM) steps until the gradient shows the maximum is reached (Gentleman & Geyer,
    Biometrika 81 (1994), 618–623).

    Frame in order of time: ``left``, ``right``, ``mass`` (sums to 1). Where inside an
    interval the mass lies, the data do not tell. Empty for no data.

    Raises:
        ValueError: an interval ends before it begins.
        ArithmeticError: no convergence in `MAX_STEPS`.
    """
    if np.any(high < low):
        raise ValueError("an interval ends before it begins")
    if len(low) == 0:
        return pd.DataFrame({"left": [], "right": [], "mass": []}, dtype="float64")
    left, right = support(low, high)
    inside = (low[:, None] <= left) & (right <= high[:, None])
    mass = np.full(len(left), 1 / len(left))
    for _ in range(MAX_STEPS):
        gradient = (inside / (inside @ mass)[:, None]).mean(axis=0)
        if gradient.max() <= 1 + TOLERANCE:
            break
        mass = mass * gradient
    else:
        raise ArithmeticError("Turnbull's estimate did not converge")
    frame = pd.DataFrame({"left": left, "right": right, "mass": mass})
    frame = frame[frame["mass"] > NEGLIGIBLE].reset_index(drop=True)
    frame["mass"] /= frame["mass"].sum()
    return frame
