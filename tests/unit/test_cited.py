"""Pages are counted from an index as the evidence counts them from queries."""

from __future__ import annotations

import pytest

from analytics import overview
from analytics.cited import facts_by_page, page_index, pages_counted
from analytics.evidence import pages_behind
from analytics.filters import PilotFilter
from analytics.linkage import linkage_flows
from analytics.money import MoneyFilter, money_by_basis
from analytics.result import Result
from loaders.engine import Runner
from tests.unit.fixtures_small import SmallTables, small_run

FACTS: SmallTables = {
    "sources": [{"source_id": s, "url": f"https://a.example/{s}"} for s in "abcd"],
    "testbeds": [
        {"testbed_id": "t", "source_id": "a"},
        {"testbed_id": "u", "source_id": "a"},
    ],
    "pilots": [{"pilot_id": "p", "source_id": "b"}],
    "milestones": [{"milestone_id": "m", "pilot_id": "p", "source_id": "c"}],
    "fact_sources": [
        {"fact_source_id": "1", "table": "testbeds", "key": "t", "source_id": "d"},
        {"fact_source_id": "2", "table": "milestones", "key": "m", "source_id": "a"},
    ],
}


def test_own_further_and_inherited_pages() -> None:
    run = small_run(FACTS)
    assert page_index(run)["testbeds"] == {"t": {"a", "d"}, "u": {"a"}}
    assert page_index(run)["pilots"]["p"] == {"b", "c", "a"}
    assert pages_counted(run, {"testbeds": ("t", "u")}) == 2
    assert pages_counted(run, {"testbeds": ("u",), "pilots": ("p",)}) == 3
    assert pages_counted(run, {"testbeds": ("nowhere",), "regions": ("KR-11",)}) == 0
    assert pages_counted(run, {"sources": ("b", "c")}) == 2


def test_facts_of_a_page_are_its_rows() -> None:
    assert facts_by_page(small_run(FACTS)) == {"a": 3, "b": 1, "c": 1, "d": 1}


@pytest.mark.parametrize("name", ["testbeds", "pilots", "money", "flows"])
def test_the_number_is_that_of_the_pages_listed(run: Runner, name: str) -> None:
    figures: dict[str, Result] = {
        "testbeds": overview.testbeds_known(run),
        "pilots": overview.pilots_known(run),
        "money": money_by_basis(run, MoneyFilter()),
        "flows": linkage_flows(run, PilotFilter(), "sido", "round"),
    }
    rows = figures[name].rows
    assert pages_counted(run, rows) == len(pages_behind(run, tuple(sorted(rows.items())))) > 0
