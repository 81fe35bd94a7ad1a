"""Time to a step of the ladder, or to the next round, under openly stated rules.

Two rules for dates, side by side. ``exact``: only units whose dates are events known
to the month, at both ends or, if censored, at the start; units are dropped for the
quality of their end dates, so the share reached is understated. ``printed``: the dates
as pages print them, midpoints of months and years and publication dates taken as if
they were the event. `turnbull` needs neither: it takes every date as an interval.

Pilots of one consortium or programme often move together, so all intervals here are
narrower than they ought to be (``Spell.by_project`` mends the first). No median is
given that rests on fewer than `MIN_EVENTS` events, or that lies where fewer than
`MIN_AT_RISK` units are still followed: with ``last-fact`` censoring nearly everybody
leaves early except those who got there, and the curve falls on the last few.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.durations import CENSORED, ENDED_BEFORE, EXCLUDED, REACHED, Spell, durations
from analytics.result import Result, keys, year_span
from analytics.turnbull import npmle
from loaders.engine import Runner

Floats = npt.NDArray[np.float64]
Rule = Literal["exact", "printed"]
Group = Literal["sector", "sido", "host_kind"]

#: A median that rests on fewer events is not printed.
MIN_EVENTS = 10
#: Nor one that lies where fewer units are still followed.
MIN_AT_RISK = 10
#: Groups with fewer events are not tested against others.
MIN_GROUP_EVENTS = 5

NO_UNITS = "no-units"
ONE_UNIT = "fewer-than-two-units"
NO_EVENTS = "no-events"
FEW_EVENTS = "fewer-than-ten-events"
FEW_AT_RISK = "fewer-than-ten-at-risk"
NOT_REACHED = "not-reached-by-half"
NOT_CONVERGED = "not-converged"
FEW_GROUPS = "fewer-than-two-groups-with-five-events"

CAUSES = {REACHED: 1, ENDED_BEFORE: 2, CENSORED: 0}
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Median:
    """Months by which half had reached the target; None for the stated ``reason``.

    ``low``–``high``: 95 % confidence limits (Kaplan–Meier; ``high`` is None when the
    data do not bound it), or, of an interval-censored estimate, the interval in which
    the curve passes one half, whose right end is then ``value``.
    """

    value: float | None
    low: float | None
    high: float | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Curve:
    """An estimated curve, what it rests on, and its median.

    ``result.frame`` is empty when ``reason`` says why there is no estimate.
    """

    result: Result
    events: int
    median: Median
    reason: str | None


@dataclass(frozen=True, slots=True)
class GroupTests:
    """Log-rank tests between groups.

    ``result.frame``, one row a pair: ``by``, ``group_a``, ``group_b``, ``n_a``, ``n_b``,
    ``events_a``, ``events_b``, ``chi2``, ``p``, ``p_holm`` (Holm 1979, over all
    ``comparisons`` made in this call). ``groups``: ``by``, ``group``, ``n``, ``events``,
    ``is_tested``.
    """

    result: Result
    groups: pd.DataFrame
    comparisons: int
    reason: str | None


def _sample(spells: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Units that a rule admits, with ``months`` and ``cause`` (0 censored, 1, 2)."""
    used = spells[(spells["status"] != EXCLUDED) & spells["printed"].notna()]
    if rule == "exact":
        used = used[used["is_exact"].astype(bool)]
    return used.assign(months=used["printed"], cause=used["status"].map(CAUSES).astype(int))


def _obstacle(cause: pd.Series) -> str | None:
    if len(cause) == 0:
        return NO_UNITS
    if len(cause) == 1:
        return ONE_UNIT
    return None if (cause == CAUSES[REACHED]).any() else NO_EVENTS


def _band(share: Floats, se: Floats) -> tuple[Floats, Floats]:
    """Pointwise 95 % limits on the log(−log) scale, which stay inside (0, 1)."""
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    # shares of exactly 0 or 1 have no limits: the result is missing, as it should be
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = z * se / (share * np.abs(np.log(share)))
        low, high = share ** np.exp(reach), share ** np.exp(-reach)
    proper = (share > 0) & (share < 1) & np.isfinite(reach)
    return np.where(proper, low, np.nan), np.where(proper, high, np.nan)


def product_limit(months: Floats, reached: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Kaplan–Meier estimate (1958) with Greenwood's error.

    Frame, at 0, at each event and at the last observation: ``months``, ``at_risk``
    (just before), ``events``, ``survival`` (share not yet there), ``low``, ``high``.
    """
    # loaded on first use: statsmodels and scipy cost 0.4 s and 60 MB
    from statsmodels.duration.survfunc import SurvfuncRight  # noqa: PLC0415

    fit = SurvfuncRight(months, reached.astype(int))
    low, high = _band(fit.surv_prob, fit.surv_prob_se)
    steps = pd.DataFrame(
        {
            "months": fit.surv_times,
            "at_risk": fit.n_risk.astype(int),
            "events": fit.n_events.astype(int),
            "survival": fit.surv_prob,
            "low": low,
            "high": high,
        }
    )
    if steps["months"].iloc[0] > 0:
        steps.loc[-1] = [0.0, len(months), 0, 1.0, np.nan, np.nan]
    last = months.max()
    if last > steps["months"].max():
        end = steps.sort_values("months").iloc[-1]
        left = int((months >= last).sum())
        steps.loc[len(steps)] = [last, left, 0, end["survival"], end["low"], end["high"]]
    steps = steps.astype({"at_risk": int, "events": int})
    return steps.sort_values("months").reset_index(drop=True)


def _first_at_half(months: pd.Series, share: pd.Series) -> float | None:
    # one half exactly counts; the product of fractions may miss it by an ulp
    below = months[share <= 0.5 + 1e-12]
    return float(below.iloc[0]) if len(below) else None


def _no_median(events: int, value: float | None, followed: int) -> str | None:
    """Why a median may not be printed, or None when it may."""
    if events < MIN_EVENTS:
        return FEW_EVENTS
    if value is None:
        return NOT_REACHED
    return FEW_AT_RISK if followed < MIN_AT_RISK else None


def median_of(curve: pd.DataFrame) -> Median:
    """Median of a `product_limit` curve, limits of Brookmeyer & Crowley (1982)."""
    steps = curve[curve["events"] > 0]
    value = _first_at_half(steps["months"], steps["survival"])
    followed = 0 if value is None else int(steps["at_risk"][steps["months"] == value].iloc[0])
    obstacle = _no_median(int(steps["events"].sum()), value, followed)
    if obstacle:
        return Median(None, None, None, obstacle)
    low = _first_at_half(steps["months"], steps["low"].fillna(steps["survival"]))
    high = _first_at_half(steps["months"], steps["high"].fillna(1.0))
    return Median(value, low, high, None)


def _result(frame: pd.DataFrame, sample: pd.DataFrame, spells: Result) -> Result:
    first, last = year_span(sample["start_latest"])
    return Result(
        frame,
        {"pilots": keys(sample["pilot_id"]), "organizations": keys(sample["org_id"])},
        covered=len(sample),
        total=spells.total,
        unit=spells.unit,
        first_year=first,
        last_year=last,
    )


def _none(columns: list[str], sample: pd.DataFrame, spells: Result, reason: str) -> Curve:
    events = int((sample["status"] == REACHED).sum())
    empty = _result(pd.DataFrame(columns=columns), sample, spells)
    return Curve(empty, events, Median(None, None, None, reason), reason)


def kaplan_meier(run: Runner, spell: Spell, rule: Rule = "printed") -> Curve:
    """Share that has not reached the target yet, by months since the start.

    The competing end counts as censoring here, so one minus this curve overstates
    the share that will ever arrive: see `cumulative_incidence`. Frame: `product_limit`.
    Coverage: units the rule admits, of all with the start.
    """
    spells = durations(run, spell)
    sample = _sample(spells.frame, rule)
    reason = _obstacle(sample["cause"])
    columns = ["months", "at_risk", "events", "survival", "low", "high"]
    if reason:
        return _none(columns, sample, spells, reason)
    reached = (sample["cause"] == CAUSES[REACHED]).to_numpy()
    frame = product_limit(sample["months"].to_numpy(float), reached)
    events = int(reached.sum())
    return Curve(_result(frame, sample, spells), events, median_of(frame), None)


def at_risk(
    run: Runner,
    spell: Spell,
    rule: Rule = "printed",
    months: tuple[int, ...] = (0, 12, 24, 36, 48, 60),
) -> Result:
    """The table under a survival curve.

    Frame: ``month``, ``at_risk`` (still followed just before), and up to and including
    that month ``reached``, ``ended`` and ``censored`` units.
    """
    spells = durations(run, spell)
    sample = _sample(spells.frame, rule)
    records = []
    for month in months:
        gone = sample[sample["months"] <= month]
        by_status = gone["status"].value_counts()
        records.append(
            {
                "month": month,
                "at_risk": int((sample["months"] >= month).sum()),
                **{s: int(by_status.get(s, 0)) for s in (REACHED, ENDED_BEFORE, CENSORED)},
            }
        )
    return _result(pd.DataFrame(records), sample, spells)


def aalen_johansen(months: Floats, cause: npt.NDArray[np.int_]) -> pd.DataFrame:
    """Share that reached the target, and share that ended first, by months.

    Aalen & Johansen (1978); ties are handled as they are, nothing is jittered. Frame,
    one row a cause and event time: ``months``, ``cause`` (reached, ended), ``share``,
    ``low``, ``high``; each cause begins at (0, 0).
    """
    from statsmodels.duration.survfunc import CumIncidenceRight  # noqa: PLC0415 (heavy)

    # the error formula divides by those left after the last event, which may be none
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = CumIncidenceRight(months, cause)
    parts = []
    names = {code: status for status, code in CAUSES.items()}
    for code, (share, se) in enumerate(zip(fit.cinc, fit.cinc_se, strict=True), start=1):
        low, high = _band(share, se)
        steps = pd.DataFrame(
            {"months": fit.times, "cause": names[code], "share": share, "low": low, "high": high}
        )
        at_event = np.isin(fit.times, months[cause == code]) | (fit.times == fit.times.max())
        start = pd.DataFrame({"months": [0.0], "cause": [names[code]], "share": [0.0]})
        after_start = (steps["months"] > 0) | (steps["share"] > 0)
        parts += [start, steps[at_event & after_start]]
    return pd.concat(parts, ignore_index=True)


def cumulative_incidence(run: Runner, spell: Spell, rule: Rule = "printed") -> Curve:
    """Share that reached the target beside the share that ended without adoption.

    Frame: `aalen_johansen`. ``events`` are those of the target; the median (the month
    by which half of all units had reached it) comes without limits.
    """
    spells = durations(run, spell)
    sample = _sample(spells.frame, rule)
    reason = _obstacle(sample["cause"])
    if reason:
        return _none(["months", "cause", "share", "low", "high"], sample, spells, reason)
    frame = aalen_johansen(sample["months"].to_numpy(float), sample["cause"].to_numpy(int))
    events = int((sample["cause"] == CAUSES[REACHED]).sum())
    mine = frame[frame["cause"] == REACHED]
    value = _first_at_half(mine["months"], 1 - mine["share"])
    left = 0 if value is None else int((sample["months"] >= value).sum())
    obstacle = _no_median(events, value, left)
    median = Median(None if obstacle else value, None, None, obstacle)
    return Curve(_result(frame, sample, spells), events, median, None)


def _steps(masses: pd.DataFrame) -> pd.DataFrame:
    after = 1 - masses["mass"].cumsum()
    return masses.assign(
        survival_left=after + masses["mass"], survival_right=after.clip(lower=0)
    ).round({"survival_left": 12, "survival_right": 12})


def turnbull(run: Runner, spell: Spell) -> Curve:
    """Share not yet there, from the intervals alone: no date is taken for exact.

    Units whose end date is unknown stay in. A competing end counts as censoring.
    Both ends of a spell being intervals, the duration is taken to lie anywhere
    between the shortest and the longest the dates allow, which widens the steps but
    asserts nothing. Frame: ``left``, ``right`` (infinite: beyond all follow-up),
    ``mass``, ``survival_left``, ``survival_right`` (inside a step the curve is not
    determined), ``followed`` (units still followed where the step begins).
    """
    spells = durations(run, spell)
    sample = spells.frame[spells.frame["status"] != EXCLUDED]
    columns = ["left", "right", "mass", "survival_left", "survival_right", "followed"]
    reason = _obstacle(sample["status"].map(CAUSES))
    if reason:
        return _none(columns, sample, spells, reason)
    reached = (sample["status"] == REACHED).to_numpy()
    low = sample["low"].to_numpy(float)
    low = np.where(reached, low, np.nextafter(low, np.inf))
    high = np.where(reached, sample["high"].to_numpy(float), np.inf)
    try:
        masses = npmle(low, high)
    except ArithmeticError:
        return _none(columns, sample, spells, NOT_CONVERGED)
    frame = _steps(masses)
    known_until = np.where(reached, high, low)
    frame["followed"] = [int((known_until >= left).sum()) for left in frame["left"]]
    half = frame[(frame["survival_right"] <= 0.5 + 1e-9) & np.isfinite(frame["right"])]
    events = int(reached.sum())
    value = None if half.empty else float(half["right"].iloc[0])
    obstacle = _no_median(events, value, 0 if half.empty else int(half["followed"].iloc[0]))
    median = Median(None, None, None, obstacle)
    if obstacle is None:
        median = Median(value, float(half["left"].iloc[0]), value, None)
    return Curve(_result(frame, sample, spells), events, median, None)


def _group_sizes(sample: pd.DataFrame, by: Group) -> pd.DataFrame:
    known = sample.dropna(subset=by)
    reached = known["cause"] == CAUSES[REACHED]
    grouped = known.assign(reached=reached).groupby(by)["reached"].agg(["size", "sum"])
    frame = grouped.reset_index().set_axis(["group", "n", "events"], axis=1)
    frame.insert(0, "by", by)
    return frame.assign(is_tested=frame["events"] >= MIN_GROUP_EVENTS)


def _log_rank(sample: pd.DataFrame, by: Group, pair: tuple[str, str]) -> tuple[float, float]:
    from statsmodels.duration.survfunc import survdiff  # noqa: PLC0415 (heavy)

    both = sample[sample[by].isin(pair)]
    reached = (both["cause"] == CAUSES[REACHED]).astype(int).to_numpy()
    chi2, p = survdiff(both["months"].to_numpy(float), reached, both[by].to_numpy(str))
    return float(chi2), float(p)


def _holm(p: list[float]) -> Floats:
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415 (heavy)

    adjusted: Floats = multipletests(p, method="holm")[1]
    return adjusted


def compare_groups(
    run: Runner,
    spell: Spell,
    by: tuple[Group, ...] = ("sector", "sido", "host_kind"),
    rule: Rule = "printed",
) -> GroupTests:
    """Log-rank tests of every pair of groups that have enough events each.

    All pairs of all groupings in ``by`` are one family: Holm's correction counts them
    together, so ask once for everything a page shows. Units of an unknown group are
    left out. A difference is an association: groups also differ in what gets reported.
    """
    spells = durations(run, spell)
    sample = _sample(spells.frame, rule)
    groups = [_group_sizes(sample, column) for column in by]
    records: list[dict[str, object]] = []
    for column, sizes in zip(by, groups, strict=True):
        tested = sizes[sizes["is_tested"]].set_index("group")
        for a, b in combinations(sorted(tested.index), 2):
            chi2, p = _log_rank(sample, column, (a, b))
            pair = {"by": column, "group_a": a, "group_b": b}
            counts = {
                f"{what}_{side}": int(tested.loc[group, what])
                for what in ("n", "events")
                for side, group in (("a", a), ("b", b))
            }
            records.append({**pair, **counts, "chi2": chi2, "p": p})
    columns = ["by", "group_a", "group_b", "n_a", "n_b", "events_a", "events_b", "chi2", "p"]
    frame = pd.DataFrame(records, columns=columns)
    frame["p_holm"] = _holm(list(frame["p"])) if len(frame) else pd.Series(dtype="float64")
    return GroupTests(
        _result(frame, sample, spells),
        pd.concat(groups, ignore_index=True),
        comparisons=len(frame),
        reason=None if len(frame) else FEW_GROUPS,
    )
