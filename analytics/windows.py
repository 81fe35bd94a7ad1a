"""Application windows: what is open on a day, and when windows usually come round.

Dates may be partial. A window counts as open or closed on a day only when every
reading of its dates says so.
"""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from analytics.result import Result, keys
from loaders.datasets.programs import program_editions, programs
from loaders.datasets.sources import sources
from loaders.engine import Runner

OPEN = "open"
CLOSING = "closing"
UPCOMING = "upcoming"
CLOSED = "closed"
UNKNOWN = "unknown"
#: From the most to the least useful to an applicant.
STATUSES = (CLOSING, OPEN, UPCOMING, CLOSED, UNKNOWN)
CLOSING_DAYS = 30

OPENS, CLOSES = "opens", "closes"
#: A month is called usual when windows fell in it in this many different years at least.
MIN_YEARS = 2


def day(value: object) -> date | None:
    """A day of the snapshot as a plain date, None when unknown."""
    return None if pd.isna(value) else pd.Timestamp(str(value)).date()


def window_status(row: pd.Series, today: date) -> str:
    """Status on ``today`` of an edition's window.

    Args:
        row: the edition's ``apply_open_*`` and ``apply_close_*`` bounds.

    A window with a deadline ahead and no stated opening counts as open; one that
    opened and has no stated end is unknown.
    """
    opens_first, opens_last = day(row["apply_open_earliest"]), day(row["apply_open_latest"])
    ends_first, ends_last = day(row["apply_close_earliest"]), day(row["apply_close_latest"])
    if ends_last is not None and ends_last < today:
        return CLOSED
    if opens_first is not None and opens_first > today:
        return UPCOMING
    surely_opened = opens_last is None or opens_last <= today
    if ends_first is None or ends_last is None or ends_first < today or not surely_opened:
        return UNKNOWN
    return CLOSING if ends_last <= today + timedelta(days=CLOSING_DAYS) else OPEN


def edition_end(row: pd.Series) -> int:
    """Last year of an edition, 0 when neither its year nor its window is known."""
    if not pd.isna(row["edition_year"]):
        return int(str(row["edition_year"])[-4:])
    known = [d for d in (day(row["apply_close_latest"]), day(row["apply_open_latest"])) if d]
    return known[0].year if known else 0


def newest_first(editions: pd.DataFrame) -> pd.DataFrame:
    """Editions by programme, newest first: by year, then window, then id."""
    far_past = pd.Timestamp("1900-01-01")
    ordered = editions.assign(
        end_year=[edition_end(row) for _, row in editions.iterrows()],
        order_close=pd.to_datetime(editions["apply_close_latest"]).fillna(far_past),
        order_open=pd.to_datetime(editions["apply_open_latest"]).fillna(far_past),
    ).sort_values(
        ["program_id", "end_year", "order_close", "order_open", "edition_id"],
        ascending=[True, False, False, False, True],
    )
    return ordered.drop(columns=["order_close", "order_open"]).reset_index(drop=True)


def window_years(frame: pd.DataFrame) -> tuple[int | None, int | None]:
    """First and last year among the opening and closing dates of editions."""
    columns = [c for c in frame if str(c).startswith(("apply_open_", "apply_close_"))]
    years = pd.concat([pd.to_datetime(frame[c]).dt.year for c in columns]).dropna()
    return (int(years.min()), int(years.max())) if len(years) else (None, None)


def windows(run: Runner, today: date) -> Result:
    """Every edition whose opening or closing date is known, latest date first.

    Frame: all edition columns, ``name_ko`` and ``name_en`` and ``kind`` of the
    programme, ``url`` of the source page, ``status`` on ``today``.
    Coverage: such editions, of all editions.
    """
    table = program_editions()
    named = programs().select("program_id", "name_ko", "name_en", "kind")
    pages = sources().select("source_id", "url")
    joined = table.join(named, "program_id").left_join(pages, "source_id").drop("source_id_right")
    everything = run(joined.order_by("edition_id"))
    known = everything["apply_open"].notna() | everything["apply_close"].notna()
    frame = everything[known].reset_index(drop=True)
    frame["status"] = pd.Series(
        [window_status(row, today) for _, row in frame.iterrows()], dtype="object"
    )
    latest = pd.to_datetime(frame["apply_close_latest"]).fillna(
        pd.to_datetime(frame["apply_open_latest"])
    )
    frame = (
        frame.assign(latest=latest)
        .sort_values(["latest", "edition_id"], ascending=[False, True])
        .drop(columns="latest")
        .reset_index(drop=True)
    )
    first, last = window_years(frame)
    return Result(
        frame,
        {"program_editions": keys(frame["edition_id"])},
        covered=len(frame),
        total=len(everything),
        unit="editions",
        first_year=first,
        last_year=last,
    )


def _dated(frame: pd.DataFrame, event: str, stem: str) -> pd.DataFrame:
    """Months and years of one kind of date, where the month is certain."""
    first = pd.to_datetime(frame[f"{stem}_earliest"])
    last = pd.to_datetime(frame[f"{stem}_latest"])
    certain = first.notna() & (first.dt.month == last.dt.month)
    return pd.DataFrame(
        {
            "program_id": frame["program_id"],
            "edition_id": frame["edition_id"],
            "event": event,
            "month": first.dt.month,
            "year": first.dt.year,
        }
    )[certain]


def typical_month(run: Runner) -> Result:
    """For each programme the months in which windows of past editions opened and closed.

    Frame: ``program_id``, ``event`` (``opens``, ``closes``), ``month`` (1–12),
    ``years`` (tuple, the years it rests on), ``usual`` (at least two different years,
    and more than half of the years with a known month). The usual month comes first.
    """
    table = program_editions()
    dated = run(table.filter(table.apply_open.notnull() | table.apply_close.notnull()))
    dates = pd.concat([_dated(dated, OPENS, "apply_open"), _dated(dated, CLOSES, "apply_close")])
    records = []
    for (program_id, event), group in dates.groupby(["program_id", "event"]):
        span = group["year"].nunique()
        for month, same in group.groupby("month"):
            years = tuple(sorted({int(y) for y in same["year"]}))
            usual = len(years) >= MIN_YEARS and 2 * len(years) > span
            records.append((program_id, event, int(month), years, usual))
    frame = pd.DataFrame(records, columns=["program_id", "event", "month", "years", "usual"])
    frame = frame.sort_values(
        ["program_id", "event", "usual", "month"], ascending=[True, False, False, True]
    ).reset_index(drop=True)
    return Result(
        frame,
        {"program_editions": keys(dates["edition_id"])},
        covered=frame[frame["usual"].astype(bool)]["program_id"].nunique(),
        total=frame["program_id"].nunique(),
        unit="programs",
        first_year=int(dates["year"].min()) if len(dates) else None,
        last_year=int(dates["year"].max()) if len(dates) else None,
    )
