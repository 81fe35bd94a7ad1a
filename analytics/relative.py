"""Rounds on a time axis that begins at a milestone of the company's pilots."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from analytics.filters import PilotFilter, chosen_pilots, select_pilots
from analytics.linkage import DAYS_PER_MONTH, first_pilot_facts, rounds
from analytics.result import Result, keys, year_span
from analytics.stages import ladder_frame, rank_of
from loaders.datasets.organizations import organizations
from loaders.datasets.pilots import milestones
from loaders.engine import Runner

Anchor = Literal["first-pilot", "field-demo", "contract"]

UNDATED_ROUND = "round-undated"
UNDATED_ANCHOR = "anchor-undated"
DATED = "dated"


def _first_at(run: Runner, pilots: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Interval of each company's first fact at ``stage`` or later; index ``org_id``.

    The earliest day is known only when the telling fact has an event date.
    """
    steps = run(milestones()).merge(ladder_frame(run)[["stage", "rank"]], on="stage")
    steps = steps[steps["rank"] >= rank_of(run, stage)]
    steps = steps.merge(pilots[["pilot_id", "org_id"]], on="pilot_id")
    steps = steps.dropna(subset="date_latest").sort_values(["org_id", "date_latest"])
    steps["date_earliest"] = steps["date_earliest"].where(steps["date_basis"] == "event")
    first = steps.drop_duplicates("org_id").set_index("org_id")
    return first[["date_earliest", "date_latest"]].set_axis(
        ["first_earliest", "first_latest"], axis=1
    )


def _anchors(
    run: Runner, chosen: PilotFilter, pilots: pd.DataFrame, anchor: Anchor
) -> pd.DataFrame:
    if anchor == "first-pilot":
        return first_pilot_facts(run, chosen_pilots(chosen))
    return _first_at(run, pilots, anchor)


def _months(later: pd.Series, earlier: pd.Series) -> pd.Series:
    return (later - earlier).dt.days / DAYS_PER_MONTH


def rounds_relative(run: Runner, chosen: PilotFilter, anchor: Anchor) -> Result:
    """Rounds of pilot companies that reached the anchor, in months from it.

    Frame, by company and date: ``org_id``, company names, ``investment_id``,
    ``round``, ``date``, ``amount``, ``currency``, ``amount_kind``, ``state`` (dated, round-undated,
    anchor-undated), ``months`` (between the latest days of both), ``months_low`` and
    ``months_high`` (what the dates allow; ``months_high`` missing when the anchor is only
    bounded from above). Negative: before the anchor. Coverage: rounds with both dates.
    """
    pilots = run(select_pilots(chosen))
    if anchor != "first-pilot":
        pilots = pilots[pilots["rank"] >= rank_of(run, anchor)]
    columns = [
        "investment_id", "org_id", "round", "date", "date_earliest", "date_latest",
        "amount", "currency", "amount_kind",
    ]  # fmt: skip
    frame = rounds(run)[columns]
    frame = frame[frame["org_id"].isin(pilots["org_id"])]
    frame = frame.merge(_anchors(run, chosen, pilots, anchor), on="org_id", how="left")
    names = run(organizations().select("org_id", company_ko="name_ko", company_en="name_en"))
    frame = frame.merge(names, on="org_id")
    for column in ("date_earliest", "date_latest", "first_earliest", "first_latest"):
        frame[column] = pd.to_datetime(frame[column])
    frame["state"] = DATED
    frame.loc[frame["date_latest"].isna(), "state"] = UNDATED_ROUND
    frame.loc[frame["first_latest"].isna(), "state"] = UNDATED_ANCHOR
    frame["months"] = _months(frame["date_latest"], frame["first_latest"])
    frame["months_low"] = _months(frame["date_earliest"], frame["first_latest"])
    frame["months_high"] = _months(frame["date_latest"], frame["first_earliest"])
    frame = frame.sort_values(["org_id", "date_latest", "investment_id"]).reset_index(drop=True)
    first, last = year_span(frame["date_latest"])
    return Result(
        frame.drop(columns=["first_earliest", "first_latest"]),
        {"investments": keys(frame["investment_id"]), "pilots": keys(pilots["pilot_id"])},
        covered=int((frame["state"] == DATED).sum()),
        total=len(frame),
        unit="rounds",
        first_year=first,
        last_year=last,
    )
