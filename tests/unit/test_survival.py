"""Survival estimates: textbook data, reference libraries, cases by hand, and refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf, logrank

from analytics.durations import TO_CONTRACT, TO_FIELD_DEMO, TO_ROUND, Spell
from analytics.linkage import DAYS_PER_MONTH
from analytics.survival import (
    CAUSES,
    FEW_AT_RISK,
    FEW_EVENTS,
    FEW_GROUPS,
    MIN_AT_RISK,
    MIN_EVENTS,
    MIN_GROUP_EVENTS,
    NO_EVENTS,
    NO_UNITS,
    NOT_REACHED,
    ONE_UNIT,
    Rule,
    _holm,
    _log_rank,
    aalen_johansen,
    at_risk,
    compare_groups,
    cumulative_incidence,
    kaplan_meier,
    median_of,
    product_limit,
    turnbull,
)
from loaders.engine import Runner
from tests.unit.fixtures_small import ENDED, Row, SmallTables, small_run

# Freireich and others (Blood 21, 1963): weeks in remission, 21 patients each
DRUG = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
DRUG_RELAPSED = [True] * 9 + [False] * 12
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
RULES: tuple[Rule, ...] = ("exact", "printed")


def test_kaplan_meier_of_the_textbook() -> None:
    """Cox & Oakes (1984), table 1.1 and section 4.2."""
    curve = product_limit(np.array(DRUG, float), np.array(DRUG_RELAPSED))
    steps = curve[curve["events"] > 0]
    assert list(steps["months"]) == [6, 7, 10, 13, 16, 22, 23]
    assert list(steps["at_risk"]) == [21, 17, 15, 12, 11, 7, 6]
    assert list(steps["events"]) == [3, 1, 1, 1, 1, 1, 1]
    printed = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert list(steps["survival"]) == pytest.approx(printed, abs=5e-4)
    assert (curve.iloc[0]["months"], curve.iloc[0]["survival"]) == (0, 1)
    assert (curve.iloc[-1]["months"], curve.iloc[-1]["at_risk"]) == (35, 1)


def test_medians_of_the_textbook() -> None:
    """8 weeks under placebo, limits 4 and 11 on the log(−log) scale (R survival, conf.type)."""
    curve = product_limit(np.array(PLACEBO, float), np.ones(21, bool))
    found = median_of(curve)
    assert (found.value, found.low, found.high, found.reason) == (8, 4, 11, None)


def test_log_rank_of_the_textbook() -> None:
    """χ² = 16.79 (Cox & Oakes 1984, section 7.6)."""
    sample = pd.DataFrame(
        {
            "months": [float(t) for t in DRUG + PLACEBO],
            "cause": [int(r) for r in DRUG_RELAPSED] + [1] * 21,
            "sector": ["drug"] * 21 + ["placebo"] * 21,
        }
    )
    chi2, p = _log_rank(sample, "sector", ("drug", "placebo"))
    assert chi2 == pytest.approx(16.79, abs=5e-3)
    assert p == pytest.approx(4.17e-5, rel=1e-2)
    times = CensoredData(
        uncensored=[t for t, r in zip(DRUG, DRUG_RELAPSED, strict=True) if r],
        right=[t for t, r in zip(DRUG, DRUG_RELAPSED, strict=True) if not r],
    )
    assert p == pytest.approx(logrank(times, PLACEBO).pvalue, rel=1e-9)


def test_holm_by_hand() -> None:
    # smallest times three, next times two and not below it, last as it is
    assert list(_holm([0.04, 0.01, 0.03])) == pytest.approx([0.06, 0.03, 0.06])


follow_ups = st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=2, max_size=40)


@given(follow_ups)
def test_agrees_with_scipy(rows: list[tuple[int, bool]]) -> None:
    months = np.array([float(m) for m, _ in rows])
    reached = np.array([r for _, r in rows])
    reached[0] = True
    curve = product_limit(months, reached)
    other = ecdf(CensoredData(uncensored=months[reached], right=months[~reached])).sf
    steps = curve[curve["events"] > 0]
    assert list(steps["survival"]) == pytest.approx(
        [float(other.evaluate(m)) for m in steps["months"]], abs=1e-9
    )
    band = other.confidence_interval(method="log-log")
    inner = steps[(steps["survival"] > 1e-9) & (steps["survival"] < 1 - 1e-9)]
    for side, limit in (("low", band.low), ("high", band.high)):
        expected = [float(limit.evaluate(m)) for m in inner["months"]]
        assert list(inner[side]) == pytest.approx(expected, abs=1e-9)
    assert curve["survival"].is_monotonic_decreasing
    assert curve["months"].is_monotonic_increasing


def test_aalen_johansen_by_hand() -> None:
    # five at 1 (one arrives), four at 2 (one arrives, one ends), one leaves at 3, last arrives at 4
    frame = aalen_johansen(np.array([1.0, 2, 2, 3, 4]), np.array([1, 2, 1, 0, 1]))
    reached = frame[frame["cause"] == "reached"].set_index("months")["share"]
    ended = frame[frame["cause"] == "ended"].set_index("months")["share"]
    assert dict(reached) == pytest.approx({0: 0, 1: 0.2, 2: 0.4, 4: 0.8})
    assert dict(ended) == pytest.approx({0: 0, 2: 0.2, 4: 0.2})


causes = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from([0, 1, 2])), min_size=2, max_size=40
)


@given(causes)
def test_shares_of_all_ends_add_up(rows: list[tuple[int, int]]) -> None:
    """Reached, ended and still under way make one, at any month and with any ties."""
    months = np.array([float(m) for m, _ in rows])
    cause = np.array([c for _, c in rows])
    cause[0] = 1
    frame = aalen_johansen(months, cause)
    under_way = product_limit(months, cause > 0)
    for month in under_way["months"]:
        shares = frame[frame["months"] <= month].groupby("cause")["share"].max().sum()
        left = under_way.loc[under_way["months"] == month, "survival"].iloc[-1]
        assert shares + left == pytest.approx(1, abs=1e-9)
    bounded = frame.dropna(subset="low")
    assert (bounded["low"] <= bounded["share"] + 1e-12).all()
    assert (bounded["share"] <= bounded["high"] + 1e-12).all()


@given(follow_ups)
def test_without_a_competing_end_incidence_is_one_minus_kaplan_meier(
    rows: list[tuple[int, bool]],
) -> None:
    months = np.array([float(m) for m, _ in rows])
    reached = np.array([r for _, r in rows])
    reached[0] = True
    frame = aalen_johansen(months, reached.astype(int))
    assert set(frame["cause"]) == {"reached"}
    curve = product_limit(months, reached)
    steps = curve[curve["events"] > 0].set_index("months")["survival"]
    shares = frame.set_index("months")["share"]
    assert all(shares[m] == pytest.approx(1 - s, abs=1e-9) for m, s in steps.items())


BEGAN = date(2020, 1, 1)
CLOSED = date(2023, 12, 31)
DEMO = replace(TO_FIELD_DEMO, data_date=CLOSED)


def cohort(*ends: tuple[int | None, str], sector: str = "mobility", tag: str = "") -> SmallTables:
    """Pilots selected on 1 January 2020; each ends so many days later at a stage, or never."""
    pilots: list[Row] = []
    steps: list[Row] = []
    for number, (after, stage) in enumerate(ends):
        name = f"{tag}{number}"
        pilots.append({"pilot_id": name, "org_id": f"org-{name}", "sector": sector})
        dated = [("selected", BEGAN)]
        if after is not None:
            dated.append((stage, BEGAN + timedelta(days=after)))
        steps += [
            {
                "milestone_id": f"{name}-{s}", "pilot_id": name, "stage": s,
                "date": day.isoformat(), "date_basis": "event",
            }
            for s, day in dated
        ]  # fmt: skip
    return {"pilots": pilots, "milestones": steps}


def together(*parts: SmallTables) -> SmallTables:
    return {
        table: [row for part in parts for row in part[table]] for table in ("pilots", "milestones")
    }


def arrivals(*days: int) -> list[tuple[int | None, str]]:
    return [(d, "field-demo") for d in days]


NEVER: list[tuple[int | None, str]] = [(None, "")]


@pytest.mark.parametrize("rule", RULES)
def test_a_curve_from_dates(rule: Rule) -> None:
    run = small_run(cohort(*arrivals(30, 60), (90, ENDED), *NEVER))
    found = kaplan_meier(run, DEMO, rule)
    steps = found.result.frame
    expected = [0, 30 / DAYS_PER_MONTH, 60 / DAYS_PER_MONTH, 1460 / DAYS_PER_MONTH]
    assert list(steps["months"]) == pytest.approx(expected)
    assert list(steps["survival"]) == pytest.approx([1, 0.75, 0.5, 0.5])
    assert (found.events, found.reason) == (2, None)
    assert (found.result.covered, found.result.total, found.result.unit) == (4, 4, "pilots")
    assert (found.median.value, found.median.reason) == (None, FEW_EVENTS)
    shares = cumulative_incidence(run, DEMO, rule).result.frame.groupby("cause")["share"].max()
    assert dict(shares) == pytest.approx({"reached": 0.5, "ended": 0.25})


def test_the_table_below_the_curve() -> None:
    run = small_run(cohort(*arrivals(30, 60), (90, ENDED), *NEVER))
    frame = at_risk(run, DEMO, months=(0, 2, 12, 48)).frame
    assert frame.to_dict("list") == {
        "month": [0, 2, 12, 48],
        "at_risk": [4, 2, 1, 0],  # 60 days are a little less than two months
        "reached": [0, 2, 2, 2],
        "ended": [0, 0, 1, 1],
        "censored": [0, 0, 0, 1],
    }


def test_rules_differ_where_a_page_date_stands() -> None:
    tables = cohort(*arrivals(30, 60), *NEVER)
    steps = [dict(s) for s in tables["milestones"]]
    steps[1]["date_basis"] = "publication"
    run = small_run({**tables, "milestones": steps})
    assert kaplan_meier(run, DEMO, "exact").events == 1
    assert kaplan_meier(run, DEMO, "printed").events == 2
    # the interval estimate only knows that the first came within thirty days
    masses = turnbull(run, DEMO).result.frame
    first = masses.iloc[0]
    assert (first["left"], first["right"]) == (0, pytest.approx(30 / DAYS_PER_MONTH))


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        ({}, NO_UNITS),
        (cohort(*arrivals(30)), ONE_UNIT),
        (cohort(*NEVER, *NEVER), NO_EVENTS),
        (cohort((30, ENDED), *NEVER), NO_EVENTS),
    ],
)
@pytest.mark.parametrize("spell", [DEMO, replace(DEMO, censor_at="last-fact")])
def test_too_little_gives_an_empty_frame_and_a_reason(
    tables: SmallTables, reason: str, spell: Spell
) -> None:
    run = small_run(tables)
    for found in (
        *(kaplan_meier(run, spell, rule) for rule in RULES),
        *(cumulative_incidence(run, spell, rule) for rule in RULES),
        turnbull(run, spell),
    ):
        assert found.result.frame.empty
        assert len(found.result.frame.columns) > 0
        assert (found.reason, found.median.reason, found.median.value) == (reason, reason, None)
    tests = compare_groups(run, spell)
    assert (tests.result.frame.empty, tests.comparisons, tests.reason) == (True, 0, FEW_GROUPS)
    assert (at_risk(run, spell).frame["reached"] <= 1).all()


def test_a_median_needs_ten_events() -> None:
    nine = small_run(cohort(*arrivals(*range(30, 30 + MIN_EVENTS - 1)), *NEVER))
    assert kaplan_meier(nine, DEMO).median.reason == FEW_EVENTS
    assert turnbull(nine, DEMO).median.reason == FEW_EVENTS
    # twenty arrive on the 31st to 50th day: half by the 40th, with eleven still under way
    twenty = small_run(cohort(*arrivals(*range(31, 51))))
    half = 40 / DAYS_PER_MONTH
    found = kaplan_meier(twenty, DEMO).median
    assert found.reason is None
    assert found.value == pytest.approx(half)
    assert found.low is not None
    assert found.high is not None
    assert found.low < half < found.high
    interval = turnbull(twenty, DEMO).median
    assert interval.low == interval.value == pytest.approx(half)
    assert cumulative_incidence(twenty, DEMO).median.value == pytest.approx(half)


def test_a_median_needs_ten_units_that_are_still_followed() -> None:
    # ten of ten arrive: when the fifth does, only six are left
    run = small_run(cohort(*arrivals(*range(30, 30 + MIN_EVENTS))))
    for found in (kaplan_meier(run, DEMO), turnbull(run, DEMO), cumulative_incidence(run, DEMO)):
        assert (found.median.value, found.median.reason) == (None, FEW_AT_RISK)


def test_a_median_that_half_never_reach() -> None:
    run = small_run(cohort(*arrivals(*range(30, 30 + MIN_EVENTS)), *(NEVER * (MIN_EVENTS + 1))))
    for found in (kaplan_meier(run, DEMO), turnbull(run, DEMO), cumulative_incidence(run, DEMO)):
        assert (found.median.value, found.median.reason) == (None, NOT_REACHED)


def test_groups_with_few_events_are_not_tested() -> None:
    enough, few = range(30, 30 + MIN_GROUP_EVENTS), range(30, 30 + MIN_GROUP_EVENTS - 1)
    run = small_run(
        together(
            cohort(*arrivals(*enough), *NEVER, sector="robotics", tag="a"),
            cohort(*arrivals(*(d + 300 for d in enough)), *NEVER, sector="mobility", tag="b"),
            cohort(*arrivals(*few), *NEVER, sector="energy", tag="c"),
        )
    )
    found = compare_groups(run, DEMO)
    assert found.comparisons == 1
    row = found.result.frame.iloc[0]
    assert (row["group_a"], row["group_b"]) == ("mobility", "robotics")
    assert (row["n_a"], row["n_b"], row["events_a"], row["events_b"]) == (6, 6, 5, 5)
    followed = (CLOSED - BEGAN).days
    early, late = ([*(d + shift for d in enough)] for shift in (0, 300))
    other = logrank(*(CensoredData(uncensored=e, right=[followed]) for e in (early, late)))
    assert row["p_holm"] == row["p"] == pytest.approx(other.pvalue)
    tested = found.groups.set_index("group")["is_tested"]
    assert dict(tested) == {"energy": False, "mobility": True, "robotics": True}


def test_holm_counts_every_pair_shown() -> None:
    enough = range(30, 30 + MIN_GROUP_EVENTS)
    parts = [
        cohort(*arrivals(*(d + 7 * i for d in enough)), *NEVER, sector=s, tag=s)
        for i, s in enumerate(("energy", "mobility", "robotics"))
    ]
    found = compare_groups(small_run(together(*parts)), DEMO)
    assert (found.comparisons, found.reason) == (3, None)
    frame = found.result.frame.sort_values("p")
    assert frame["p_holm"].iloc[0] == pytest.approx(min(1, 3 * frame["p"].iloc[0]))
    assert (frame["p_holm"] >= frame["p"]).all()


@pytest.mark.parametrize("spell", [TO_FIELD_DEMO, TO_CONTRACT, TO_ROUND], ids=str)
@pytest.mark.parametrize("censor", ["data-date", "last-fact"])
def test_real_curves_are_curves(run: Runner, spell: Spell, censor: str) -> None:
    asked = replace(spell, censor_at="last-fact" if censor == "last-fact" else "data-date")
    for rule in RULES:
        found = kaplan_meier(run, asked, rule)
        frame = found.result.frame
        assert frame.empty == (found.reason is not None)
        assert (found.median.value is None) == (found.median.reason is not None)
        if found.events < MIN_EVENTS:
            assert found.median.value is None
        if not frame.empty:
            assert frame["survival"].between(0, 1).all()
            assert frame["survival"].is_monotonic_decreasing
            assert frame["events"].sum() == found.events
            ever = cumulative_incidence(run, asked, rule).result.frame
            reached = ever.loc[ever["cause"] == "reached", "share"].max()
            assert reached <= 1 - frame["survival"].min() + 1e-9  # ends compete
    masses = turnbull(run, asked)
    assert masses.reason is None
    assert masses.result.frame["mass"].sum() == pytest.approx(1)


def test_real_medians_rest_on_enough(run: Runner) -> None:
    """Nothing in the data supports a median under any rule that does not reach ten at risk."""
    for spell in (TO_FIELD_DEMO, TO_ROUND):
        found = kaplan_meier(run, replace(spell, censor_at="last-fact"))
        frame = found.result.frame
        below = frame[(frame["survival"] <= 0.5) & (frame["events"] > 0)]
        if len(below) and below["at_risk"].iloc[0] < MIN_AT_RISK:
            assert found.median.value is None


def test_causes_are_what_the_libraries_expect() -> None:
    assert CAUSES == {"censored": 0, "reached": 1, "ended": 2}
