"""If more cities ran a programme like this: how many pilots would get how far?

A beta-binomial forecast. Every place (or programme) has a success rate of its own,
drawn from one beta distribution; a new city draws its rate anew and its pilots share
it. So two sources of spread enter, chance within a city and difference between
cities, and a third: the beta itself is only known as well as the groups tell. It is
therefore not fitted to a point but carried as a posterior on a grid of its mean and
intraclass correlation: beforehand Jeffreys' Beta(½, ½) on the mean, which suits rare
successes, and uniform on the correlation (the "uniform shrinkage prior" of Daniels,
Canadian Journal of Statistics 27 (1999), 567–578). Unlike the method of moments this
also stands when the groups differ less than chance alone would make them.

Pilots become known by news, and news tells of successes: shares among named pilots
overstate what a new programme may expect. ``entered_at`` = ``selected`` counts only
pilots that were known when chosen, before any success; then silence later on counts
as no success, which may understate it. Show both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.filters import PilotFilter, select_pilots
from analytics.result import Result, keys, year_span
from analytics.stages import FIRST_PILOT_STAGE, rank_of
from loaders.datasets.pilots import milestones
from loaders.engine import Runner

Floats = npt.NDArray[np.float64]

MIN_GROUPS = 3
TOO_FEW = "fewer-than-three-groups"

#: Grid cells for the mean and for the correlation; more cells change no digit shown.
MEANS = 120
CORRELATIONS = 60
#: Cells this much less probable than the best are left out of the forecast.
IMPROBABLE = 1e-9


@dataclass(frozen=True, slots=True)
class Scenario:
    """What would be replicated: ``cities`` cities with ``pilots_each`` pilots each.

    ``by``: the groups whose differences stand for those between cities. ``targets``:
    stages, each meaning "this stage or later".
    """

    cities: int
    pilots_each: int
    by: Literal["sido", "program_id"] = "sido"
    entered_at: Literal["any", "selected"] = "any"
    targets: tuple[str, ...] = ("field-demo", "contract")
    chosen: PilotFilter = field(default_factory=PilotFilter)

    def __post_init__(self) -> None:
        if self.cities < 1 or self.pilots_each < 1:
            raise ValueError("at least one city and one pilot")


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast with its assumptions.

    ``result.frame``, one row a target: ``target``, ``pilots`` (cities × pilots each),
    ``mean``, ``median``, ``low_50``, ``high_50``, ``low_90``, ``high_90`` (numbers of
    pilots), ``rate`` (mean share expected), ``spread`` (standard deviation of the rate
    between cities). ``groups``: ``target``, ``group``, ``n``, ``k``, ``share``.
    ``assumptions``: ``code`` and ``value`` (missing for those that are no number).
    """

    result: Result
    groups: pd.DataFrame
    assumptions: pd.DataFrame
    reason: str | None


@dataclass(frozen=True, slots=True)
class Posterior:
    """Beta distributions of the rate (``a``, ``b``) and how probable each is."""

    a: Floats
    b: Floats
    weight: Floats

    @property
    def rate(self) -> float:
        """Expected rate of a new city."""
        return float((self.weight * self.a / (self.a + self.b)).sum())

    @property
    def spread(self) -> float:
        """Standard deviation of a new city's rate, uncertainty of the fit included."""
        total = self.a + self.b
        square = self.a * (self.a + 1) / (total * (total + 1))
        return float(np.sqrt(max(0.0, (self.weight * square).sum() - self.rate**2)))


def log_betabinom(k: npt.ArrayLike, n: npt.ArrayLike, a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    """Logarithm of the beta-binomial probability of ``k`` of ``n``."""
    # scipy is heavy (0.4 s, 60 MB with scipy.stats); its special functions alone cost 14 MB
    from scipy.special import betaln  # noqa: PLC0415

    k, n = np.asarray(k, float), np.asarray(n, float)
    choose = -betaln(k + 1, n - k + 1) - np.log(n + 1)
    found: Floats = choose + betaln(k + a, n - k + b) - betaln(a, b)
    return found


def fit(k: Floats, n: Floats) -> Posterior:
    """Posterior of the beta distribution behind groups with ``k`` of ``n`` successes.

    The grid holds midpoints of equally probable cells: mean = sin²θ with θ uniform,
    which is Jeffreys' prior, and correlation ρ uniform;
    a = mean · (1/ρ − 1), b = (1 − mean) · (1/ρ − 1).
    """
    mean = np.sin((np.arange(MEANS) + 0.5) / MEANS * np.pi / 2) ** 2
    rho = (np.arange(CORRELATIONS) + 0.5) / CORRELATIONS
    m, r = (axis.ravel() for axis in np.meshgrid(mean, rho))
    a, b = m * (1 / r - 1), (1 - m) * (1 / r - 1)
    likelihood = np.zeros(len(a))
    for successes, size in zip(k, n, strict=True):
        likelihood += log_betabinom(successes, size, a, b)
    weight = np.exp(likelihood - likelihood.max())
    return Posterior(a, b, weight / weight.sum())


def predictive(posterior: Posterior, cities: int, pilots_each: int) -> Floats:
    """Probability of 0, 1, … ``cities`` · ``pilots_each`` successes in all cities.

    The sum over cities is a convolution, done as a power of the Fourier transform.
    """
    size = cities * pilots_each + 1
    counts = np.arange(pilots_each + 1)
    total = np.zeros(size // 2 + 1, dtype=complex)
    likely = posterior.weight > IMPROBABLE * posterior.weight.max()
    a, b = posterior.a[likely, None], posterior.b[likely, None]
    one_city = np.exp(log_betabinom(counts, pilots_each, a, b))
    # one row at a time: all transforms at once would take gigabytes for large scenarios
    for row, weight in zip(one_city, posterior.weight[likely], strict=True):
        total += weight * np.fft.rfft(row, size) ** cities
    found = np.clip(np.fft.irfft(total, size), 0, None)  # rounding leaves −1e-18
    summed: Floats = found / found.sum()
    return summed


def quantile(probabilities: Floats, level: float) -> int:
    """Smallest number whose cumulative probability reaches ``level``."""
    cumulative = np.cumsum(probabilities)
    # the sum of many small numbers may fall short of the level by rounding
    return int(np.searchsorted(cumulative, level - 1e-12).clip(max=len(probabilities) - 1))


def _summary(probabilities: Floats) -> dict[str, float]:
    return {
        "mean": float((np.arange(len(probabilities)) * probabilities).sum()),
        "median": quantile(probabilities, 0.5),
        "low_50": quantile(probabilities, 0.25),
        "high_50": quantile(probabilities, 0.75),
        "low_90": quantile(probabilities, 0.05),
        "high_90": quantile(probabilities, 0.95),
    }


def _pilots(run: Runner, scenario: Scenario) -> pd.DataFrame:
    pilots = run(select_pilots(scenario.chosen)).dropna(subset=scenario.by)
    if scenario.entered_at == "any":
        return pilots
    steps = milestones()
    chosen = run(steps.filter(steps.stage == FIRST_PILOT_STAGE).select("pilot_id"))
    return pilots[pilots["pilot_id"].isin(chosen["pilot_id"])]


def conversion_groups(run: Runner, scenario: Scenario) -> pd.DataFrame:
    """Pilots by group and target: ``target``, ``group``, ``n``, ``k`` (reached), ``share``."""
    pilots = _pilots(run, scenario)
    parts = []
    for target in scenario.targets:
        reached = pilots["rank"] >= rank_of(run, target)
        grouped = reached.groupby(pilots[scenario.by]).agg(["size", "sum"]).reset_index()
        grouped = grouped.set_axis(["group", "n", "k"], axis=1)
        grouped.insert(0, "target", target)
        parts.append(grouped)
    frame = pd.concat(parts, ignore_index=True).astype({"n": int, "k": int})
    return frame.assign(share=frame["k"] / frame["n"])


def _assumptions(groups: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    one = groups[groups["target"] == scenario.targets[0]]
    rows: list[tuple[str, float | None]] = [
        ("cities", scenario.cities),
        ("pilots-each", scenario.pilots_each),
        ("groups", len(one)),
        ("pilots-behind", int(one["n"].sum())),
        ("new-cities-resemble-known-groups", None),
        ("pilots-of-a-city-share-its-rate", None),
        ("jeffreys-prior-on-mean-uniform-on-correlation", None),
        ("targets-forecast-separately", None),
        (
            "named-in-news-overstates"
            if scenario.entered_at == "any"
            else "silence-counts-as-no-success",
            None,
        ),
    ]
    return pd.DataFrame(rows, columns=["code", "value"]).astype({"value": "Float64"})


def forecast(groups: pd.DataFrame, cities: int, pilots_each: int) -> dict[str, float]:
    """One row of `Forecast` from groups with ``n`` and ``k``."""
    posterior = fit(groups["k"].to_numpy(float), groups["n"].to_numpy(float))
    summary = _summary(predictive(posterior, cities, pilots_each))
    return {**summary, "rate": posterior.rate, "spread": posterior.spread}


def replicate(run: Runner, scenario: Scenario) -> Forecast:
    """Forecast of how many pilots reach each target, with predictive intervals.

    Coverage: pilots of a known group, of all that pass the filter. No forecast from
    fewer than three groups: they cannot tell how cities differ.

    Raises:
        KeyError: a target is not a step of the ladder.
    """
    groups = conversion_groups(run, scenario)
    reason = TOO_FEW if groups["group"].nunique() < MIN_GROUPS else None
    columns = ["target", "pilots", "mean", "median", "low_50", "high_50", "low_90", "high_90"]
    records: list[dict[str, object]] = []
    for target in scenario.targets if reason is None else ():
        mine = groups[groups["target"] == target]
        found = forecast(mine, scenario.cities, scenario.pilots_each)
        records.append(
            {"target": target, "pilots": scenario.cities * scenario.pilots_each, **found}
        )
    pilots = _pilots(run, scenario)
    first, last = year_span(pilots["start_date_latest"])
    return Forecast(
        Result(
            pd.DataFrame(records, columns=[*columns, "rate", "spread"]),
            {"pilots": keys(pilots["pilot_id"])},
            covered=len(pilots),
            total=len(run(select_pilots(scenario.chosen))),
            unit="pilots",
            first_year=first,
            last_year=last,
        ),
        groups,
        _assumptions(groups, scenario),
        reason,
    )
