"""Figures ready to draw: words added to frames, charts made once for all visitors."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics.linkage import (
    AFTER,
    BEFORE,
    NO_ROUND,
    NOT_STATED,
    OTHERS,
    SEVERAL,
    UNCLEAR,
)
from analytics.result import Result
from analytics.sentences import months_text, relation_words, scope_word
from charts.funnel import stage_bars
from charts.sankey import Column, sankey
from charts.svgmap import province_picture
from charts.tokens import ACCENT, MAP_EMPTY, NEUTRAL, STAGES, categorical
from loaders.boundaries import feature_collection
from ui.i18n import Words
from ui.kept import made_once
from ui.words import category_codes, keys_in_order, vocabulary

_FILLS = (MAP_EMPTY, "#CFE3EA", "#9CC7D6", "#5FA3BF", "#2C80A3")


@made_once
def milestone_chart(result: Result, t: Words) -> go.Figure:
    """Pilots that reached each stage or a later one."""
    frame = result.frame.assign(
        label=result.frame[f"name_{t.lang}"],
        value=result.frame["reached"],
        text=[
            f"{t.number(n)} ({t.percent(s)})"
            for n, s in zip(result.frame["reached"], result.frame["share"], strict=True)
        ],
        hover=[
            t(
                "{stage}: {n} reached this stage or a later one; {m} have it as their highest",
                stage=stage,
                n=t.number(n),
                m=t.number(m),
            )
            for stage, n, m in zip(
                result.frame[f"name_{t.lang}"],
                result.frame["reached"],
                result.frame["highest"],
                strict=True,
            )
        ],
    )
    unit = t("projects") if result.unit == "projects" else t("pilots")
    return stage_bars(frame, axis_title=unit, gap_text="")


@made_once
def milestone_table(result: Result, t: Words) -> pd.DataFrame:
    """The numbers of the milestone funnel in words."""
    frame = result.frame
    if not result.total:
        return pd.DataFrame()
    return pd.DataFrame(
        {
            t("Stage"): frame[f"name_{t.lang}"],
            t("Reached this stage or a later one"): frame["reached"],
            t("Share of all"): [t.percent(s, 1) for s in frame["share"]],
            t("Highest stage known"): frame["highest"],
        }
    )


@made_once
def published_chart(result: Result, scope: str, side: str, t: Words) -> go.Figure:
    """Published counts; unpublished stages are named gaps."""
    frame = result.frame
    texts = []
    for _, row in frame.iterrows():
        if pd.isna(row["count"]):
            texts.append("")
        elif pd.isna(row["share_of_previous"]):
            texts.append(t.number(row["count"]))
        else:
            texts.append(f"{t.number(row['count'])} ({t.percent(row['share_of_previous'])})")
    drawn = frame.assign(
        label=frame[f"name_{t.lang}"], value=frame["count"], text=texts, hover=texts
    )
    return stage_bars(drawn, axis_title=scope_word(scope, side, t), gap_text=t("not published"))


@made_once
def published_table(result: Result, t: Words) -> pd.DataFrame:
    """The numbers of a published funnel in words."""
    frame = result.frame
    names = dict(zip(frame["stage"], frame[f"name_{t.lang}"], strict=True))
    return pd.DataFrame(
        {
            t("Stage"): frame[f"name_{t.lang}"],
            t("Published count"): [
                t("not published") if pd.isna(n) else t.number(n) for n in frame["count"]
            ],
            t("Share of the published stage before"): [
                "–" if pd.isna(s) else f"{t.percent(s, 1)} ({names[p]})"
                for s, p in zip(frame["share_of_previous"], frame["previous_stage"], strict=True)
            ],
            t("Other pages with another count"): frame["others"],
        }
    )


def outcome_words(outcome: str, t: Words) -> dict[str, str]:
    """Words for the right-hand side of the linkage."""
    words = {
        NO_ROUND: t("No round known"),
        BEFORE: t("Earlier round, as far as dated"),
        UNCLEAR: t("Round, order in time unclear"),
        NOT_STATED: t("Investor not stated"),
        SEVERAL: t("Several kinds of investor"),
    }
    if outcome == "investor":
        return (
            words
            | {OTHERS: t("All others"), SEVERAL: t("Several investors")}
            | vocabulary(t, "organizations")
        )
    words |= {OTHERS: t("All others")}
    resource, column = ("investments", "round") if outcome == "round" else ("organizations", "kind")
    return words | {c: t.code(resource, column, c) for c in category_codes(resource, column)}


def origin_words(origin: str, t: Words) -> dict[str, str]:
    """Words for the left-hand side of the linkage."""
    missing = {
        "sido": t("Abroad or place unknown"),
        "program_id": t("No programme known"),
        "sector": t.unknown,
        "host_kind": t("Host not known"),
    }[origin]
    if origin == "host_kind":
        codes = category_codes("organizations", "kind")
        known = {c: t.code("organizations", "kind", c) for c in codes}
    else:
        resource = {"sido": "regions", "program_id": "programs", "sector": "sectors"}[origin]
        known = vocabulary(t, resource)
    return known | {OTHERS: t("All others"), NOT_STATED: missing}


def _by_size(flows: pd.DataFrame, column: str, last: tuple[str, ...]) -> list[str]:
    sizes = flows.groupby(column)["companies"].sum()
    named = [c for c in sizes.index if c not in last]
    ordered = sorted(named, key=lambda c: (-sizes[c], c))
    return [*ordered, *[c for c in last if c in sizes.index]]


@made_once
def linkage_chart(flows: pd.DataFrame, origin: str, outcome: str, t: Words) -> go.Figure:
    """Origin → stage reached → round, in companies."""
    origins = _by_size(flows, "origin", (OTHERS, NOT_STATED))
    ladder = [s for s in reversed(keys_in_order("stages")) if s in set(flows["reached"])]
    ends = _by_size(flows, "outcome", (OTHERS, SEVERAL, NOT_STATED, UNCLEAR, BEFORE, NO_ROUND))
    quiet = dict.fromkeys((UNCLEAR, BEFORE, NO_ROUND, NOT_STATED, OTHERS), NEUTRAL)
    columns = {
        "origin": Column(origins, origin_words(origin, t), dict.fromkeys(origins, ACCENT) | quiet),
        "reached": Column(ladder, vocabulary(t, "stages"), STAGES),
        "outcome": Column(ends, outcome_words(outcome, t), categorical(ends) | quiet),
    }
    return sankey(flows, columns, "companies", t("companies"))


@made_once
def linkage_table(flows: pd.DataFrame, origin: str, outcome: str, t: Words) -> pd.DataFrame:
    """The flows in words."""
    return pd.DataFrame(
        {
            t("From"): flows["origin"].map(origin_words(origin, t)),
            t("Stage reached"): flows["reached"].map(vocabulary(t, "stages")),
            t("First round after the pilot"): flows["outcome"].map(outcome_words(outcome, t)),
            t("Companies"): flows["companies"],
        }
    ).sort_values(t("Companies"), ascending=False)


def linked_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Rounds after the pilot first, then those of unclear order, then earlier ones."""
    order = {AFTER: 0, UNCLEAR: 1, BEFORE: 2}
    ranked = frame.assign(order=frame["relation"].map(order))
    return ranked.sort_values(["order", "company_en", "date_latest", "investment_id"])


@made_once
def linked_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    """Rounds of pilot companies in words, in the order of `linked_order`."""
    rows = linked_order(frame)
    relations, stages = relation_words(t), vocabulary(t, "stages")
    investors = vocabulary(t, "organizations")
    return pd.DataFrame(
        {
            t("Company"): [t.name(r, "company") for _, r in rows.iterrows()],
            t("Sector"): rows["sector"].map(vocabulary(t, "sectors")),
            t("Stage reached"): rows["reached"].map(stages),
            t("First pilot fact, at the latest"): rows["first_latest"].dt.strftime("%Y-%m-%d"),
            t("Round"): [t.code("investments", "round", r) for r in rows["round"]],
            t("Date of the round"): [t.date(d) for d in rows["date"]],
            t("In time"): rows["relation"].map(relations),
            t("Months after"): [
                months_text(a, b, t)
                for a, b in zip(rows["months_min"], rows["months_max"], strict=True)
            ],
            t("Amount"): [
                t.money(a, c) for a, c in zip(rows["amount"], rows["currency"], strict=True)
            ],
            t("Investors"): [", ".join(investors[i] for i in ids) for ids in rows["investor_ids"]],
        }
    )


@made_once
def money_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    """Sums by basis in words; never added across bases."""
    return pd.DataFrame(
        {
            t("Basis"): [t.code("funding", "basis", b) for b in frame["basis"]],
            t("Sum of additive amounts"): [
                t("none may be added") if pd.isna(a) else t.money(a, c)
                for a, c in zip(frame["amount"], frame["currency"], strict=True)
            ],
            t("Amounts added"): frame["additive"],
            t("Amounts known"): frame["known"],
        }
    )


@made_once
def province_table(result: Result, t: Words) -> pd.DataFrame:
    """Testbeds and pilots at them in each province."""
    frame = result.frame
    return pd.DataFrame(
        {
            t("Province"): frame[f"short_{t.lang}"],
            t("Testbeds"): frame["testbeds"],
            t("Pilots"): frame["pilots"],
        }
    )


def province_svg(frame: pd.DataFrame, points: pd.DataFrame, description: str, t: Words) -> str:
    """Provinces shaded by number of testbeds, with the testbeds as dots."""
    most = max(int(frame["testbeds"].max()), 1)
    fills, titles = {}, {}
    for row in frame.itertuples():
        level = 0 if row.testbeds == 0 else 1 + min(3, int(4 * (row.testbeds - 1) / most))
        fills[row.sido] = _FILLS[level]
        name = row.short_ko if t.lang == "ko" else row.short_en
        titles[row.sido] = f"{name}: " + t.plural("{n} testbed", "{n} testbeds", row.testbeds)
    dots = [(p.lon, p.lat, ACCENT) for p in points.itertuples()]
    return province_picture(
        feature_collection("provinces")["features"], fills, titles, dots, description
    )
