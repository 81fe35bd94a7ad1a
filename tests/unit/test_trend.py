"""Published counts of one programme over its editions."""

from __future__ import annotations

from analytics.trend import edition_trend, programs_with_trend
from loaders.engine import Runner
from tests.unit.fixtures_small import SmallTables, committed, small_run


def count(number: str, year: int, n: int, **other: object) -> dict[str, object]:
    usual = {
        "program_id": "p", "stage": "selected", "unit": "count", "scope": "companies",
        "side": "supply", "is_cumulative": False, "is_primary": True,
        "period_start": year, "period_end": year,
    }  # fmt: skip
    return {**usual, "cohort_id": number, "count": n, **other}


STORY: SmallTables = {
    "programs": [{"program_id": p, "name_en": p, "name_ko": p} for p in ("p", "q")],
    "cohorts": [
        count("1", 2020, 10),
        count("2", 2022, 30),
        count("other-page", 2022, 31, is_primary=False),
        count("sum", 2020, 99, is_cumulative=True, period_end=2022),
        count("span", 2020, 98, period_end=2021),
        count("hosts", 2020, 5, side="demand"),
        count("money", 2020, 7, stage="invested", unit="KRW"),
        count("q", 2020, 4, program_id="q"),
    ],
}


def test_only_single_years_of_one_line_stand_on_a_line() -> None:
    result = edition_trend(small_run(STORY), "p")
    lines = {
        s: list(zip(g["year"], g["count"], strict=True)) for s, g in result.frame.groupby("series")
    }
    assert lines == {
        "selected.companies.supply": [(2020, 10), (2022, 30)],
        "selected.companies.demand": [(2020, 5)],
    }
    assert result.rows == {"cohorts": ("1", "2", "hosts")}
    assert (result.covered, result.total) == (2, 3)


def test_a_trend_needs_two_years() -> None:
    frame = programs_with_trend(small_run(STORY))
    assert list(zip(frame["program_id"], frame["years"], strict=True)) == [("p", 2)]


def test_unknown_programme_has_no_trend() -> None:
    result = edition_trend(small_run(STORY), "nobody")
    assert result.frame.empty
    assert (result.covered, result.total, result.first_year) == (0, 0, None)


def test_committed_trends_repeat_published_counts(run: Runner) -> None:
    cohorts = committed("cohorts").set_index("cohort_id")
    for program in programs_with_trend(run)["program_id"]:
        result = edition_trend(run, program)
        rows = cohorts.loc[list(result.rows["cohorts"])]
        assert (rows["is_cumulative"] == "false").all()
        assert sorted(result.frame["count"]) == sorted(rows["count"].astype(int))
