"""The screen over pilots: what a row says, filters, facet counts, orders and evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import pilot_evidence as known
from analytics.pilot_evidence import evidence
from analytics.pilot_facts import pilot_facts, pilot_pages, site_of
from analytics.technologies import (
    FACETS,
    MATCH,
    NUMBERS,
    ORDERS,
    ROUND_AFTER,
    SITES_FROM,
    STAGE_FROM,
    YEAR_FROM,
    YES,
    TechnologyFilter,
    facets,
    ordered,
    pilots_by_province,
    pilots_listed,
    technologies,
)
from loaders.engine import Engine, Runner
from tests.unit.fixtures_small import ENDED, SmallTables, committed, small_run


def _step(pilot: str, stage: str, date: str | None, source: str, n: int = 1) -> dict[str, object]:
    return {
        "milestone_id": f"{pilot}--m{n}",
        "pilot_id": pilot,
        "stage": stage,
        "date": date,
        "date_basis": "event" if date else "none",
        "source_id": source,
    }


TABLES: SmallTables = {
    "organizations": (
        {"org_id": "ace", "name_en": "Ace", "name_ko": "에이스", "website": "https://www.ace.kr/"},
        {"org_id": "bee", "name_en": "Bee Labs", "name_ko": "비랩스"},
        {"org_id": "city", "name_en": "City", "name_ko": "시청", "kind": "government"},
        {"org_id": "fund", "name_en": "Fund", "name_ko": "펀드", "kind": "investor"},
        {"org_id": "bank", "name_en": "Bank", "name_ko": "은행", "kind": "investor"},
    ),
    "programs": (
        {"program_id": "zones", "name_en": "Zones", "name_ko": "지구"},
        {
            "program_id": "zone-a",
            "parent_program_id": "zones",
            "name_en": "Zone A",
            "name_ko": "지구 A",
        },
    ),
    "testbeds": ({"testbed_id": "bed", "name_en": "Bed", "name_ko": "베드"},),
    "sources": (
        {
            "source_id": "s1",
            "url": "https://news.kr/1",
            "publisher_en": "News",
            "publisher_ko": "뉴스",
        },
        {
            "source_id": "s2",
            "url": "https://blog.ace.kr/2",
            "publisher_en": "A blog",
            "publisher_ko": "블로그",
        },
        {
            "source_id": "s3",
            "url": "https://x.kr/3",
            "publisher_en": "BEE LABS",
            "publisher_ko": "회사",
        },
        {
            "source_id": "s4",
            "url": "https://notace.kr/4",
            "publisher_en": "Daily",
            "publisher_ko": "매일",
        },
    ),
    "pilots": (
        {
            "pilot_id": "p1",
            "org_id": "ace",
            "technology_en": "Bus",
            "sector": "mobility",
            "program_id": "zone-a",
            "testbed_id": "bed",
            "host_org_id": "city",
            "host_name_en": "The city",
            "sido": "KR-11",
            "country": "KR",
            "start_date": "2021-03",
            "stage": "contract",
            "source_id": "s1",
        },
        {
            "pilot_id": "p2",
            "org_id": "ace",
            "technology_en": "Bus",
            "sector": "mobility",
            "host_name_en": "A firm",
            "sido": "KR-26",
            "country": "KR",
            "stage": "poc",
            "source_id": "s2",
        },
        {
            "pilot_id": "p3",
            "org_id": "bee",
            "technology_en": "Bin",
            "sector": "safety",
            "program_id": "zones",
            "country": "US",
            "stage": ENDED,
            "source_id": "s3",
        },
        {
            "pilot_id": "p4",
            "org_id": "bee",
            "technology_en": "Bin",
            "sector": "safety",
            "country": "KR",
            "stage": ENDED,
            "source_id": "s1",
        },
    ),
    "milestones": (
        _step("p1", "field-demo", "2021-05", "s1", 1),
        _step("p1", "contract", "2022-07-01", "s4", 2),
        _step("p2", "poc", None, "s2"),
        _step("p3", "field-demo", "2020", "s3", 1),
        _step("p3", ENDED, "2023-02", "s3", 2),
        _step("p4", ENDED, None, "s1"),
    ),
    "events": (
        {
            "event_id": "e1",
            "org_id": "bee",
            "kind": "service-ended",
            "date": "2023-01",
            "source_id": "s1",
        },
        {
            "event_id": "e2",
            "testbed_id": "bed",
            "kind": "zone-closed",
            "date": "2024",
            "source_id": "s1",
        },
    ),
    "investments": (
        {
            "investment_id": "i1",
            "org_id": "ace",
            "round": "seed",
            "date": "2021-03-31",
            "amount": 100,
            "currency": "KRW",
            "amount_kind": "equity-round",
            "source_id": "s1",
        },
        {
            "investment_id": "i2",
            "org_id": "ace",
            "round": "series-a",
            "date": "2021-04-01",
            "amount": 500,
            "currency": "KRW",
            "amount_kind": "equity-round",
            "source_id": "s1",
        },
        {
            "investment_id": "i3",
            "org_id": "ace",
            "round": "series-b",
            "date": "2023",
            "amount": 7,
            "currency": "USD",
            "amount_kind": "equity-round",
            "source_id": "s1",
        },
        {
            "investment_id": "i4",
            "org_id": "ace",
            "round": "undisclosed",
            "amount_kind": "acquisition",
            "date": "2024",
            "amount": 900,
            "currency": "KRW",
            "source_id": "s1",
        },
    ),
    "investment_investors": (
        {"investment_id": "i1", "investor_id": "fund"},
        {"investment_id": "i2", "investor_id": "fund"},
        {"investment_id": "i2", "investor_id": "bank"},
    ),
}


@pytest.fixture(scope="module")
def small() -> Runner:
    return small_run(TABLES)


def _row(run: Runner, pilot: str) -> pd.Series:
    return pilot_facts(run).set_index("pilot_id").loc[pilot]


def test_rank_and_readiness_follow_the_furthest_step(small: Runner) -> None:
    frame = pilot_facts(small).set_index("pilot_id")
    assert frame["reached"].fillna("").to_dict() == {
        "p1": "contract",
        "p2": "poc",
        "p3": "field-demo",
        "p4": "",
    }
    assert frame["rank"].fillna(0).to_dict() == {"p1": 9, "p2": 5, "p3": 7, "p4": 0}
    assert frame["ended"].to_dict() == {"p1": False, "p2": False, "p3": True, "p4": True}


def test_last_dated_milestone(small: Runner) -> None:
    dates = pilot_facts(small).set_index("pilot_id")["last_date"].fillna("")
    assert dates.to_dict() == {"p1": "2022-07-01", "p2": "", "p3": "2023-02", "p4": ""}


def test_sites_are_testbeds_else_hosts_else_places(small: Runner) -> None:
    sites = pilot_facts(small).set_index("pilot_id")[["site", "sites"]]
    assert sites["site"].fillna("").to_dict() == {
        "p1": "bed",
        "p2": "A firm@",
        "p3": "@US",
        "p4": "",
    }
    # p4 names neither testbed, host, municipality nor foreign country: it adds no site
    assert sites["sites"].to_dict() == {"p1": 2, "p2": 2, "p3": 1, "p4": 1}


def test_the_same_host_in_two_municipalities_is_two_sites() -> None:
    frame = pd.DataFrame(
        {
            "testbed_id": [None, None, None, "bed"],
            "host_org_id": ["city", "city", None, "city"],
            "host_name_en": ["City", "City", "City", "City"],
            "sigungu_code": ["11110", "11140", "11110", "11110"],
            "country": ["KR"] * 4,
        }
    ).astype("str")
    frame = frame.mask(frame.isin(["None", "nan"]))
    assert list(site_of(frame)) == ["city@11110", "city@11140", "City@11110", "bed"]


def test_sources_and_who_publishes_them(small: Runner) -> None:
    pages = pilot_pages(small)
    own = {(p, s): o for p, s, o in pages[["pilot_id", "source_id", "own"]].itertuples(index=False)}
    assert own == {
        ("p1", "s1"): False,
        ("p1", "s4"): False,  # notace.kr is not a part of ace.kr
        ("p2", "s2"): True,  # blog.ace.kr lies on the company's site
        ("p3", "s3"): True,  # the publisher is named like the company
        ("p4", "s1"): False,
    }
    frame = pilot_facts(small).set_index("pilot_id")
    assert frame["sources"].to_dict() == {"p1": 2, "p2": 1, "p3": 1, "p4": 1}
    assert frame["other_publishers"].to_dict() == {"p1": 2, "p2": 0, "p3": 0, "p4": 1}
    assert frame["only_own"].to_dict() == {"p1": False, "p2": True, "p3": True, "p4": False}


def test_rounds_of_the_company(small: Runner) -> None:
    row = _row(small, "p2")  # facts of the company stand on each of its pilots
    assert row["rounds"] == 3  # an acquisition is no round
    # the first pilot fact is at the latest 2021-03-31: a round on that day is not after it
    assert row["rounds_after"] == 2
    assert row["rounds_summed"] == 2
    assert row["disclosed"] == 600  # dollars are not added to won
    assert row["last_round"] == "2023"
    assert row["investor_ids"] == ("bank", "fund")
    other = _row(small, "p3")
    assert other["rounds"] == 0
    assert pd.isna(other["disclosed"])
    assert other["investor_ids"] == ()


@pytest.mark.parametrize(
    ("chosen", "pilots"),
    [
        (TechnologyFilter(), "p1 p2 p3 p4"),
        (TechnologyFilter(stage_from="field-demo"), "p1 p3"),
        (TechnologyFilter(stage_from="selected"), "p1 p2 p3"),
        (TechnologyFilter(stage=("poc", ENDED)), "p2 p3 p4"),
        (TechnologyFilter(year_from=2023), "p3"),
        (TechnologyFilter(year_from=2022), "p1 p3"),
        (TechnologyFilter(sector=("safety",)), "p3 p4"),
        (TechnologyFilter(host_kind=("government",)), "p1"),
        (TechnologyFilter(host=("city",)), "p1"),
        (TechnologyFilter(sido=("KR-11", "KR-26")), "p1 p2"),
        (TechnologyFilter(testbed=("bed",)), "p1"),
        (TechnologyFilter(program=("zones",)), "p1 p3"),  # a programme with its tracks
        (TechnologyFilter(program=("zone-a",)), "p1"),
        (TechnologyFilter(sites_from=2), "p1 p2"),
        (TechnologyFilter(round_after=True), "p1 p2"),
        (TechnologyFilter(investor=("bank",)), "p1 p2"),
        (TechnologyFilter(found=("p4", "p1", "unknown")), "p1 p4"),
        (TechnologyFilter(found=()), ""),
        (TechnologyFilter(sector=("no-such",)), ""),
        (TechnologyFilter(stage_from="poc", sector=("mobility",), sido=("KR-26",)), "p2"),
    ],
)
def test_filter(small: Runner, chosen: TechnologyFilter, pilots: str) -> None:
    result = technologies(small, chosen)
    assert sorted(result.frame["pilot_id"]) == pilots.split()
    assert result.rows["pilots"] == tuple(pilots.split())
    assert (result.covered, result.total) == (len(pilots.split()), 4)


def _counts(run: Runner, chosen: TechnologyFilter) -> dict[tuple[str, str], int]:
    frame = facets(run, chosen).frame
    return {(f, o): n for f, o, n in frame.itertuples(index=False)}


def test_facet_counts_without_a_filter(small: Runner) -> None:
    counts = _counts(small, TechnologyFilter())
    assert counts["sector", "mobility"] == 2
    assert counts["stage", ENDED] == 2
    assert counts[STAGE_FROM, "selected"] == 3
    assert counts[STAGE_FROM, "contract"] == 1
    assert counts[STAGE_FROM, "exported"] == 0
    assert counts[YEAR_FROM, "2022"] == 2
    assert counts[YEAR_FROM, "2023"] == 1
    assert counts[SITES_FROM, "2"] == 2
    assert counts[SITES_FROM, "3"] == 0
    assert counts[ROUND_AFTER, YES] == 2
    assert counts["investor", "fund"] == 2
    assert counts["program", "zones"] == 2
    assert (STAGE_FROM, "applied") not in counts  # pilots are followed from `selected`


def test_a_facet_does_not_restrict_itself(small: Runner) -> None:
    counts = _counts(small, TechnologyFilter(sector=("mobility",)))
    assert counts["sector", "safety"] == 2
    assert counts["stage", ENDED] == 0
    assert counts["sido", "KR-26"] == 1
    both = _counts(small, TechnologyFilter(sector=("mobility",), sido=("KR-26",)))
    assert both["sector", "mobility"] == 1
    assert both["sector", "safety"] == 0
    assert both["sido", "KR-11"] == 1


OPTIONS: dict[str, list[Any]] = {
    "stage_from": ["", "selected", "field-demo", "contract"],
    "stage": [(), ("field-demo",), ("selected", "poc")],
    "year_from": [0, 2020, 2023],
    "sector": [(), ("mobility",), ("safety", "energy")],
    "host_kind": [(), ("government",), ("enterprise", "company")],
    "sido": [(), ("KR-11",), ("KR-26", "KR-50")],
    "program": [(), ("smart-city-sandbox",), ("autonomous-driving-zone", "all-sandbox")],
    "sites_from": [0, 2, 5],
    "publishers_from": [0, 2],
    "founded_from": [0, 2015],
    "rounds_from": [0, 2],
    "money_from": [0, 10_000_000_000],
    "last_round_from": [0, 2022],
    "round_after": [False, True],
    "investor": [(), ("fund",)],
}
_SINGLE = {STAGE_FROM: str} | dict.fromkeys(NUMBERS, int)


@settings(max_examples=25)
@given(chosen=st.fixed_dictionaries({k: st.sampled_from(v) for k, v in OPTIONS.items()}))
def test_a_count_is_what_choosing_the_option_gives(run: Engine, chosen: dict[str, Any]) -> None:
    """On the committed data: each count equals the size of the list it promises."""
    base = TechnologyFilter(**chosen)
    frame = facets(run, base).frame
    for facet in FACETS:
        options = frame[frame["facet"] == facet]
        for option, n in options.sample(min(2, len(options)), random_state=1)[
            ["option", "pilots"]
        ].itertuples(index=False):
            value: Any = (option,)
            if facet == ROUND_AFTER:
                value = True
            elif facet in _SINGLE:
                value = _SINGLE[facet](option)
            alone = replace(base, **{facet: value})
            assert technologies(run, alone).covered == n, (facet, option)


def test_order_by_each_criterion(small: Runner) -> None:
    def listed(by: str) -> str:
        return " ".join(technologies(small, TechnologyFilter(), by).frame["pilot_id"])

    assert listed("stage") == "p1 p3 p2 p4"
    assert listed("date") == "p3 p1 p2 p4"  # undated last, then the higher step
    assert listed("sites") == "p1 p2 p3 p4"
    assert listed("sources") == "p1 p4 p3 p2"
    assert listed("money") == "p1 p2 p3 p4"  # no disclosed amount: last, by step


def test_the_order_of_a_query_is_its_own(small: Runner) -> None:
    chosen = TechnologyFilter(found=("p4", "p1", "p2"), sector=("mobility", "safety"))
    assert list(technologies(small, chosen, MATCH).frame["pilot_id"]) == ["p4", "p1", "p2"]
    without = technologies(small, TechnologyFilter(), MATCH).frame
    assert list(without["pilot_id"]) == ["p1", "p3", "p2", "p4"]


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from([None, 4, 7]),
            st.sampled_from([None, "2021-01-01", "2022-01-01"]),
            st.integers(0, 1),
            st.sampled_from([None, 5.0]),
        ),
        max_size=12,
    ),
    seed=st.integers(0, 99),
    by=st.sampled_from(sorted(ORDERS)),
)
def test_order_does_not_depend_on_the_order_of_the_rows(
    rows: list[tuple[Any, ...]], seed: int, by: str
) -> None:
    frame = pd.DataFrame(rows, columns=["rank", "last_latest", "sites", "disclosed"])
    frame = frame.astype({"rank": "float64", "disclosed": "float64"})
    frame["last_latest"] = pd.to_datetime(frame["last_latest"])
    frame["sources"] = frame["other_publishers"] = frame["sites"]
    frame["pilot_id"] = [f"p{n:02}" for n in range(len(frame))]
    shuffled = frame.sample(frac=1, random_state=seed)
    first = frame["pilot_id"].to_numpy()[ordered(frame, by)]
    second = shuffled["pilot_id"].to_numpy()[ordered(shuffled, by)]
    assert list(first) == list(second)
    leading = frame.set_index("pilot_id")[ORDERS[by][0]].loc[list(first)]
    assert leading.isna().is_monotonic_increasing  # unknown last
    assert leading.dropna().is_monotonic_decreasing


def test_listed_pilots_keep_the_order_asked_for(small: Runner) -> None:
    assert list(pilots_listed(small, ("p3", "gone", "p1")).frame["pilot_id"]) == ["p3", "p1"]
    assert pilots_listed(small, ()).covered == 0


def test_counts_by_province(small: Runner) -> None:
    frame = pilots_by_province(small, TechnologyFilter())
    assert list(frame.itertuples(index=False, name=None)) == [("KR-11", 1), ("KR-26", 1)]


def test_evidence_of_a_pilot(small: Runner) -> None:
    found = evidence(small, "p1")
    assert list(found.steps["stage"]) == ["field-demo", "contract"]
    assert list(found.steps["publisher_en"]) == ["News", "Daily"]
    assert list(found.pages["source_id"]) == ["s1", "s4"]
    assert list(found.sites["pilot_id"]) == ["p2", "p1"]
    assert list(found.ended["event_id"]) == ["e2"]  # of its testbed, not of another company
    assert list(found.rounds["investment_id"]) == ["i1", "i2", "i3"]
    assert list(found.rounds["after"]) == [False, True, True]
    assert found.unknown == (known.PLACE, known.SUPPORT, known.AMOUNTS)
    assert found.facts.rows["milestones"] == ("p1--m1", "p1--m2")


def test_evidence_names_what_is_unknown(small: Runner) -> None:
    assert evidence(small, "p2").unknown == (
        known.START,
        known.STEP_DATES,
        known.PLACE,
        known.PROGRAM,
        known.LATER_STEP,
        known.SUPPORT,
        known.AMOUNTS,
        known.OTHER_SOURCE,
    )
    ended = evidence(small, "p3")
    assert list(ended.steps["stage"]) == ["field-demo", ENDED]
    assert list(ended.ended["event_id"]) == ["e1"]
    assert known.LATER_STEP not in ended.unknown  # it ended: nothing later is awaited
    assert known.ROUNDS in ended.unknown


def test_evidence_of_no_pilot(small: Runner) -> None:
    with pytest.raises(KeyError):
        evidence(small, "nobody")


def test_every_committed_pilot_has_a_row_and_evidence(run: Engine) -> None:
    frame = pilot_facts(run)
    plain = committed("pilots")
    assert list(frame["pilot_id"]) == sorted(plain["pilot_id"])
    assert (frame["sources"] >= 1).all()
    assert (frame["other_publishers"] <= frame["publishers"]).all()
    assert ((frame["other_publishers"] == 0) == frame["only_own"]).all()
    for pilot in frame["pilot_id"].iloc[::40]:
        found = evidence(run, pilot)
        assert len(found.steps) == (committed("milestones")["pilot_id"] == pilot).sum()


def test_sejong_mobility_that_reached_the_field(run: Engine) -> None:
    """Counted a second time from the files."""
    ranks = committed("stages").set_index("stage")["rank"]
    steps = committed("milestones")
    steps["rank"] = pd.to_numeric(steps["stage"].map(ranks), errors="coerce")
    far = set(steps[steps["rank"] >= int(ranks["field-demo"])]["pilot_id"])
    pilots = committed("pilots")
    mine = pilots[(pilots["sector"] == "mobility") & (pilots["sido"] == "KR-50")]
    expected = sorted(set(mine["pilot_id"]) & far)
    chosen = TechnologyFilter(stage_from="field-demo", sector=("mobility",), sido=("KR-50",))
    result = technologies(run, chosen)
    assert list(result.rows["pilots"]) == expected
    assert expected
    ranked = result.frame["rank"].to_numpy()
    assert (np.diff(ranked) <= 0).all()
