"""Pilots, their milestones, and what befell the companies and places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import ibis.expr.types as ir

from loaders.datasets import records
from loaders.datasets.regions import homes, misplaced
from loaders.problems import Problem
from loaders.rules import dates_in_order, problem, together
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


def _pilot_rules(tables: Tables) -> Iterator[Problem]:
    ladder = tables["stages"]
    rank = {
        s: int(r) for s, r in zip(ladder["stage"], ladder["rank"], strict=True) if r.isdecimal()
    }
    home = homes(tables)
    reached: dict[str, list[str]] = defaultdict(list)
    for pilot, stage in tables["milestones"][["pilot_id", "stage"]].itertuples(index=False):
        reached[pilot].append(stage)
    for row in records(tables["pilots"]):
        yield from dates_in_order("pilots.csv", row, "start_date", "end_date")
        yield from misplaced("pilots.csv", row, home)
        yield from together("pilots.csv", row, "public_support", "public_support_kind")
        yield from together("pilots.csv", row, "public_support", "currency")
        if row["sido"] and row["country"] != "KR":
            yield problem(
                "pilots.csv", row, "sido", f"a province, but the country is {row['country']}"
            )
        stages = reached.get(row["pilot_id"])
        if not stages:
            yield problem("pilots.csv", row, "pilot_id", "has no milestone")
        elif (highest := highest_stage(stages, rank)) != row["stage"]:
            yield problem("pilots.csv", row, "stage", f"the highest milestone is {highest}")


def rules(tables: Tables) -> Iterator[Problem]:
    """Dates in order, places consistent, stage = highest milestone, subjects named."""
    yield from _pilot_rules(tables)
    outcome = set(tables["stages"].query("kind == 'outcome'")["stage"])
    for row in records(tables["milestones"]):
        if (row["date_basis"] == "none") != (row["date"] == ""):
            yield problem(
                "milestones.csv", row, "date_basis", "contradicts whether a date is given"
            )
        if row["stage"] in outcome:
            yield problem("milestones.csv", row, "stage", "is an outcome measure, not a stage")
    for row in records(tables["events"]):
        if bool(row["org_id"]) == bool(row["testbed_id"]):
            yield problem("events.csv", row, "org_id", "name one organisation or one testbed")
