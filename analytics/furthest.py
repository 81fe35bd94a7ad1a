"""Pilots with the milestone that took them furthest, and rounds that came after them."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analytics.filters import PilotFilter, ladder
from analytics.linkage import AFTER, linked_companies
from analytics.pilot_facts import pilot_facts
from analytics.result import Result, keys, year_span
from loaders.datasets.pilots import milestones
from loaders.engine import Runner


def _furthest_milestones(run: Runner) -> pd.DataFrame:
    """For each pilot its furthest milestone: of several the first dated one."""
    steps = run(milestones().inner_join(ladder(), "stage"))
    ordered = steps.sort_values(
        ["pilot_id", "rank", "date_latest", "milestone_id"],
        ascending=[True, False, True, True],
        na_position="last",
    )
    columns = {"date": "reached_date", "date_basis": "reached_basis", "source_id": "reached_source"}
    furthest = ordered.drop_duplicates("pilot_id").rename(columns=columns)
    return furthest[["pilot_id", *columns.values()]]


def furthest_first(run: Runner, pilot_ids: tuple[str, ...]) -> Result:
    """The pilots, those that got furthest first, then the newest.

    Frame: the columns of `analytics.pilot_facts.pilot_facts`, and of the milestone at
    the furthest stage ``reached_date`` (partial date), ``reached_basis`` (event,
    publication, none) and ``reached_source``. All three are missing for a pilot known
    only to have ended. Coverage: pilots whose furthest milestone has a date.
    """
    facts = pilot_facts(run)
    frame = facts[facts["pilot_id"].isin(pilot_ids)]
    frame = frame.merge(_furthest_milestones(run), on="pilot_id", how="left")
    frame = frame.sort_values(
        ["rank", "reached_date", "pilot_id"], ascending=[False, False, True], na_position="last"
    ).reset_index(drop=True)
    first, last = year_span(frame["start_date_latest"])
    dated = int(frame["reached_date"].notna().sum())
    ids = {"pilots": keys(frame["pilot_id"])}
    return Result(frame, ids, dated, len(frame), "pilots", first, last)


def rounds_after(run: Runner, org_ids: tuple[str, ...], chosen: PilotFilter) -> Result:
    """Rounds of these companies that surely came after their first pilot, newest first.

    Args:
        org_ids: the companies.
        chosen: the pilots among which the first one is looked for.

    Frame: the columns of `analytics.linkage.linked_companies`. Coverage: companies with
    such a round, of all asked for. "After" is a matter of time, not of cause.
    """
    linked = linked_companies(run, chosen)
    mine = linked.frame[linked.frame["org_id"].isin(org_ids)]
    after = mine[mine["relation"] == AFTER].sort_values(
        ["date_latest", "investment_id"], ascending=[False, True]
    )
    first, last = year_span(after["date_latest"])
    return replace(
        linked,
        frame=after.reset_index(drop=True),
        rows={
            "investments": keys(after["investment_id"]),
            "pilots": keys(after["pilot_id"]),
            "organizations": keys(after["org_id"]),
        },
        covered=after["org_id"].nunique(),
        total=len(set(org_ids)),
        first_year=first,
        last_year=last,
    )
