"""Testbeds: list, counts by province, and what is known of one."""

from __future__ import annotations

import ibis
import pandas as pd

from analytics.filters import TestbedFilter, select_testbeds
from analytics.names import pilots_with_names
from analytics.result import Result, keys, year_span
from loaders.datasets.funding import funding
from loaders.datasets.pilots import events, pilots
from loaders.datasets.regions import regions
from loaders.datasets.testbeds import testbeds
from loaders.engine import Runner


def testbed_list(run: Runner, chosen: TestbedFilter) -> Result:
    """Testbeds that pass the filter, most pilots first, with province names.

    Frame: all testbed columns, ``pilots``, ``province_ko``, ``province_en``.
    Coverage: testbeds at which at least one pilot is known.
    """
    table = select_testbeds(chosen)
    names = regions().select("sido", province_ko="short_ko", province_en="short_en")
    joined = table.join(names, "sido").order_by([ibis.desc("pilots"), "testbed_id"])
    frame = run(joined)
    first, last = year_span(frame["status_as_of_latest"])
    return Result(
        frame,
        {"testbeds": keys(frame["testbed_id"])},
        covered=int((frame["pilots"] > 0).sum()),
        total=len(frame),
        unit="testbeds",
        first_year=first,
        last_year=last,
    )


def testbeds_by_province(run: Runner, chosen: TestbedFilter) -> Result:
    """Number of testbeds in each of the 17 provinces (none known = 0 rows counted).

    Frame: ``sido``, names, ``testbeds``, ``pilots`` (at these testbeds).
    """
    listed = testbed_list(run, chosen)
    grouped = listed.frame.groupby("sido").agg(
        testbeds=("testbed_id", "size"), pilots=("pilots", "sum")
    )
    names = run(regions().select("sido", "short_ko", "short_en").order_by("sido"))
    frame = names.merge(grouped, on="sido", how="left").fillna({"testbeds": 0, "pilots": 0})
    frame = frame.astype({"testbeds": int, "pilots": int})
    return Result(
        frame,
        listed.rows,
        covered=int((frame["testbeds"] > 0).sum()),
        total=len(frame),
        unit="provinces",
        first_year=listed.first_year,
        last_year=listed.last_year,
    )


def one_testbed(run: Runner, testbed_id: str) -> Result:
    """The facts of one testbed (a frame of one row, or none for an unknown id)."""
    table = testbeds()
    frame = run(table.filter(table.testbed_id == testbed_id))
    return Result(
        frame,
        {"testbeds": keys(frame["testbed_id"])},
        covered=len(frame),
        total=len(frame),
        unit="testbeds",
    )


def pilots_at_testbed(run: Runner, testbed_id: str) -> Result:
    """Pilots known at a testbed, newest start first, with names."""
    table = pilots()
    here = pilots_with_names(table.filter(table.testbed_id == testbed_id))
    frame = run(here.order_by([ibis.desc("start_date_latest"), "pilot_id"]))
    first, last = year_span(frame["start_date_latest"])
    return Result(
        frame,
        {"pilots": keys(frame["pilot_id"])},
        covered=len(frame),
        total=len(frame),
        unit="pilots",
        first_year=first,
        last_year=last,
    )


def money_at_testbed(run: Runner, testbed_id: str) -> Result:
    """Amounts of public money that name the testbed; not summed."""
    table = funding()
    frame = run(table.filter(table.testbed_id == testbed_id).order_by(["year", "funding_id"]))
    return Result(
        frame,
        {"funding": keys(frame["funding_id"])},
        covered=int(frame["is_additive"].sum()) if len(frame) else 0,
        total=len(frame),
        unit="amounts",
    )


def events_at_testbed(run: Runner, testbed_id: str) -> pd.DataFrame:
    """What befell the testbed itself."""
    table = events()
    return run(table.filter(table.testbed_id == testbed_id))
