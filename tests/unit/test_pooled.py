"""Pooled conversions: a published meta-analysis, overlaps by hand, and the committed series."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import t

from analytics.pooled import (
    MIN_SERIES,
    NOT_A_PART,
    OVERLAPS,
    TOO_FEW,
    Pooled,
    SeriesFilter,
    available_pairs,
    logits,
    pooled,
    random_effects,
)
from loaders.engine import Runner
from loaders.wilson import wilson
from tests.unit.fixtures_small import Row, SmallTables, committed, small_run

# Colditz and others (1994), 13 trials of BCG: cases and non-cases, vaccinated and not
BCG = np.array(
    [
        (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
        (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619),
        (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
        (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
    ],
    dtype=float,
)  # fmt: skip


def test_the_published_meta_analysis() -> None:
    """Paule–Mandel τ² 0.318 and Q 152.233 for log risk ratios, as metafor prints them (dat.bcg)."""
    a, b, c, d = BCG.T
    effects = np.log(a / (a + b)) - np.log(c / (c + d))
    variances = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    found = random_effects(effects, variances)
    assert found["q"] == pytest.approx(152.233, abs=1e-3)
    assert found["tau2"] == pytest.approx(0.3181, abs=1e-4)
    assert found["i2"] == pytest.approx(0.9212, abs=1e-4)
    assert found["mean"] == pytest.approx(-0.7150, abs=1e-4)
    assert found["se"] == pytest.approx(0.1809, abs=2e-4)
    # prediction interval by its formula: t with k − 2 = 11 degrees of freedom is 2.201
    reach = 2.200985 * math.sqrt(found["tau2"] + found["se"] ** 2)
    assert found["next_high"] - found["mean"] == pytest.approx(reach, rel=1e-6)


def test_logits_correct_only_the_extremes() -> None:
    effects, variances = logits(np.array([0.0, 2.0, 4.0]), np.array([4.0, 4.0, 4.0]))
    assert effects == pytest.approx([math.log(0.5 / 4.5), 0, math.log(4.5 / 0.5)])
    assert variances == pytest.approx([2 + 1 / 4.5, 1, 2 + 1 / 4.5])


@st.composite
def studies(draw: st.DrawFn) -> list[tuple[int, int]]:
    sizes = draw(st.lists(st.integers(2, 300), min_size=3, max_size=12))
    return [(draw(st.integers(0, n)), n) for n in sizes]


def generalised_q(tau2: float, effects: np.ndarray, variances: np.ndarray) -> float:
    weights = 1 / (variances + tau2)
    mean = (weights * effects).sum() / weights.sum()
    return float((weights * (effects - mean) ** 2).sum())


@given(studies())
def test_solves_the_paule_mandel_equation(data: list[tuple[int, int]]) -> None:
    """Another route to the same number: a root finder on Q(τ²) = k − 1, 0 when Q(0) is less."""
    k, n = (np.array(column, float) for column in zip(*data, strict=True))
    effects, variances = logits(k, n)
    df = len(data) - 1
    excess = generalised_q(0, effects, variances) - df
    tau2 = (
        brentq(lambda x: generalised_q(x, effects, variances) - df, 0, 1e4, xtol=1e-12)
        if excess > 0
        else 0.0
    )
    found = random_effects(effects, variances)
    assert found["tau2"] == pytest.approx(tau2, rel=1e-3, abs=1e-4)
    weights = 1 / (variances + tau2)
    assert found["mean"] == pytest.approx((weights * effects).sum() / weights.sum(), abs=1e-3)
    plain = t.ppf(0.975, df) / math.sqrt(weights.sum())
    assert found["high"] - found["mean"] >= plain * (1 - 1e-3)
    assert found["next_low"] <= found["low"] <= found["mean"] <= found["high"] <= found["next_high"]


def program(name: str, parent: str | None = None, smart: bool = True) -> Row:
    return {
        "program_id": name, "parent_program_id": parent, "name_ko": name, "name_en": name,
        "is_smart_city": smart,
    }  # fmt: skip


def series(
    name: str, start: int | None, end: int | None, counts: dict[str, int], **other: object
) -> list[Row]:
    span = f"{start}-{end}" if start != end else None if start is None else str(start)
    facts = {
        "program_id": name, "edition_year": span, "period_start": start, "period_end": end,
        "is_cumulative": start != end, "unit": "count", "scope": "companies",
        "side": "supply", "is_primary": True, **other,
    }  # fmt: skip
    return [
        {**facts, "cohort_id": f"{name}-{span}-{other}-{stage}", "stage": stage, "count": value}
        for stage, value in counts.items()
    ]


def funnel(before: int, after: int) -> dict[str, int]:
    return {"applied": before, "selected": after}


TABLES: SmallTables = {
    "programs": [
        program("a"), program("b", smart=False), program("c"), program("all"),
        program("track", parent="middle"), program("middle", parent="all"),
    ],
    "cohorts": [
        # two editions of a, and the years together: counted once
        *series("a", 2021, 2021, funnel(40, 10)),
        *series("a", 2022, 2022, funnel(20, 4)),
        *series("a", 2020, 2022, funnel(80, 20)),
        # b: a cumulative series that overlaps no edition, and a shorter one inside it
        *series("b", 2018, 2020, funnel(100, 30)),
        *series("b", 2019, 2020, funnel(60, 20)),
        *series("b", 2021, 2021, funnel(10, 12)),  # 12 of 10 is no share
        # c: another scope and another side are series of their own
        *series("c", 2021, 2021, funnel(50, 5), scope="projects"),
        *series("c", 2021, 2021, funnel(9, 3), side="demand"),
        *series("c", 2022, 2022, {"applied": 30}),
        *series("c", 2022, 2022, funnel(31, 6), is_primary=False),
        # a track of a track of a programme
        *series("all", 2021, 2021, funnel(500, 50)),
        *series("track", 2021, 2021, funnel(70, 7)),
    ],
}  # fmt: skip


def used(found: Pooled) -> set[tuple[str, int, int]]:
    frame = found.result.frame
    return set(zip(frame["program_id"], frame["n"], frame["k"], strict=True))


def test_each_edition_counts_once() -> None:
    found = pooled(small_run(TABLES), "applied", "selected")
    assert used(found) == {
        ("a", 40, 10), ("a", 20, 4), ("b", 100, 30), ("c", 50, 5), ("track", 70, 7),
    }  # fmt: skip
    aside = found.set_aside
    assert set(zip(aside["program_id"], aside["n"], aside["reason"], strict=True)) == {
        ("a", 80, OVERLAPS), ("b", 60, OVERLAPS), ("all", 500, OVERLAPS), ("b", 10, NOT_A_PART),
    }  # fmt: skip
    assert (found.result.covered, found.result.total, found.programs) == (5, 9, 4)
    first = found.result.frame.set_index(["program_id", "n"]).loc[("a", 40)]
    assert first["share"] == 0.25
    assert (first["low"], first["high"]) == wilson(10, 40)
    assert len(found.result.rows["cohorts"]) == 10


def test_filters_narrow_the_pool() -> None:
    run = small_run(TABLES)
    assert used(pooled(run, "applied", "selected", SeriesFilter(scope="projects"))) == {
        ("c", 50, 5)
    }
    assert used(pooled(run, "applied", "selected", SeriesFilter(side="demand"))) == {("c", 9, 3)}
    smart = pooled(run, "applied", "selected", SeriesFilter(smart_city_only=True))
    assert used(smart) == {("a", 40, 10), ("a", 20, 4), ("c", 50, 5), ("track", 70, 7)}


def test_one_programme_of_two_scopes_in_one_year_counts_once() -> None:
    found = pooled(small_run(TABLES), "applied", "selected", SeriesFilter(side=None))
    assert sum(name == "c" for name, _, _ in used(found)) == 1


def test_undated_series_may_overlap_anything_of_their_programme() -> None:
    rows = [*series("a", 2021, 2021, funnel(40, 10)), *series("a", None, None, funnel(30, 5))]
    found = pooled(small_run({**TABLES, "cohorts": rows}), "applied", "selected")
    assert used(found) == {("a", 40, 10)}


def test_too_few_series_give_no_pooled_share() -> None:
    rows = [*series("a", 2021, 2021, funnel(40, 10)), *series("b", 2021, 2021, funnel(30, 5))]
    found = pooled(small_run({**TABLES, "cohorts": rows}), "applied", "selected")
    assert found.result.covered == MIN_SERIES - 1
    assert (found.estimate, found.reason) == (None, TOO_FEW)
    nothing = pooled(small_run({}), "applied", "selected")
    assert nothing.result.frame.empty
    assert (nothing.estimate, nothing.reason) == (None, TOO_FEW)


def test_the_estimate_is_on_the_scale_of_shares() -> None:
    found = pooled(small_run(TABLES), "applied", "selected")
    frame = found.result.frame
    fit = random_effects(*logits(frame["k"].to_numpy(float), frame["n"].to_numpy(float)))
    assert found.reason is None
    assert found.estimate is not None
    assert found.estimate.share == pytest.approx(expit(fit["mean"]))
    assert found.estimate.next_high == pytest.approx(expit(fit["next_high"]))
    assert 0.1 < found.estimate.share < 0.3  # the series lie between 10 % and 30 %


def test_refuses_a_wrong_order_and_unknown_stages() -> None:
    run = small_run(TABLES)
    with pytest.raises(ValueError, match="does not come after"):
        pooled(run, "selected", "applied")
    with pytest.raises(KeyError):
        pooled(run, "applied", "ended-without-adoption")


def test_pairs_say_what_can_be_asked() -> None:
    found = available_pairs(small_run(TABLES))
    assert found.frame.to_dict("records") == [
        {
            "from_stage": "applied",
            "to_stage": "selected",
            "series": 5,
            "programs": 4,
            "set_aside": 4,
        }
    ]
    assert (found.covered, found.total) == (1, 1)


def test_real_pairs_agree_with_the_pools(run: Runner) -> None:
    pairs = available_pairs(run).frame
    assert not pairs.empty
    for row in pairs.itertuples():
        found = pooled(run, str(row.from_stage), str(row.to_stage))
        assert (found.result.covered, found.programs) == (row.series, row.programs)
        assert (found.estimate is None) == (row.series < MIN_SERIES)


def test_real_series_are_published_counts(run: Runner) -> None:
    """Every n and k stands in the committed table, in rows of one series."""
    table = committed("cohorts").set_index("cohort_id")
    found = pooled(run, "applied", "selected", SeriesFilter(side=None))
    rows = table.loc[list(found.result.rows["cohorts"])]
    same = [
        "program_id",
        "edition_year",
        "period_start",
        "period_end",
        "scope",
        "side",
        "is_cumulative",
    ]
    counted = rows.pivot_table(index=same, columns="stage", values="count", aggfunc="first")
    pairs = {(key[0], int(r["applied"]), int(r["selected"])) for key, r in counted.iterrows()}
    assert pairs == used(found)
    assert len(counted) == found.result.covered
    # the umbrella programme of 2020 is the sum of its three tracks, and is put aside for them
    assert "smart-challenge" not in set(found.result.frame["program_id"])
