"""What the data holds, and finding rows in it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.coverage import find_rows, sourced_facts, tables_overview
from analytics.names import all_rows
from loaders.engine import Runner
from loaders.package import package
from tests.unit.fixtures_small import DATA, SmallTables, committed, small_run

#: Tables of pages, of links to pages and of second looks, which are no facts of their own.
LISTS = ("sources", "fact_sources", "audits")

PEOPLE: SmallTables = {
    "organizations": [
        {
            "org_id": "42dot",
            "name_en": "Forty Two Dot",
            "name_ko": "포티투닷",
            "founded_year": 2019,
        },
        {"org_id": "busan", "name_en": "Busan Port", "name_ko": "부산 항만공사"},
        {"org_id": "cafe", "name_en": "Café [R&D] (50%)", "name_ko": "카페", "note_en": "Straße"},
    ]
}
RUN = small_run(PEOPLE)


def found(query: str) -> list[str]:
    return list(find_rows(RUN, "organizations", query).frame["org_id"])


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("부산", ["busan"]),
        (unicodedata.normalize("NFD", "부산"), ["busan"]),  # as some systems type it
        ("부산항만", ["busan"]),  # spaces in the text do not matter
        ("부 산항만 공사", ["busan"]),  # nor those in the query
        ("BUSAN port", ["busan"]),
        ("cAFÉ", ["cafe"]),
        ("cafe\u0301", ["cafe"]),
        ("STRASSE", ["cafe"]),
        ("[r&d]", ["cafe"]),  # not a pattern
        ("(50%)", ["cafe"]),
        (".*", []),
        ("\\", []),
        ("dotforty", []),  # the end of one cell and the beginning of the next
        ("nan", []),  # an unknown cell has no text
        ("<na>", []),
        ("none", []),
        ("", ["42dot", "busan", "cafe"]),
        ("  ", ["42dot", "busan", "cafe"]),
    ],
)
def test_find_rows(query: str, ids: list[str]) -> None:
    assert found(query) == ids


def test_found_rows_are_counted_of_all() -> None:
    result = find_rows(RUN, "organizations", "dot")
    assert result.rows == {"organizations": ("42dot",)}
    assert (result.covered, result.total, result.unit) == (1, 3, "rows")
    assert list(result.frame.index) == [0]


def test_an_empty_table_holds_nothing() -> None:
    result = find_rows(RUN, "events", "부산")
    assert (result.covered, result.total) == (0, 0)


@settings(max_examples=30)
@given(st.text(max_size=6))
def test_any_query_gives_some_of_the_rows(query: str) -> None:
    result = find_rows(RUN, "organizations", query)
    assert set(result.rows["organizations"]) <= {"42dot", "busan", "cafe"}
    again = find_rows(RUN, "organizations", unicodedata.normalize("NFD", query))
    assert again.rows == result.rows


def test_every_committed_korean_name_is_found_however_it_is_typed(run: Runner) -> None:
    for row in committed("testbeds").iloc[::25].itertuples():
        for typed in (row.name_ko, unicodedata.normalize("NFD", row.name_ko)):
            ids = find_rows(run, "testbeds", typed.replace(" ", "")).rows["testbeds"]
            assert row.testbed_id in ids


def test_overview_of_all_tables(run: Runner) -> None:
    result = tables_overview(run)
    assert sorted(result.frame["table"]) == sorted(path.stem for path in DATA.glob("*.csv"))
    dated = {
        "sources": ["published"],
        "testbeds": ["status_as_of"],
        "pilots": ["start_date", "end_date"],
        "milestones": ["date"],
        "funding": ["year"],
        "cohorts": ["period_start", "as_of"],
    }
    for row in result.frame.itertuples():
        table = committed(row.table)
        assert row.rows == len(table)
        pages = set(table["source_id"]) - {""} if "source_id" in table else set()
        assert row.pages == len(pages)
        if row.table in dated:
            assert row.has_dates
            assert row.dated == (table[dated[row.table]] != "").any(axis=1).sum()
    without = result.frame.set_index("table").loc["sectors"]
    assert (without["has_dates"], without["dated"]) == (False, 0)
    assert result.total == len(package().resources)
    assert set(result.rows["sources"]) == set(committed("sources")["source_id"])


def test_sourced_facts_are_all_rows_with_a_page(run: Runner) -> None:
    tables = (committed(path.stem) for path in DATA.glob("*.csv") if path.stem not in LISTS)
    wanted = sum((t["source_id"] != "").sum() for t in tables if "source_id" in t)
    assert sourced_facts(tables_overview(run).frame) == wanted


def test_all_rows_come_by_key(run: Runner) -> None:
    frame = all_rows(run, "investment_investors")
    pairs = list(frame[["investment_id", "investor_id"]].itertuples(index=False, name=None))
    assert pairs == sorted(pairs)
    assert len(pairs) == len(committed("investment_investors"))
