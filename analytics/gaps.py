"""What is not known about an entity, computed from its rows."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analytics.profiles import Profile
from analytics.result import Result
from analytics.stages import FIRST_PILOT_STAGE
from loaders.dates import bounds

#: A state noted longer ago than this may have changed.
MAX_STATUS_AGE_YEARS = 2

_Gap = tuple[str, int, int]


def _some(code: str, missing: pd.Series) -> Iterator[_Gap]:
    """A gap that ``missing`` of the rows have; none when there are no rows."""
    n = int(missing.sum())
    if n:
        yield code, n, len(missing)


def _one(code: str, is_missing: bool) -> Iterator[_Gap]:
    if is_missing:
        yield code, 1, 1


def pilot_gaps(there: pd.DataFrame, steps: pd.DataFrame) -> Iterator[_Gap]:
    """What pilots and their milestones leave open: code, rows that do, rows."""
    yield from _some("step-undated", steps["date_basis"] == "none")
    yield from _some("step-page-date", steps["date_basis"] == "publication")
    yield from _some("pilot-only-selected", there["stage"] == FIRST_PILOT_STAGE)
    yield from _some("pilot-no-outcome", there["outcome_ko"].isna())
    yield from _some("pilot-no-host", there["host_org_id"].isna() & there["host_name_ko"].isna())
    yield from _some("pilot-no-place", there["sido"].isna() & (there["country"] == "KR"))


def _round_gaps(found: Profile) -> Iterator[_Gap]:
    deals = found.rounds.frame
    yield from _some("round-undated", deals["date"].isna())
    yield from _some("round-undisclosed", deals["amount"].isna())
    yield from _some("round-no-investor", deals["investor_ids"].map(len) == 0)
    yield from _some("round-order", deals["relation"] == "unclear")


def _company_gaps(found: Profile, row: pd.Series) -> Iterator[_Gap]:
    yield from _one("no-founding-year", pd.isna(row["founded_year"]))
    yield from _one("no-place", pd.isna(row["sido"]))
    is_pilot_company = not found.pilots.frame.empty
    yield from _one("no-round", is_pilot_company and found.rounds.frame.empty)
    yield from _one("no-pilot", not is_pilot_company and found.hosted.frame.empty)
    yield from pilot_gaps(found.pilots.frame, found.steps.frame)
    yield from _round_gaps(found)


def _investor_gaps(found: Profile, row: pd.Series) -> Iterator[_Gap]:
    yield from _one("no-place", pd.isna(row["sido"]))
    yield from _one("own-share", not found.rounds.frame.empty)
    yield from _round_gaps(found)
    piloting = set(found.pilots.frame["org_id"])
    invested = found.rounds.frame["org_id"].drop_duplicates()
    yield from _some("investee-no-pilot", ~invested.isin(piloting))


def _status_gaps(row: pd.Series, as_of: str) -> Iterator[_Gap]:
    if pd.isna(row["status_as_of"]):
        yield "status-undated", 1, 1
        return
    oldest = pd.Timestamp(as_of) - pd.DateOffset(years=MAX_STATUS_AGE_YEARS)
    yield from _one("status-old", pd.Timestamp(bounds(row["status_as_of"])[1]) < oldest)


def _testbed_gaps(found: Profile, row: pd.Series, as_of: str) -> Iterator[_Gap]:
    yield from _status_gaps(row, as_of)
    yield from _one("no-designation-year", pd.isna(row["designated_year"]))
    yield from _one("no-opening-year", pd.isna(row["opened_year"]))
    yield from _one("no-operator", pd.isna(row["operator_ko"]))
    yield from _one("no-area", pd.isna(row["area_km2"]))
    yield from _one("no-site-point", row["coord_basis"] != "site")
    yield from _one("no-pilot", found.pilots.frame.empty)
    yield from _one("no-money", found.money.frame.empty)
    yield from pilot_gaps(found.pilots.frame, found.steps.frame)


def _program_gaps(found: Profile, row: pd.Series) -> Iterator[_Gap]:
    editions, counts = found.editions.frame, found.counts.frame
    yield from _one("no-first-year", pd.isna(row["first_year"]))
    yield from _one("no-edition", editions.empty)
    window = editions["apply_open"].isna() & editions["apply_close"].isna()
    yield from _some("edition-no-window", window)
    yield from _some("edition-no-budget", editions["budget"].isna())
    beyond = set(counts["stage"]) - {"applied", "meetup", "finalist", "selected"}
    yield from _one("no-count", counts.empty)
    yield from _one("no-outcome-count", not counts.empty and not beyond)
    yield from _one("no-pilot", found.pilots.frame.empty)
    yield from _one("no-money", found.money.frame.empty)
    yield from pilot_gaps(found.pilots.frame, found.steps.frame)


def unknowns(found: Profile, as_of: str) -> Result:
    """What the rows of the profile leave open.

    Args:
        found: the profile.
        as_of: day of the data (ISO 8601); the age of a state is counted from it.

    Frame: ``code``, ``n`` rows of ``total`` that leave it open (1 of 1 for a fact about
    the entity itself). Coverage: pilots and rounds without a gap are not counted here;
    covered and total are the number of gaps.
    """
    row = found.entity.frame.iloc[0]
    if found.kind == "company":
        gaps = _company_gaps(found, row)
    elif found.kind == "investor":
        gaps = _investor_gaps(found, row)
    elif found.kind == "testbed":
        gaps = _testbed_gaps(found, row, as_of)
    else:
        gaps = _program_gaps(found, row)
    frame = pd.DataFrame(list(gaps), columns=["code", "n", "total"])
    return Result(frame, found.entity.rows, len(frame), len(frame), "facts")


def place_unknowns(pilots: Result, steps: Result, money: Result) -> Result:
    """What the pilots and the public money of a place leave open: see `unknowns`.

    Args:
        pilots: of `analytics.places.pilots_in`.
        steps: of `analytics.profiles.steps_of` for these pilots.
        money: of `analytics.places.money_in`.
    """
    gaps = [
        *_one("no-pilot", pilots.frame.empty),
        *_one("no-money", not money.total),
        *pilot_gaps(pilots.frame, steps.frame),
    ]
    frame = pd.DataFrame(gaps, columns=["code", "n", "total"])
    return Result(frame, pilots.rows, len(frame), len(frame), "facts")
