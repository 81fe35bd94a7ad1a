"""From a figure to its rows and pages."""

from __future__ import annotations

from analytics.evidence import pages_behind, rows_behind
from analytics.filters import TestbedFilter
from analytics.overview import pilots_sold
from analytics.testbeds import testbed_list as list_testbeds
from loaders.engine import Runner
from tests.unit.fixtures_small import SmallTables, committed, small_run

FACTS: SmallTables = {
    "sources": [
        {"source_id": "old", "published": "2019"},
        {"source_id": "new", "published": "2024-05-01"},
        {"source_id": "month", "published": "2024-05"},
        {"source_id": "undated"},
        {"source_id": "undated-too"},
        {"source_id": "not-used", "published": "2025"},
    ],
    "testbeds": [
        {"testbed_id": "b", "source_id": "old"},
        {"testbed_id": "a", "source_id": "undated-too"},
        {"testbed_id": "c", "source_id": "not-used"},
    ],
    "pilots": [{"pilot_id": "p", "source_id": "undated"}],
    "milestones": [
        {"milestone_id": "m", "pilot_id": "p", "source_id": "new"},
        {"milestone_id": "n", "pilot_id": "p", "source_id": "month"},
        {"milestone_id": "o", "pilot_id": "q", "source_id": "not-used"},
    ],
    "regions": [{"sido": "KR-11"}],
}


def test_rows_behind_are_the_named_rows_by_key() -> None:
    run = small_run(FACTS)
    assert list(rows_behind(run, "testbeds", ("b", "a"))["testbed_id"]) == ["a", "b"]
    assert rows_behind(run, "testbeds", ()).empty
    assert rows_behind(run, "testbeds", ("nowhere",)).empty


def test_pages_come_newest_first_and_undated_last() -> None:
    pages = pages_behind(small_run(FACTS), (("testbeds", ("a", "b")), ("pilots", ("p",))))
    assert list(pages["source_id"]) == ["month", "new", "old", "undated", "undated-too"]


def test_a_pilot_rests_on_the_pages_of_its_milestones_too() -> None:
    pages = pages_behind(small_run(FACTS), (("pilots", ("p",)),))
    assert set(pages["source_id"]) == {"undated", "new", "month"}


def test_vocabularies_have_no_pages() -> None:
    run = small_run(FACTS)
    assert pages_behind(run, (("regions", ("KR-11",)),)).empty
    assert pages_behind(run, ()).empty


def test_committed_figures_name_the_pages_of_exactly_their_rows(run: Runner) -> None:
    sold = pilots_sold(run)
    pages = pages_behind(run, tuple(sold.rows.items()))
    ids = set(sold.rows["pilots"])
    pilots, steps = committed("pilots"), committed("milestones")
    wanted = set(pilots[pilots["pilot_id"].isin(ids)]["source_id"])
    wanted |= set(steps[steps["pilot_id"].isin(ids)]["source_id"])
    assert set(pages["source_id"]) == wanted
    assert pages["url"].str.match(r"https?://").all()
    places = list_testbeds(run, TestbedFilter())
    behind = pages_behind(run, tuple(places.rows.items()))
    assert set(behind["source_id"]) == set(committed("testbeds")["source_id"])
    dates = behind["published_latest"].dropna().tolist()
    assert dates == sorted(dates, reverse=True)
