"""Application deadlines as an iCalendar file (RFC 5545), for the reader's own calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from icalendar import Calendar, Event, vUri

from analytics.windows import day
from charts.text import clean
from ui.i18n import Words
from ui.safe import http_url

UID_DOMAIN = "testbed-atlas-korea"


def exact_deadlines(windows: pd.DataFrame, today: date, include_past: bool) -> pd.DataFrame:
    """Windows with a closing date known to the day, soonest first.

    Args:
        windows: the frame of `analytics.windows.windows`.
        include_past: keep deadlines before ``today``.

    A deadline known only to the month or year has no day to put into a calendar.
    """
    known = windows[windows["apply_close"].notna()]
    closes = [day(x) for x in known["apply_close_latest"]]
    exact = [
        last is not None and day(first) == last and (include_past or last >= today)
        for first, last in zip(known["apply_close_earliest"], closes, strict=True)
    ]
    kept = known[pd.Series(exact, known.index, dtype="bool")]
    return kept.sort_values(["apply_close", "edition_id"]).reset_index(drop=True)


def _event(row: Mapping[str, Any], stamp: datetime, t: Words) -> Event:
    closes = date.fromisoformat(str(row["apply_close"]))
    event = Event()
    event.add("uid", f"{row['edition_id']}@{UID_DOMAIN}")
    event.add("dtstamp", stamp)
    event.add("dtstart", closes)
    event.add("dtend", closes + timedelta(days=1))  # the end of a day-long event is exclusive
    event.add("summary", clean(t("Deadline: {program}", program=t.name(row))))
    opened = row["apply_open"]
    lines = [
        t("Applications to {closes}", closes=closes)
        if pd.isna(opened)
        else t("Applications from {opens} to {closes}", opens=opened, closes=closes),
        t("As printed on the source page; check the operator's own notice before you apply."),
    ]
    event.add("description", clean("\n".join(lines)))
    if url := http_url(row["url"]):
        event.add("url", vUri(url))
    event.add("transp", "TRANSPARENT")  # a deadline does not block the reader's day
    return event


def deadlines_ics(deadlines: pd.DataFrame, stamp: datetime, t: Words) -> bytes:
    """The deadlines as an iCalendar file in UTF-8.

    Args:
        deadlines: rows of `exact_deadlines`.
        stamp: moment in UTC that the data are from (not the moment of the download, so
            that equal data make equal files).

    Each event lasts the closing day and has a UID made of the edition's id, so that
    importing a newer file updates it. Text is escaped by the library.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Testbed Atlas Korea//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", t("Deadlines of Korean smart-city programmes"))
    for record in deadlines.to_dict("records"):
        row = {str(k): v for k, v in record.items()}
        calendar.add_component(_event(row, stamp, t))
    content: bytes = calendar.to_ical()
    return content
