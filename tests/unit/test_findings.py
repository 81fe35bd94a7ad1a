"""Doubts about data: each check finds its hand-made fault and lets sound rows pass.

Only the columns that a check reads are filled; the tables have passed the hard rules.
"""

from __future__ import annotations

import math
from datetime import date
from itertools import combinations
from pathlib import Path
from statistics import median

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from loaders import findings, snapshot
from loaders.__main__ import cli
from loaders.datasets import ecosystem_events, fact_sources, open_questions, vocabularies
from loaders.findings import CHECKS, all_findings, counts, dates, money, places, twins
from loaders.findings import record as recording
from loaders.findings.base import Check, Facts, Finding, all_before, before
from loaders.problems import DataError
from tests.support import DATA, committed, read_rows, set_cell
from tests.unit.test_rules import Row, tables
from tests.unit.test_rules import found as found_by_rule

LATE = "2024-01-09"
PAGES: list[Row] = [
    {"source_id": "early", "publisher_en": "Early", "publisher_ko": "초판", "published": "2021-05"},
    {
        "source_id": "late",
        "publisher_en": "Late",
        "publisher_ko": "후판",
        "published": "2024-01-09",
    },
    {"source_id": "undated", "publisher_en": "Undated", "publisher_ko": "무일자"},
]
STAGES: list[Row] = [
    {"stage": stage, "rank": str(rank), "name_en": stage.title(), "name_ko": f"{stage} 단계"}
    for rank, stage in enumerate(("selected", "poc", "field-demo", "contract", "exported"), 1)
] + [{"stage": "ended-without-adoption", "name_en": "Ended", "name_ko": "종료"}]
FIRMS: list[Row] = [
    {"org_id": "firm", "name_en": "Firm", "name_ko": "기업", "founded_year": "2020"},
    {"org_id": "ageless", "name_en": "Ageless", "name_ko": "무연도"},
]


def facts(**rows: list[Row]) -> Facts:
    return Facts(tables(**{"sources": PAGES, "stages": STAGES, "organizations": FIRMS} | rows))


def ids(check: Check, **rows: list[Row]) -> list[str]:
    return [finding.id for finding in check(facts(**rows))]


# --- pages that contradict each other -----------------------------------------


def count(key: str, number: str, source: str, **cells: str) -> Row:
    series = {"program_id": "p", "edition_year": "2021", "scope": "companies", "side": "supply"}
    row = {"cohort_id": key, "count": number, "source_id": source, "unit": "count", "stage": "poc"}
    return series | row | {"is_primary": "false", "is_cumulative": "false"} | cells


@pytest.mark.parametrize(
    ("second", "doubted"),
    [
        (count("b", "9", "late"), True),
        (count("b", "9", "late", as_of="2021-03"), True),  # only one day is known
        (count("b", "8", "late"), False),
        (count("b", "9", "early"), False),  # one page may count in two ways
        (count("b", "9", "late", stage="selected"), False),
        (count("b", "9", "late", edition_year="2022"), False),
        (count("b", "9", "late", scope="projects"), False),
        (count("b", "9", "late", side="demand"), False),
        (count("b", "9", "late", is_cumulative="true"), False),
        (count("b", "9", "late", unit="KRW"), False),
    ],
)
def test_counts_that_differ_from_page_to_page(second: Row, doubted: bool) -> None:
    rows = [count("a", "8", "early"), second]
    assert ids(counts.counts, cohorts=rows) == (["contradictory-count--b--a"] if doubted else [])


def test_counts_of_two_stated_days_do_not_contradict() -> None:
    rows = [count("a", "8", "early", as_of="2021-01"), count("b", "9", "late", as_of="2021-06")]
    assert ids(counts.counts, cohorts=rows) == []


def test_counts_are_held_against_the_primary_one() -> None:
    rows = [
        count("a", "8", "early"),
        count("b", "9", "late", is_primary="true"),
        count("c", "9", "undated"),
    ]
    assert ids(counts.counts, cohorts=rows) == ["contradictory-count--a--b"]
    (finding,) = counts.counts(facts(cohorts=rows))
    assert "9 (Late, 2024-01-09) and 8 (Early, 2021-05)" in finding.question[0]
    assert "9(후판, 2024-01-09), 8(초판, 2021-05)" in finding.question[1]


def money_row(key: str, amount: str, source: str, **cells: str) -> Row:
    row = {"funding_id": key, "amount": amount, "currency": "KRW", "source_id": source}
    return row | {"program_id": "p", "kind": "grant", "basis": "spent", "year": "2021"} | cells


@pytest.mark.parametrize(
    ("second", "doubted"),
    [
        (money_row("b", "7", "late"), True),
        (money_row("b", "5", "late"), False),
        (money_row("b", "7", "early"), False),
        (money_row("b", "7", "late", year="2022"), False),
        (money_row("b", "7", "late", basis="budgeted"), False),
        (money_row("b", "7", "late", recipient_en="one firm"), False),
        (money_row("b", "7", "late", parent_funding_id="a"), False),
    ],
)
def test_public_money_that_differs_from_page_to_page(second: Row, doubted: bool) -> None:
    rows = [money_row("a", "5", "early"), second]
    expected = ["contradictory-amount--b--a"] if doubted else []
    assert ids(counts.amounts, funding=rows) == expected
    nameless = [row | {"program_id": ""} for row in rows]
    assert ids(counts.amounts, funding=nameless) == []  # of one purpose? nobody knows


def further(key: str, agrees: str, stated: str = "") -> Row:
    row = {"fact_source_id": f"f-{agrees}", "table": "testbeds", "key": key, "column": "area_km2"}
    return row | {"source_id": "late", "agrees": agrees, "value_stated": stated}


def test_a_further_source_that_disagrees() -> None:
    rows = [further("t", "false", "2.19"), further("t", "true")]
    place = {"testbed_id": "t", "area_km2": "2.8", "name_en": "Place", "name_ko": "장소"}
    (finding,) = counts.disagreeing(facts(fact_sources=rows, testbeds=[place]))
    assert finding.id == "source-disagrees--f-false"
    assert "the data say 2.8, another page 2.19 (Late, 2024-01-09)" in finding.question[0]


# --- dates ---------------------------------------------------------------------


def step(key: str, stage: str, day: str, basis: str = "event", **cells: str) -> Row:
    row = {"milestone_id": key, "pilot_id": "p", "stage": stage, "date": day, "date_basis": basis}
    return row | {"source_id": "undated"} | cells


def pilot(**cells: str) -> Row:
    row = {"pilot_id": "p", "org_id": "firm", "country": "KR"}
    return row | {"technology_en": "Robot", "technology_ko": "로봇"} | cells


@pytest.mark.parametrize(
    ("low", "high", "doubted"),
    [
        (step("low", "poc", "2022"), step("high", "contract", "2021"), True),
        (step("low", "poc", "2022"), step("high", "contract", "2021", "publication"), True),
        # the page may tell of the trial later
        (step("low", "poc", "2022", "publication"), step("high", "contract", "2021"), False),
        (step("low", "poc", "2021"), step("high", "contract", "2021-03"), False),  # not sure
        (step("low", "poc", "2021"), step("high", "contract", "2022"), False),
        (step("low", "poc", "2022"), step("high", "poc", "2021"), False),
        (step("low", "poc", "2022"), step("high", "ended-without-adoption", "2021"), False),
        (step("low", "poc", "2022"), step("high", "contract", "2021", pilot_id="q"), False),
    ],
)
def test_stages_out_of_order(low: Row, high: Row, doubted: bool) -> None:
    rows = {"milestones": [low, high], "pilots": [pilot(), pilot(pilot_id="q")]}
    assert ids(dates.stage_order, **rows) == (["stage-order--low--high"] if doubted else [])


@pytest.mark.parametrize(
    ("earlier", "doubted"),
    [
        (step("again", "poc", "2020"), False),
        (step("again", "poc", ""), False),  # may have come before
        (step("again", "poc", "2023"), True),
        (step("again", "selected", "2020"), True),
    ],
)
def test_a_stage_reached_again_is_no_fault(earlier: Row, doubted: bool) -> None:
    rows = [earlier, step("low", "poc", "2022"), step("high", "contract", "2021")]
    found = ids(dates.stage_order, milestones=rows, pilots=[pilot()])
    assert ("stage-order--low--high" in found) == doubted


def test_a_stage_is_doubted_once_against_the_first_higher_one() -> None:
    rows = [
        step("low", "poc", "2022"),
        step("b", "contract", "2021"),
        step("a", "exported", "2020"),
    ]
    assert ids(dates.stage_order, milestones=rows, pilots=[pilot()]) == [
        "stage-order--b--a",
        "stage-order--low--a",
    ]


@pytest.mark.parametrize(
    ("cells", "milestone", "doubted"),
    [
        ({"start_date": "2021-06"}, step("m", "field-demo", "2021-05"), True),
        ({"start_date": "2021-06"}, step("m", "field-demo", "2021"), False),
        ({"start_date": "2021-06"}, step("m", "selected", "2021-05"), False),
        ({"start_date": "2021-06"}, step("m", "contract", "2021-05"), False),
        ({"start_date": "2021-06"}, step("m", "poc", "2021-05", "publication"), False),
        ({"end_date": "2021-06"}, step("m", "field-demo", "2021-07"), True),
        ({"end_date": "2021-06"}, step("m", "poc-completed", "2021-07"), False),
        ({"end_date": "2021-06"}, step("m", "contract", "2021-07"), False),
    ],
)
def test_trials_outside_their_pilot(cells: Row, milestone: Row, doubted: bool) -> None:
    rows = {"milestones": [milestone], "pilots": [pilot(**cells)]}
    assert ids(dates.date_order, **rows) == (["date-order--m"] if doubted else [])


def test_nothing_happens_before_the_founding_or_the_first_year() -> None:
    deals = [
        {"investment_id": "i", "org_id": "firm", "date": "2019-12-31"},
        {"investment_id": "j", "org_id": "firm", "date": "2020"},
        {"investment_id": "k", "org_id": "ageless", "date": "1999"},
        {"investment_id": "l", "org_id": "firm", "date": ""},
    ]
    assert ids(dates.date_order, investments=deals) == ["date-order--i"]
    tried = [pilot(start_date="2019"), pilot(pilot_id="q", start_date="2020-01")]
    assert ids(dates.date_order, pilots=tried) == ["date-order--p"]
    editions = [
        {"edition_id": "e", "program_id": "p", "edition_year": "2018"},
        {"edition_id": "f", "program_id": "p", "edition_year": "2019"},
        {"edition_id": "g", "program_id": "p", "edition_year": "2017-2020"},
    ]
    programs = [{"program_id": "p", "first_year": "2019"}]
    assert ids(dates.date_order, program_editions=editions, programs=programs) == ["date-order--e"]


@pytest.mark.parametrize(
    ("day", "basis", "source", "doubted"),
    [
        ("2021-06-01", "event", "early", True),
        ("2021-05-31", "event", "early", False),  # the page may be of that day
        ("2021", "event", "early", False),
        ("2022", "event", "early", True),
        ("2022", "publication", "early", False),
        ("2022", "event", "undated", False),
        ("", "none", "early", False),
    ],
)
def test_what_is_dated_after_its_page(day: str, basis: str, source: str, doubted: bool) -> None:
    rows = [step("m", "poc", day, basis, source_id=source)]
    expected = ["dated-after-page--m"] if doubted else []
    assert ids(dates.after_page, milestones=rows, pilots=[pilot()]) == expected
    event = {"ecosystem_event_id": "m", "date": day, "date_basis": basis, "source_id": source}
    assert ids(dates.after_page, ecosystem_events=[event]) == expected


def test_rounds_and_events_dated_after_their_page() -> None:
    deal = {"investment_id": "i", "org_id": "firm", "date": "2022", "source_id": "early"}
    assert ids(dates.after_page, investments=[deal]) == ["dated-after-page--i"]
    closed = {"event_id": "e", "testbed_id": "t", "kind": "zone-closed", "date_basis": "event"}
    rows = {"events": [closed | {"date": "2022", "source_id": "early"}]}
    assert ids(dates.after_page, **rows) == ["dated-after-page--e"]


@pytest.mark.parametrize(
    ("kind", "later", "doubted"),
    [
        ("service-ended", "2022", True),
        ("court-rehabilitation", "2022", True),
        ("contract-term-ended", "2022", False),
        ("listing-withdrawn", "2022", False),
        ("service-ended", "2021", False),
        ("service-ended", "", False),
    ],
)
def test_ended_companies_do_not_go_on(kind: str, later: str, doubted: bool) -> None:
    end = {"event_id": "e", "org_id": "firm", "kind": kind, "date": "2021-07"}
    deal = {"investment_id": "i", "org_id": "firm", "date": later}
    expected = ["ended-and-active--i--e"] if doubted else []
    assert ids(dates.ended_and_active, events=[end], investments=[deal]) == expected
    rows = {"milestones": [step("i", "poc", later)], "pilots": [pilot()]}
    assert ids(dates.ended_and_active, events=[end], **rows) == expected
    other = [deal | {"org_id": "ageless"}]
    assert ids(dates.ended_and_active, events=[end], investments=other) == []


@pytest.mark.parametrize(("status", "doubted"), [("operating", True), ("completed", False)])
def test_closed_zones_are_not_in_use(status: str, doubted: bool) -> None:
    end = {"event_id": "e", "testbed_id": "t", "kind": "zone-closed", "date": "2021"}
    place = {"testbed_id": "t", "status": status}
    expected = ["ended-and-active--t--e"] if doubted else []
    assert ids(dates.ended_and_active, events=[end], testbeds=[place]) == expected


def test_pilots_that_ended_have_no_later_stage() -> None:
    end = step("end", "ended-without-adoption", "2021")
    rows = [end, step("a", "contract", "2022"), step("b", "poc", "2021")]
    assert ids(dates.ended_and_active, milestones=rows, pilots=[pilot()]) == [
        "ended-and-active--a--end"
    ]


# --- amounts -------------------------------------------------------------------


def off_scale(value: float, others: list[float]) -> float:
    return money.off_scale([value, *others])[0]


HUNDREDS = [float(n) for n in (90_000_000, 100_000_000, 110_000_000, 120_000_000)]


@pytest.mark.parametrize(
    ("value", "powers"),
    [
        (100_000_000.0, 0),
        (1_000_000_000.0, 0),  # ten times is no slip
        (100_000_000_000.0, 3),  # a thousand times
        (10_000.0, -4),  # 만 instead of 억
    ],
)
def test_slips_of_the_unit(value: float, powers: int) -> None:
    assert round(off_scale(value, HUNDREDS)) == powers


def test_scattered_or_few_amounts_prove_nothing() -> None:
    scattered = [1e6, 1e8, 1e10, 1e12]  # 1.4826 × 2 powers of ten of spread
    assert off_scale(1e13, scattered) == 0
    assert off_scale(1e13, HUNDREDS[:2]) == 0
    # at the limit: 2.5 powers of ten are not enough, a little more is
    assert off_scale(10**10.5, [1e8] * 3) == 0
    assert off_scale(10**10.51, [1e8] * 3) == pytest.approx(2.51)


@given(st.lists(st.floats(1, 1e15), min_size=3, max_size=9), st.floats(1, 1e15))
def test_scale_does_not_depend_on_the_unit(others: list[float], value: float) -> None:
    """In won or in thousands of won the same amounts are out of scale."""
    found = off_scale(value, others)
    again = off_scale(value * 1000, [other * 1000 for other in others])
    assert found == pytest.approx(again, abs=1e-6) or min(abs(found), abs(again)) == 0
    assert found == 0 or abs(found) > money.SLIP


@given(st.lists(st.sampled_from([1.0, 9.0, 10.0, 1e3, 1e7, 1e8, 3e8, 1e12]), max_size=12))
def test_each_value_is_compared_with_all_others(values: list[float]) -> None:
    """The definition, with medians of the standard library and every value left out in turn."""
    for at, found in enumerate(money.off_scale(values)):
        logs = [math.log10(v) for v in values[:at] + values[at + 1 :]]
        expected = 0.0
        if len(logs) >= money.OTHERS:
            centre = median(logs)
            spread = max(1.4826 * median(abs(x - centre) for x in logs), money.LEAST_SPREAD)
            distance = math.log10(values[at]) - centre
            if abs(distance) > max(money.SLIP, money.SPREADS * spread):
                expected = distance
        assert found == expected


def grant(key: str, amount: int, currency: str = "KRW", program: str = "") -> Row:
    row = {"funding_id": key, "amount": str(amount), "currency": currency, "program_id": program}
    return row | {"kind": "grant", "basis": "spent", "is_smart_city": "true"}


RATES: list[Row] = [
    {"currency": "GBP", "krw_per_unit": "1500"},
    {"currency": "GBP", "krw_per_unit": "1700"},
]


def test_amounts_are_compared_in_won_within_kind_and_basis() -> None:
    usual = [grant(f"u{n}", 100_000_000 + n) for n in range(5)]
    rows = [*usual, grant("same", 70_000, "GBP"), grant("slip", 70_000_000, "GBP")]
    found = ids(money.scale, funding=rows, exchange_rates=RATES)
    assert found == ["amount-scale--slip--amount"]
    apart = [*usual, grant("slip", 70_000_000, "GBP") | {"basis": "budgeted"}]
    assert ids(money.scale, funding=apart, exchange_rates=RATES) == []
    assert ids(money.scale, funding=rows) == []  # without a rate nothing can be compared


def test_amounts_are_compared_within_their_programme_too() -> None:
    """Among all grants it would pass; among those of its programme it does not."""
    all_scales = [grant(f"a{n}", 10 ** (4 + n)) for n in range(9)]
    own = [grant(f"p{n}", 100_000_000 + n, program="p") for n in range(4)]
    slip = grant("slip", 100_000, program="p")
    programs = [{"program_id": "p", "name_en": "Programme", "name_ko": "사업"}]
    found = list(money.scale(facts(funding=[*all_scales, *own, slip], programs=programs)))
    assert [finding.id for finding in found] == ["amount-scale--slip--amount"]
    assert "Programme: KRW 100,000 is about 1,000 times smaller" in found[0].question[0]
    assert "사업: 100,000원, 비교 가능한 금액의 약 1,000분의 1" in found[0].question[1]
    assert ids(money.scale, funding=[*all_scales, *own]) == []


# --- the same thing twice --------------------------------------------------------


def deal(key: str, day: str, amount: str, kind: str = "series-a", source: str = "early") -> Row:
    row = {"investment_id": key, "org_id": "firm", "round": kind, "date": day, "amount": amount}
    return row | {"currency": "KRW", "source_id": source}


FIRST = deal("a", "2021-03-01", "1000")


@pytest.mark.parametrize(
    ("second", "found"),
    [
        (deal("b", "2021-04-15", "1000", source="late"), "same-round-twice--b--a"),
        (deal("b", "2021-04-16", "1000", source="late"), None),  # 46 days
        (deal("b", "2021-01-15", "1000", source="late"), "same-round-twice--b--a"),
        (deal("b", "2021", "1250", "series-b", "late"), "same-round-twice--b--a"),
        (deal("b", "2021", "1251", "series-b", "late"), None),
        (deal("b", "2021-03", "1251", source="late"), "contradictory-round--b--a"),
        (deal("b", "2021-03", "1251", "strategic", "late"), None),
        (deal("b", "2021-03", "", source="late"), "same-round-twice--b--a"),
        (deal("b", "2021-03", "", "undisclosed", "late"), "same-round-twice--b--a"),
        (deal("b", "2021-03", "", "series-b", "late"), None),
        (deal("b", "2021-04", "", source="late"), None),  # unknown amount, other month
        (deal("b", "2021-03-02", "1000"), None),  # one page tells them apart
        (deal("b", "2021-03-01", "1000"), "same-round-twice--b--a"),  # one page, pasted
        (deal("b", "", "1000", source="late"), None),
        (deal("b", "2021-03-01", "1000", source="late") | {"org_id": "ageless"}, None),
        (deal("b", "2021-03", "1000", source="late") | {"currency": "USD"}, "contradictory-round"),
    ],
)
def test_rounds_that_may_be_one(second: Row, found: str | None) -> None:
    result = ids(twins.rounds, investments=[FIRST, second])
    assert [i.startswith(found or "-") for i in result] == ([True] if found else [])


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        ("2021-01-01", "2021-01-31", 30),
        ("2021-01", "2021-01-15", 0),
        ("2021-01", "2021-03", 29),  # 31 January to 1 March
        ("2020", "2022", 366),
        ("2021", "", None),
        ("2021-02-30", "2021", None),
    ],
)
def test_fewest_days_between(first: str, second: str, days: int | None) -> None:
    assert twins.days_between(first, second) == days
    assert twins.days_between(second, first) == days


BOT = pilot(technology_en="Patrol robot", technology_ko="순찰 로봇", sido="KR-26")


@pytest.mark.parametrize(
    ("cells", "doubted"),
    [
        ({}, True),
        ({"technology_en": "robot for patrol", "technology_ko": "방범 로봇"}, True),
        ({"technology_en": "Water meter", "technology_ko": "수도 계량기"}, False),
        ({"technology_en": "Guard", "technology_ko": "순찰 로봇"}, True),  # in one language
        ({"sido": "KR-11"}, False),
        ({"country": "US"}, False),
        ({"org_id": "ageless"}, False),
        ({"testbed_id": "t"}, True),  # the place of the other is not known
    ],
)
def test_pilots_that_may_be_one(cells: Row, doubted: bool) -> None:
    second = BOT | {"pilot_id": "q"} | cells
    expected = ["same-pilot-twice--q--p"] if doubted else []
    assert ids(twins.pilots, pilots=[BOT, second]) == expected


@pytest.mark.parametrize("column", ["host_org_id", "host_name_ko", "testbed_id", "sigungu_code"])
def test_pilots_at_two_places_are_two(column: str) -> None:
    rows = [BOT | {column: "x"}, BOT | {"pilot_id": "q", column: "y"}]
    assert ids(twins.pilots, pilots=rows) == []
    assert ids(twins.pilots, pilots=[rows[0], rows[1] | {column: "x"}]) != []


# --- places ----------------------------------------------------------------------


def test_exports_inside_korea() -> None:
    rows = [step("m", "exported", "2021"), step("n", "contract", "2021")]
    assert ids(places.exported, milestones=rows, pilots=[pilot()]) == ["exported-in-korea--m"]
    assert ids(places.exported, milestones=rows, pilots=[pilot(country="US")]) == []


@pytest.mark.parametrize(
    ("kind", "name", "seat", "doubted"),
    [
        ("government", "서울특별시", "KR-11", True),
        ("government", "강남구청", "KR-11", True),
        ("government", "국토교통부", "KR-11", False),  # acts everywhere
        ("government", "조달청", "KR-11", False),
        ("university", "대학교", "KR-11", True),
        ("government", "부산광역시", "KR-26", False),
        ("government", "서울특별시", "", False),
        ("enterprise", "기업 도시", "KR-11", False),  # has branches
        ("research-institute", "연구원", "KR-11", False),
    ],
)
def test_hosts_elsewhere(kind: str, name: str, seat: str, doubted: bool) -> None:
    host = {"org_id": "host", "kind": kind, "sido": seat, "name_ko": name}
    rows = {"pilots": [pilot(host_org_id="host", sido="KR-26")], "organizations": [*FIRMS, host]}
    assert ids(places.hosts, **rows) == (["host-elsewhere--p--host"] if doubted else [])


def test_pilots_outside_the_province_of_their_testbed() -> None:
    rows = [pilot(testbed_id="t", sido="KR-26"), pilot(pilot_id="q", testbed_id="t", sido="KR-11")]
    testbeds = [{"testbed_id": "t", "sido": "KR-11"}]
    assert ids(places.hosts, pilots=rows, testbeds=testbeds) == ["host-elsewhere--p--t"]


def test_centres_of_municipalities_are_counted() -> None:
    rows = [{"coord_basis": basis} for basis in ("site", "municipality", "municipality")]
    assert places.centroids(facts(testbeds=rows)) == 2


# --- hard rules ------------------------------------------------------------------


def test_readiness_levels_in_order() -> None:
    rows = [{"trl_low": "5", "trl_high": "4"}, {"trl_low": "4", "trl_high": "4"}, {"trl_low": "4"}]
    assert found_by_rule(vocabularies.rules(tables(stages=rows))) == [
        ("stages.csv", 2, "trl_high", "lies before trl_low (5)")
    ]


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({}, "", ""),
        ({"column": ""}, "", ""),
        ({"table": "nowhere"}, "table", "no such table"),
        ({"table": "investment_investors"}, "table", "its rows have no single key"),
        ({"key": "u"}, "key", "no such testbed_id in testbeds.csv"),
        ({"column": "colour"}, "column", "no such column in testbeds.csv"),
        ({"source_id": "own"}, "source_id", "is the source that the row itself names"),
        ({"agrees": "false"}, "value_stated", "empty, but the page does not agree"),
        ({"agrees": "false", "value_stated": "7"}, "", ""),
        ({"value_stated": "7"}, "value_stated", "filled, but the page agrees"),
    ],
)
def test_links_to_further_sources(cells: Row, column: str, reason: str) -> None:
    row = further("t", "true") | cells
    given_tables = tables(fact_sources=[row], testbeds=[{"testbed_id": "t", "source_id": "own"}])
    expected = [("fact_sources.csv", 2, column, reason)] if column else []
    assert found_by_rule(fact_sources.rules(given_tables)) == expected


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({}, "", ""),
        ({"key": ""}, "", ""),  # about the table as a whole
        ({"key": "u"}, "key", "no such testbed_id in testbeds.csv"),
        ({"key": "u", "status": "resolved", "resolution_en": "Removed."}, "", ""),
        ({"status": "resolved"}, "resolution_en", "empty, but the question is resolved"),
        ({"resolution_en": "Mended."}, "status", "is open, but a resolution is given"),
    ],
)
def test_questions(cells: Row, column: str, reason: str) -> None:
    row = {"question_id": "x", "table": "testbeds", "key": "t", "status": "open"} | cells
    given_tables = tables(open_questions=[row], testbeds=[{"testbed_id": "t"}])
    expected = [("open_questions.csv", 2, column, reason)] if column else []
    assert found_by_rule(open_questions.rules(given_tables)) == expected


def test_events_of_the_ecosystem_are_in_the_descriptor() -> None:
    assert "title_ko" in ecosystem_events.ecosystem_events().columns


# --- recording -------------------------------------------------------------------


def doubt(*keys: str) -> Finding:
    return Finding("stage-order", "milestones", keys, ("Is it so?", "그렇습니까?"))


DAY = date(2026, 11, 22)


def test_questions_are_added_once_and_answered_when_their_doubt_is_gone() -> None:
    first = recording.updated([], [doubt("b"), doubt("a", "c")], DAY)
    assert [row["question_id"] for row in first] == ["stage-order--a--c", "stage-order--b"]
    assert recording.updated(first, [doubt("b"), doubt("a", "c")], DAY) == first
    worded = [row | {"question_en": "In better words?"} for row in first]
    second = recording.updated(worded, [doubt("b")], DAY)
    assert [row["status"] for row in second] == ["resolved", "open"]
    assert second[0]["resolution_en"] and second[0]["resolution_ko"]
    assert second[1]["question_en"] == "In better words?"


def test_what_curators_ask_or_settled_is_left_alone() -> None:
    asked = recording.question(doubt("x"), DAY) | {"question_id": "own", "rule": "curator"}
    settled = recording.question(doubt("y"), DAY) | {"status": "resolved", "resolution_en": "So."}
    rows = sorted([asked, settled], key=lambda row: row["question_id"])
    assert recording.updated(rows, [], DAY) == rows
    assert recording.updated(rows, [doubt("y")], DAY) == rows


def test_every_check_has_a_code_in_the_descriptor() -> None:
    """And each code but the curators' own is raised somewhere in this package's checks."""
    codes = {c.value for c in committed()["open_questions"]["rule"].categories} - {"curator"}
    source = "".join(p.read_text(encoding="utf-8") for p in Path(findings.__path__[0]).glob("*.py"))
    assert {code for code in codes if f'"{code}"' not in source} == set()
    assert {finding.rule for finding in all_findings(findings.read(DATA))} <= codes
    assert len(CHECKS) == 12


def test_questions_about_the_committed_data_fit_their_descriptor() -> None:
    for finding in all_findings(findings.read(DATA)):
        assert finding.question[0].endswith("?") and finding.question[1].endswith("?")
        assert finding.keys[0] in {
            row[committed()[finding.table].primary_key[0]] for row in read_rows(DATA, finding.table)
        }


def slip(folder: Path) -> int:
    """A stage dated before a lower one, which no hard rule forbids; its line in the file."""
    rows = [r for r in read_rows(folder, "milestones") if r["pilot_id"] == "42dot-sejong-2021"]
    assert [row["stage"] for row in rows] == ["selected"]
    return set_cell(folder, "investments", "42dot-seed-2019-03", "date", "2018-03")


def test_a_doubt_refuses_the_data_until_it_is_recorded(data_copy: Path) -> None:
    assert findings.unrecorded_findings(data_copy) == []
    row = slip(data_copy)
    (problem,) = findings.unrecorded_findings(data_copy)
    assert (problem.file, problem.row, problem.column) == ("investments.csv", row, "investment_id")
    assert problem.reason.startswith("date-order: 42dot: the round lies before the founding")
    with pytest.raises(DataError) as error:
        snapshot.validated_tables(data_copy)
    assert error.value.problems == (problem,)
    assert recording.record(data_copy, DAY) == (1, 0)
    assert findings.unrecorded_findings(data_copy) == []
    assert CliRunner().invoke(cli, ["check"]).exit_code == 0
    assert recording.record(data_copy, DAY) == (0, 0)


def test_a_question_whose_doubt_is_gone_is_not_left_open(data_copy: Path) -> None:
    slip(data_copy)
    recording.record(data_copy, DAY)
    set_cell(data_copy, "investments", "42dot-seed-2019-03", "date", "2019-03")
    (problem,) = findings.unrecorded_findings(data_copy)
    assert (problem.file, problem.reason) == ("open_questions.csv", findings.GONE)
    assert recording.record(data_copy, DAY) == (0, 1)
    assert findings.unrecorded_findings(data_copy) == []


def test_doubts_wait_until_the_hard_rules_are_met(data_copy: Path) -> None:
    slip(data_copy)
    set_cell(data_copy, "pilots", "42dot-sejong-2021", "org_id", "nobody")
    _, problems = snapshot.read_tables(data_copy, committed(), lambda _: None)
    assert {problem.file for problem in problems} == {"pilots.csv"}


def test_recording_keeps_every_committed_question(data_copy: Path) -> None:
    before = (data_copy / "open_questions.csv").read_bytes()
    assert recording.record(data_copy, DAY) == (0, 0)
    assert (data_copy / "open_questions.csv").read_bytes() == before


def test_findings_do_not_depend_on_the_order_of_rows() -> None:
    """Shuffled tables raise the same questions under the same names."""
    plain = findings.read(DATA)
    shuffled = {name: frame.sample(frac=1, random_state=7) for name, frame in plain.items()}
    names = [finding.id for finding in all_findings(plain)]
    assert [finding.id for finding in all_findings(shuffled)] == names
    assert len(names) > 40


# --- rows in doubt are found in columns ----------------------------------------

DATES = st.sampled_from(("", "2020", "2021", "2021-03", "2021-03-04", "2021-04", "2022-01-01"))


@given(st.lists(st.tuples(DATES, DATES)))
def test_dates_are_compared_by_column_as_one_by_one(pairs: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(pairs, columns=["first", "second"], dtype="object")
    found = all_before(frame["first"], frame["second"]).tolist()
    assert found == [before(first, second) for first, second in pairs]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("123"), DATES), max_size=12))
def test_no_pilot_out_of_order_is_passed_over(steps: list[tuple[str, str, str]]) -> None:
    """Every pilot with an event after a higher stage is looked at row by row."""
    stages = {"1": "selected", "2": "poc", "3": "contract"}
    rows = [
        {"milestone_id": f"{n:02}", "pilot_id": pilot, "stage": stages[rank], "date": day}
        | {"date_basis": "event"}
        for n, (pilot, rank, day) in enumerate(steps)
    ]
    expected = {
        low[0]
        for low in steps
        for high in steps
        if low[0] == high[0] and high[1] > low[1] and before(high[2], low[2])
    }
    assert expected <= dates._out_of_order(facts(milestones=rows))


@given(st.lists(st.sampled_from("abc"), max_size=9))
def test_pairs_are_those_of_one_company(companies: list[str]) -> None:
    frame = pd.DataFrame({"org_id": pd.Series(companies, dtype="object")})
    expected = [
        (i, j) for i, j in combinations(range(len(companies)), 2) if companies[i] == companies[j]
    ]
    found = list(zip(*(positions.tolist() for positions in twins._pairs(frame)), strict=True))
    assert sorted(found) == expected
