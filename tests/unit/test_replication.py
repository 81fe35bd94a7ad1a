"""Forecasts: scipy's beta-binomial, simulation, cases by hand, and the committed pilots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import dblquad
from scipy.stats import betabinom

from analytics.replication import (
    TOO_FEW,
    Posterior,
    Scenario,
    conversion_groups,
    fit,
    forecast,
    log_betabinom,
    predictive,
    quantile,
    replicate,
)
from loaders.engine import Runner
from tests.unit.fixtures_small import LADDER, Row, SmallTables, committed, small_run

ONE = np.array([1.0])


def certain(a: float, b: float) -> Posterior:
    """One beta distribution, known for sure."""
    return Posterior(np.array([a]), np.array([b]), ONE)


@given(st.floats(0.05, 50), st.floats(0.05, 50), st.integers(1, 60))
def test_one_city_is_scipys_beta_binomial(a: float, b: float, pilots: int) -> None:
    counts = np.arange(pilots + 1)
    expected = betabinom.pmf(counts, pilots, a, b)
    assert np.exp(log_betabinom(counts, pilots, a, b)) == pytest.approx(expected, abs=1e-9)
    assert predictive(certain(a, b), 1, pilots) == pytest.approx(expected, abs=1e-9)


@given(st.floats(0.1, 20), st.floats(0.1, 20), st.integers(1, 12), st.integers(1, 12))
def test_cities_add_mean_and_variance(a: float, b: float, cities: int, pilots: int) -> None:
    found = predictive(certain(a, b), cities, pilots)
    assert len(found) == cities * pilots + 1
    assert found.sum() == pytest.approx(1)
    counts = np.arange(len(found))
    mean = (counts * found).sum()
    one_mean, one_variance = betabinom.stats(pilots, a, b)
    assert mean == pytest.approx(cities * float(one_mean), abs=1e-8)
    assert ((counts - mean) ** 2 * found).sum() == pytest.approx(
        cities * float(one_variance), abs=1e-7
    )


def test_by_hand() -> None:
    # a flat beta makes 0, 1 and 2 of 2 equally likely; two cities: 1 2 3 2 1 ninths
    assert predictive(certain(1, 1), 2, 2) == pytest.approx(np.array([1, 2, 3, 2, 1]) / 9)


def test_agrees_with_simulation() -> None:
    """Draw the beta, a rate for each city, and the pilots; 200,000 times with a fixed seed."""
    posterior = fit(np.array([1.0, 4, 0, 7]), np.array([10.0, 9, 12, 20]))
    cities, pilots, times = 4, 6, 200_000
    chance = np.random.default_rng(20261121)
    drawn = chance.choice(len(posterior.weight), size=times, p=posterior.weight)
    rates = chance.beta(posterior.a[drawn, None], posterior.b[drawn, None], size=(times, cities))
    totals = chance.binomial(pilots, rates).sum(axis=1)
    simulated = np.bincount(totals, minlength=cities * pilots + 1) / times
    found = predictive(posterior, cities, pilots)
    # five standard errors of a simulated share of at most one half
    assert np.abs(simulated - found).max() < 5 * 0.5 / np.sqrt(times)


def test_the_posterior_agrees_with_an_integral() -> None:
    """The mean rate by adaptive quadrature over θ (mean = sin²θ) and ρ, both uniform."""
    k, n = np.array([2.0, 5, 1]), np.array([10.0, 12, 9])

    def density(rho: float, theta: float) -> float:
        mean = np.sin(theta) ** 2
        a, b = mean * (1 / rho - 1), (1 - mean) * (1 / rho - 1)
        return float(np.exp(sum(betabinom.logpmf(x, m, a, b) for x, m in zip(k, n, strict=True))))

    edge = 1e-6
    box = (edge, np.pi / 2 - edge, edge, 1 - edge)
    whole = dblquad(density, *box, epsabs=1e-9)[0]
    first = dblquad(lambda r, t: np.sin(t) ** 2 * density(r, t), *box, epsabs=1e-9)[0]
    assert fit(k, n).rate == pytest.approx(first / whole, abs=2e-3)


def test_groups_that_differ_widen_the_forecast() -> None:
    alike = fit(np.array([5.0] * 6), np.array([10.0] * 6))
    apart = fit(np.array([0.0, 10, 0, 10, 0, 10]), np.array([10.0] * 6))
    assert alike.rate == pytest.approx(0.5, abs=1e-6)
    assert apart.rate == pytest.approx(0.5, abs=1e-6)
    assert apart.spread > 2 * alike.spread


def test_much_evidence_leaves_chance_alone() -> None:
    """Forty groups of a thousand with 30 % each: nearly a binomial with 50 · 0.3."""
    posterior = fit(np.array([300.0] * 40), np.array([1000.0] * 40))
    found = predictive(posterior, 5, 10)
    mean = (np.arange(51) * found).sum()
    variance = ((np.arange(51) - mean) ** 2 * found).sum()
    assert mean == pytest.approx(15, rel=0.02)
    assert 50 * 0.3 * 0.7 <= variance <= 50 * 0.3 * 0.7 * 1.15  # the coarsest ρ is 1/120


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=30), st.floats(0.01, 0.99))
def test_quantiles_cover_their_level(weights: list[float], level: float) -> None:
    probabilities = np.array(weights) / sum(weights)
    found = quantile(probabilities, level)
    assert probabilities[: found + 1].sum() >= level - 1e-9
    assert probabilities[:found].sum() < level + 1e-9


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=6))
def test_intervals_are_nested(rows: list[tuple[int, int]]) -> None:
    groups = pd.DataFrame({"k": [k for k, _ in rows], "n": [k + rest + 1 for k, rest in rows]})
    found = forecast(groups, 3, 4)
    order = ("low_90", "low_50", "median", "high_50", "high_90")
    values = [found[name] for name in order]
    assert values == sorted(values)
    assert 0 <= values[0] <= values[-1] <= 12
    assert found["mean"] == pytest.approx(12 * found["rate"], abs=1e-4)


def pilot(name: str, sido: str | None, *stages: str) -> tuple[Row, list[Row]]:
    steps: list[Row] = [
        {"milestone_id": f"{name}-{s}", "pilot_id": name, "stage": s, "date_basis": "none"}
        for s in stages
    ]
    return {"pilot_id": name, "org_id": name, "sido": sido, "program_id": "p"}, steps


MADE = [
    pilot("1", "KR-11", "selected", "field-demo"),
    pilot("2", "KR-11", "field-demo", "contract"),
    pilot("3", "KR-11", "selected"),
    pilot("4", "KR-26", "selected"),
    pilot("5", "KR-44", "poc", "exported"),
    pilot("6", None, "selected", "exported"),
]
TABLES: SmallTables = {
    "pilots": [row for row, _ in MADE],
    "milestones": [step for _, steps in MADE for step in steps],
}


def test_groups_by_hand() -> None:
    run = small_run(TABLES)
    groups = conversion_groups(run, Scenario(2, 3)).set_index(["target", "group"])
    assert groups.loc["field-demo", ["n", "k"]].to_dict("index") == {
        "KR-11": {"n": 3, "k": 2},
        "KR-26": {"n": 1, "k": 0},
        "KR-44": {"n": 1, "k": 1},
    }
    assert dict(groups.loc["contract", "k"]) == {"KR-11": 1, "KR-26": 0, "KR-44": 1}
    known_before = conversion_groups(run, Scenario(2, 3, entered_at="selected"))
    demo = known_before[known_before["target"] == "field-demo"].set_index("group")
    assert demo[["n", "k"]].to_dict("index") == {
        "KR-11": {"n": 2, "k": 1},
        "KR-26": {"n": 1, "k": 0},
    }


def test_a_forecast_with_its_assumptions() -> None:
    found = replicate(small_run(TABLES), Scenario(2, 3))
    frame = found.result.frame.set_index("target")
    assert list(frame.index) == ["field-demo", "contract"]
    assert (frame["pilots"] == 6).all()
    assert frame.loc["field-demo", "mean"] > frame.loc["contract", "mean"]
    values = found.assumptions.set_index("code")["value"]
    assert (values["cities"], values["pilots-each"], values["groups"]) == (2, 3, 3)
    assert values["pilots-behind"] == 5
    assert "named-in-news-overstates" in values.index
    assert (found.result.covered, found.result.total) == (5, 6)  # one is of no known province
    assert found.result.rows["pilots"] == ("1", "2", "3", "4", "5")


def test_two_groups_tell_nothing_about_cities() -> None:
    found = replicate(small_run(TABLES), Scenario(2, 3, entered_at="selected"))
    assert found.reason == TOO_FEW
    assert found.result.frame.empty
    assert "silence-counts-as-no-success" in set(found.assumptions["code"])
    assert replicate(small_run({}), Scenario(1, 1)).reason == TOO_FEW


@pytest.mark.parametrize(("cities", "pilots"), [(0, 1), (1, 0)])
def test_refuses_an_empty_scenario(cities: int, pilots: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Scenario(cities, pilots)


def test_refuses_an_unknown_target() -> None:
    with pytest.raises(KeyError):
        replicate(small_run(TABLES), Scenario(1, 1, targets=("fame",)))


def test_real_groups_are_the_committed_pilots(run: Runner) -> None:
    pilots = committed("pilots")
    steps = committed("milestones")
    beyond = set(LADDER[LADDER.index("field-demo") :])
    shown = set(steps.loc[steps["stage"].isin(beyond), "pilot_id"])
    placed = pilots[pilots["sido"] != ""]
    groups = conversion_groups(run, Scenario(1, 1))
    demo = groups[groups["target"] == "field-demo"].set_index("group")
    assert dict(demo["n"]) == dict(placed["sido"].value_counts())
    assert demo["k"].sum() == placed["pilot_id"].isin(shown).sum()
    # pilots known before any success convert less often than those known by the news of it
    both = [replicate(run, replace(Scenario(5, 10), entered_at=e)) for e in ("any", "selected")]
    news, before = (f.result.frame.set_index("target")["rate"] for f in both)
    assert (before < news).all()
