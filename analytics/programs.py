"""Programmes: the catalogue with windows, eligibility, support and outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.filters import Codes, PilotFilter, select_pilots
from analytics.overview import SOLD_FROM
from analytics.result import Result, computed, keys
from analytics.stages import ladder_frame, rank_of
from analytics.windows import (
    CLOSED,
    CLOSING,
    OPEN,
    STATUSES,
    UNKNOWN,
    newest_first,
    window_status,
    window_years,
)
from loaders.datasets.cohorts import cohorts
from loaders.datasets.programs import program_editions, programs
from loaders.engine import Runner

DEMO_FROM = "field-demo"
KRW = "KRW"

#: One published count: stage, count, scope, side.
Count = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class ProgramFilter:
    """Which programmes to list; empty tuples, None and 0 mean "no restriction".

    Attributes:
        status: codes of `analytics.windows.STATUSES`; ``open`` includes ``closing``.
        sector: programmes that name one of these; those that name none are open to
            all or unknown, and stay in when ``with_no_sector``.
        supports: what the programme must support, one of these at least.
        company_age: completed years of a company that wants to apply. A programme is
            left out only when its newest edition states a limit that is not above it.
        foreign_only: only programmes known to be open to foreign firms.
        min_support: KRW for each company; programmes that state no amount are left out.
        urban_only: leave general start-up and SME programmes out.
    """

    status: Codes = ()
    kind: Codes = ()
    sido: Codes = ()
    sector: Codes = ()
    with_no_sector: bool = True
    supports: Codes = ()
    company_age: int | None = None
    foreign_only: bool = False
    min_support: int = 0
    urban_only: bool = False


def codes_of(cell: object) -> frozenset[str]:
    """Codes of a list column; empty when the cell is."""
    return frozenset() if pd.isna(cell) else frozenset(str(cell).split(";"))


def age_fits(limit: object, age: int | None) -> bool:
    """Whether a company of ``age`` completed years may apply; an unknown limit excludes no one."""
    return age is None or bool(pd.isna(limit)) or age < float(str(limit))


def pilots_by_program(run: Runner) -> pd.DataFrame:
    """Pilots with ``rank``, once under their programme and once under its parent.

    A track's pilots are its parent's too (as in `analytics.filters.with_program_family`);
    the column ``program_id`` is the one to group by.
    """
    everyone = run(select_pilots(PilotFilter()).order_by("pilot_id"))
    pilots = everyone.dropna(subset=["program_id"])
    table = programs()
    parents = run(table.select("program_id", "parent_program_id")).dropna()
    above = dict(zip(parents["program_id"], parents["parent_program_id"], strict=True))
    lifted = pilots.assign(program_id=pilots["program_id"].map(above))
    return pd.concat([pilots, lifted.dropna(subset=["program_id"])], ignore_index=True)


def _newest_stated(editions: pd.DataFrame, column: str) -> pd.DataFrame:
    """For each programme the newest known value of ``column``, with its edition."""
    stated = editions.dropna(subset=[column]).drop_duplicates("program_id").set_index("program_id")
    return pd.DataFrame(
        {
            column: stated[column],
            f"{column}_year": stated["edition_year"],
            f"{column}_currency": stated["currency"],
            f"{column}_edition": stated["edition_id"],
        }
    )


def _published(run: Runner) -> pd.DataFrame:
    """Primary counts (not money, not jobs), ladder steps first, with ``end_year``."""
    table = cohorts()
    frame = run(table.filter((table.unit == "count") & table.is_primary))
    ranks = ladder_frame(run).set_index("stage")["rank"]
    frame["rank"] = frame["stage"].map(ranks)
    frame["end_year"] = frame["period_end"].fillna(0).astype(int)
    return frame.sort_values(["program_id", "rank", "stage", "cohort_id"]).reset_index(drop=True)


def _counts(rows: pd.DataFrame) -> tuple[Count, ...]:
    return tuple(
        (str(r["stage"]), int(r["count"]), str(r["scope"]), str(r["side"]))
        for _, r in rows.iterrows()
    )


def _newest_outcomes(published: pd.DataFrame) -> pd.DataFrame:
    """The counts of each programme's newest edition that has any.

    A single edition goes before a count over several years that ends with it.
    """
    records: list[dict[str, Any]] = []
    for program_id, mine in published.groupby("program_id"):
        newest = mine[mine["end_year"] == mine["end_year"].max()]
        single = newest[~newest["is_cumulative"].astype(bool)]
        shown = single if len(single) else newest
        # spans that end together are different editions: the shortest is the newest
        start = shown["period_start"].max()
        if not pd.isna(start):
            shown = shown[shown["period_start"] == start]
        records.append(
            {
                "program_id": program_id,
                "outcomes": _counts(shown),
                "outcomes_edition": shown["edition_year"].iloc[0],
                "outcomes_cumulative": bool(shown["is_cumulative"].iloc[0]),
                "outcomes_rows": keys(shown["cohort_id"]),
            }
        )
    columns = [
        "program_id",
        "outcomes",
        "outcomes_edition",
        "outcomes_cumulative",
        "outcomes_rows",
    ]
    return pd.DataFrame(records, columns=columns).set_index("program_id")


def _window_now(editions: pd.DataFrame, today: date) -> pd.DataFrame:
    """Status of each programme: the best running or coming window, else its newest edition's."""
    judged = editions.assign(status=[window_status(r, today) for _, r in editions.iterrows()])
    newest = judged.drop_duplicates("program_id")
    ahead = judged[~judged["status"].isin((CLOSED, UNKNOWN))]
    best = (
        ahead.assign(order=ahead["status"].map(STATUSES.index))
        .sort_values(["program_id", "order", "edition_id"])
        .drop_duplicates("program_id")
    )
    rest = newest[~newest["program_id"].isin(best["program_id"])]
    return pd.concat([best, rest]).set_index("program_id")


def _pilot_counts(run: Runner) -> pd.DataFrame:
    pilots = pilots_by_program(run)
    demo, sold = rank_of(run, DEMO_FROM), rank_of(run, SOLD_FROM)
    grouped = pilots.assign(
        demo=(pilots["rank"] >= demo).fillna(False), sold=(pilots["rank"] >= sold).fillna(False)
    ).groupby("program_id")
    return grouped.agg(
        pilots=("pilot_id", "nunique"),
        pilots_demo=("demo", "sum"),
        pilots_sold=("sold", "sum"),
        pilot_ids=("pilot_id", keys),
    )


def all_programs(run: Runner, today: date) -> pd.DataFrame:
    """One row a programme, unfiltered: the columns that `catalogue` describes.

    The slow half of the catalogue, the same for every filter.
    """
    frame = run(programs().order_by("program_id")).set_index("program_id")
    editions = newest_first(run(program_editions()))
    newest = editions.drop_duplicates("program_id").set_index("program_id")
    window = _window_now(editions, today)
    frame["editions"] = editions.groupby("program_id").size()
    frame["newest_edition"] = newest["edition_year"]
    frame["newest_edition_id"] = newest["edition_id"]
    frame["newest_year"] = newest["end_year"]
    frame["max_age"] = newest["max_company_age_years"]
    for column in ("status", "apply_open", "apply_close"):
        frame[column] = window[column]
    frame["window_edition_id"] = window["edition_id"]
    for column in ("max_company_age_years", "support_per_company", "budget"):
        frame = frame.join(_newest_stated(editions, column))
    frame = frame.join(_newest_outcomes(_published(run))).join(_pilot_counts(run))
    for column in ("editions", "newest_year", "pilots", "pilots_demo", "pilots_sold"):
        frame[column] = frame[column].fillna(0).astype(int)
    frame["status"] = frame["status"].fillna(UNKNOWN)
    frame["outcomes"] = [x if isinstance(x, tuple) else () for x in frame["outcomes"]]
    return frame.reset_index()


def _wanted(row: pd.Series, chosen: ProgramFilter) -> bool:
    statuses = {*chosen.status} | ({CLOSING} if OPEN in chosen.status else set())
    sectors = codes_of(row["sectors"])
    in_sector = bool(sectors & set(chosen.sector)) or (chosen.with_no_sector and not sectors)
    enough = (
        row["support_per_company_currency"] == KRW
        and row["support_per_company"] >= chosen.min_support
    )
    return all(
        (
            not statuses or row["status"] in statuses,
            not chosen.kind or row["kind"] in chosen.kind,
            not chosen.sido or bool(codes_of(row["sido"]) & set(chosen.sido)),
            not chosen.sector or in_sector,
            not chosen.supports or bool(codes_of(row["stages_supported"]) & set(chosen.supports)),
            age_fits(row["max_age"], chosen.company_age),
            not chosen.foreign_only or row["international_ok"] == "yes",
            not chosen.min_support or enough,
            not chosen.urban_only or bool(row["is_smart_city"]),
        )
    )


@computed
def select_programs(everything: pd.DataFrame, chosen: ProgramFilter) -> Result:
    """Programmes that pass the filter: running windows first, then most pilots, then by id.

    Args:
        everything: the frame of `all_programs`; not changed.

    Frame: all programme columns and

    - ``editions`` (how many are known), ``newest_edition`` (its year or span),
      ``newest_year`` (its last year, 0 when not known), ``max_age`` (its limit on
      company age in years: firms must be younger; missing when not stated);
    - ``status`` on ``today``, ``apply_open``, ``apply_close``: of a running or coming
      window, else of the newest edition;
    - ``max_company_age_years``, ``support_per_company``, ``budget``: the newest known
      value, with ``…_year`` and ``…_currency``;
    - ``outcomes`` (tuple of stage, count, scope, side), ``outcomes_edition``,
      ``outcomes_cumulative``: primary counts of the newest edition that has any;
    - ``pilots``, ``pilots_demo``, ``pilots_sold``: pilots known by name (its tracks'
      included), those that reached a field demonstration, and a contract, or more.

    Coverage: listed programmes with a known status of their window.
    """
    wanted = [_wanted(row, chosen) for _, row in everything.iterrows()]
    kept = everything[pd.Series(wanted, everything.index, dtype="bool")]
    frame = (
        kept.assign(order=kept["status"].map(STATUSES.index))
        .assign(known=lambda f: f["order"].where(f["order"] < STATUSES.index(CLOSED), 9))
        .sort_values(["known", "pilots", "program_id"], ascending=[True, False, True])
        .drop(columns=["order", "known"])
        .reset_index(drop=True)
    )
    edition_columns = [c for c in frame if str(c).endswith(("_edition", "edition_id"))]
    shown = [c for c in edition_columns if c not in ("newest_edition", "outcomes_edition")]
    years = frame["newest_edition"].dropna().astype(str).str[-4:].astype(int)
    return Result(
        frame,
        {
            "programs": keys(frame["program_id"]),
            "program_editions": keys(pd.concat([frame[c] for c in shown])),
            "cohorts": keys(frame["outcomes_rows"].dropna().explode()),
            "pilots": keys(frame["pilot_ids"].dropna().explode()),
        },
        covered=int((frame["status"] != UNKNOWN).sum()),
        total=len(frame),
        unit="programs",
        first_year=int(years.min()) if len(years) else None,
        last_year=int(years.max()) if len(years) else None,
    )


def catalogue(run: Runner, chosen: ProgramFilter, today: date) -> Result:
    """`select_programs` on the programmes of the snapshot."""
    return select_programs(all_programs(run, today), chosen)


@computed
def windows_of(known: Result, listed: pd.DataFrame) -> Result:
    """The windows of the listed programmes.

    Args:
        known: `analytics.windows.windows` of the same day.
        listed: the frame of `select_programs`.

    Coverage: editions with a known window, of all editions of these programmes.
    """
    frame = known.frame[known.frame["program_id"].isin(listed["program_id"])]
    first, last = window_years(frame)
    return Result(
        frame.reset_index(drop=True),
        {"program_editions": keys(frame["edition_id"])},
        covered=len(frame),
        total=int(listed["editions"].sum()),
        unit="editions",
        first_year=first,
        last_year=last,
    )


def program_detail(run: Runner, program_id: str, today: date) -> Result:
    """Editions of one programme, newest first, with the counts published for each.

    Frame: all edition columns, ``status`` on ``today``, ``outcomes`` (tuple of stage,
    count, scope, side: the primary counts with the same year or span). Counts whose
    year or span is no known edition follow in rows of their own, without edition id.
    Coverage: rows with a published count.
    """
    table = program_editions()
    editions = newest_first(run(table.filter(table.program_id == program_id)))
    editions["status"] = pd.Series(
        [window_status(row, today) for _, row in editions.iterrows()], dtype="object"
    )
    published = _published(run)
    mine = published[published["program_id"] == program_id]
    span = mine["edition_year"].fillna("")
    counts = {str(year): _counts(rows) for year, rows in mine.groupby(span)}
    # two calls of one year share its counts: they stand with the first of them
    years = editions["edition_year"].fillna("").astype(str)
    first = ~years.duplicated()
    editions["outcomes"] = pd.Series(
        [counts.get(y, ()) if f else () for y, f in zip(years, first, strict=True)],
        dtype="object",
    )
    others = sorted(set(counts) - set(years), reverse=True)
    extra = pd.DataFrame(
        {
            "program_id": program_id,
            "edition_year": [y or None for y in others],
            "outcomes": pd.Series([counts[y] for y in others], dtype="object"),
        }
    )
    frame = pd.concat([editions, extra], ignore_index=True) if others else editions
    dated = frame["edition_year"].dropna().astype(str)
    return Result(
        frame,
        {
            "programs": (program_id,) if len(frame) else (),
            "program_editions": keys(editions["edition_id"]),
            "cohorts": keys(mine["cohort_id"]),
        },
        covered=int((frame["outcomes"].map(len) > 0).sum()) if len(frame) else 0,
        total=len(frame),
        unit="editions",
        first_year=int(dated.str.extract(r"(\d{4})")[0].min()) if len(dated) else None,
        last_year=int(dated.str[-4:].max()) if len(dated) else None,
    )
