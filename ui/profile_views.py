"""Tables and pictures of the profile pages in words; nothing here is drawn."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import plotly.graph_objects as go

from analytics import timelines
from analytics.names import all_rows
from analytics.profiles import TABLE, Profile
from analytics.relations import DIMENSIONS, NO_PILOT, NOT_STATED, RELATIONS
from analytics.result import Result
from analytics.sentences import months_text, relation_words
from charts.svgmap import province_picture
from charts.timeline import timeline
from charts.tokens import ACCENT, MAP_EMPTY, NEUTRAL, OKABE_ITO, STAGES
from loaders.boundaries import feature_collection
from loaders.package import package
from ui.data import ask, shared
from ui.i18n import Words
from ui.kept import made_once
from ui.links import with_profiles
from ui.profile_words import fact_word, mark_words
from ui.safe import http_url, markdown, markdown_link
from ui.tables import readable
from ui.words import keys_in_order, vocabulary

#: More pilots than this share lines by stage, so that the picture stays readable.
MAX_PILOT_LANES = 14
STAGE = "stage:"
_SHADES = (MAP_EMPTY, "#CFE3EA", "#9CC7D6", "#5FA3BF")
_ROUND_COLOR, _EVENT_COLOR = OKABE_ITO[1], OKABE_ITO[3]


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def facts_of(found: Profile, t: Words) -> list[tuple[str, str]]:
    """Known columns of the entity's row: title, and value in words, both as Markdown.

    Only what a column of addresses holds is a link; an address in another text stays text.
    """
    table, row = TABLE[found.kind], found.entity.frame.iloc[0]
    resource = package()[table]
    fields = resource.by_name
    left_out = {"name_ko", "name_en", "source_id", resource.primary_key[0]}
    lines = []
    other = "en" if t.lang == "ko" else "ko"
    if row["name_ko"] != row["name_en"]:
        name = f"name_{other}"
        lines.append((markdown(fields[name].title[t.lang]), markdown(row[name])))
    for name in resource.columns:
        value = row[name]
        if name in left_out or name.endswith(f"_{other}") or pd.isna(value):
            continue
        if name == "name_inferred" and not value:
            continue
        words = readable(found.entity.frame, table, t, [name])
        text = _number(words.iloc[0, 0])
        if name == "country":
            text = ", ".join(t.country(code) for code in str(value).split(";"))
        elif name == "parent_program_id":
            text = vocabulary(t, "programs")[str(value)]
        elif fields[name].unit:
            text += {"degree": "°"}.get(fields[name].unit or "", f" {fields[name].unit}")
        address = http_url(value) if fields[name].is_address else None
        shown = markdown_link(text, address) if address else markdown(text)
        lines.append((markdown(words.columns[0]), shown))
    return lines


def _pilot_word(row: pd.Series, kind: str, t: Words) -> str:
    """A pilot by what tells it from the others of the page."""
    where = t.text(row, "host_name") or vocabulary(t, "testbeds").get(row["testbed_id"], "")
    who = vocabulary(t, "organizations")[row["org_id"]]
    technology = t.text(row, "technology")
    parts = [technology, where] if kind == "company" else [who, technology]
    return " · ".join(p for p in parts if p)


def _lanes(found: Profile, facts: pd.DataFrame, t: Words) -> dict[str, str]:
    """Words of the lines, top first: the entity, its editions, rounds, events, pilots."""
    words = {
        timelines.ENTITY: t.text(found.entity.frame.iloc[0], "name"),
        timelines.EDITIONS: t("Editions and applications"),
        timelines.ROUNDS: t("Investments"),
        timelines.EVENTS: t("Events"),
    }
    for _, row in found.pilots.frame.iterrows():
        words[f"{timelines.PILOT}{row['pilot_id']}"] = _pilot_word(row, found.kind, t)
    companies = vocabulary(t, "organizations")
    words |= {f"{timelines.COMPANY}{i}": companies[i] for i in found.rounds.frame["org_id"]}
    words |= {f"{STAGE}{code}": name for code, name in vocabulary(t, "stages").items()}
    words[STAGE] = t("Beginnings and ends of pilots")
    ladder = [f"{STAGE}{code}" for code in keys_in_order("stages")]
    order = {lane: i for i, lane in enumerate([*list(words)[:4], STAGE, *ladder])}
    present = sorted(dict.fromkeys(facts["lane"]), key=lambda lane: order.get(lane, len(order)))
    return {lane: words[lane] for lane in present}


def _drawable(facts: pd.DataFrame) -> pd.DataFrame:
    """Dated facts; where there are too many pilots, on one line for each stage."""
    drawn = facts[facts["mark"] != timelines.UNDATED]
    # a milestone of the same date says more than a bare start or end, and hides it
    steps = drawn[drawn["kind"] == "milestone"]
    same = set(zip(steps["lane"], steps["date"], strict=True))
    is_bare = drawn["kind"].isin(["start", "end"])
    at = zip(drawn["lane"], drawn["date"], is_bare, strict=True)
    keep = [not (bare and (lane, date) in same) for lane, date, bare in at]
    drawn = drawn[pd.Series(keep, index=drawn.index, dtype=bool)]
    is_pilot = drawn["lane"].str.startswith(timelines.PILOT)
    if drawn.loc[is_pilot, "lane"].nunique() <= MAX_PILOT_LANES:
        return drawn
    by_stage = STAGE + drawn["code"].where(drawn["kind"] == "milestone").fillna("").astype(str)
    return drawn.assign(lane=drawn["lane"].where(~is_pilot, by_stage))


def _color(fact: pd.Series) -> str:
    fixed = {"round": _ROUND_COLOR, "event": _EVENT_COLOR}
    editions = dict.fromkeys(("window", "opens", "closes", "edition"), ACCENT)
    if fact["kind"] == "milestone":
        return STAGES[fact["code"]]
    return (fixed | editions).get(fact["kind"], NEUTRAL)


def timeline_chart(found: Profile, facts: Result, t: Words) -> go.Figure | None:
    """The dated facts as a picture; None when no fact has a date."""
    drawn = _drawable(facts.frame)
    if drawn.empty:
        return None
    about = [t.text(f, "label") for _, f in drawn.iterrows()]
    drawn = drawn.assign(
        color=[_color(f) for _, f in drawn.iterrows()],
        hover=[
            " · ".join(x for x in (f["date"], fact_word(f, t), label) if x)
            for (_, f), label in zip(drawn.iterrows(), about, strict=True)
        ],
    )
    return timeline(drawn, _lanes(found, drawn, t), mark_words(t))


def _page_addresses() -> dict[str, str]:
    def build() -> dict[str, str]:
        frame = ask(all_rows, "sources")
        return dict(zip(frame["source_id"], frame["url"], strict=True))

    return shared("page-addresses", build)


@made_once
def facts_table(facts: Result, t: Words) -> pd.DataFrame:
    """Every fact in time with its page, newest first, undated ones last."""
    frame = facts.frame
    dated = frame[frame["mark"] != timelines.UNDATED].iloc[::-1]
    frame = pd.concat([dated, frame[frame["mark"] == timelines.UNDATED]])
    pages = _page_addresses()
    rows = [f for _, f in frame.iterrows()]
    marks = mark_words(t)
    return pd.DataFrame(
        {
            t("Date"): [t.date(f["date"]) for f in rows],
            t("How the date is known"): [marks[f["mark"]] for f in rows],
            t("Fact"): [fact_word(f, t) for f in rows],
            t("About"): [t.text(f, "label") or "–" for f in rows],
            t("Note"): [t.text(f, "note") or "–" for f in rows],
            t("Page"): [pages[f["source_id"]] for f in rows],
        }
    )


_PILOT_COLUMNS = (
    "org_id",
    "technology_en",
    "technology_ko",
    "sector",
    "stage",
    "host_name_en",
    "host_name_ko",
    "testbed_id",
    "program_id",
    "sido",
    "city_en",
    "city_ko",
    "country",
    "start_date",
    "end_date",
    "outcome_en",
    "outcome_ko",
)


def _pilots(pilots: Result, own: str, t: Words) -> pd.DataFrame:
    """Pilots in words without the column that is the same in every row."""
    frame = pilots.frame.assign(country=[t.country(c) for c in pilots.frame["country"]])
    words = readable(frame, "pilots", t, [c for c in _PILOT_COLUMNS if c != own])
    if own == "org_id":
        return words
    first = package()["pilots"]["org_id"].title[t.lang]
    words.insert(0, first, words.pop(first))
    return with_profiles(words, "company", frame["org_id"], t)


def own_pilots(found: Profile, t: Words) -> pd.DataFrame:
    """Pilots of the profile in words."""
    own = {"testbed": "testbed_id", "company": "org_id"}.get(found.kind, "")
    return _pilots(found.pilots, own, t)


def hosted_table(found: Profile, t: Words) -> pd.DataFrame:
    """Pilots of others that the organisation hosted, in words."""
    return _pilots(found.hosted, "", t)


def rounds_table(found: Profile, t: Words) -> pd.DataFrame:
    """Investments in words, newest first."""
    frame = found.rounds.frame
    rows = [r for _, r in frame.iterrows()]
    relations, names = relation_words(t), vocabulary(t, "organizations")
    table = {
        t("Company"): [t.name(r, "company") for r in rows],
        t("Date"): [t.date(r["date"]) for r in rows],
        t("Round"): [t.code("investments", "round", r["round"]) for r in rows],
        t("What the amount is"): [
            t.code("investments", "amount_kind", r["amount_kind"]) for r in rows
        ],
        t("Amount of the whole round"): [t.money(r["amount"], r["currency"]) for r in rows],
        t("Order in time"): [relations.get(r["relation"], "–") for r in rows],
        t("Months after the first pilot"): [
            months_text(r["months_min"], r["months_max"], t) for r in rows
        ],
        t("Lead investor"): [names.get(r["lead_investor_id"], "–") for r in rows],
        t("Investors"): [
            ", ".join(names[i] for i in r["investor_ids"]) or t("not stated") for r in rows
        ],
        t("Note"): [t.text(r, "note") or "–" for r in rows],
    }
    shown = pd.DataFrame(table)
    if found.kind == "company":
        return shown.drop(columns=t("Company"))
    return with_profiles(shown, "company", frame["org_id"], t)


@made_once
def portfolio_table(portfolio: Result, t: Words) -> pd.DataFrame:
    """What kinds of company the investor chose, in words."""
    words = {
        "sector": (t("Sector"), vocabulary(t, "sectors")),
        "reached": (t("Furthest stage of its pilots"), vocabulary(t, "stages")),
        "sido": (t("Province of the seat"), vocabulary(t, "regions")),
        "round": (t("Round"), {}),
    }
    special = {NOT_STATED: t.unknown, NO_PILOT: t("no pilot known")}
    records = []
    for dimension in DIMENSIONS:
        title, known = words[dimension]
        part = portfolio.frame[portfolio.frame["dimension"] == dimension]
        unit = t("investments") if dimension == "round" else t("companies")
        for code, n in zip(part["code"], part["n"], strict=True):
            label = t.code("investments", "round", code) if dimension == "round" else None
            label = label or special.get(code) or known.get(code, code)
            records.append((title, label, n, unit))
    return pd.DataFrame(records, columns=[t("By"), t("Group"), t("Number"), t("Unit counted")])


def money_list(found: Profile, t: Words) -> pd.DataFrame:
    """Amounts of public money in words, one by one."""
    frame = found.money.frame
    columns = [
        "kind",
        "basis",
        "year",
        "year_end",
        "recipient_en",
        "recipient_ko",
        "payer_en",
        "payer_ko",
        "payer_level",
        "is_additive",
        "program_id",
        "testbed_id",
    ]
    own = {"testbed": "testbed_id"}.get(found.kind)
    words = readable(frame, "funding", t, [c for c in columns if c != own])
    amounts = [t.money(a, c) for a, c in zip(frame["amount"], frame["currency"], strict=True)]
    words.insert(0, t("Amount"), amounts)
    return words


def editions_table(found: Profile, t: Words) -> pd.DataFrame:
    """Editions in words."""
    frame = found.editions.frame
    columns = [
        "edition_year",
        "edition_label_en",
        "edition_label_ko",
        "apply_open",
        "apply_close",
        "max_company_age_years",
        "selected_count",
        "note_en",
        "note_ko",
    ]
    words = readable(frame, "program_editions", t, columns)
    fields = package()["program_editions"]
    for place, column in enumerate(("support_per_company", "budget"), start=4):
        amounts = [
            t.unknown if pd.isna(a) else t.money(a, c)
            for a, c in zip(frame[column], frame["currency"], strict=True)
        ]
        words.insert(min(place, len(words.columns)), fields[column].title[t.lang], amounts)
    return words


def counts_table(found: Profile, t: Words) -> pd.DataFrame:
    """Published counts in words."""
    columns = [
        "edition_year",
        "is_cumulative",
        "stage",
        "count",
        "unit",
        "scope",
        "side",
        "as_of",
        "is_primary",
        "note_en",
        "note_ko",
    ]
    return readable(found.counts.frame, "cohorts", t, columns)


def indicators_table(found: Profile, t: Words) -> pd.DataFrame:
    """Other published statistics in words."""
    columns = [
        "indicator",
        "year",
        "sido",
        "value",
        "unit",
        "basis_en",
        "basis_ko",
        "note_en",
        "note_ko",
    ]
    return readable(found.indicators.frame, "indicators", t, columns)


def related_groups(related: Result) -> Iterable[tuple[str, pd.DataFrame]]:
    """Related entities by kind of connection, in the order of the page."""
    for relation in RELATIONS:
        part = related.frame[related.frame["relation"] == relation]
        if len(part):
            yield relation, part


@made_once
def places_table(places: Result, t: Words) -> pd.DataFrame:
    """Provinces of the profile with the pilots known in each."""
    frame = places.frame.drop_duplicates("sido")
    return pd.DataFrame(
        {
            t("Province"): frame["sido"].map(vocabulary(t, "regions")),
            t("Pilots"): frame["pilots"],
            t("Seat"): frame["is_seat"].map({True: t("yes"), False: t("no")}),
        }
    )


def place_picture(places: Result, description: str, t: Words) -> str | None:
    """The provinces with those of the profile shaded and its testbeds as dots."""
    frame = places.frame
    if frame.empty:
        return None
    counted = frame.drop_duplicates("sido").set_index("sido")["pilots"]
    names = vocabulary(t, "regions")
    fills, titles = dict.fromkeys(names, _SHADES[0]), dict(names)
    for code, n in counted.items():
        fills[str(code)] = _SHADES[1 if n <= 1 else 2 if n <= 5 else 3]
        titles[str(code)] = f"{names[str(code)]}: " + t.plural("{n} pilot", "{n} pilots", int(n))
    spots = frame.dropna(subset=["lon", "lat"])
    dots = [(p.lon, p.lat, ACCENT) for p in spots.itertuples()]
    shapes = feature_collection("provinces")["features"]
    return province_picture(shapes, fills, titles, dots, description)
