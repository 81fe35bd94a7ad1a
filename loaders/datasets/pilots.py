"""Pilots, their milestones, and what befell the companies and places."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping

import ibis.expr.types as ir
import pandas as pd

from loaders.datasets.regions import homes, misplaced
from loaders.problems import Problem
from loaders.rules import Row, dates_in_order, of_cells, problem, records, together
from loaders.schema import unbound
from loaders.validation import Tables

TABLES = ("pilots", "milestones", "events")

ENDED = "ended-without-adoption"


def pilots() -> ir.Table:
    """One company's technology at one host or place, with the highest stage reached."""
    return unbound("pilots")


def milestones() -> ir.Table:
    """The event log: one dated stage fact of a pilot."""
    return unbound("milestones")


def events() -> ir.Table:
    """Rehabilitation, service ended, zone closed …"""
    return unbound("events")


def highest_stage(reached: list[str], rank: dict[str, int]) -> str:
    """The end without adoption if it was reached, else the stage that stands highest."""
    return ENDED if ENDED in reached else max(reached, key=lambda stage: rank.get(stage, 0))


def _cell_rules(row: Row, home: Mapping[str, str]) -> Iterator[Problem]:
    yield from dates_in_order("pilots.csv", row, "start_date", "end_date")
    yield from misplaced("pilots.csv", row, home)
    yield from together("pilots.csv", row, "public_support", "public_support_kind")
    yield from together("pilots.csv", row, "public_support", "currency")
    if row["sido"] and row["country"] != "KR":
        yield problem("pilots.csv", row, "sido", f"a province, but the country is {row['country']}")


_CELLS = (
    *("start_date", "end_date", "sigungu_code", "sido", "country"),
    *("public_support", "public_support_kind", "currency"),
)


def _plainly_highest(tables: Tables, rank: dict[str, int]) -> pd.Series:
    """Whether the stage of a pilot has the highest rank of its milestones, and no other has it."""
    score = rank | {ENDED: max(rank.values(), default=0) + 1}
    counted = Counter(score.values())
    plain = {stage for stage, s in score.items() if s > 0 and counted[s] == 1}
    steps, pilots = tables["milestones"], tables["pilots"]
    top = steps["stage"].map(score).fillna(0).groupby(steps["pilot_id"]).max()
    same = pilots["stage"].map(score) == pilots["pilot_id"].map(top)
    return same & pilots["stage"].isin(plain)


def _stage_rules(tables: Tables) -> Iterator[Problem]:
    ladder, steps, pilots = tables["stages"], tables["milestones"], tables["pilots"]
    rank = {
        s: int(r) for s, r in zip(ladder["stage"], ladder["rank"], strict=True) if r.isdecimal()
    }
    doubtful = pilots[~_plainly_highest(tables, rank)]
    reached: dict[str, list[str]] = defaultdict(list)
    own = steps.loc[steps["pilot_id"].isin(doubtful["pilot_id"]), ["pilot_id", "stage"]]
    for pilot, stage in own.itertuples(index=False):
        reached[pilot].append(stage)
    for row in records(doubtful):
        stages = reached.get(row["pilot_id"])
        if not stages:
            yield problem("pilots.csv", row, "pilot_id", "has no milestone")
        elif (highest := highest_stage(stages, rank)) != row["stage"]:
            yield problem("pilots.csv", row, "stage", f"the highest milestone is {highest}")


def _step_rules(row: Row, outcome: Collection[str]) -> Iterator[Problem]:
    if (row["date_basis"] == "none") != (row["date"] == ""):
        yield problem("milestones.csv", row, "date_basis", "contradicts whether a date is given")
    if row["stage"] in outcome:
        yield problem("milestones.csv", row, "stage", "is an outcome measure, not a stage")


def rules(tables: Tables) -> Iterator[Problem]:
    """Dates in order, places consistent, stage = highest milestone, subjects named."""
    home = homes(tables)
    yield from of_cells(tables["pilots"], _CELLS, lambda row: _cell_rules(row, home))
    yield from _stage_rules(tables)
    outcome = set(tables["stages"].query("kind == 'outcome'")["stage"])
    cells = ("date_basis", "date", "stage")
    yield from of_cells(tables["milestones"], cells, lambda row: _step_rules(row, outcome))
    for row in records(tables["events"]):
        if bool(row["org_id"]) == bool(row["testbed_id"]):
            yield problem("events.csv", row, "org_id", "name one organisation or one testbed")
