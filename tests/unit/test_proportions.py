"""Shares and their intervals: published figures, reference libraries, and the funnel's columns."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from analytics.funnel import Series, published_funnel, published_series
from analytics.proportions import conversion, with_wilson
from loaders.engine import Runner
from loaders.wilson import wilson
from tests.unit.fixtures_small import Row, small_run


@st.composite
def shares(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 5000))
    return draw(st.integers(0, n)), n


def test_the_published_example() -> None:
    """Newcombe (Statistics in Medicine 17, 1998), table I."""
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (k, n), limits in published.items():
        assert wilson(k, n) == pytest.approx(limits, abs=5e-5)


@given(shares(), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]))
def test_agrees_with_scipy_and_statsmodels(share: tuple[int, int], level: float) -> None:
    k, n = share
    found = wilson(k, n, level)
    other = binomtest(k, n).proportion_ci(confidence_level=level, method="wilson")
    assert found == pytest.approx((other.low, other.high), abs=1e-9)
    assert found == pytest.approx(
        proportion_confint(k, n, alpha=1 - level, method="wilson"), abs=1e-9
    )


@given(shares())
def test_holds_the_share_and_mirrors(share: tuple[int, int]) -> None:
    k, n = share
    found, mirror = wilson(k, n), wilson(n - k, n)
    assert found is not None
    assert mirror is not None
    assert 0 <= found[0] <= k / n <= found[1] <= 1
    assert found[0] < found[1]
    assert (1 - mirror[1], 1 - mirror[0]) == pytest.approx(found, abs=1e-12)


@given(shares())
def test_more_of_the_same_narrows(share: tuple[int, int]) -> None:
    k, n = share
    some, more = wilson(k, n), wilson(4 * k, 4 * n)
    assert some is not None
    assert more is not None
    assert more[1] - more[0] < some[1] - some[0]


def test_nothing_to_count_has_no_interval() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("k", "n", "level"), [(2, 1, 0.95), (-1, 5, 0.95), (1, 5, 1.0), (1, 5, 0)])
def test_refuses_what_is_no_share(k: int, n: int, level: float) -> None:
    with pytest.raises(ValueError, match=r"share|level"):
        wilson(k, n, level)


@pytest.mark.parametrize(
    ("count", "previous", "share"),
    [
        (3, 12, 0.25),
        (0, 5, 0.0),
        (5, 5, 1.0),
        (6, 5, None),
        (0, 0, None),
        (None, 5, None),
        (1, None, None),
        (math.nan, 5, None),
        (1, math.nan, None),
    ],
)
def test_conversion(count: float | None, previous: float | None, share: float | None) -> None:
    assert conversion(count, previous) == share


def test_columns_are_missing_with_the_share() -> None:
    table = pd.DataFrame(
        {"k": [1.0, math.nan, 3.0, 0.0], "n": [4.0, 4.0, 2.0, 0.0]}, index=[7, 5, 3, 1]
    )
    found = with_wilson(table, "k", "n")
    assert (found.loc[7, "low"], found.loc[7, "high"]) == wilson(1, 4)
    assert found.loc[[5, 3, 1], ["low", "high"]].isna().all(axis=None)
    assert list(found.index) == [7, 5, 3, 1]


def count(stage: str, value: int) -> Row:
    return {
        "cohort_id": stage, "program_id": "p", "edition_year": "2022", "period_start": 2022,
        "period_end": 2022, "is_cumulative": False, "stage": stage, "count": value,
        "unit": "count", "scope": "companies", "side": "supply", "is_primary": True,
    }  # fmt: skip


def test_the_funnel_carries_the_interval_of_its_share() -> None:
    rows = [count("applied", 40), count("selected", 10), count("field-demo", 12)]
    run = small_run({"cohorts": rows})
    frame = published_funnel(run, Series("p", "2022.single.companies.supply.2022.2022")).frame
    by_stage = frame.set_index("stage")
    assert by_stage.loc["selected", "share_of_previous"] == 0.25
    assert (by_stage.loc["selected", "low"], by_stage.loc["selected", "high"]) == wilson(10, 40)
    # the first has nothing before it, gaps have no count, and 12 are no part of 10
    others = by_stage.drop(index="selected")
    assert others[["share_of_previous", "low", "high"]].isna().all(axis=None)


def test_real_series_hold_their_shares(run: Runner) -> None:
    series = published_series(run).frame
    checked = 0
    for row in series[series["stages"] > 1].itertuples():
        frame = published_funnel(run, Series(str(row.program_id), str(row.series))).frame
        known = frame.dropna(subset="share_of_previous")
        assert (known["low"] <= known["share_of_previous"]).all()
        assert (known["share_of_previous"] <= known["high"]).all()
        assert frame["low"].isna().equals(frame["share_of_previous"].isna())
        checked += len(known)
    assert checked > 50
