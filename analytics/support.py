"""Public support of pilots beside the private rounds that followed in time."""

from __future__ import annotations

import pandas as pd

from analytics.filters import PilotFilter, select_pilots
from analytics.linkage import AFTER, linked_companies
from analytics.result import Result, keys, year_span
from loaders.datasets.organizations import organizations
from loaders.engine import Runner

SUMMABLE = "equity-round"


def _support(pilots: pd.DataFrame) -> pd.DataFrame:
    """Support stated as an amount, each project once, by company (KRW)."""
    stated = pilots[(pilots["public_support_kind"] == "amount") & (pilots["currency"] == "KRW")]
    project = stated["project_id"].fillna(stated["pilot_id"])
    once = stated.assign(project=project).drop_duplicates(["project", "org_id"])
    return once.groupby("org_id")["public_support"].sum().rename("support").reset_index()


def support_and_rounds(run: Runner, chosen: PilotFilter) -> Result:
    """Companies whose pilot's public support is stated, with later disclosed rounds.

    Frame: ``org_id``, company names, ``support`` (KRW), ``rounds_after`` (number of
    rounds surely after the first pilot), ``disclosed_after`` (KRW of disclosed equity
    rounds among them; missing when none is disclosed). A ceiling is no amount and is
    left out. Coverage: companies with stated support, of all pilot companies.
    """
    pilots = run(select_pilots(chosen))
    linked = linked_companies(run, chosen)
    after = linked.frame[linked.frame["relation"] == AFTER]
    equity = after[(after["amount_kind"] == SUMMABLE) & (after["currency"] == "KRW")]
    frame = _support(pilots)
    frame["rounds_after"] = (
        frame["org_id"].map(after.groupby("org_id").size()).fillna(0).astype(int)
    )
    frame["disclosed_after"] = frame["org_id"].map(equity.groupby("org_id")["amount"].sum())
    names = run(organizations().select("org_id", company_ko="name_ko", company_en="name_en"))
    frame = frame.merge(names, on="org_id").sort_values(
        ["support", "org_id"], ascending=[False, True]
    )
    behind = pilots[pilots["org_id"].isin(frame["org_id"]) & pilots["public_support"].notna()]
    first, last = year_span(behind["start_date_latest"])
    return Result(
        frame.reset_index(drop=True),
        {
            "pilots": keys(behind["pilot_id"]),
            "investments": keys(after[after["org_id"].isin(frame["org_id"])]["investment_id"]),
        },
        covered=len(frame),
        total=linked.total,
        unit="companies",
        first_year=first,
        last_year=last,
    )
