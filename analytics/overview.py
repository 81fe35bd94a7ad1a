"""Headline numbers of the landing page."""

from __future__ import annotations

import pandas as pd

from analytics.filters import PilotFilter, TestbedFilter, select_pilots, select_testbeds
from analytics.linkage import AFTER, linked_companies
from analytics.result import Result, keys, year_span
from analytics.stages import rank_of
from loaders.engine import Runner

SOLD_FROM = "contract"


def testbeds_known(run: Runner) -> Result:
    """Number of testbeds and of provinces that have one.

    Frame: one row, ``testbeds`` and ``provinces``.
    """
    table = run(select_testbeds(TestbedFilter()))
    frame = pd.DataFrame({"testbeds": [len(table)], "provinces": [table["sido"].nunique()]})
    return Result(
        frame,
        {"testbeds": keys(table["testbed_id"])},
        len(table),
        len(table),
        "testbeds",
        *year_span(table["status_as_of_latest"]),
    )


def pilots_known(run: Runner) -> Result:
    """Number of pilots, of consortium projects counted once, and of their companies.

    Frame: one row, ``pilots``, ``projects`` and ``companies``.
    """
    table = run(select_pilots(PilotFilter()))
    projects = table["project_id"].fillna(table["pilot_id"]).nunique()
    frame = pd.DataFrame(
        {
            "pilots": [len(table)],
            "projects": [projects],
            "companies": [table["org_id"].nunique()],
        }
    )
    return Result(
        frame,
        {"pilots": keys(table["pilot_id"])},
        len(table),
        len(table),
        "pilots",
        *year_span(table["start_date_latest"]),
    )


def pilots_sold(run: Runner) -> Result:
    """Pilots with a contract, sale or export among their milestones.

    Frame: one row, ``sold`` and ``pilots``. A pilot without such a milestone is
    not known to have gone on; it is not counted as failed.
    """
    table = run(select_pilots(PilotFilter()))
    sold = table[table["rank"] >= rank_of(run, SOLD_FROM)]
    frame = pd.DataFrame({"sold": [len(sold)], "pilots": [len(table)]})
    return Result(
        frame,
        {"pilots": keys(sold["pilot_id"])},
        len(sold),
        len(table),
        "pilots",
        *year_span(sold["start_date_latest"]),
    )


def companies_funded_after(run: Runner) -> Result:
    """Pilot companies with an investment round surely later than their first pilot.

    Frame: one row, ``funded``, ``companies`` and ``with_round`` (any known round).
    """
    linked = linked_companies(run, PilotFilter())
    after = linked.frame[linked.frame["relation"] == AFTER]
    frame = pd.DataFrame(
        {
            "funded": [after["org_id"].nunique()],
            "with_round": [linked.frame["org_id"].nunique()],
            "companies": [linked.total],
        }
    )
    rows = {"organizations": keys(after["org_id"]), "investments": keys(after["investment_id"])}
    return Result(
        frame,
        rows,
        after["org_id"].nunique(),
        linked.total,
        "companies",
        *year_span(after["date_latest"]),
    )
