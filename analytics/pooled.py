"""Published conversions between two stages, series by series and pooled.

A series is one programme, edition, scope, side and kind of count; a share is only
ever taken inside one series. Series differ in what they call a stage and in whom
they admit, so they are pooled with random effects and shown with a prediction
interval: where the next programme's share may lie, not only the average.

Counting an edition once. A single-edition series and a cumulative series of the
same programme that covers its year hold the same firms; so do a programme and its
tracks (`parent_program_id`). Of overlapping series the finest are kept: tracks
before their programme, single editions before cumulative ones, and of cumulative
ones the longest. What is put aside is returned with the reason. A series whose
years are not stated may overlap any other of its programme.

Editions of one programme are not independent of each other; the pooled interval
takes them to be, which is why the number of programmes stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import exp, inf, sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.funnel import _ladder_counts
from analytics.proportions import with_wilson
from analytics.result import Result, keys
from analytics.stages import ladder_frame, rank_of
from loaders.datasets.programs import programs
from loaders.engine import Runner
from loaders.rules import ancestors

Floats = npt.NDArray[np.float64]

#: Fewer series say nothing about how series differ.
MIN_SERIES = 3
TOO_FEW = "fewer-than-three-series"
OVERLAPS = "overlaps-finer-series"
NOT_A_PART = "not-a-part"

#: Added to both cells of a series with none or all converted, whose logit is infinite.
CORRECTION = 0.5


@dataclass(frozen=True, slots=True)
class SeriesFilter:
    """Which series to pool; None means "no restriction".

    ``side`` is the supply side by default: shares of start-ups and of city halls
    answer different questions.
    """

    scope: str | None = None
    side: str | None = "supply"
    smart_city_only: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """A pooled share with its 95 % intervals.

    ``low``–``high`` bound the mean of series; ``next_low``–``next_high`` the share of
    one further series. ``tau2``: variance between series (logit scale); ``i2``: share
    of the spread that chance within series does not explain; ``q``: Cochran's Q.
    """

    share: float
    low: float
    high: float
    next_low: float
    next_high: float
    tau2: float
    i2: float
    q: float


@dataclass(frozen=True, slots=True)
class Pooled:
    """The series of a pair of stages and, when there are enough, their pooled share.

    ``result.frame``, one row a series: ``program_id``, names, ``is_smart_city``,
    ``series``, ``edition_year``, ``period_start``, ``period_end``, ``is_cumulative``,
    ``scope``, ``side``, ``n``, ``k``, ``share``, ``low``, ``high`` (Wilson).
    ``set_aside``: the same identifying columns, ``n``, ``k``, and ``reason``
    (``overlaps-finer-series``, ``not-a-part``: more after than before).
    ``estimate`` is None for the stated ``reason``.
    """

    result: Result
    set_aside: pd.DataFrame
    estimate: Estimate | None
    reason: str | None
    programs: int


def _expit(x: float) -> float:
    return 1 / (1 + exp(-x))


def logits(k: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Logit of each share and its variance, 1/k + 1/(n − k).

    Series with none or all converted get `CORRECTION` in both cells, others stay as
    they are (the rule ``to = "only0"`` of the R package metafor).
    """
    extreme = (k == 0) | (k == n)
    yes = np.where(extreme, k + CORRECTION, k)
    no = np.where(extreme, n - k + CORRECTION, n - k)
    return np.log(yes / no), 1 / yes + 1 / no


def random_effects(effects: Floats, variances: Floats) -> dict[str, float]:
    """Random-effects mean of at least three effects.

    Between-series variance by Paule and Mandel (1982). Interval of the mean by
    Hartung, Knapp, Sidik and Jonkman, with t on k − 1 degrees of freedom and never
    narrower than the plain one (Röver, Knapp & Friede 2015). Prediction interval
    after Higgins, Thompson & Spiegelhalter (2009), t on k − 2 degrees of freedom.

    Returns ``mean``, ``se``, ``low``, ``high``, ``next_low``, ``next_high`` (scale of
    the effects), ``tau2``, ``i2``, ``q``.
    """
    # statsmodels and scipy cost 0.4 s and 60 MB: loaded by the first visitor who asks
    from scipy.stats import t  # noqa: PLC0415
    from statsmodels.stats.meta_analysis import combine_effects  # noqa: PLC0415

    count = len(effects)
    fit = combine_effects(effects, variances, method_re="pm", use_t=True)
    mean, tau2 = float(fit.mean_effect_re), float(fit.tau2)
    se = float(max(fit.sd_eff_w_re, sqrt(fit.var_hksj_re)))
    reach = float(t.ppf(0.975, count - 1)) * se
    further = float(t.ppf(0.975, count - 2)) * sqrt(tau2 + se**2)
    return {
        "mean": mean,
        "se": se,
        "low": mean - reach,
        "high": mean + reach,
        "next_low": mean - further,
        "next_high": mean + further,
        "tau2": tau2,
        "i2": max(0.0, 1 - (count - 1) / float(fit.q)) if fit.q > 0 else 0.0,
        "q": float(fit.q),
    }


def estimate(frame: pd.DataFrame) -> Estimate | None:
    """Pooled share of rows with ``k`` of ``n``; None for fewer than three rows."""
    if len(frame) < MIN_SERIES:
        return None
    effects, variances = logits(frame["k"].to_numpy(float), frame["n"].to_numpy(float))
    fit = random_effects(effects, variances)
    return Estimate(
        share=_expit(fit["mean"]),
        low=_expit(fit["low"]),
        high=_expit(fit["high"]),
        next_low=_expit(fit["next_low"]),
        next_high=_expit(fit["next_high"]),
        tau2=fit["tau2"],
        i2=fit["i2"],
        q=fit["q"],
    )


def _candidates(run: Runner, chosen: SeriesFilter) -> pd.DataFrame:
    """Primary counts of the chosen series, with programme columns and ``above``.

    ``above`` holds the programmes that a track belongs to, nearest first.
    """
    counts = _ladder_counts(run)
    counts = counts[counts["is_primary"].astype(bool)]
    table = programs()
    named = run(
        table.select("program_id", "parent_program_id", "name_ko", "name_en", "is_smart_city")
    )
    parents = named.dropna(subset="parent_program_id").set_index("program_id")
    above = parents["parent_program_id"].to_dict()
    named["above"] = [tuple(ancestors(program, above)) for program in named["program_id"]]
    counts = counts.merge(named.drop(columns="parent_program_id"), on="program_id")
    if chosen.scope is not None:
        counts = counts[counts["scope"] == chosen.scope]
    if chosen.side is not None:
        counts = counts[counts["side"] == chosen.side]
    if chosen.smart_city_only:
        counts = counts[counts["is_smart_city"].astype(bool)]
    return counts


_KEPT = [
    "program_id", "above", "name_ko", "name_en", "is_smart_city", "series",
    "edition_year", "period_start", "period_end", "is_cumulative", "scope", "side",
]  # fmt: skip


def _pair(counts: pd.DataFrame, from_stage: str, to_stage: str) -> pd.DataFrame:
    """Series that publish both stages, one row each, with ``n``, ``k`` and cohort ids."""
    before = counts[counts["stage"] == from_stage]
    after = counts[counts["stage"] == to_stage][["program_id", "series", "count", "cohort_id"]]
    both = before.merge(after, on=["program_id", "series"], suffixes=("", "_after"))
    both = both.rename(columns={"count": "n", "count_after": "k"})
    both["is_cumulative"] = both["is_cumulative"].astype(bool)
    return both[[*_KEPT, "n", "k", "cohort_id", "cohort_id_after"]]


def _years(row: pd.Series) -> tuple[float, float]:
    start, end = row["period_start"], row["period_end"]
    return (-inf if pd.isna(start) else float(start), inf if pd.isna(end) else float(end))


def _related(a: pd.Series, b: pd.Series) -> bool:
    return a["program_id"] in (b["program_id"], *b["above"]) or b["program_id"] in a["above"]


def _overlap(a: pd.Series, b: pd.Series) -> bool:
    (a_start, a_end), (b_start, b_end) = _years(a), _years(b)
    return _related(a, b) and a_start <= b_end and b_start <= a_end


def _finest_first(pair: pd.DataFrame) -> pd.DataFrame:
    spans = [end - start for start, end in (_years(row) for _, row in pair.iterrows())]
    ordered = pair.assign(
        depth=[-len(above) for above in pair["above"]],
        # the longest first, but one of unknown length last: it may overlap any other
        span=[-span if span < inf else inf for span in spans],
    ).sort_values(["depth", "is_cumulative", "span", "n", "program_id", "series"])
    return ordered.drop(columns=["depth", "span"])


def without_overlaps(pair: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The finest series that do not overlap, and those put aside for them."""
    kept: list[pd.Series] = []
    dropped: list[object] = []
    for index, row in _finest_first(pair).iterrows():
        if any(_overlap(row, other) for other in kept):
            dropped.append(index)
        else:
            kept.append(row)
    aside = pair.index.isin(dropped)
    return pair[~aside], pair[aside]


def _usable(pair: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    part = (pair["n"] > 0) & (pair["k"] <= pair["n"])
    used, overlapping = without_overlaps(pair[part])
    aside = pd.concat(
        [pair[~part].assign(reason=NOT_A_PART), overlapping.assign(reason=OVERLAPS)]
    ).sort_values(["program_id", "series"])
    return used, aside.reset_index(drop=True)


def _year(values: pd.Series, which: str) -> int | None:
    known = values.dropna()
    return int(known.agg(which)) if len(known) else None


def pooled(
    run: Runner, from_stage: str, to_stage: str, chosen: SeriesFilter = SeriesFilter()
) -> Pooled:
    """Conversions from one stage to another in every comparable published series.

    Coverage: series used, of all that publish both stages.

    Raises:
        KeyError: not a step of the ladder.
        ValueError: ``to_stage`` does not come after ``from_stage``.
    """
    if rank_of(run, from_stage) >= rank_of(run, to_stage):
        raise ValueError(f"{to_stage} does not come after {from_stage}")
    pair = _pair(_candidates(run, chosen), from_stage, to_stage)
    used, aside = _usable(pair)
    used = used.assign(share=used["k"] / used["n"])
    used = with_wilson(used, "k", "n").sort_values(["program_id", "series"])
    found = estimate(used)
    ids = keys([*used["cohort_id"], *used["cohort_id_after"]])
    hidden = ["cohort_id", "cohort_id_after", "above"]
    return Pooled(
        result=Result(
            used.drop(columns=hidden).reset_index(drop=True),
            {"cohorts": ids},
            covered=len(used),
            total=len(pair),
            unit="series",
            first_year=_year(used["period_start"], "min"),
            last_year=_year(used["period_end"], "max"),
        ),
        set_aside=aside.drop(columns=hidden),
        estimate=found,
        reason=None if found else TOO_FEW,
        programs=used["program_id"].nunique(),
    )


def available_pairs(run: Runner, chosen: SeriesFilter = SeriesFilter()) -> Result:
    """Pairs of stages that at least one series publishes both of.

    Frame, most series first: ``from_stage``, ``to_stage``, ``series`` (usable ones,
    each edition once), ``programs``, ``set_aside``. Coverage: pairs with enough
    series to pool, of all pairs.
    """
    counts = _candidates(run, chosen)
    records = []
    ids: set[str] = set()
    for from_stage, to_stage in combinations(ladder_frame(run)["stage"], 2):
        pair = _pair(counts, from_stage, to_stage)
        if pair.empty:
            continue
        used, aside = _usable(pair)
        ids |= {*used["cohort_id"], *used["cohort_id_after"]}
        records.append((from_stage, to_stage, len(used), used["program_id"].nunique(), len(aside)))
    columns = ["from_stage", "to_stage", "series", "programs", "set_aside"]
    frame = pd.DataFrame(records, columns=columns)
    frame = frame.sort_values("series", ascending=False, kind="stable").reset_index(drop=True)
    enough = int((frame["series"] >= MIN_SERIES).sum())
    return Result(frame, {"cohorts": keys(ids)}, enough, len(frame), "stage-pairs")
