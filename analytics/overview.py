"""Headline numbers of the landing page."""

from __future__ import annotations

import ibis
import pandas as pd

from analytics.filters import PilotFilter, TestbedFilter, select_pilots, select_testbeds
from analytics.linkage_tables import AFTER, company_facts, linked_rounds, with_a_round
from analytics.result import LaterRows, Result, keys, year_span
from analytics.stages import rank_of
from loaders.datasets.pilots import pilots
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
    table = pilots()
    found = run(
        table.aggregate(
            pilots=table.count(),
            projects=ibis.coalesce(table.project_id, table.pilot_id).nunique(),
            companies=table.org_id.nunique(),
            first=table.start_date_latest.min(),
            last=table.start_date_latest.max(),
        )
    )
    known = int(found.loc[0, "pilots"])
    return Result(
        found[["pilots", "projects", "companies"]],
        LaterRows({"pilots": lambda: run(table.select("pilot_id"))["pilot_id"]}),
        known,
        known,
        "pilots",
        *year_span(found[["first", "last"]].iloc[0]),
    )


def pilots_sold(run: Runner) -> Result:
    """Pilots with a contract, sale or export among their milestones.

    Frame: one row, ``sold`` and ``pilots``. A pilot without such a milestone is
    not known to have gone on; it is not counted as failed.
    """
    table = select_pilots(PilotFilter())
    is_sold = table["rank"] >= rank_of(run, SOLD_FROM)
    found = run(
        table.aggregate(
            sold=table.count(where=is_sold),
            pilots=table.count(),
            first=table.start_date_latest.min(where=is_sold),
            last=table.start_date_latest.max(where=is_sold),
        )
    )
    sold = table.filter(is_sold).select("pilot_id")
    return Result(
        found[["sold", "pilots"]],
        LaterRows({"pilots": lambda: run(sold)["pilot_id"]}),
        int(found.loc[0, "sold"]),
        int(found.loc[0, "pilots"]),
        "pilots",
        *year_span(found[["first", "last"]].iloc[0]),
    )


def companies_funded_after(run: Runner) -> Result:
    """Pilot companies with an investment round surely later than their first pilot.

    Frame: one row, ``funded``, ``companies`` and ``with_round`` (any known round).
    """
    everyone = pilots()
    linked = linked_rounds(company_facts(with_a_round(everyone)))
    is_after = linked.relation == AFTER
    after = linked.filter(is_after)
    found = run(
        linked.aggregate(
            funded=linked.org_id.nunique(where=is_after),
            with_round=linked.org_id.nunique(),
            first=linked.date_latest.min(where=is_after),
            last=linked.date_latest.max(where=is_after),
        )
    )
    found["companies"] = run(everyone.aggregate(companies=everyone.org_id.nunique()))["companies"]
    return Result(
        found[["funded", "with_round", "companies"]],
        LaterRows(
            {
                "organizations": lambda: run(after.select("org_id").distinct())["org_id"],
                "investments": lambda: run(after.select("investment_id"))["investment_id"],
            }
        ),
        int(found.loc[0, "funded"]),
        int(found.loc[0, "companies"]),
        "companies",
        *year_span(found[["first", "last"]].iloc[0]),
    )
