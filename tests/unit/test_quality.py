"""Quality, source pages and changes, counted by hand on small tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analytics.history import recorded_changes
from analytics.quality import MATTERS, disagreements, missing_values, table_quality
from analytics.source_pages import UNDATED, PageFilter, publication_years, source_pages
from loaders import snapshot
from loaders.changes import TableDifference, between_snapshots, kept_before
from loaders.engine import Runner
from loaders.problems import DataError
from tests.support import committed, read_rows, set_cell, write_rows
from tests.unit.fixtures_small import SmallTables, small_run

SAME = {"program_id": "x", "edition_year": "2020", "stage": "selected", "unit": "count",
        "scope": "companies", "side": "supply", "is_cumulative": False,
        "period_start": 2020, "period_end": 2020}  # fmt: skip
FACTS: SmallTables = {
    "sources": [
        {"source_id": "a", "url": "https://a.example/1", "publisher_en": "Busan Daily",
         "publisher_ko": "부산일보", "published": "2024-05", "language": "ko"},
        {"source_id": "b", "url": "https://b.example/2", "publisher_en": "City Hall",
         "publisher_ko": "시청", "published": "2021", "language": "en"},
        {"source_id": "c", "url": "https://c.example/3", "publisher_en": "Other",
         "publisher_ko": "기타", "language": "ko"},
    ],
    "cohorts": [
        {"cohort_id": "c1", **SAME, "count": 10, "is_primary": True, "source_id": "a"},
        {"cohort_id": "c2", **SAME, "count": 12, "is_primary": False, "source_id": "b"},
        {"cohort_id": "c3", **SAME, "count": 10, "is_primary": False, "source_id": "c"},
        {"cohort_id": "d1", **{**SAME, "stage": "poc"}, "count": 3, "is_primary": True,
         "source_id": "a"},
    ],
    "milestones": [
        {"milestone_id": "m1", "pilot_id": "p", "date": "2020-01", "date_basis": "event",
         "source_id": "a"},
        {"milestone_id": "m2", "pilot_id": "p", "date": "2022", "date_basis": "publication",
         "source_id": "b"},
        {"milestone_id": "m3", "pilot_id": "p", "date_basis": "none", "source_id": "b"},
    ],
    "pilots": [
        {"pilot_id": "p", "country": "KR", "host_org_id": "h", "source_id": "a"},
        {"pilot_id": "q", "country": "US", "source_id": "a"},
    ],
    "fact_sources": [
        {"fact_source_id": "1", "table": "milestones", "key": "m1", "column": "date",
         "source_id": "c", "agrees": False, "value_stated": "2020-02"},
        {"fact_source_id": "2", "table": "pilots", "key": "p", "source_id": "b", "agrees": True},
    ],
}  # fmt: skip


def line(frame: pd.DataFrame, table: str, column: str = "") -> pd.Series:
    found = frame[frame["table"] == table]
    return (found[found["column"] == column] if column else found).iloc[0]


def test_a_table_in_numbers() -> None:
    frame = table_quality(small_run(FACTS)).frame
    steps = line(frame, "milestones")
    assert (steps["rows"], steps["event_dated"]) == (3, 1)
    assert (steps["oldest"], steps["newest"]) == ("2020-01", "2022")
    assert (steps["sourced"], steps["single"], steps["disagreements"]) == (3, 2, 1)
    counts = line(frame, "cohorts")
    assert (counts["date_column"], counts["event_dated"]) == ("period_end", 4)
    assert (counts["oldest"], counts["newest"], counts["disagreements"]) == ("2020", "2020", 1)
    assert pd.isna(line(frame, "organizations")["date_column"])
    pilots = line(frame, "pilots")
    assert (pilots["sourced"], pilots["single"]) == (2, 1)


def test_disagreements_are_other_counts_and_pages_that_say_otherwise() -> None:
    found = disagreements(small_run(FACTS))
    assert found.frame.to_dict("records") == [
        {"table": "cohorts", "key": "c1", "column": "count", "stated": "10", "other": "12",
         "url": "https://b.example/2"},
        {"table": "milestones", "key": "m1", "column": "date", "stated": "2020-01",
         "other": "2020-02", "url": "https://c.example/3"},
    ]  # fmt: skip
    # c1, m1 and the pilot p have more than one page; c1 and m1 are disputed
    assert (found.covered, found.total) == (1, 3)
    assert found.rows == {"cohorts": ("c1",), "milestones": ("m1",)}


def test_nothing_disputed() -> None:
    found = disagreements(small_run({}))
    assert found.frame.empty and (found.covered, found.total) == (0, 0)


def test_empty_cells_where_the_column_applies() -> None:
    found = missing_values(small_run(FACTS))
    host, place = line(found.frame, "pilots", "host_name_en"), line(found.frame, "pilots", "sido")
    assert (host["rows"], host["missing"]) == (2, 1)  # p has its host as an organisation
    assert (place["rows"], place["missing"]) == (1, 1)  # q lies abroad
    assert list(found.frame["share"]) == sorted(found.frame["share"], reverse=True)
    rows, missing = found.frame["rows"].sum(), found.frame["missing"].sum()
    assert (found.covered, found.total) == (rows - missing, rows)


def test_columns_that_matter_exist_and_may_be_empty() -> None:
    for table, columns in MATTERS.items():
        assert set(columns) <= set(committed()[table].columns)


def test_committed_gaps_are_the_empty_cells_of_the_files(run: Runner) -> None:
    frame = missing_values(run).frame
    for table, column in (
        ("investments", "amount"),
        ("milestones", "date"),
        ("sources", "published"),
    ):
        empty = sum(not row[column] for row in read_rows(Path("data").resolve(), table))
        assert line(frame, table, column)["missing"] == empty


@pytest.mark.parametrize(
    ("chosen", "pages"),
    [
        (PageFilter(), ["a", "b", "c"]),
        (PageFilter("부산 일보"), ["a"]),
        (PageFilter("CITYHALL"), ["b"]),
        (PageFilter("c.example"), ["c"]),
        (PageFilter(language=("ko",)), ["a", "c"]),
        (PageFilter(year=("2021", UNDATED)), ["b", "c"]),
        (PageFilter("nobody"), []),
    ],
)
def test_pages_by_publisher_language_and_year(chosen: PageFilter, pages: list[str]) -> None:
    found = source_pages(small_run(FACTS), chosen)
    assert list(found.frame["source_id"]) == pages
    assert (found.covered, found.total) == (len(pages), 3)


def test_pages_with_their_facts_and_years() -> None:
    run = small_run(FACTS)
    facts = source_pages(run, PageFilter()).frame.set_index("source_id")["facts"]
    # a: c1, d1, m1, p, q; b: c2, m2, m3 and p as a further page; c: c3 and m1 as a further page
    assert facts.to_dict() == {"a": 5, "b": 4, "c": 2}
    assert publication_years(run) == ("2024", "2021", UNDATED)


def test_recorded_changes_come_newest_first() -> None:
    rows = [
        {"change_id": f"{d}.{t}", "date": d, "table": t, "added": 1, "changed": 0, "removed": 0}
        for d, t in (("2026-01-01", "pilots"), ("2026-02-01", "sources"), ("2026-02-01", "events"))
    ]
    found = recorded_changes(small_run({"changes": rows}))
    assert list(found.frame["change_id"]) == [
        *("2026-02-01.events", "2026-02-01.sources"), "2026-01-01.pilots",
    ]  # fmt: skip
    assert (found.first_year, found.last_year) == (2026, 2026)
    assert recorded_changes(small_run({})).frame.empty


def test_differences_of_two_snapshots(data_copy: Path, last_good: Path) -> None:
    before = snapshot.current_id()
    assert before is not None
    set_cell(data_copy, "sectors", "mobility", "name_en", "Moving about")
    rows = read_rows(data_copy, "population")
    write_rows(data_copy, "population", rows[1:])
    after = snapshot.build()
    old, new = snapshot.snapshot_path(before), snapshot.snapshot_path(after)
    changed = [TableDifference("population", 0, 0, 1), TableDifference("sectors", 0, 1, 0)]
    assert [d for d in between_snapshots(old, new) if d.table != "sources"] == changed
    back = {d.table: d for d in between_snapshots(new, old)}
    assert back["population"] == TableDifference("population", 1, 0, 0)
    assert between_snapshots(new, new) == []
    shutil.copystat(old, old)  # the first was built before the second
    assert kept_before(after) == old
    assert kept_before("0" * 12) is None


def test_a_change_must_name_a_table_its_day_and_a_row(data_copy: Path) -> None:
    rows = read_rows(data_copy, "changes")
    rows[0] |= {"change_id": "2000-01-01.nowhere", "date": "2000-01-02", "table": "nowhere"}
    rows[0] |= {"added": "0", "changed": "0", "removed": "0"}
    write_rows(data_copy, "changes", rows)
    with pytest.raises(DataError) as refused:
        snapshot.validated_tables(data_copy)
    reasons = {p.reason for p in refused.value.problems}
    assert "there is no table of this name" in reasons
    assert len(reasons) == 3
