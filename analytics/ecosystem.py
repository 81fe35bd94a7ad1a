"""Events that concerned many, to be read beside figures over time."""

from __future__ import annotations

import pandas as pd

from analytics.result import Result, keys, year_span
from loaders.datasets.ecosystem_events import ecosystem_events
from loaders.engine import Runner


def nationwide_events(run: Runner, first_year: int, last_year: int) -> Result:
    """Laws in force and starts of nationwide programmes within two years, in order of time.

    Frame: ``ecosystem_event_id``, ``date`` (as known), ``kind``, titles, ``number`` (from 1)
    and ``at``, the place on an axis whose whole numbers are the middles of years: a date
    that is a year stands at the whole number, a month or a day at its share of the year.
    Coverage: events within the years, of all nationwide ones of these kinds.
    """
    table = ecosystem_events()
    known = run(
        table.filter(table.kind.isin(["law", "programme"]), table.sido.isnull()).order_by(
            ["date_earliest", "ecosystem_event_id"]
        )
    )
    earliest = pd.to_datetime(known["date_earliest"])
    within = earliest.dt.year.between(first_year, last_year)
    frame = known[within].reset_index(drop=True)
    day = pd.to_datetime(frame["date_earliest"]).dt.day_of_year
    year = pd.to_datetime(frame["date_earliest"]).dt.year
    only_year = frame["date"].str.len() == len("2019")
    frame["at"] = year + ((day - 1) / 366 - 0.5).where(~only_year, 0.0)
    frame = frame.sort_values(["at", "ecosystem_event_id"]).reset_index(drop=True)
    frame["number"] = range(1, len(frame) + 1)
    columns = ["ecosystem_event_id", "date", "kind", "title_en", "title_ko", "number", "at"]
    first, last = year_span(frame["date_earliest"])
    rows = {"ecosystem_events": keys(frame["ecosystem_event_id"])}
    return Result(frame[columns], rows, len(frame), len(known), "events", first, last)
