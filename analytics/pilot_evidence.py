"""What is known of one pilot and what is not: evidence to read, not a score."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from analytics.linkage import ROUND_KINDS, first_pilot_facts
from analytics.pilot_facts import pilot_facts, pilot_pages
from analytics.result import Result, keys, year_span
from analytics.stages import rank_of
from loaders.datasets.investments import investments
from loaders.datasets.pilots import events, milestones, pilots
from loaders.datasets.sources import sources
from loaders.datasets.vocabularies import stages
from loaders.engine import Runner

#: From this step on somebody pays or the host goes on: nothing later need be missing.
SOLD_FROM = "contract"

# What may be unknown, in the order in which it is said.
START = "start"
STEP_DATES = "step-dates"
HOST = "host"
PLACE = "place"
PROGRAM = "program"
LATER_STEP = "later-step"
SUPPORT = "support"
ROUNDS = "rounds"
AMOUNTS = "amounts"
OTHER_SOURCE = "other-source"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All facts about one pilot.

    Attributes:
        facts: its row of `pilot_facts` (none for an unknown id).
        steps: its milestones in order of the ladder, an end last: ``stage``, names,
            ``trl_low``/``trl_high``, ``date``, ``date_basis``, the page's columns, notes.
        pages: the pages behind it (see `pilot_pages`).
        sites: the company's pilots by site: ``site``, ``pilot_id``, names, ``stage``.
        ended: events of the company or the testbed, with their pages.
        rounds: the company's rounds, oldest first, with ``after`` (after its first pilot).
        unknown: codes of what is not known.
    """

    facts: Result
    steps: pd.DataFrame
    pages: pd.DataFrame
    sites: pd.DataFrame
    ended: pd.DataFrame
    rounds: pd.DataFrame
    unknown: tuple[str, ...]


def _with_pages(table: ir.Table) -> ir.Table:
    page = sources().select("source_id", "url", "publisher_ko", "publisher_en", "published")
    return table.left_join(page, "source_id").drop("source_id_right")


def _steps(run: Runner, pilot_id: str) -> pd.DataFrame:
    table = milestones()
    words = stages().select("stage", "rank", "name_ko", "name_en", "trl_low", "trl_high")
    joined = _with_pages(table.filter(table.pilot_id == pilot_id)).join(words, "stage")
    frame = run(joined)
    order = ["rank", "date_latest", "milestone_id"]
    return frame.sort_values(order, na_position="last").reset_index(drop=True)


def _ended(run: Runner, org_id: str, testbed_id: object) -> pd.DataFrame:
    table = events()
    of_company = table.org_id == org_id
    wanted = of_company if pd.isna(testbed_id) else of_company | (table.testbed_id == testbed_id)
    frame = run(_with_pages(table.filter(wanted)))
    return frame.sort_values(["date_latest", "event_id"]).reset_index(drop=True)


def _rounds(run: Runner, org_id: str) -> pd.DataFrame:
    table = investments()
    wanted = table.filter((table.org_id == org_id) & table.amount_kind.isin(ROUND_KINDS))
    frame = run(_with_pages(wanted))
    everyone = pilots()
    mine = everyone.filter(everyone.org_id == org_id)
    first = first_pilot_facts(run, mine)["first_latest"].get(org_id, pd.NaT)
    frame["after"] = pd.to_datetime(frame["date_earliest"]) > first
    order = ["date_latest", "investment_id"]
    return frame.sort_values(order, na_position="last").reset_index(drop=True)


def unknowns(row: pd.Series, steps: pd.DataFrame, sold_rank: int) -> tuple[str, ...]:
    """Codes of what is not known of the pilot in ``row`` (a row of `pilot_facts`)."""
    missing = {
        START: pd.isna(row["start_date"]),
        STEP_DATES: bool(steps["date"].isna().any()),
        HOST: pd.isna(row["host_name_en"]),
        PLACE: pd.isna(row["sigungu_code"]) and pd.isna(row["city_en"]),
        PROGRAM: pd.isna(row["program_id"]),
        LATER_STEP: not row["ended"] and not row["rank"] >= sold_rank,
        SUPPORT: pd.isna(row["public_support"]),
        ROUNDS: row["rounds"] == 0,
        AMOUNTS: row["rounds"] > row["rounds_summed"],
        OTHER_SOURCE: bool(row["only_own"]),
    }
    return tuple(code for code, is_missing in missing.items() if is_missing)


def evidence(run: Runner, pilot_id: str) -> Evidence:
    """Everything known of one pilot.

    Raises:
        KeyError: no such pilot.
    """
    everything = pilot_facts(run)
    frame = everything[everything["pilot_id"] == pilot_id].reset_index(drop=True)
    if frame.empty:
        raise KeyError(pilot_id)
    row = frame.iloc[0]
    steps = _steps(run, pilot_id)
    pages = pilot_pages(run)
    company = everything[everything["org_id"] == row["org_id"]]
    ended = _ended(run, row["org_id"], row["testbed_id"])
    money = _rounds(run, row["org_id"])
    first, last = year_span(steps["date_latest"])
    facts = Result(
        frame,
        {
            "pilots": (pilot_id,),
            "milestones": keys(steps["milestone_id"]),
            "events": keys(ended["event_id"]),
            "investments": keys(money["investment_id"]),
        },
        covered=int(steps["date"].notna().sum()),
        total=len(steps),
        unit="stages",
        first_year=first,
        last_year=last,
    )
    return Evidence(
        facts,
        steps,
        pages[pages["pilot_id"] == pilot_id].reset_index(drop=True),
        company.sort_values(["site", "pilot_id"], na_position="last").reset_index(drop=True),
        ended,
        money,
        unknowns(row, steps, rank_of(run, SOLD_FROM)),
    )
