"""Testbeds: list, filters and the facts of one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import testbeds
from analytics.filters import TestbedFilter
from analytics.result import keys, year_span
from loaders.engine import Runner
from tests.unit.fixtures_small import SmallTables, committed, small_run

PLACES: SmallTables = {
    "organizations": [{"org_id": "x", "name_en": "Ex", "name_ko": "엑스"}],
    "testbeds": [
        {"testbed_id": "a", "sido": "KR-11", "kind": "living-lab", "status": "operating",
         "status_as_of": "2021-05"},
        {"testbed_id": "b", "sido": "KR-26", "kind": "living-lab", "status": "planned"},
        {"testbed_id": "c", "sido": "KR-26", "kind": "startup-park", "status": "operating",
         "status_as_of": "2025"},
    ],
    "pilots": [
        {"pilot_id": "1", "org_id": "x", "testbed_id": "c", "sector": "energy",
         "start_date": "2020"},
        {"pilot_id": "2", "org_id": "x", "testbed_id": "c", "sector": "safety",
         "start_date": "2022-01"},
        {"pilot_id": "3", "org_id": "x", "testbed_id": "c", "sector": "safety"},
        {"pilot_id": "4", "org_id": "x", "testbed_id": "a", "sector": "safety"},
        {"pilot_id": "5", "org_id": "x", "sector": "energy"},
    ],
    "funding": [
        {"funding_id": "f2", "testbed_id": "c", "year": 2024, "amount": 7, "is_additive": False},
        {"funding_id": "f1", "testbed_id": "c", "year": 2023, "amount": 5, "is_additive": True},
        {"funding_id": "f3", "testbed_id": "a", "year": 2022, "amount": 9, "is_additive": True},
    ],
    "events": [
        {"event_id": "e1", "testbed_id": "c", "kind": "zone-closed"},
        {"event_id": "e2", "org_id": "x", "kind": "service-ended"},
    ],
}  # fmt: skip


SMALL_RUN = small_run(PLACES)


def listed(run: Runner, **chosen: tuple[str, ...]) -> list[str]:
    return list(testbeds.testbed_list(run, TestbedFilter(**chosen)).frame["testbed_id"])


def test_list_has_most_pilots_first() -> None:
    result = testbeds.testbed_list(small_run(PLACES), TestbedFilter())
    assert list(result.frame["testbed_id"]) == ["c", "a", "b"]
    assert list(result.frame["pilots"]) == [3, 1, 0]
    assert list(result.frame["province_en"]) == ["Busan", "Seoul", "Busan"]
    assert (result.covered, result.total, result.unit) == (2, 3, "testbeds")
    assert (result.first_year, result.last_year) == (2021, 2025)
    assert result.rows == {"testbeds": ("a", "b", "c")}


def test_filters() -> None:
    run = small_run(PLACES)
    assert listed(run, kind=("living-lab",)) == ["a", "b"]
    assert listed(run, sido=("KR-26",)) == ["c", "b"]
    assert listed(run, status=("operating",)) == ["c", "a"]
    assert listed(run, sector=("energy",)) == ["c"]
    assert listed(run, sector=("energy", "safety"), sido=("KR-11",)) == ["a"]
    assert listed(run, sector=("robotics",)) == []


def test_a_filter_by_sector_still_counts_all_pilots_there() -> None:
    frame = testbeds.testbed_list(small_run(PLACES), TestbedFilter(sector=("energy",))).frame
    assert list(frame["pilots"]) == [3]


def test_provinces_without_a_testbed_stay_in_the_table() -> None:
    result = testbeds.testbeds_by_province(small_run(PLACES), TestbedFilter(status=("operating",)))
    frame = result.frame.set_index("sido")
    assert frame["testbeds"].to_dict() == {"KR-11": 1, "KR-26": 1, "KR-44": 0}
    assert frame["pilots"].to_dict() == {"KR-11": 1, "KR-26": 3, "KR-44": 0}
    assert (result.covered, result.total, result.unit) == (2, 3, "provinces")


def test_one_testbed() -> None:
    run = small_run(PLACES)
    result = testbeds.one_testbed(run, "a")
    assert result.frame.iloc[0]["kind"] == "living-lab"
    assert result.rows == {"testbeds": ("a",)}
    assert testbeds.one_testbed(run, "nowhere").frame.empty


def test_pilots_money_and_events_of_one_testbed() -> None:
    run = small_run(PLACES)
    trials = testbeds.pilots_at_testbed(run, "c")
    assert list(trials.frame["pilot_id"]) == ["2", "1", "3"]  # newest start first, unknown last
    assert set(trials.frame["company_ko"]) == {"엑스"}
    assert (trials.first_year, trials.last_year) == (2020, 2022)
    money = testbeds.money_at_testbed(run, "c")
    assert list(money.frame["funding_id"]) == ["f1", "f2"]
    assert (money.covered, money.total) == (1, 2)
    assert testbeds.money_at_testbed(run, "b").covered == 0
    assert list(testbeds.events_at_testbed(run, "c")["event_id"]) == ["e1"]


codes = st.lists(
    st.sampled_from(["KR-11", "KR-26", "living-lab", "startup-park", "energy", "safety"]),
    max_size=3,
    unique=True,
).map(tuple)


@settings(max_examples=12)
@given(codes, codes, codes)
def test_a_restriction_never_adds_testbeds(
    kind: tuple[str, ...], sido: tuple[str, ...], sector: tuple[str, ...]
) -> None:
    steps = [{}, {"kind": kind}, {"kind": kind, "sido": sido}]
    steps.append({"kind": kind, "sido": sido, "sector": sector})
    found = [set(listed(SMALL_RUN, **step)) for step in steps]
    assert found[0] >= found[1] >= found[2] >= found[3]


def test_every_committed_testbed_is_listed_with_its_pilots(run: Runner) -> None:
    pilots = committed("pilots").groupby("testbed_id").size()
    frame = testbeds.testbed_list(run, TestbedFilter()).frame.set_index("testbed_id")
    assert set(frame.index) == set(committed("testbeds")["testbed_id"])
    assert frame["pilots"].to_dict() == {t: int(pilots.get(t, 0)) for t in frame.index}


def test_keys_and_years_of_a_result() -> None:
    assert keys(["b", None, "a", "b", float("nan")]) == ("a", "b")
    assert keys([]) == ()
    table = testbeds.testbed_list(SMALL_RUN, TestbedFilter()).frame
    assert year_span(table["status_as_of_earliest"], table["status_as_of_latest"]) == (2021, 2025)
