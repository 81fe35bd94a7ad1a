"""PoC to market: conversions between two stages, pooled over the series that publish both."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.pooled import MIN_SERIES, Pooled, SeriesFilter, available_pairs, pooled
from charts.forest import Summary, forest
from ui import layout, state
from ui.data import ask, shared
from ui.i18n import Words
from ui.words import vocabulary

JOINT = "~"


def _label(row: pd.Series, t: Words) -> str:
    period = t("year not stated") if pd.isna(row["edition_year"]) else str(row["edition_year"])
    return f"{t.text(row, 'name')} {period}"


def _finding(found: Pooled, words: tuple[str, str], t: Words) -> str:
    frame = found.result.frame
    values = {
        "before": words[0],
        "after": words[1],
        "k": t.number(int(frame["k"].sum()) if len(frame) else 0),
        "n": t.number(int(frame["n"].sum()) if len(frame) else 0),
        "series": t.plural("{n} series", "{n} series", len(frame)),
        "programs": t.plural("{n} programme", "{n} programmes", found.programs),
    }
    if found.estimate is None:
        return t(
            "{before} → {after}: {k} of {n} in {series} of {programs}; too few for a pooled share",
            **values,
        )
    return t(
        "{before} → {after}: {share} on average (95 % interval {low}–{high}) over {series} "
        "of {programs}",
        share=t.percent(found.estimate.share),
        low=t.percent(found.estimate.low),
        high=t.percent(found.estimate.high),
        **values,
    )


def _table(found: Pooled, t: Words) -> pd.DataFrame:
    frame = found.result.frame
    return pd.DataFrame(
        {
            t("Series"): [_label(r, t) for _, r in frame.iterrows()],
            t("Before"): frame["n"],
            t("After"): frame["k"],
            t("Share"): [t.percent(s, 1) for s in frame["share"]],
            t("95 % interval (Wilson)"): [
                f"{t.percent(a, 1)} – {t.percent(b, 1)}"
                for a, b in zip(frame["low"], frame["high"], strict=True)
            ],
        }
    )


def _chart(found: Pooled, title: str, t: Words) -> object:
    frame = found.result.frame
    labels = [_label(r, t) for _, r in frame.iterrows()]
    hovers = [
        t("{label}: {k} of {n} = {share}", label=label, k=t.number(k), n=t.number(n),
          share=t.percent(share, 1))
        for label, k, n, share in zip(labels, frame["k"], frame["n"], frame["share"], strict=True)
    ]  # fmt: skip
    drawn = frame.assign(label=labels, hover=hovers)
    pooled_share = found.estimate
    summary = None
    if pooled_share is not None:
        summary = Summary(
            t("Average of series"),
            pooled_share.share,
            pooled_share.low,
            pooled_share.high,
            pooled_share.next_low,
            pooled_share.next_high,
        )
    return forest(drawn, summary, axis_title=title)


def _notes(found: Pooled, t: Words) -> None:
    if found.estimate is None:
        st.info(
            t(
                "A pooled share needs at least {n} series; fewer say nothing about how series "
                "differ. The single shares stand above.",
                n=MIN_SERIES,
            ),
            icon=":material/info:",
        )
        return
    st.markdown(
        t(
            "Random effects on the logit scale. One further programme would be expected between "
            "{low} and {high} (dotted line). Of the spread between series {i2} is more than "
            "chance. Programmes that publish both stages are not a random choice of programmes.",
            low=t.percent(found.estimate.next_low),
            high=t.percent(found.estimate.next_high),
            i2=t.percent(found.estimate.i2),
        )
    )


def show(t: Words) -> None:
    """Choose two stages; see every series that publishes both, and their average."""
    st.header(t("Conversions across programmes"), anchor=False)
    stages = vocabulary(t, "stages")
    urban = state.choose_segment(
        "scope", t("Programmes"), ("all", "urban"),
        {"all": t("All programmes"), "urban": t("Urban technology only")}.__getitem__, "all",
    )  # fmt: skip
    chosen = SeriesFilter(smart_city_only=urban == "urban")
    pairs = ask(available_pairs, chosen).frame
    if pairs.empty:
        st.info(t("Nothing in the data matches this choice."), icon=":material/search_off:")
        return
    sizes = {f"{r['from_stage']}{JOINT}{r['to_stage']}": r for _, r in pairs.iterrows()}
    code = state.choose_one(
        "pair", t("From stage → to stage"), list(sizes),
        lambda c: f"{stages[sizes[c]['from_stage']]} → {stages[sizes[c]['to_stage']]} · "
        + t.plural("{n} series", "{n} series", int(sizes[c]["series"])),
        next(iter(sizes)),
    )  # fmt: skip
    before, after = code.split(JOINT)
    found = ask(pooled, before, after, chosen)
    words = (stages[before], stages[after])
    title = t("Share of “{before}” that became “{after}”", before=words[0], after=words[1])
    layout.figure(
        "pooled",
        _finding(found, words, t),
        found.result,
        lambda: shared("pooled", lambda: _chart(found, title, t), code, urban, t.lang),
        _table(found, t),
        t,
        note=t.plural(
            "{n} series put aside because it overlaps a finer one",
            "{n} series put aside because they overlap finer ones",
            len(found.set_aside),
        ),
    )
    _notes(found, t)
