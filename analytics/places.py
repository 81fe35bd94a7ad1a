"""Profile of a place: a province, or a municipality with its general districts."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.money import sums_by_basis
from analytics.names import pilots_with_names
from analytics.result import Result, keys, year_span
from loaders.datasets.funding import funding
from loaders.datasets.pilots import pilots
from loaders.datasets.programs import programs
from loaders.datasets.regions import municipalities, regions
from loaders.datasets.testbeds import testbeds
from loaders.engine import Runner


@dataclass(frozen=True, slots=True)
class Place:
    """A province by ISO 3166-2 code or a municipality by legal code."""

    code: str

    @property
    def is_province(self) -> bool:
        """Whether the code is an ISO 3166-2 code."""
        return self.code.startswith("KR-")


def place_names(run: Runner) -> pd.DataFrame:
    """All places that can be asked for: ``code``, ``name_ko``, ``name_en``.

    General districts of a city are left out: the city stands for them.
    """
    provinces = regions().select(code="sido", name_ko="short_ko", name_en="short_en")
    table = municipalities()
    cities = table.filter(table.parent_code.isnull())
    towns = cities.select(code="sigungu_code", name_ko="name_ko", name_en="name_en")
    return run(provinces.union(towns).order_by("code"))


def _districts(place: Place) -> ir.Table:
    table = municipalities()
    inside = (table.sigungu_code == place.code) | (table.parent_code == place.code)
    return table.filter(inside).select("sigungu_code")


def _here(table: ir.Table, place: Place) -> ir.Table:
    if place.is_province:
        return table.filter(table.sido == place.code)
    return table.semi_join(_districts(place), "sigungu_code")


def testbeds_in(run: Runner, place: Place) -> Result:
    """Testbeds in the place."""
    frame = run(_here(testbeds(), place).order_by("testbed_id"))
    first, last = year_span(frame["status_as_of_latest"])
    ids = {"testbeds": keys(frame["testbed_id"])}
    return Result(frame, ids, len(frame), len(frame), "testbeds", first, last)


def pilots_in(run: Runner, place: Place) -> Result:
    """Pilots in the place, with names, furthest stage as stored; newest start first."""
    table = pilots_with_names(_here(pilots(), place))
    frame = run(table.order_by([ibis.desc("start_date_latest"), "pilot_id"]))
    first, last = year_span(frame["start_date_latest"])
    ids = {"pilots": keys(frame["pilot_id"])}
    return Result(frame, ids, len(frame), len(frame), "pilots", first, last)


def _program_names_place(place: Place) -> ir.Table:
    table = programs()
    named = table.sido if place.is_province else table.sigungu_code
    return table.filter(named.contains(place.code))


def programs_in(run: Runner, place: Place) -> Result:
    """Programmes of the place: it runs them, or one of its pilots came through them.

    Frame: all programme columns and ``pilots_here``.
    """
    there = pilots_in(run, place).frame
    counted = there.groupby("program_id").size()
    own = run(_program_names_place(place))["program_id"]
    table = programs()
    wanted = keys([*own, *counted.index])
    frame = run(table.filter(table.program_id.isin(wanted)).order_by("program_id"))
    frame["pilots_here"] = frame["program_id"].map(counted).fillna(0).astype(int)
    ids = {"programs": keys(frame["program_id"])}
    return Result(frame, ids, int((frame["pilots_here"] > 0).sum()), len(frame), "programs")


def money_in(run: Runner, place: Place, urban: bool = True) -> Result:
    """Public money of the place, summed within one basis and currency.

    Urban-technology money, or with ``urban`` false the general start-up and SME money,
    which would drown it.
    A province: rows that name it. A municipality: rows that name one of its
    testbeds, or a programme of its own. Frame of `analytics.money.sums_by_basis`.
    """
    table = funding()
    if place.is_province:
        here = table.filter(table.sido == place.code)
    else:
        spots, own = _here(testbeds(), place), _program_names_place(place)
        at_spot, of_own = (
            table.testbed_id.isin(spots.testbed_id),
            table.program_id.isin(own.program_id),
        )
        here = table.filter(at_spot | of_own)
    return sums_by_basis(run(here.filter(here.is_smart_city == urban)))
