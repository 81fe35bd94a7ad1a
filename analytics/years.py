"""Years that the pilots of the data can be chosen by."""

from __future__ import annotations

import ibis

from analytics.once import once_per_snapshot
from loaders.datasets.pilots import pilots
from loaders.engine import Runner


@once_per_snapshot
def start_years(run: Runner) -> tuple[str, ...]:
    """Years in which a pilot is known to have begun, earliest first."""
    table = pilots()
    known = table.filter(table.start_date.notnull())
    years = known.select(year=known.start_date.substr(0, 4)).distinct().order_by(ibis.asc("year"))
    return tuple(run(years)["year"])
