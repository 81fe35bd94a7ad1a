"""Filters over pilots and testbeds, as hashable values.

An empty tuple means "no restriction".
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from loaders.datasets.organizations import organizations
from loaders.datasets.pilots import milestones, pilots
from loaders.datasets.programs import programs
from loaders.datasets.testbeds import testbeds
from loaders.datasets.vocabularies import stages

Codes = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PilotFilter:
    """Which pilots to look at."""

    sido: Codes = ()
    sector: Codes = ()
    program_id: Codes = ()
    host_kind: Codes = ()
    start_year: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TestbedFilter:
    """Which testbeds to look at; ``sector`` means: hosted a pilot of that sector."""

    __test__ = False  # the name begins with "Test", but it holds none

    kind: Codes = ()
    sido: Codes = ()
    status: Codes = ()
    sector: Codes = ()


def ladder() -> ir.Table:
    """Steps of the ladder with their rank."""
    table = stages()
    return table.filter(table.kind == "ladder").select("stage", "rank")


def furthest_step() -> ir.Table:
    """For each pilot the highest rank among its milestones (an end has no rank)."""
    steps = milestones().inner_join(ladder(), "stage")
    return steps.group_by("pilot_id").aggregate(rank=steps["rank"].max())


def with_program_family(program_ids: Codes) -> ir.Table:
    """Ids of the programmes and of their direct tracks."""
    table = programs()
    wanted = table.program_id.isin(program_ids) | table.parent_program_id.isin(program_ids)
    return table.filter(wanted).select("program_id")


def chosen_pilots(chosen: PilotFilter) -> ir.Table:
    """Pilots that pass the filter, all columns."""
    # `isin` and not `semi_join`: of two in a row sqlglot writes one as PostgreSQL has it
    table = pilots()
    if chosen.sido:
        table = table.filter(table.sido.isin(chosen.sido))
    if chosen.sector:
        table = table.filter(table.sector.isin(chosen.sector))
    if chosen.program_id:
        table = table.filter(
            table.program_id.isin(with_program_family(chosen.program_id).program_id)
        )
    if chosen.host_kind:
        named = organizations()
        hosts = named.filter(named.kind.isin(chosen.host_kind))
        table = table.filter(table.host_org_id.isin(hosts.org_id))
    if chosen.start_year:
        table = table.filter(table.start_date_earliest.year().isin(chosen.start_year))
    return table


def select_pilots(chosen: PilotFilter) -> ir.Table:
    """Pilots that pass the filter, all columns, with ``rank`` of the furthest step.

    ``rank`` is null for a pilot whose only milestone is an end.
    """
    table = chosen_pilots(chosen)
    return table.left_join(furthest_step(), "pilot_id").drop("pilot_id_right")


def select_testbeds(chosen: TestbedFilter) -> ir.Table:
    """Testbeds that pass the filter, all columns, with ``pilots`` (how many are known there)."""
    table = testbeds()
    for column in ("kind", "sido", "status"):
        codes = getattr(chosen, column)
        if codes:
            table = table.filter(table[column].isin(codes))
    there = pilots()
    if chosen.sector:
        hosting = there.filter(there.sector.isin(chosen.sector))
        table = table.semi_join(hosting, "testbed_id")
    counted = there.group_by("testbed_id").aggregate(pilots=there.count())
    joined = table.left_join(counted, "testbed_id").drop("testbed_id_right")
    return joined.mutate(pilots=ibis.coalesce(joined.pilots, 0))
