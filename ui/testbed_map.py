"""The interactive map of testbeds and the facts of the chosen one."""

from __future__ import annotations

import os
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics.names import all_rows
from analytics.result import Result
from analytics.testbeds import money_at_testbed, one_testbed, pilots_at_testbed
from charts.maps import (
    KOREA_BOUNDS,
    NEAR_ZOOM,
    MapFiles,
    base_map,
    bounds_of,
    point_layer,
)
from charts.tokens import SHAPES, Symbol, symbols
from ui import findings, layout, map_component, pictures, state
from ui.data import ask, shared
from ui.i18n import Words
from ui.images import svg_address
from ui.kept import kept, made_once
from ui.links import link_list, profile_link
from ui.map_component import FinishedMap, finished
from ui.provenance import sources_control
from ui.safe import markdown
from ui.tables import linked
from ui.words import category_codes

MAP_HEIGHT = 560
_TESTBED_COLUMNS = (
    "name_en",
    "name_ko",
    "sido",
    "sigungu_en",
    "sigungu_ko",
    "kind",
    "status",
    "status_as_of",
    "operator_en",
    "operator_ko",
    "designated_year",
)
_PILOT_COLUMNS = ("org_id", "technology_en", "technology_ko", "start_date", "stage")
_LAST_CLICK = "map-last-click"


def map_files() -> MapFiles:
    """Static files of the map, all on this host; web tiles only when configured."""
    return MapFiles(
        leaflet_js="/assets/leaflet/leaflet.js",
        leaflet_css="/assets/leaflet/leaflet.css",
        provinces_js="/assets/provinces.js",
        points_js="/assets/points.js",
        municipalities_url="/assets/municipalities.geojson",
        tiles_url=os.environ.get("ATLAS_TILES_URL", ""),
        tiles_attribution=os.environ.get("ATLAS_TILES_ATTRIBUTION", ""),
    )


def kind_symbols() -> dict[str, Symbol]:
    """One shape and colour for each kind of testbed, the same everywhere."""
    return symbols(category_codes("testbeds", "kind"))


@made_once
def _points(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    details = []
    for _, row in frame.iterrows():
        basis = (
            "" if row["coord_basis"] == "site" else " · " + t("point: centre of the municipality")
        )
        details.append(
            f"{t.code('testbeds', 'kind', row['kind'])} · "
            f"{t.code('testbeds', 'status', row['status'])} · "
            + t.plural("{n} pilot", "{n} pilots", int(row["pilots"]))
            + basis
        )
    return pd.DataFrame(
        {
            "id": frame["testbed_id"],
            "lat": frame["lat"],
            "lon": frame["lon"],
            "kind": frame["kind"],
            "exact": frame["coord_basis"] == "site",
            "name": [t.name(r) for _, r in frame.iterrows()],
            "detail": details,
            "size": [7 + min(8, n**0.5 * 2) for n in frame["pilots"]],
        }
    )


def _picture_of(symbol: Symbol) -> str:
    """A symbol as the address of a picture: the page keeps no drawing in its text."""
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 28 28">'
        f'<path d="{SHAPES[symbol.shape]}" fill="{symbol.color}" stroke="#8A94A0"/></svg>'
    )
    return svg_address(drawing)


@made_once
def _legend(points: pd.DataFrame, t: Words) -> str:
    present = set(points["kind"])
    entries = "".join(
        '<li style="display:inline-block;margin-right:1.1em;white-space:nowrap">'
        f'<img src="{_picture_of(symbol)}" width="14" height="14" alt="" '
        'style="vertical-align:-.1em;margin-right:.4em">'
        f"{escape(t.code('testbeds', 'kind', code))}</li>"
        for code, symbol in kind_symbols().items()
        if code in present
    )
    return f'<ul style="list-style:none;padding:0;margin:0;font-size:.9rem">{entries}</ul>'


@made_once
def _points_table(points: pd.DataFrame, t: Words) -> pd.DataFrame:
    return points[["name", "detail", "lat", "lon"]].set_axis(
        [t("Testbed"), t("Details"), t("Latitude"), t("Longitude")], axis=1
    )


@made_once
def listed_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    """The testbeds in words, with the number of pilots known at each."""
    shown = linked(frame, "testbeds", "testbed", t, _TESTBED_COLUMNS)
    return shown.assign(**{t("Pilots known"): frame["pilots"].to_numpy()})


def draw(listed: Result, place: str, t: Words) -> None:
    """The testbeds by kind: a map in which a click chooses one, or a still picture."""
    view = state.choose_segment(
        "map",
        t("Show as"),
        ("map", "picture"),
        {"map": t("Map to explore"), "picture": t("Still picture")}.__getitem__,
        "map",
        label_visibility="collapsed",
    )
    points = _points(listed.frame, t)
    with layout.framed("testbed-map"):  # its table is the list of testbeds below
        note = _picture(listed, t) if view == "picture" else _map(points, listed, place, t)
        if len(points):
            st.html(_legend(points, t))
        inexact = int((~points["exact"]).sum())
        if inexact:
            note += " " + t.plural(
                "{n} symbol marks only the centre of its municipality and is drawn pale.",
                "{n} symbols mark only the centre of their municipality and are drawn pale.",
                inexact,
            )
        shown = _points_table(points, t)
        layout.provenance("testbed-map", t("Map of the testbeds"), listed, shown, t, note)


def _picture(listed: Result, t: Words) -> str:
    """The still picture; returns how to read it."""
    finding = findings.testbeds_finding(listed, t)
    counts = listed.frame.groupby("sido").size()
    provinces = ask(all_rows, "regions")
    shaded = provinces.assign(testbeds=provinces["sido"].map(counts).fillna(0).astype(int))
    st.image(pictures.province_svg(shaded, listed.frame, finding, t), width=480, alt=finding)
    return t("The darker, the more testbeds; dots are testbeds.")


def _drawn(points: pd.DataFrame, place: str, selected: str, t: Words) -> FinishedMap:
    bounds = bounds_of(points) if place else KOREA_BOUNDS
    words = {"testbeds": t("testbeds"), "nearer": t("come nearer")}
    layer = point_layer(points, kind_symbols(), selected, words)
    return finished(base_map(map_files(), bounds), layer)


def _map(points: pd.DataFrame, listed: Result, place: str, t: Words) -> str:
    """The map to explore; returns how to read it."""
    selected = state.text("testbed")
    # with every testbed as the chosen one, kept maps would fill the memory
    make = partial(_drawn, points, place, selected, t)
    drawn = make() if selected else kept(points, ("map", place, t), make)
    with st.container(key="map-frame"):  # the shell's style keeps its place
        feature = map_component.show(
            drawn,
            key=f"testbed-map-{place}",
            height=MAP_HEIGHT,
            **_moved_to(listed.frame, selected),
        )
    testbed = str(feature.get("properties", {}).get("id", ""))
    if testbed and testbed != st.session_state.get(_LAST_CLICK):
        st.session_state[_LAST_CLICK] = testbed
        state.set_one("testbed", testbed)
        st.rerun()
    return t(
        "A symbol is a testbed; it grows with the number of pilots known there. A number "
        "stands for several: click it to come nearer. Click a symbol, or choose a testbed "
        "from the list."
    )


def _moved_to(frame: pd.DataFrame, selected: str) -> dict[str, Any]:
    """Where the map goes when a testbed was chosen from the list, not on the map itself."""
    if not selected or selected == st.session_state.get(_LAST_CLICK):
        return {}
    row = frame[frame["testbed_id"] == selected]
    if row.empty:
        return {}
    return {"center": (float(row["lat"].iloc[0]), float(row["lon"].iloc[0])), "zoom": NEAR_ZOOM + 2}


def details(everywhere: Result, t: Words) -> None:
    """The facts and pilots of the chosen testbed; the keyboard's way to the map."""
    names = shared(
        "testbed-names",
        lambda: {r["testbed_id"]: t.name(r) for _, r in everywhere.frame.iterrows()},
        t.lang,
    )
    options = ["", *sorted(names, key=names.__getitem__)]
    code = state.choose_one(
        "testbed",
        t("Testbed"),
        options,
        lambda c: names[c] if c else t("Choose a testbed"),
        "",
    )
    if not code:
        st.info(
            t("Choose a testbed on the map or in the list to see its facts and pilots."),
            icon=":material/touch_app:",
        )
        return
    facts = ask(one_testbed, code)
    row = facts.frame.iloc[0]
    st.markdown(f"### {markdown(names[code])}")
    st.markdown(markdown(t.text(row, "description")) or t("No description is known."))
    lines = {
        t("Kind"): t.code("testbeds", "kind", row["kind"]),
        t("Status"): t.code("testbeds", "status", row["status"])
        + t(" (as of {date})", date=t.date(row["status_as_of"])),
        t("Operator"): t.text(row, "operator") or t.unknown,
        t("Designated"): t.unknown
        if pd.isna(row["designated_year"])
        else f"{row['designated_year']:.0f}",
        t("Area"): t.unknown if pd.isna(row["area_km2"]) else f"{row['area_km2']:g} km²",
        t("Point"): t.code("testbeds", "coord_basis", row["coord_basis"]),
    }
    st.markdown("\n".join(f"- **{k}**: {markdown(v)}" for k, v in lines.items()))
    if note := t.text(row, "note"):
        st.caption(markdown(note))
    sources_control("testbed", names[code], facts, t)
    link_list([profile_link("testbed", code, t("Open the profile"), t)])
    pilots = ask(pilots_at_testbed, code)
    if pilots.total:
        layout.table(
            "testbed-pilots",
            t.plural("{n} pilot known here", "{n} pilots known here", pilots.total),
            pilots,
            linked(pilots.frame, "pilots", "company", t, _PILOT_COLUMNS),
            t,
        )
    else:
        none = t.plural("{n} pilot known here", "{n} pilots known here", 0)
        st.markdown(f"**{none}**")
    money = ask(money_at_testbed, code)
    if money.total:
        sources_control(
            "testbed-money",
            t.plural("{n} amount of public money", "{n} amounts of public money", money.total),
            money,
            t,
        )
