"""``stale``, ``coverage`` and ``link``, against small tables counted by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from loaders.curation.coverage import Cell, cells, filled
from loaders.curation.similar import decide, decided_different, pairs
from loaders.curation.stale import Limits, found
from loaders.curation.store import read_state
from tests.support import DATA, environment
from tests.unit.curation_support import run, small_state, text_of, write_small

TODAY = date(2026, 1, 1)
LIMITS = Limits(window_days=180, status_years=2, source_years=5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    scratch = tmp_path_factory.mktemp("reports")
    data = write_small(scratch / "data")
    with environment(data, scratch / "snapshots"):
        yield data


def test_stale_by_hand() -> None:
    state = small_state(
        {
            "programs": [
                {"program_id": "old", "name_en": "Old"},
                {"program_id": "renewed"},
                {"program_id": "recent"},
                {"program_id": "undated"},
            ],
            "program_editions": [
                {"edition_id": "1", "program_id": "old", "apply_close": "2024-12-31"},
                {"edition_id": "2", "program_id": "renewed", "apply_close": "2023"},
                {"edition_id": "3", "program_id": "renewed", "apply_close": "2026-03"},
                {"edition_id": "4", "program_id": "recent", "apply_close": "2025-09-30"},
                {"edition_id": "5", "program_id": "undated"},
            ],
            "pilots": [
                {"pilot_id": "over", "stage": "poc", "end_date": "2025-12-30"},
                {"pilot_id": "this-year", "stage": "poc", "end_date": "2026"},
                {"pilot_id": "sold", "stage": "commercialised", "end_date": "2020"},
                {"pilot_id": "open", "stage": "poc"},
            ],
            "testbeds": [
                {"testbed_id": "aged", "status": "operating", "status_as_of": "2023-06-30"},
                {"testbed_id": "fresh", "status": "operating", "status_as_of": "2024-06"},
                {"testbed_id": "coming", "status": "planned", "opened_year": "2024"},
                {"testbed_id": "running", "status": "operating"},
            ],
            "funding": [
                {"funding_id": "plan", "program_id": "old", "basis": "budgeted", "year": "2024"},
                {
                    "funding_id": "known",
                    "program_id": "recent",
                    "basis": "budgeted",
                    "year": "2020",
                },
                {"funding_id": "spent", "program_id": "recent", "basis": "spent", "year": "2020"},
                {
                    "funding_id": "running",
                    "program_id": "undated",
                    "basis": "announced",
                    "year": "2020",
                    "year_end": "2026",
                },
            ],
            "sources": [
                {"source_id": "s-old", "published": "2020-12"},
                {"source_id": "s-new", "published": "2021-02-01"},
                {"source_id": "s-undated"},
            ],
        }
    )
    rows = found(state, TODAY, LIMITS, "en")
    assert [(row.kind, row.key, row.days) for row in rows] == [
        ("window", "old", 366),
        ("pilot", "over", 2),
        ("status", "aged", 916),
        ("status-undated", "coming", None),
        ("opening", "coming", 366),
        ("plan", "plan", 366),
        ("source", "s-old", 1827),
    ]
    assert rows[0].name == "Old"


def test_nothing_is_stale_before_the_first_date(folder: Path) -> None:
    result = run("stale", "--today", "1990-01-01", "--lang", "en", "--json")
    kinds = {row["kind"] for row in json.loads(result.stdout)}
    assert kinds <= {"status-undated"}
    assert run("stale", "--today", "soon").exit_code == 2


def test_stale_shows_a_part_and_says_so() -> None:
    with environment(DATA, DATA / "nowhere"):
        short = run("stale", "--today", "2040-01-01", "--lang", "ko")
        long = run("stale", "--today", "2040-01-01", "--lang", "ko", "--all")
    assert "건(--all)" in short.stdout
    assert "건(--all)" not in long.stdout
    assert len(long.stdout) > 2 * len(short.stdout)


PLACES = {
    "regions": [{"sido": "KR-44", "short_en": "Chungnam"}, {"sido": "KR-50", "short_en": "Sejong"}],
    "municipalities": [
        {"sigungu_code": "44130", "sido": "KR-44"},
        {"sigungu_code": "44131", "sido": "KR-44", "parent_code": "44130"},
        {"sigungu_code": "44200", "sido": "KR-44"},
    ],
    "sectors": [{"sector": "energy"}, {"sector": "mobility"}],
    "stages": [
        {"stage": "poc", "rank": "5", "kind": "ladder"},
        {"stage": "selected", "rank": "4", "kind": "ladder"},
        {"stage": "ended-without-adoption", "kind": "end"},
        {"stage": "invested", "kind": "outcome"},
    ],
    "pilots": [
        {"pilot_id": "a", "sido": "KR-44", "sigungu_code": "44131", "sector": "energy"},
        {"pilot_id": "b", "sido": "KR-44", "sigungu_code": "44130", "sector": "energy"},
        {"pilot_id": "c", "sido": "KR-44", "sigungu_code": "44200", "sector": "mobility"},
        {"pilot_id": "d", "sector": "mobility"},
    ],
}
PLACES = {
    table: [{**row, "stage": "poc"} if table == "pilots" else row for row in rows]
    for table, rows in PLACES.items()
}


def test_coverage_by_hand() -> None:
    counted = cells(small_state(PLACES))
    assert len(counted) == 3 * 2 * 3  # places (with the unknown one), sectors, stages
    assert [c for c in counted if c.pilots] == [
        Cell("?", "mobility", "poc", 1),
        Cell("KR-44", "energy", "poc", 2),
        Cell("KR-44", "mobility", "poc", 1),
    ]
    assert [c.stage for c in counted[:3]] == ["selected", "poc", "ended-without-adoption"]
    assert Cell("KR-50", "energy", "selected", 0) in counted


def test_coverage_of_cities_adds_up_their_districts() -> None:
    counted = cells(small_state(PLACES), municipalities=True)
    assert [c for c in counted if c.pilots] == [
        Cell("44130", "energy", "poc", 2),
        Cell("44200", "mobility", "poc", 1),
        Cell("?", "mobility", "poc", 1),
    ]


def test_filled_cells_by_hand() -> None:
    shares = {(c.table, c.column): c for c in filled(small_state(PLACES))}
    column = shares["pilots", "sido"]
    assert (column.filled, column.rows, column.share) == (3, 4, 0.75)
    assert shares["funding", "amount"].share == 0.0


def test_coverage_adds_up_to_all_pilots(folder: Path) -> None:
    told = json.loads(run("coverage", "--json").stdout)
    pilots = read_state(folder)["pilots"].rows
    assert sum(cell["pilots"] for cell in told["pilots"]) == len(pilots)
    table = run("coverage", "--lang", "ko")
    assert table.exit_code == 0
    assert "지역·분야별 실증" in table.stdout


NAMES = [
    ("hanbit", "Hanbit Mobility", "한빛모빌리티", ""),
    ("hanbit-mobility", "Hanbit Mobilty Co., Ltd.", "(주)한빛 모빌리티", ""),
    ("busan-city", "Busan Metropolitan City", "부산광역시", ""),
    ("asan-city", "Asan City", "아산시", ""),
    ("seoul-univ", "Seoul University", "서울대학교", ""),
    ("seoul-transit", "Seoul Transit Corporation", "서울교통공사", ""),
    ("one", "First Name", "하나", "https://www.same.example/ko"),
    ("two", "Other Name", "둘", "http://same.example"),
    ("fund-1", "Growth Fund 1", "성장펀드1호", ""),
    ("fund-2", "Growth Fund 2", "성장펀드2호", ""),
]
ORGANIZATIONS = [
    {"org_id": key, "name_en": en, "name_ko": ko, "website": site} for key, en, ko, site in NAMES
]


def test_likely_same_organisations_with_reasons() -> None:
    sheet = small_state({"organizations": ORGANIZATIONS})["organizations"]
    assert [(p.left, p.right, p.reasons) for p in pairs(sheet, set())] == [
        ("hanbit", "hanbit-mobility", ("same-name-ko", "like-name-en")),
        ("one", "two", ("same-website",)),
    ]
    decided = {frozenset(("two", "one"))}
    assert [(p.left, p.right) for p in pairs(sheet, decided)] == [("hanbit", "hanbit-mobility")]


def test_decisions_are_kept_sorted(tmp_path: Path) -> None:
    assert decided_different(tmp_path) == set()
    decide(tmp_path, "z", "b", "sites")
    decide(tmp_path, "a", "c", "founders, names")
    decide(tmp_path, "b", "z", "other owners")
    file = tmp_path / "curation" / "different_organizations.csv"
    assert file.read_bytes() == b'left,right,why\na,c,"founders, names"\nb,z,other owners\n'
    assert decided_different(tmp_path) == {frozenset("ac"), frozenset("bz")}


def test_link_records_a_decision_about_known_organisations(folder: Path) -> None:
    unknown = run("link", "--different", "socar", "nobody", "--why", "x", "--lang", "en")
    assert unknown.exit_code == 1
    assert text_of(unknown)[0].startswith("There is no organisation nobody")
    assert run("link", "--different", "socar", "kia").exit_code == 1
    assert run("link", "--different", "socar", "kia", "--why", "other firms").exit_code == 0
    assert decided_different(folder) == {frozenset(("socar", "kia"))}


def test_committed_decisions_are_about_organisations_of_the_data() -> None:
    known = set(read_state(DATA)["organizations"].column("org_id"))
    decided = decided_different(DATA)
    assert decided
    assert all(pair <= known and len(pair) == 2 for pair in decided)
