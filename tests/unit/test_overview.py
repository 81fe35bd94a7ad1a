"""Every number of the landing page, counted a second time from the CSV files."""

from __future__ import annotations

from collections import Counter, defaultdict

import pandas as pd
import pytest

# the modules, because pytest would collect functions whose names begin with "test"
from analytics import overview, testbeds
from analytics.filters import PilotFilter, TestbedFilter
from analytics.funnel import milestone_funnel
from loaders.engine import Runner
from tests.unit.fixtures_small import (
    ENDED,
    LADDER,
    committed,
    first_day,
    last_day,
    small_run,
)

SALES = {"contract", "commercialised", "exported"}
ROUNDS = {"equity-round", "undisclosed", "cumulative-only", "strategic-listed", "ipo"}


def only(frame: pd.DataFrame) -> dict[str, int]:
    """The single row of a frame of headline numbers."""
    assert len(frame) == 1
    return {str(k): int(v) for k, v in frame.iloc[0].items()}


def years(texts: list[str]) -> tuple[int, int]:
    """First and last year of the known partial dates."""
    known = sorted(int(t[:4]) for t in texts if t)
    return known[0], known[-1]


def milestones_of_pilots() -> dict[str, set[str]]:
    reached: dict[str, set[str]] = defaultdict(set)
    table = committed("milestones")
    for pilot, stage in zip(table["pilot_id"], table["stage"], strict=True):
        reached[pilot].add(stage)
    return reached


def furthest(stages: set[str]) -> int:
    """Position on the ladder of the furthest stage, 0 for none."""
    return max((LADDER.index(s) + 1 for s in stages if s in LADDER), default=0)


def first_fact_at_the_latest() -> dict[str, pd.Timestamp]:
    """For each company the last day on which its first pilot fact can have happened."""
    pilots = committed("pilots")
    company = dict(zip(pilots["pilot_id"], pilots["org_id"], strict=True))
    facts = [(r.org_id, r.start_date) for r in pilots.itertuples() if r.start_date]
    facts += [(company[r.pilot_id], r.date) for r in committed("milestones").itertuples() if r.date]
    first: dict[str, pd.Timestamp] = {}
    for org, text in facts:
        first[org] = min(first.get(org, pd.Timestamp.max), last_day(text))
    return first


def test_testbeds(run: Runner) -> None:
    table = committed("testbeds")
    result = overview.testbeds_known(run)
    assert only(result.frame) == {
        "testbeds": len(set(table["testbed_id"])),
        "provinces": len(set(table["sido"])),
    }
    assert set(result.rows["testbeds"]) == set(table["testbed_id"])
    assert (result.covered, result.total) == (len(table), len(table))
    assert (result.first_year, result.last_year) == years(list(table["status_as_of"]))


def test_pilots(run: Runner) -> None:
    table = committed("pilots")
    result = overview.pilots_known(run)
    projects = {r.project_id or f"alone: {r.pilot_id}" for r in table.itertuples()}
    assert only(result.frame) == {
        "pilots": len(set(table["pilot_id"])),
        "projects": len(projects),
        "companies": len(set(table["org_id"])),
    }
    assert set(result.rows["pilots"]) == set(table["pilot_id"])
    assert (result.first_year, result.last_year) == years(list(table["start_date"]))


def test_pilots_with_a_contract_or_sale(run: Runner) -> None:
    sold = {pilot for pilot, stages in milestones_of_pilots().items() if stages & SALES}
    table = committed("pilots")
    result = overview.pilots_sold(run)
    assert only(result.frame) == {"sold": len(sold), "pilots": len(table)}
    assert set(result.rows["pilots"]) == sold
    assert (result.covered, result.total) == (len(sold), len(table))
    starts = table[table["pilot_id"].isin(sold)]["start_date"]
    assert (result.first_year, result.last_year) == years(list(starts))


def test_companies_with_a_round_after_their_first_pilot(run: Runner) -> None:
    known = committed("investments").query("amount_kind in @ROUNDS")
    companies = set(committed("pilots")["org_id"])
    first = first_fact_at_the_latest()
    after = {
        (r.org_id, r.investment_id, int(r.date[:4]))
        for r in known.itertuples()
        if r.org_id in first and r.date and first_day(r.date) > first[r.org_id]
    }
    result = overview.companies_funded_after(run)
    assert only(result.frame) == {
        "funded": len({org for org, _, _ in after}),
        "with_round": len(companies & set(known["org_id"])),
        "companies": len(companies),
    }
    assert set(result.rows["organizations"]) == {org for org, _, _ in after}
    assert set(result.rows["investments"]) == {investment for _, investment, _ in after}
    spans = [year for _, _, year in after]
    assert (result.first_year, result.last_year) == (min(spans), max(spans))


def test_testbeds_of_each_province(run: Runner) -> None:
    table = committed("testbeds")
    home = dict(zip(table["testbed_id"], table["sido"], strict=True))
    places = Counter(table["sido"])
    trials = Counter(home[t] for t in committed("pilots")["testbed_id"] if t)
    result = testbeds.testbeds_by_province(run, TestbedFilter())
    regions = committed("regions")
    assert list(result.frame["sido"]) == sorted(regions["sido"])
    for row in result.frame.itertuples():
        assert (row.testbeds, row.pilots) == (places[row.sido], trials[row.sido])
    names = regions.set_index("sido")
    assert list(result.frame["short_ko"]) == list(names.loc[result.frame["sido"], "short_ko"])
    assert (result.covered, result.total) == (len(places), 17)


@pytest.mark.parametrize("by_project", [False, True])
def test_funnel_of_all_pilots(run: Runner, by_project: bool) -> None:
    reached = milestones_of_pilots()
    position: dict[str, int] = {}
    for row in committed("pilots").itertuples():
        unit = (by_project and row.project_id) or row.pilot_id
        position[unit] = max(position.get(unit, 0), furthest(reached[row.pilot_id]))
    result = milestone_funnel(run, PilotFilter(), by_project)
    assert list(result.frame["stage"]) == list(LADDER[3:])
    for row in result.frame.itertuples():
        here = LADDER.index(row.stage) + 1
        assert row.rank == here
        assert row.reached == sum(p >= here for p in position.values())
        assert row.highest == sum(p == here for p in position.values())
        assert row.share == pytest.approx(row.reached / len(position))
    assert result.total == len(position)
    assert result.covered == sum(p > 0 for p in position.values())


def test_the_committed_ladder_is_the_one_written_here() -> None:
    stages = committed("stages")
    ladder = stages[stages["kind"] == "ladder"].sort_values("rank", key=lambda c: c.astype(int))
    assert tuple(ladder["stage"]) == LADDER
    assert list(stages[stages["kind"] == "end"]["stage"]) == [ENDED]


def test_worked_example() -> None:
    """Two firms share a project; one pilot only ended; one was sold without a contract known."""
    run = small_run(
        {
            "testbeds": [
                {"testbed_id": "a", "sido": "KR-11", "status_as_of": "2020"},
                {"testbed_id": "b", "sido": "KR-11"},
                {"testbed_id": "c", "sido": "KR-26", "status_as_of": "2024-05-01"},
            ],
            "organizations": [{"org_id": o} for o in ("x", "y", "z")],
            "pilots": [
                {"pilot_id": "1", "project_id": "j", "org_id": "x", "testbed_id": "a"},
                {"pilot_id": "2", "project_id": "j", "org_id": "y", "start_date": "2021-03"},
                {"pilot_id": "3", "org_id": "x", "start_date": "2023"},
                {"pilot_id": "4", "org_id": "z"},
            ],
            "milestones": [
                {"milestone_id": "1", "pilot_id": "1", "stage": "field-demo"},
                {"milestone_id": "2", "pilot_id": "2", "stage": "adopted"},
                {"milestone_id": "3", "pilot_id": "3", "stage": "commercialised"},
                {"milestone_id": "4", "pilot_id": "4", "stage": ENDED},
            ],
            "investments": [
                {"investment_id": "i", "org_id": "x", "date": "2024", "amount_kind": "undisclosed"},
                {"investment_id": "k", "org_id": "y", "date": "2021", "amount_kind": "ipo"},
            ],
        }
    )
    assert only(overview.testbeds_known(run).frame) == {"testbeds": 3, "provinces": 2}
    assert (overview.testbeds_known(run).first_year, overview.testbeds_known(run).last_year) == (
        2020,
        2024,
    )
    assert only(overview.pilots_known(run).frame) == {"pilots": 4, "projects": 3, "companies": 3}
    assert only(overview.pilots_sold(run).frame) == {"sold": 1, "pilots": 4}
    assert overview.pilots_sold(run).rows["pilots"] == ("3",)
    funded = overview.companies_funded_after(run)
    assert only(funded.frame) == {"funded": 1, "with_round": 2, "companies": 3}
    assert (funded.covered, funded.total) == (1, 3)
    provinces = testbeds.testbeds_by_province(run, TestbedFilter()).frame.set_index("sido")
    assert provinces["testbeds"].to_dict() == {"KR-11": 2, "KR-26": 1, "KR-44": 0}
    assert provinces["pilots"].to_dict() == {"KR-11": 1, "KR-26": 0, "KR-44": 0}


def test_without_any_rows_the_numbers_are_zero() -> None:
    run = small_run({})
    assert only(overview.testbeds_known(run).frame) == {"testbeds": 0, "provinces": 0}
    assert only(overview.pilots_known(run).frame) == {"pilots": 0, "projects": 0, "companies": 0}
    assert only(overview.pilots_sold(run).frame) == {"sold": 0, "pilots": 0}
    assert only(overview.companies_funded_after(run).frame) == {
        "funded": 0,
        "with_round": 0,
        "companies": 0,
    }
    assert overview.testbeds_known(run).first_year is None
