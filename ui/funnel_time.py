"""PoC to market: how long it takes, and how sure that is."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.durations import (
    ENDED_BEFORE,
    REACHED,
    TO_CONTRACT,
    TO_FIELD_DEMO,
    TO_ROUND,
    CensorAt,
    Spell,
    duration_counts,
)
from analytics.result import Result
from analytics.survival import (
    MIN_AT_RISK,
    MIN_EVENTS,
    Curve,
    Median,
    Rule,
    at_risk,
    compare_groups,
    cumulative_incidence,
    kaplan_meier,
    turnbull,
)
from charts.curves import StepCurve, step_curves
from charts.tokens import ACCENT, NEUTRAL, OKABE_ITO, STAGES
from ui import layout, state
from ui.data import ask, shared
from ui.funnel_pilots import pilot_filter
from ui.i18n import Words
from ui.words import vocabulary

SPELLS = {"demo": TO_FIELD_DEMO, "contract": TO_CONTRACT, "round": TO_ROUND}


def _spell_words(t: Words) -> dict[str, str]:
    return {
        "demo": t("Selection → field demonstration"),
        "contract": t("Selection → contract or sale"),
        "round": t("First pilot → next investment round"),
    }


def _reason(code: str | None, t: Words) -> str:
    return {
        "no-units": t("no unit of this choice has the start"),
        "fewer-than-two-units": t("only one unit of this choice has the start"),
        "no-events": t("nobody of this choice is known to have got there with a usable date"),
        "fewer-than-ten-events": t("it would rest on fewer than {n} events", n=MIN_EVENTS),
        "fewer-than-ten-at-risk": t("fewer than {n} are still followed there", n=MIN_EVENTS),
        "not-reached-by-half": t("fewer than half are known to have got there"),
        "not-converged": t("the estimate did not converge"),
    }.get(code or "", "")


def _median_words(median: Median, t: Words) -> str:
    if median.value is None:
        return t("no median: {reason}", reason=_reason(median.reason, t))
    if median.low is None:
        return t("median {value} months", value=t.number(median.value, 1))
    high = "…" if median.high is None else t.number(median.high, 1)
    return t(
        "median {value} months ({low}–{high})",
        value=t.number(median.value, 1), low=t.number(median.low, 1), high=high,
    )  # fmt: skip


def _reached_curve(curve: Curve) -> pd.DataFrame:
    frame = curve.result.frame
    return pd.DataFrame(
        {
            "months": frame["months"], "share": 1 - frame["survival"],
            "low": 1 - frame["high"], "high": 1 - frame["low"],
        }
    )  # fmt: skip


def _turnbull_curve(curve: Curve) -> pd.DataFrame:
    frame = curve.result.frame
    # where few are still followed, single undated ends make steps that mean nothing
    inside = frame[np.isfinite(frame["right"]) & (frame["followed"] >= MIN_AT_RISK)]
    steps = pd.DataFrame(
        {
            "months": [0.0, *inside["right"]],
            "share": [0.0, *(1 - inside["survival_right"])],
        }
    )
    return steps.assign(low=np.nan, high=np.nan)


def _curves(spell: Spell, t: Words) -> tuple[dict[str, Curve], go.Figure]:
    rules: tuple[Rule, ...] = ("printed", "exact")
    found: dict[str, Curve] = {rule: ask(kaplan_meier, spell, rule) for rule in rules}
    found["interval"] = ask(turnbull, spell)
    words = {
        "printed": t("dates as printed (Kaplan–Meier)"),
        "exact": t("exact event dates only (Kaplan–Meier)"),
        "interval": t("dates as intervals (Turnbull)"),
    }
    colors = {"printed": ACCENT, "exact": OKABE_ITO[1], "interval": OKABE_ITO[2]}
    dashes = {"printed": "solid", "exact": "dash", "interval": "dot"}
    drawn = [
        StepCurve(
            words[name], colors[name],
            _turnbull_curve(curve) if name == "interval" else _reached_curve(curve), dashes[name],
        )
        for name, curve in found.items()
        if curve.reason is None
    ]  # fmt: skip
    return found, step_curves(drawn, x_title=t("Months"), y_title=t("Share that got there"))


def _rules_table(found: dict[str, Curve], t: Words) -> pd.DataFrame:
    words = {
        "printed": t("Dates as printed, page dates taken as the event"),
        "exact": t("Only event dates known to the month, at both ends"),
        "interval": t("Every date as the interval it allows"),
    }
    return pd.DataFrame(
        {
            t("Rule for dates"): [words[name] for name in found],
            t("Units"): [curve.result.covered for curve in found.values()],
            t("Events"): [curve.events for curve in found.values()],
            t("Median"): [_median_words(curve.median, t) for curve in found.values()],
        }
    )


def _missing_table(spell: Spell, t: Words) -> tuple[object, pd.DataFrame]:
    counts = ask(duration_counts, spell)
    words = {
        "units": t("With the start known"),
        "reached": t("Known to have got there"),
        "ended": t("Ended without adoption first"),
        "censored": t("Not known to have got there"),
        "excluded": t("Left out"),
        "reached-exact": t("Got there, event dates to the month at both ends"),
        "start-publication": t("Start: only the page's date"),
        "end-publication": t("End: only the page's date"),
        "start-coarse": t("Start: known to a year or longer"),
        "end-coarse": t("End: known to a year or longer"),
        "end-later-stage": t("End bounded by a later stage only"),
        "end-undated": t("End without any date"),
        "order-reversed": t("Printed dates in the wrong order"),
        "start-undated": t("Left out: start without any date"),
        "order-contradicts": t("Left out: dates contradict each other"),
        "round-order-unclear": t("Left out: order of pilot and round unclear"),
        "round-undated": t("Left out: round without a date"),
    }
    frame = counts.frame
    table = pd.DataFrame(
        {t("What the dates allow"): frame["code"].map(words), t("Number"): frame["units"]}
    )
    return counts, table


def _risk_table(followed: Result, t: Words) -> pd.DataFrame:
    frame = followed.frame
    return pd.DataFrame(
        {
            t("Month"): frame["month"],
            t("Still followed"): frame["at_risk"],
            t("Got there by then"): frame[REACHED],
            t("Ended by then"): frame[ENDED_BEFORE],
            t("Lost from sight by then"): frame["censored"],
        }
    )


def _finding(name: str, found: dict[str, Curve], t: Words) -> str:
    curve = found["printed"]
    values = {
        "step": _spell_words(t)[name],
        "events": t.number(curve.events),
        "units": t.number(curve.result.covered),
        "median": _median_words(curve.median, t),
    }
    return t("{step}: {events} of {units} with a usable date got there; {median}", **values)


def _incidence(spell: Spell, name: str, t: Words) -> None:
    curve = ask(cumulative_incidence, spell, "printed")
    frame = curve.result.frame
    words = {REACHED: t("got there"), ENDED_BEFORE: t("ended without adoption")}
    table = pd.DataFrame()
    if len(frame):
        table = pd.DataFrame(
            {
                t("Outcome"): frame["cause"].map(words),
                t("Months"): frame["months"].round(1),
                t("Share"): [t.percent(s, 1) for s in frame["share"]],
            }
        )
    colors = {REACHED: ACCENT, ENDED_BEFORE: STAGES["ended-without-adoption"]}
    ends = {c: float(g["share"].iloc[-1]) for c, g in frame.groupby("cause")} if len(frame) else {}
    layout.figure(
        "incidence",
        t(
            "{step}: {reached} got there and {ended} ended without adoption, as far as followed",
            step=_spell_words(t)[name],
            reached=t.percent(ends.get(REACHED, 0.0)),
            ended=t.percent(ends.get(ENDED_BEFORE, 0.0)),
        ),
        curve.result,
        lambda: step_curves(
            [
                StepCurve(words[str(cause)], colors.get(str(cause), NEUTRAL), part)
                for cause, part in frame.groupby("cause")
            ],
            x_title=t("Months"),
            y_title=t("Share"),
        ),
        table,
        t,
        note=t("Ends are hardly ever reported: their share is a lower bound"),
    )


def _groups(spell: Spell, t: Words) -> None:
    # members of one consortium move together: counted singly they would feign a difference
    tests = ask(compare_groups, replace(spell, by_project=not spell.is_of_companies))
    st.markdown("### " + t("Do groups differ?"))
    if not tests.comparisons:
        st.info(
            t("No test: fewer than two groups of one kind have five events each."),
            icon=":material/info:",
        )
        return
    words = {
        "sector": vocabulary(t, "sectors"), "sido": vocabulary(t, "regions"),
        "host_kind": {},
    }  # fmt: skip

    def word(by: str, code: str) -> str:
        if by == "host_kind":
            return t.code("organizations", "kind", code)
        return words[by].get(code, code)

    rows = [row for _, row in tests.result.frame.iterrows()]
    table = pd.DataFrame(
        {
            t("Group"): [word(r["by"], r["group_a"]) for r in rows],
            t("Compared with"): [word(r["by"], r["group_b"]) for r in rows],
            t("Events"): [f"{r['events_a']} / {r['events_b']}" for r in rows],
            t("p (log-rank)"): [f"{r['p']:.3f}" for r in rows],
            t("p after Holm's correction"): [f"{r['p_holm']:.3f}" for r in rows],
        }
    )
    layout.table(
        "groups",
        t.plural(
            "{n} comparison was made (consortia counted once)",
            "{n} comparisons were made (consortia counted once)",
            tests.comparisons,
        ),
        tests.result,
        table,
        t,
    )


def show(t: Words) -> None:
    """Time from selection to field demonstration, to a contract, or to the next round."""
    st.header(t("How long it takes"), anchor=False)
    st.markdown(
        t(
            "Most dates are page dates (upper bounds) or only a month or year, and silence is not "
            "failure. So the same question is answered under three rules for dates; where they "
            "differ, the dates do not settle it. No median is given below {n} events. Pilots "
            "known by name are mostly those that news reported, which favours quick successes.",
            n=MIN_EVENTS,
        )
    )
    left, right = st.columns(2)
    with left:
        name = state.choose_segment(
            "step", t("From → to"), tuple(SPELLS), _spell_words(t).__getitem__, "demo"
        )
    with right:
        until = state.choose_segment(
            "until", t("A pilot without news counts as"), ("data-date", "last-fact"),
            {"data-date": t("not yet there, until today's data"),
             "last-fact": t("out of sight after its last fact")}.__getitem__, "data-date",
        )  # fmt: skip
    spell = replace(SPELLS[name], chosen=pilot_filter(t), censor_at=cast(CensorAt, until))
    found, chart = shared("time", lambda: _curves(spell, t), spell, t.lang)
    if all(curve.reason for curve in found.values()):
        reason = _reason(found["interval"].reason, t)
        st.info(t("No curve: {reason}.", reason=reason), icon=":material/info:")
    else:
        layout.figure(
            "time", _finding(name, found, t), ask(turnbull, spell).result, lambda: chart,
            _rules_table(found, t), t,
            note=t("Bands: 95 %; pilots of one consortium move together, so true bands are wider"),
        )  # fmt: skip
        followed = ask(at_risk, spell, "printed")
        title = t("Followed at each month (dates as printed)")
        layout.table("at-risk", title, followed, _risk_table(followed, t), t)
        if not spell.is_of_companies:
            _incidence(spell, name, t)
        _groups(spell, t)
    counts, table = _missing_table(spell, t)
    layout.table("time-missing", t("What is known of the dates"), counts, table, t)  # type: ignore[arg-type]
