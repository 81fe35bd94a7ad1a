"""The dated facts of a profile, every date kept as the interval it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analytics.profiles import TABLE, Profile
from analytics.result import Result, computed, keys, year_span
from loaders.dates import bounds

COLUMNS = (
    "lane",
    "kind",
    "code",
    "date",
    "earliest",
    "latest",
    "mark",
    "label_ko",
    "label_en",
    "note_ko",
    "note_en",
    "table",
    "key",
    "source_id",
)
#: How well a date is known: to the day; somewhere in the interval; a page's own date,
#: by which the fact had happened; a stretch of time with a beginning and an end; not at all.
EXACT, INTERVAL, BOUND, PERIOD, UNDATED = "exact", "interval", "bound", "period", "undated"
ENTITY, EDITIONS, ROUNDS, EVENTS = "entity", "editions", "rounds", "events"
PILOT = "pilot:"
COMPANY = "company:"

_EDITION = re.compile(r"(from-|to-)?(\d{4})(?:-(\d{4}))?")
_Fact = dict[str, Any]


def _known(value: object) -> bool:
    return value is not None and not pd.isna(value) and value != ""


def _fact(row: pd.Series, table: str, key: str, **values: object) -> _Fact:
    blank = dict.fromkeys(COLUMNS)
    notes = {"note_ko": row.get("note_ko"), "note_en": row.get("note_en")}
    where = {"table": table, "key": row[key], "source_id": row["source_id"]}
    return blank | notes | where | values


def _when(text: object, basis: str = "event") -> _Fact:
    """Date columns of a partial date; a page's own date bounds from above only."""
    if not _known(text):
        return {"date": None, "mark": UNDATED}
    first, last = bounds(str(text))
    if basis == "publication":
        return {"date": text, "latest": last, "mark": BOUND}
    mark = EXACT if first == last else INTERVAL
    return {"date": text, "earliest": first, "latest": last, "mark": mark}


def _stretch(start: object, end: object) -> _Fact:
    """Date columns of a stretch of time; one end alone is a date like others."""
    if _known(start) and _known(end):
        first, last = bounds(str(start))[0], bounds(str(end))[1]
        return {"date": f"{start} – {end}", "earliest": first, "latest": last, "mark": PERIOD}
    return _when(start if _known(start) else end)


def edition_dates(text: object) -> dict[str, Any]:
    """Date columns of an edition: a year, a span of years, or one open to a side."""
    match = _EDITION.fullmatch(str(text)) if _known(text) else None
    if match is None:
        return _when(None)
    side, first, last = match.groups()
    if side == "to-":
        return _when(last or first, "publication")
    return _stretch(first, last) if last else _when(first)


def _of_entity(found: Profile) -> Iterator[_Fact]:
    table = TABLE[found.kind]
    row = found.entity.frame.iloc[0]
    key = {"testbeds": "testbed_id", "programs": "program_id"}.get(table, "org_id")
    for column in ("founded_year", "designated_year", "opened_year", "first_year"):
        if _known(row.get(column)):
            when = _when(f"{row[column]:.0f}")
            yield _fact(row, table, key, lane=ENTITY, kind=column, **when)
    if _known(row.get("status_as_of")):
        when = _when(row["status_as_of"])
        yield _fact(row, table, key, lane=ENTITY, kind="status", code=row["status"], **when)


def _of_pilots(found: Profile) -> Iterator[_Fact]:
    runs = found.pilots.frame.set_index("pilot_id", drop=False)
    by_company = found.kind == "investor"
    for pilot_id, row in runs.iterrows():
        lane = COMPANY + row["org_id"] if by_company else f"{PILOT}{pilot_id}"
        words = {"label_ko": row["technology_ko"], "label_en": row["technology_en"], "lane": lane}
        start, end = row["start_date"], row["end_date"]
        if _known(start) or _known(end):
            kind = "run" if _known(start) and _known(end) else "start" if _known(start) else "end"
            when = _stretch(start, end)
            yield _fact(row, "pilots", "pilot_id", kind=kind, **words, **when)
    for _, step in found.steps.frame.iterrows():
        row = runs.loc[step["pilot_id"]]
        lane = COMPANY + row["org_id"] if by_company else PILOT + step["pilot_id"]
        words = {"label_ko": row["technology_ko"], "label_en": row["technology_en"], "lane": lane}
        when = _when(step["date"], step["date_basis"])
        yield _fact(
            step,
            "milestones",
            "milestone_id",
            kind="milestone",
            code=step["stage"],
            **words,
            **when,
        )


def _of_rounds(found: Profile) -> Iterator[_Fact]:
    for _, row in found.rounds.frame.iterrows():
        lane = COMPANY + row["org_id"] if found.kind == "investor" else ROUNDS
        words = {"label_ko": row["company_ko"], "label_en": row["company_en"]}
        when = _when(row["date"])
        yield _fact(
            row,
            "investments",
            "investment_id",
            lane=lane,
            kind="round",
            code=row["round"],
            **words,
            **when,
        )


def _of_events(found: Profile) -> Iterator[_Fact]:
    for _, row in found.events.frame.iterrows():
        words = {"label_ko": row["description_ko"], "label_en": row["description_en"]}
        when = _when(row["date"], row["date_basis"])
        yield _fact(
            row, "events", "event_id", lane=EVENTS, kind="event", code=row["kind"], **words, **when
        )


def _of_editions(found: Profile) -> Iterator[_Fact]:
    for _, row in found.editions.frame.iterrows():
        label = {f"label_{x}": row[f"edition_label_{x}"] for x in ("ko", "en")}
        year = row["edition_year"]
        if _known(row["apply_open"]) or _known(row["apply_close"]):
            kind = "window"
            if _known(row["apply_open"]) and _known(row["apply_close"]):
                when = _stretch(row["apply_open"], row["apply_close"])
            else:
                kind = "opens" if _known(row["apply_open"]) else "closes"
                when = _stretch(row["apply_open"], row["apply_close"])
        else:
            kind, when = "edition", edition_dates(year)
        code = str(year) if _known(year) else None
        yield _fact(
            row,
            "program_editions",
            "edition_id",
            lane=EDITIONS,
            kind=kind,
            code=code,
            **label,
            **when,
        )


@computed
def dated_facts(found: Profile) -> Result:
    """Every fact of the profile that has a place in time, oldest first, undated ones last.

    Frame: `COLUMNS`. ``lane`` groups facts that belong on one line: the entity, its
    editions, rounds, events, a pilot (``pilot:<id>``) or, for an investor, a company
    (``company:<id>``). ``kind`` is the kind of fact and ``code`` its stage, round, event
    kind, status or edition year. ``earliest`` and ``latest`` are days; a page's own date
    has only a ``latest``. ``mark`` says how well the date is known. ``table`` and ``key``
    name the row, ``source_id`` its page. Coverage: facts with a date.
    """
    parts = (_of_entity, _of_editions, _of_pilots, _of_rounds, _of_events)
    frame = pd.DataFrame([f for part in parts for f in part(found)], columns=list(COLUMNS))
    frame[["earliest", "latest"]] = frame[["earliest", "latest"]].apply(pd.to_datetime)
    frame = frame.sort_values(
        ["latest", "earliest", "table", "key"], na_position="last", kind="stable"
    ).reset_index(drop=True)
    first, last = year_span(frame["earliest"], frame["latest"])
    return Result(
        frame,
        {str(name): keys(part["key"]) for name, part in frame.groupby("table")},
        covered=int((frame["mark"] != UNDATED).sum()),
        total=len(frame),
        unit="facts",
        first_year=first,
        last_year=last,
    )
