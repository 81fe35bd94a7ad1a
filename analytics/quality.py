"""How good the data is, table by table: dates, sources, disagreements and gaps."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.cited import citations
from analytics.evidence import further_sources
from analytics.names import all_rows
from analytics.result import Result, keys
from loaders.engine import Runner
from loaders.package import Resource, package

#: Columns in which an empty cell of a row leaves a figure without that row. Columns that
#: may rightly be empty (a parent, a track, a municipality) are not among them.
MATTERS: Mapping[str, tuple[str, ...]] = {
    "sources": ("published",),
    "organizations": ("founded_year", "sido", "sector"),
    "testbeds": ("operator_en", "designated_year", "opened_year", "area_km2"),
    "programs": ("operator_en", "first_year"),
    "program_editions": (
        "edition_year",
        "apply_open",
        "apply_close",
        "max_company_age_years",
        "support_per_company",
        "budget",
    ),
    "cohorts": ("period_start", "as_of"),
    "pilots": ("program_id", "host_name_en", "sido", "start_date", "outcome_en", "public_support"),
    "milestones": ("date",),
    "funding": ("year", "payer_en"),
    "investments": ("date", "amount", "lead_investor_id"),
}
#: What makes two published counts counts of the same thing.
_SAME_COUNT = [
    *("program_id", "edition_year", "period_start", "period_end", "is_cumulative"),
    *("stage", "unit", "scope", "side"),
]
_DISAGREEMENT = ["table", "key", "column", "stated", "other", "url"]


def _date_column(resource: Resource) -> str | None:
    """The column that says when the fact of a row was, the first if there are several."""
    if "period_end" in resource.columns:  # a count is of its period, not of its page's day
        return "period_end"
    dates = [f.name for f in resource.fields if f.partial_date]
    return next(iter([*dates, *(c for c in resource.columns if c == "year")]), None)


def _dated(frame: pd.DataFrame, column: str | None) -> tuple[int, str | None, str | None]:
    """Rows dated by the event itself; the oldest and the newest date, as published."""
    if column is None:
        return 0, None, None
    known = frame[frame[column].notna()]
    texts = known[column].astype(str).str.removesuffix(".0").sort_values()
    if "date_basis" in frame:  # a page's own date is no date of the event
        known = known[known["date_basis"] == "event"]
    if texts.empty:
        return len(known), None, None
    return len(known), str(texts.iloc[0]), str(texts.iloc[-1])


def _pages_by_table(run: Runner) -> dict[str, pd.Series]:
    """For each table the number of different pages of each of its sourced rows."""
    cited = pd.DataFrame(list(citations(run)), columns=["table", "key", "page"])
    counted = cited.groupby(["table", "key"])["page"].nunique()
    return {str(table): part for table, part in counted.groupby(level="table")}


def table_quality(run: Runner) -> Result:
    """One line for each table.

    Frame: ``table``, ``rows``, ``date_column`` (missing when rows have no date of their
    own), ``event_dated`` (rows whose date is known and is that of the event), ``oldest``
    and ``newest`` (as published), ``sourced`` (rows with a page), ``single`` (of these,
    with one page only), ``disagreements`` (see `disagreements`).
    Coverage: sourced rows with more than one page, of all sourced rows.
    """
    pages = _pages_by_table(run)
    differing = disagreements(run).frame["table"].value_counts()
    records = []
    for name, resource in package().resources.items():
        frame = all_rows(run, name)
        column = _date_column(resource)
        dated, oldest, newest = _dated(frame, column)
        counted = pages.get(name, pd.Series(dtype="int64"))
        records.append(
            {
                "table": name,
                "rows": len(frame),
                "date_column": column,
                "event_dated": dated,
                "oldest": oldest,
                "newest": newest,
                "sourced": len(counted),
                "single": int((counted == 1).sum()),
                "disagreements": int(differing.get(name, 0)),
            }
        )
    table = pd.DataFrame(records)
    sources = {"sources": keys(all_rows(run, "sources")["source_id"])}
    total = int(table["sourced"].sum())
    return Result(table, sources, total - int(table["single"].sum()), total, "rows")


def _counted_twice(run: Runner) -> pd.DataFrame:
    """Published counts beside those of the same thing on other pages."""
    counts = all_rows(run, "cohorts")
    primary = counts[counts["is_primary"].astype(bool)]
    others = counts[~counts["is_primary"].astype(bool)]
    return primary.merge(others, on=_SAME_COUNT, suffixes=("", "_other"))


def _other_counts(run: Runner, pairs: pd.DataFrame) -> pd.DataFrame:
    """Published counts for which another page gives another number."""
    pairs = pairs[pairs["count"] != pairs["count_other"]]
    pages = all_rows(run, "sources").set_index("source_id")["url"]
    return pd.DataFrame(
        {
            "table": "cohorts",
            "key": pairs["cohort_id"],
            "column": "count",
            "stated": pairs["count"].astype(str),
            "other": pairs["count_other"].astype(str),
            "url": pairs["source_id_other"].map(pages),
        }
    )


def _other_pages(run: Runner) -> pd.DataFrame:
    """Facts for which a further source states something else."""
    listed = all_rows(run, "fact_sources")
    parts = []
    for table, rows in listed[~listed["agrees"].astype(bool)].groupby("table"):
        key = package()[str(table)].primary_key[0]
        ours = all_rows(run, str(table)).set_index(key)
        further = further_sources(run, ((str(table), keys(rows["key"])),))
        further = further[~further["agrees"].astype(bool) & (further["table"] == table)]
        stated = [
            None if pd.isna(column) or key not in ours.index else str(ours.loc[key, column])
            for key, column in zip(further["key"], further["column"], strict=True)
        ]
        found = further.rename(columns={"value_stated": "other"}).assign(stated=stated)
        parts.append(found[_DISAGREEMENT])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_DISAGREEMENT)


def disagreements(run: Runner) -> Result:
    """Facts for which another page that was read states something else.

    Two kinds: published counts of the same thing that are not the primary one and differ
    from it, and further sources that do not agree. Frame: ``table``, ``key``, ``column``
    (missing: the row as a whole), ``stated`` (what is shown), ``other``, ``url`` of the
    page that says so. Coverage: facts without a known disagreement, of those with more
    than one page.
    """
    twice = _counted_twice(run)
    found = pd.concat([_other_counts(run, twice), _other_pages(run)], ignore_index=True)
    found = found.astype({"stated": "object", "other": "object"})
    ordered = found.sort_values(["table", "key", "column", "url"])
    # a page that is kept as a row of its own may be noted as a further source as well
    frame = ordered.drop_duplicates(["table", "key", "url"]).reset_index(drop=True)
    differing = set(zip(frame["table"], frame["key"], strict=True))
    several = differing | {("cohorts", key) for key in twice["cohort_id"]}
    for pages in _pages_by_table(run).values():
        several |= set(pages[pages > 1].index)
    rows = {str(t): keys(part["key"]) for t, part in frame.groupby("table")}
    return Result(frame, rows, len(several - differing), len(several), "facts")


def _applies(frame: pd.DataFrame, table: str, column: str) -> pd.DataFrame:
    """The rows to which a column applies: a pilot abroad lies in no province."""
    if (table, column) == ("pilots", "sido"):
        return frame[frame["country"] == "KR"]
    return frame


def missing_values(run: Runner) -> Result:
    """Empty cells in the columns that figures rest on, most by share first.

    Frame: ``table``, ``column``, ``rows`` (to which the column applies), ``missing``,
    ``share``. A pilot's host counts as known when it is known as an organisation.
    Coverage: filled cells of all.
    """
    records = []
    for table, columns in MATTERS.items():
        frame = all_rows(run, table)
        for column in columns:
            rows = _applies(frame, table, column)
            empty = rows[column].isna()
            if (table, column) == ("pilots", "host_name_en"):
                empty &= rows["host_org_id"].isna()
            missing = int(empty.sum())
            share = missing / len(rows) if len(rows) else 0.0
            records.append((table, column, len(rows), missing, share))
    frame = pd.DataFrame(records, columns=["table", "column", "rows", "missing", "share"])
    frame = frame.sort_values(["share", "table", "column"], ascending=[False, True, True])
    total = int(frame["rows"].sum())
    pages = {"sources": keys(all_rows(run, "sources")["source_id"])}
    filled = total - int(frame["missing"].sum())
    return Result(frame.reset_index(drop=True), pages, filled, total, "values")
