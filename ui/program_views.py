"""The programme page in words: answer, catalogue, calendar, one programme."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.programs import ProgramFilter
from analytics.result import Result
from analytics.windows import CLOSED, CLOSING, OPEN, UNKNOWN, UPCOMING, day
from charts.calendar import year_calendar
from loaders.package import package
from ui import state
from ui.deadlines import deadlines_ics, exact_deadlines
from ui.i18n import Words
from ui.kept import made_once
from ui.links import with_profiles
from ui.program_words import (
    age_text,
    codes_text,
    edition_text,
    money_text,
    month_word,
    outcomes_text,
    state_text,
    status_word,
    support_words,
    usual_text,
    window_text,
    with_year,
    year_text,
)
from ui.safe import markdown
from ui.words import category_codes, keys_in_order, vocabulary, wording

MIN_SUPPORTS = (0, 10_000_000, 50_000_000, 100_000_000, 300_000_000)
MAX_AGE_ASKED = 50
MAX_CALENDAR_ROWS = 24
_LEAP_YEAR = 2024
_STATUSES = (OPEN, CLOSING, UPCOMING, CLOSED, UNKNOWN)
_AHEAD = (OPEN, CLOSING, UPCOMING)


def choose_filter(t: Words) -> ProgramFilter:
    """The filters over programmes, from the link."""
    with st.grid(3, min_column_width=220):
        status = state.choose_many(
            "status", t("Application window"), _STATUSES, lambda s: status_word(s, t),
            placeholder=t("All states"),
        )  # fmt: skip
        kind = state.choose_many(
            "kind", t("Kind"), category_codes("programs", "kind"),
            lambda c: t.code("programs", "kind", c), placeholder=t("All kinds"),
        )  # fmt: skip
        supports = state.choose_many(
            "need", t("What it supports"), category_codes("programs", "stages_supported"),
            lambda c: t.code("programs", "stages_supported", c), placeholder=t("Any support"),
        )  # fmt: skip
        sido = state.choose_many(
            "region", t("Province it names"), keys_in_order("regions"), wording(t, "regions"),
            placeholder=t("All, and nationwide"),
        )  # fmt: skip
        sector = state.choose_many(
            "sector", t("Sector"), keys_in_order("sectors"), wording(t, "sectors"),
            placeholder=t("All sectors"),
        )  # fmt: skip
        age = state.type_number(
            "age", t("Your company's age (years)"), 0, MAX_AGE_ASKED,
            placeholder=t("Any age"),
            help_text=t("Completed years. A programme without a known limit stays in."),
        )  # fmt: skip
        amount = state.choose_one(
            "least", t("Support for one company"), [str(n) for n in MIN_SUPPORTS],
            lambda n: t("{amount} or more", amount=t.money(n, "KRW"))
            if int(n) else t("Any or not stated"), "0",
        )  # fmt: skip
    with st.container(horizontal=True):
        unstated = state.choose_switch(
            "anysector", t("Include programmes with no stated sector"), True,
            help_text=t("They are open to all sectors, or the sector is not known."),
        )  # fmt: skip
        foreign = state.choose_switch(
            "foreign", t("Known to be open to foreign firms"),
            help_text=t("Few pages say so. Not known does not mean no."),
        )  # fmt: skip
        urban = state.choose_switch("urban", t("Urban technology only"))
    return ProgramFilter(
        status=status, kind=kind, sido=sido, sector=sector, with_no_sector=unstated,
        supports=supports, company_age=age, foreign_only=foreign, min_support=int(amount),
        urban_only=urban,
    )  # fmt: skip


def answer(everything: pd.DataFrame, windows: pd.DataFrame, today: date, t: Words) -> str:
    """What is open, and when most deadlines fall."""
    return _answer(everything, today, season_finding(windows, t), t)


@made_once
def _answer(everything: pd.DataFrame, today: date, season: str, t: Words) -> str:
    status = everything["status"]
    return t(
        "On {today}, {open} of {total} programmes are known to take applications and {coming} "
        "have announced a window; for {unknown} the newest window is not known. {season}.",
        today=today,
        open=t.number(int(status.isin((OPEN, CLOSING)).sum())),
        coming=t.number(int((status == UPCOMING).sum())),
        unknown=t.number(int((status == UNKNOWN).sum())),
        total=t.number(len(everything)),
        season=season,
    )


@made_once
def season_finding(windows: pd.DataFrame, t: Words) -> str:
    """The months in which most known windows closed."""
    closes = pd.to_datetime(windows["apply_close_latest"])
    certain = closes[
        closes.dt.month == pd.to_datetime(windows["apply_close_earliest"]).dt.month
    ].dt.month
    if certain.empty:
        return t("No deadline of this choice is known to the month")
    counts = certain.value_counts()
    top = sorted(int(m) for m in counts[counts == counts.max()].index)
    return t(
        "Past deadlines fell most often in {months}: {n} of {total} known",
        months=", ".join(month_word(m, t) for m in top),
        n=t.number(int(counts.max()) * len(top)),
        total=t.number(len(certain)),
    )


@made_once
def catalogue_finding(result: Result, t: Words) -> str:
    """How many programmes, and what is known of their results."""
    if result.frame.empty:
        return t("No programme in the data matches this choice")
    return t(
        "{total} programmes: {published} publish counts, {pilots} have pilots known by name, "
        "{sold} a pilot that reached a contract or sale",
        total=t.number(result.total),
        published=t.number(int((result.frame["outcomes"].map(len) > 0).sum())),
        pilots=t.number(int((result.frame["pilots"] > 0).sum())),
        sold=t.number(int((result.frame["pilots_sold"] > 0).sum())),
    )


@made_once
def catalogue_table(result: Result, t: Words) -> pd.DataFrame:
    """One row a programme."""
    rows = [row for _, row in result.frame.iterrows()]
    regions, sectors = vocabulary(t, "regions"), vocabulary(t, "sectors")
    supports = support_words(t)
    table = {
        t("Programme"): [t.name(r) for r in rows],
        t("Window"): [state_text(r, t) for r in rows],
        t("Past windows"): [usual_text(r["program_id"], t) or t.unknown for r in rows],
        t("Kind"): [t.code("programs", "kind", r["kind"]) for r in rows],
        t("Operator"): [t.text(r, "operator") or t.unknown for r in rows],
        t("Demand side"): [t.text(r, "demand_side") or t.unknown for r in rows],
        t("Provinces"): [codes_text(r["sido"], regions, t("none named")) for r in rows],
        t("Sectors"): [
            codes_text(r["sectors"], sectors, t("open to all, or not known")) for r in rows
        ],
        t("Supports"): [codes_text(r["stages_supported"], supports, t.unknown) for r in rows],
        t("Company age"): [age_text(r, t) for r in rows],
        t("Foreign firms"): [
            t.code("programs", "international_ok", r["international_ok"]) for r in rows
        ],
        t("For one company, up to"): [money_text(r, "support_per_company", t) for r in rows],
        t("Budget"): [money_text(r, "budget", t) for r in rows],
        t("Published counts"): [_newest_outcomes(r, t) for r in rows],
        t("Pilots known"): result.frame["pilots"].to_numpy(),
        t("Field demonstration or more"): result.frame["pilots_demo"].to_numpy(),
        t("Contract or more"): result.frame["pilots_sold"].to_numpy(),
        t("Editions known"): result.frame["editions"].to_numpy(),
        t("Newest edition"): [year_text(r["newest_edition"], t) or t.unknown for r in rows],
    }
    return with_profiles(pd.DataFrame(table), "program", result.frame["program_id"], t)


def _newest_outcomes(row: pd.Series, t: Words) -> str:
    if not row["outcomes"]:
        return t("none known")
    text = with_year(outcomes_text(row["outcomes"], t), row["outcomes_edition"], t)
    return t("{counts}, cumulative", counts=text) if row["outcomes_cumulative"] else text


def _leap_day(when: date) -> int:
    return when.replace(year=_LEAP_YEAR).timetuple().tm_yday


def window_pieces(row: pd.Series) -> list[tuple[int, int, str]]:
    """A window on the year's axis; two pieces when it runs over the new year."""
    opens, closes = day(row["apply_open_earliest"]), day(row["apply_close_latest"])
    if opens is None or closes is None:
        known = opens or closes
        if known is None:
            return []
        at = _leap_day(known)
        return [(at, at, "opening" if opens else "deadline")]
    if (closes - opens).days >= 365:
        return [(1, 366, "window")]
    start, end = _leap_day(opens), _leap_day(closes)
    if start <= end:
        return [(start, end, "window")]
    return [(start, 366, "window"), (1, end, "window")]


def _days_ahead(row: pd.Series, today: date) -> int:
    """Days from today to the next time of year at which the window opened (or closed)."""
    known = day(row["apply_open_earliest"]) or day(row["apply_close_latest"])
    if row["status"] in (OPEN, CLOSING) or known is None:
        return 0
    return (_leap_day(known) - _leap_day(today)) % 366


def calendar_order(windows: pd.DataFrame, today: date) -> list[str]:
    """Programmes by the next time of year at which their newest window opened."""
    newest = windows.drop_duplicates("program_id")
    ahead = [_days_ahead(row, today) for _, row in newest.iterrows()]
    ordered = newest.assign(ahead=ahead).sort_values(["ahead", "program_id"])
    return list(ordered["program_id"])


@made_once
def calendar_chart(windows: pd.DataFrame, today: date, t: Words) -> go.Figure:
    """Windows of the programmes whose time of year comes next."""
    shown = calendar_order(windows, today)[:MAX_CALENDAR_ROWS]
    names = vocabulary(t, "programs")
    records = []
    for program_id in shown:
        for _, row in windows[windows["program_id"] == program_id].iterrows():
            for start, end, kind in window_pieces(row):
                records.append(
                    {
                        "label": names[program_id],
                        "start": start,
                        "end": end,
                        "kind": kind,
                        "current": row["status"] in _AHEAD,
                        "hover": f"{names[program_id]}: {window_text(row, t)}",
                    }
                )
    return year_calendar(
        pd.DataFrame(records),
        months=[month_word(m, t, "abbreviated") for m in range(1, 13)],
        today=_leap_day(today),
        today_text=t("today"),
    )


@made_once
def calendar_note(windows: pd.DataFrame, t: Words) -> str:
    """Says when the picture holds fewer programmes than the table."""
    total = windows["program_id"].nunique()
    if total <= MAX_CALENDAR_ROWS:
        return ""
    return t(
        "The picture shows the {n} programmes whose time of year comes next, of {total}; the "
        "table has all",
        n=MAX_CALENDAR_ROWS,
        total=t.number(total),
    )


@made_once
def calendar_table(windows: pd.DataFrame, today: date, t: Words) -> pd.DataFrame:
    """Every window, in the order of the picture."""
    order = {p: i for i, p in enumerate(calendar_order(windows, today))}
    sorted_rows = windows.assign(order=windows["program_id"].map(order)).sort_values(
        ["order", "edition_year", "edition_id"], ascending=[True, False, True]
    )
    rows = [row for _, row in sorted_rows.iterrows()]
    return pd.DataFrame(
        {
            t("Programme"): [t.name(r) for r in rows],
            t("Edition"): [edition_text(r, t) for r in rows],
            t("Opens"): [t.date(r["apply_open"]) for r in rows],
            t("Closes"): [t.date(r["apply_close"]) for r in rows],
            t("Window"): [status_word(r["status"], t) for r in rows],
        }
    )


_deadlines = made_once(exact_deadlines)


def deadlines_button(windows: pd.DataFrame, today: date, t: Words) -> None:
    """A calendar file of the deadlines that are shown; past ones only on request."""
    past = state.choose_switch("past", t("With past deadlines"))
    found = _deadlines(windows, today, past)
    stamp = datetime.fromisoformat(str(package().descriptor["created"])).astimezone(UTC)
    st.download_button(
        t("Deadlines for your calendar"),
        data=lambda: deadlines_ics(found, stamp, t),
        file_name="deadlines.ics",
        mime="text/calendar",
        icon=":material/calendar_add_on:",
        key="deadlines",
        on_click="ignore",
        disabled=found.empty,
    )
    st.caption(
        t.plural("{n} deadline in the file", "{n} deadlines in the file", len(found))
        if len(found)
        else t("No deadline ahead is known to the day.")
    )


def choose_program(t: Words) -> str:
    """The programme whose details are shown; '' when none is chosen."""
    names = vocabulary(t, "programs")
    options = ["", *sorted(names, key=lambda p: (names[p], p))]
    return state.choose_one(
        "program", t("Programme"), options, lambda p: names[p] if p else t("Choose a programme"), ""
    )


def facts(row: pd.Series, t: Words) -> None:
    """What is known of one programme, as a list."""
    regions, sectors = vocabulary(t, "regions"), vocabulary(t, "sectors")
    lines = (
        (t("Kind"), t.code("programs", "kind", row["kind"])),
        (t("Operator"), t.text(row, "operator") or t.unknown),
        (t("Demand side"), t.text(row, "demand_side") or t.unknown),
        (t("Provinces"), codes_text(row["sido"], regions, t("none named"))),
        (t("Sectors"), codes_text(row["sectors"], sectors, t("open to all, or not known"))),
        (t("Application window"), state_text(row, t)),
        (t("Past windows"), usual_text(row["program_id"], t) or t.unknown),
        (t("Company age"), age_text(row, t)),
        (t("For one company, up to"), money_text(row, "support_per_company", t)),
        (t("Pilots known"), t.number(row["pilots"])),
    )
    if text := t.text(row, "description"):
        st.markdown(markdown(text))
    st.markdown("\n".join(f"- **{markdown(label)}**: {markdown(text)}" for label, text in lines))


def detail_finding(name: str, result: Result, t: Words) -> str:
    """How many editions, and for how many counts are published."""
    return t(
        "{name}: {editions}, published counts for {covered}",
        name=name,
        editions=t.plural("{n} edition", "{n} editions", result.total),
        covered=t.number(result.covered),
    )


@made_once
def detail_table(result: Result, t: Words) -> pd.DataFrame:
    """Editions with their outcomes beside them."""
    rows = [row for _, row in result.frame.iterrows()]

    def amount(row: pd.Series, column: str) -> str:
        return t.unknown if pd.isna(row[column]) else t.money(row[column], row["currency"])

    return pd.DataFrame(
        {
            t("Edition"): [edition_text(r, t) for r in rows],
            t("Dates"): [window_text(r, t) for r in rows],
            t("Published counts"): [
                outcomes_text(r["outcomes"], t) or t("none known") for r in rows
            ],
            t("Company age"): [
                t.unknown
                if pd.isna(r["max_company_age_years"])
                else t("younger than {n} years", n=int(r["max_company_age_years"]))
                for r in rows
            ],
            t("For one company, up to"): [amount(r, "support_per_company") for r in rows],
            t("Budget"): [amount(r, "budget") for r in rows],
            t("Note"): [t.text(r, "note") or "–" for r in rows],
        }
    )
