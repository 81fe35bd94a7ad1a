"""The tables of a brief, cut to what fits on two pages."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analytics.evidence import rows_behind
from analytics.names import all_rows
from analytics.result import Result, keys
from analytics.sentences import months_text
from api.brief.model import Row, Table
from api.brief.notes import Notes
from api.brief.texts import NARROW, WIDE, cut, either, more
from loaders.engine import Runner
from loaders.i18n import Words

#: Lines that fit on two A4 pages, whatever the subject; rounds leave their room to pilots.
MAX_ROWS, MAX_ROUNDS, MAX_TESTBEDS, MAX_MONEY = 15, 5, 6, 8


def _stage_names(run: Runner, t: Words) -> dict[str, str]:
    frame = all_rows(run, "stages")
    return dict(zip(frame["stage"], frame[f"name_{t.lang}"], strict=True))


def testbed_table(spots: Result, there: Result, notes: Notes, t: Words) -> Table:
    """Testbeds of a place, those with most pilots first."""
    known = there.frame["testbed_id"].value_counts()
    frame = spots.frame.assign(pilots=spots.frame["testbed_id"].map(known).fillna(0).astype(int))
    frame = frame.sort_values(["pilots", "testbed_id"], ascending=[False, True])
    rows = []
    for _, row in frame.head(MAX_TESTBEDS).iterrows():
        status = t.code("testbeds", "status", row["status"])
        if not pd.isna(row["status_as_of"]):
            status += t(" (as of {date})", date=t.date(row["status_as_of"]))
        cells = (
            cut(either(row, "name", t), WIDE[t.lang]),
            t.code("testbeds", "kind", row["kind"]),
            status,
            t.number(row["pilots"]),
        )
        rows.append(Row(cells, notes.cite([row["source_id"]])))
    return Table(
        t("Testbeds ({n})", n=t.number(spots.total)),
        (t("Testbed"), t("Kind"), t("Status"), t("Pilots known")),
        tuple(rows),
        more(spots.total - len(rows), t),
        "",
        t("No testbed is known."),
    )


def _money_rows(sums: Result, label: str, t: Words) -> list[Row]:
    return [
        Row(
            (
                label,
                t.code("funding", "basis", row["basis"]),
                t("none may be added")
                if pd.isna(row["amount"])
                else t.money(row["amount"], row["currency"]),
                t.number(row["additive"]),
                t.number(row["known"]),
            )
        )
        for _, row in sums.frame.iterrows()
    ]


def money_table(parts: Iterable[tuple[str, Result]], t: Words) -> Table:
    """Sums by basis for each part; nothing is added across bases."""
    rows = [row for label, sums in parts for row in _money_rows(sums, label, t)]
    return Table(
        t("Public money by basis"),
        (t("Field"), t("Basis"), t("Sum of additive amounts"), t("Added"), t("Known")),
        tuple(rows[:MAX_MONEY]),
        more(len(rows) - MAX_MONEY, t),
        t("Amounts on different bases are never added together."),
        t("No amount of public money is known."),
    )


def _is_bound(row: pd.Series) -> bool:
    """Whether the date is that of the page, by which the fact had happened."""
    return bool(row["reached_basis"] == "publication" and not pd.isna(row["reached_date"]))


def _when(row: pd.Series, t: Words) -> str:
    if pd.isna(row["reached_date"]):
        return t("date not known")
    date = t.date(row["reached_date"])
    return t("by {date}", date=date) if _is_bound(row) else date


def pilot_table(run: Runner, found: Result, limit: int, notes: Notes, t: Words) -> Table:
    """Pilots with stage, date and host, at most ``limit`` of them."""
    names = _stage_names(run, t)
    rows = []
    shown = found.frame.head(limit)
    for _, row in shown.iterrows():
        host = either(row, "host_name", t) or t.unknown
        cells = (
            names[row["stage"] if pd.isna(row["reached"]) else row["reached"]],
            _when(row, t),
            cut(either(row, "company", t), NARROW[t.lang]),
            cut(either(row, "technology", t), WIDE[t.lang]),
            cut(host, NARROW[t.lang]),
        )
        rows.append(Row(cells, notes.cite((row["source_id"], row["reached_source"]))))
    return Table(
        t("Pilots, furthest first ({n})", n=t.number(found.total)),
        (t("Stage reached"), t("Date"), t("Company"), t("Technology"), t("Host")),
        tuple(rows),
        more(found.total - len(rows), t),
        t("“by”: only the date of the page is known; it happened by then.")
        if any(_is_bound(row) for _, row in shown.iterrows())
        else "",
        t("No pilot is known by name."),
    )


def round_table(run: Runner, found: Result, notes: Notes, note: str, t: Words) -> Table:
    """Rounds after the first pilot; ``note`` says which pilot is meant."""
    shown = found.frame.head(MAX_ROUNDS)
    pages = rows_behind(run, "investments", keys(shown["investment_id"]))
    source = dict(zip(pages["investment_id"], pages["source_id"], strict=True))
    people = all_rows(run, "organizations").set_index("org_id")
    rows = []
    for _, row in shown.iterrows():
        investors = ", ".join(either(people.loc[i], "name", t) for i in row["investor_ids"])
        cells = (
            cut(either(row, "company", t), NARROW[t.lang]),
            t.code("investments", "round", row["round"]),
            t.date(row["date"]),
            months_text(row["months_min"], row["months_max"], t),
            t.money(row["amount"], row["currency"]),
            cut(investors or t("not stated"), WIDE[t.lang]),
        )
        rows.append(Row(cells, notes.cite([source[row["investment_id"]]])))
    return Table(
        t("Investment rounds after the first pilot ({n})", n=t.number(len(found.frame))),
        (
            t("Company"),
            t("Round"),
            t("Date"),
            t("Months after"),
            t("Amount of the whole round"),
            t("Investors"),
        ),
        tuple(rows),
        more(len(found.frame) - len(rows), t),
        note,
        t("No investment round is known that surely came after the first pilot."),
    )


def room_for_pilots(rounds: Result) -> int:
    """How many pilots fit beside these rounds."""
    return MAX_ROWS - min(len(rounds.frame), MAX_ROUNDS)
