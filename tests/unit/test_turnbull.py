"""Turnbull's estimate: the published example, cases by hand, Kaplan–Meier as a special case."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from analytics.turnbull import Floats, npmle, support


def open_left(values: list[float]) -> Floats:
    """Left ends that are not part of their intervals."""
    left: Floats = np.nextafter(np.array(values), np.inf)
    return left


# Finkelstein & Wolfe (Biometrics 41, 1985): months to cosmetic deterioration, radiotherapy alone
COSMESIS = [
    (0, 5), (0, 7), (0, 8), (4, 11), (5, 11), (5, 12), (6, 10), (7, 14), (7, 16), (11, 15),
    (11, 18), (17, 25), (17, 25), (19, 26), (19, 35), (25, 37), (26, 40), (27, 34), (36, 44),
    (36, 48), (37, 44),
]  # fmt: skip
COSMESIS_CENSORED = [
    *(15, 17, 18, 22, 24, 24, 32, 33, 34, 36, 36, 37, 37, 37, 38, 40, 45), *[46] * 8,
]  # fmt: skip


def test_the_published_example() -> None:
    """Fay & Shaw (Journal of Statistical Software 36(2), 2010) print these masses."""
    low = open_left([float(a) for a, _ in COSMESIS] + [float(c) for c in COSMESIS_CENSORED])
    high = np.array([float(b) for _, b in COSMESIS] + [np.inf] * len(COSMESIS_CENSORED))
    found = npmle(low, high)
    assert list(found["left"].round()) == [4, 6, 7, 11, 24, 33, 38, 46]
    assert list(found["right"]) == [5, 7, 8, 12, 25, 34, 40, 48]
    printed = [0.0463, 0.0334, 0.0887, 0.0708, 0.0926, 0.0818, 0.1209, 0.4656]
    assert list(found["mass"]) == pytest.approx(printed, abs=5e-5)


def test_by_hand() -> None:
    # [1, 3] and [2, 4] meet in [2, 3]; [5, 6] stands alone
    found = npmle(np.array([1.0, 2, 5]), np.array([3.0, 4, 6]))
    assert found.to_dict("list") == {
        "left": [2, 5],
        "right": [3, 6],
        "mass": [pytest.approx(2 / 3), pytest.approx(1 / 3)],
    }


def test_touching_closed_intervals_meet_in_a_point() -> None:
    left, right = support(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    assert (list(left), list(right)) == ([2], [2])


def test_nothing_gives_nothing() -> None:
    assert npmle(np.array([]), np.array([])).empty


def test_refuses_reversed_intervals() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        npmle(np.array([2.0]), np.array([1.0]))


@st.composite
def intervals(draw: st.DrawFn) -> tuple[Floats, Floats]:
    rows = draw(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6)), min_size=1, max_size=25))
    low = np.array([float(a) for a, _ in rows])
    return low, low + np.array([float(w) for _, w in rows])


@given(intervals())
def test_is_the_maximum(data: tuple[Floats, Floats]) -> None:
    """No other distribution on the support is more likely: the gradient tells (Kuhn and Tucker)."""
    low, high = data
    found = npmle(low, high)
    assert found["mass"].sum() == pytest.approx(1)
    left, right = support(low, high)
    inside = (low[:, None] <= left) & (right <= high[:, None])
    mass = np.zeros(len(left))
    mass[np.isin(left, found["left"])] = found["mass"]
    covered = inside @ mass
    assert (covered > 0).all()
    assert ((inside / covered[:, None]).mean(axis=0) <= 1 + 1e-2).all()


@given(st.lists(st.tuples(st.integers(1, 15), st.booleans()), min_size=2, max_size=30))
def test_exact_and_censored_times_give_kaplan_meier(rows: list[tuple[int, bool]]) -> None:
    time = np.array([float(t) for t, _ in rows])
    reached = np.array([r for _, r in rows])
    if not reached.any():
        reached[0] = True
    low = np.where(reached, time, np.nextafter(time, np.inf))
    found = npmle(low, np.where(reached, time, np.inf))
    curve = ecdf(CensoredData(uncensored=time[reached], right=time[~reached])).sf
    for moment in np.unique(time[reached]):
        gone = found.loc[found["right"] <= moment, "mass"].sum()
        assert 1 - gone == pytest.approx(float(curve.evaluate(moment)), abs=2e-3)
