"""Investment linkage: who invests with whom in which pilot companies."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.filters import PilotFilter
from analytics.network import COMPANY, INVESTOR, investor_network, network_links
from analytics.result import Result
from charts.network import two_kinds
from ui import layout, state
from ui.data import ask, shared
from ui.i18n import Words
from ui.kept import made_once
from ui.links import with_profiles

#: Investors in this many pilot companies make up the strongest part.
STRONG = 2
#: Beyond this many nodes only the most connected are named in the picture.
NAMED = 30


def _chart(nodes: Result, links: Result, marked: str, t: Words) -> go.Figure:
    frame = nodes.frame
    drawn = pd.DataFrame(
        {
            "key": frame["kind"] + ":" + frame["org_id"],
            "kind": frame["kind"],
            "label": [t.text(r, "name") for _, r in frame.iterrows()],
            "hover": [
                f"{t.name(r)}: " + t.plural("{n} link", "{n} links", int(r["links"]))
                for _, r in frame.iterrows()
            ],
            "x": frame["x"],
            "y": frame["y"],
            "links": frame["links"],
            "named": [i < NAMED for i in range(len(frame))],
        }
    )
    lines = pd.DataFrame(
        {
            "left": f"{INVESTOR}:" + links.frame["investor_id"],
            "right": f"{COMPANY}:" + links.frame["org_id"],
        }
    )
    key = next((k for k in drawn["key"] if k.split(":", 1)[1] == marked), "")
    return two_kinds(drawn, lines, {INVESTOR: t("Investor"), COMPANY: t("Pilot company")}, key)


@made_once
def _table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    investors = frame[frame["kind"] == INVESTOR]
    table = pd.DataFrame(
        {
            t("Investor"): [t.name(r) for _, r in investors.iterrows()],
            t("Pilot companies"): investors["links"],
            t("Co-investors"): investors["co_investors"],
            t("Betweenness"): [f"{b:.3f}" for b in investors["betweenness"]],
            t("Group"): investors["community"] + 1,
        }
    )
    return with_profiles(table, "investor", investors["org_id"], t)


@made_once
def _finding(frame: pd.DataFrame, t: Words) -> str:
    investors = frame[frame["kind"] == INVESTOR]
    if investors.empty:
        return t("No investor of this choice is in that many pilot companies")
    top = investors.iloc[0]
    return t(
        "{investors} investors and {companies} pilot companies are drawn; most connected: {name} "
        "with {links} companies",
        investors=t.number(len(investors)),
        companies=t.number(len(frame) - len(investors)),
        name=t.text(top, "name"),
        links=t.number(top["links"]),
    )


def show(chosen: PilotFilter, t: Words) -> None:
    """The strongest part of the network first; everything on demand."""
    st.header(t("Who invests with whom"), anchor=False)
    least = state.choose_number(
        "least", t("Investors in at least so many pilot companies"), 1, 10, STRONG
    )
    nodes, links = (ask(f, chosen, least) for f in (investor_network, network_links))
    names = {r["org_id"]: t.name(r) for _, r in nodes.frame.iterrows()}
    marked = state.choose_one(
        "mark", t("Find in the picture"), ["", *sorted(names, key=names.__getitem__)],
        lambda code: names.get(code, t("nobody marked")), "",
    )  # fmt: skip
    layout.figure(
        "network",
        _finding(nodes.frame, t),
        nodes,
        lambda: shared(
            "network", lambda: _chart(nodes, links, marked, t), chosen, least, marked, t.lang
        ),
        _table(nodes.frame, t),
        t,
        note=t(
            "Only known participants of rounds of pilot companies; distances in the picture "
            "mean nothing"
        ),
    )
