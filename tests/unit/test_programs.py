"""Windows, catalogue and editions against rows written out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.programs import (
    ProgramFilter,
    age_fits,
    all_programs,
    catalogue,
    codes_of,
    pilots_by_program,
    program_detail,
    select_programs,
    windows_of,
)
from analytics.windows import (
    CLOSED,
    CLOSING,
    OPEN,
    STATUSES,
    UNKNOWN,
    UPCOMING,
    typical_month,
    window_status,
    windows,
)
from loaders.dates import BOUND_SUFFIXES, bound_day
from loaders.engine import Runner
from tests.unit.fixtures_small import committed, last_day, small_run

TODAY = date(2026, 4, 10)


def edition(program: str, year: str | None, **more: object) -> dict[str, object]:
    label = more.pop("label", "")
    return {
        "edition_id": f"{program}--{year}{label}",
        "program_id": program,
        "edition_year": year,
        "source_id": "s-0000000001",
        **more,
    }


def program(name: str, **more: object) -> dict[str, object]:
    return {
        "program_id": name,
        "name_ko": f"{name} 사업",
        "name_en": name,
        "kind": "public-poc",
        "country": "KR",
        "is_smart_city": True,
        "source_id": "s-0000000001",
        **more,
    }


def cohort(name: str, stage: str, count: int, **more: object) -> dict[str, object]:
    return {
        "cohort_id": f"{name}-{stage}-{more.get('edition_year')}-{count}",
        "program_id": name,
        "stage": stage,
        "count": count,
        "unit": "count",
        "scope": "companies",
        "side": "supply",
        "is_primary": True,
        "is_cumulative": False,
        "source_id": "s-0000000001",
        **more,
    }


def pilot(name: str, program_id: str | None, stage: str, **more: object) -> dict[str, object]:
    return {
        "pilot_id": name,
        "org_id": f"org-{name}",
        "program_id": program_id,
        "sector": "mobility",
        "country": "KR",
        "stage": stage,
        **more,
    }


def milestone(pilot_id: str, stage: str) -> dict[str, object]:
    return {"milestone_id": f"{pilot_id}-{stage}", "pilot_id": pilot_id, "stage": stage}


TABLES: dict[str, list[dict[str, object]]] = {
    "sources": [{"source_id": "s-0000000001", "url": "https://example.org/call"}],
    "programs": [
        program("alpha", sido="KR-26", sectors="mobility;robotics", stages_supported="poc"),
        program("alpha-track", parent_program_id="alpha", kind="accelerator"),
        program("beta", sido="KR-50;KR-26", international_ok="yes", is_smart_city=False),
        program("gamma", sectors="health", stages_supported="field-demo;export"),
        program("delta"),
    ],
    "program_editions": [
        # alpha: the newest edition is running and states no limit; an older one does
        edition(
            "alpha",
            "2026",
            apply_open="2026-04-01",
            apply_close="2026-06-30",
            support_per_company=30_000_000,
            currency="KRW",
        ),
        edition(
            "alpha",
            "2024",
            apply_open="2024-04-03",
            apply_close="2024-05-10",
            max_company_age_years=7,
            budget=900,
            currency="GBP",
        ),
        edition("alpha", "2023", apply_open="2023-04-20", apply_close="2023-06-01"),
        # beta closes within 30 days and states a limit
        edition("beta", "2026", apply_close="2026-05-10", max_company_age_years=7),
        # gamma's last known window is over, but a later edition has none
        edition("gamma", "2024", apply_close="2024-10-16"),
        edition("gamma", "2025"),
    ],
    "cohorts": [
        cohort("alpha", "applied", 90, edition_year="2024", period_start=2024, period_end=2024),
        cohort("alpha", "selected", 10, edition_year="2024", period_start=2024, period_end=2024),
        cohort(
            "alpha",
            "selected",
            12,
            edition_year="2024",
            period_start=2024,
            period_end=2024,
            is_primary=False,
        ),
        cohort(
            "alpha",
            "selected",
            55,
            edition_year="2020-2024",
            period_start=2020,
            period_end=2024,
            is_cumulative=True,
        ),
        cohort("alpha", "applied", 70, edition_year="2023", period_start=2023, period_end=2023),
        cohort("alpha", "jobs", 5, edition_year="2024", unit="jobs", period_end=2024),
    ],
    "pilots": [
        pilot("p1", "alpha", "poc"),
        pilot("p2", "alpha-track", "contract"),
        pilot("p3", "alpha-track", "field-demo"),
        pilot("p4", None, "exported"),
    ],
    "milestones": [
        milestone("p1", "poc"),
        milestone("p2", "contract"),
        milestone("p3", "field-demo"),
        milestone("p4", "exported"),
    ],
}


@pytest.fixture(scope="module")
def hand() -> Runner:
    return small_run(TABLES)


def listed(hand: Runner, chosen: ProgramFilter) -> list[str]:
    return list(catalogue(hand, chosen, TODAY).frame["program_id"])


def window(opens: str | None, closes: str | None) -> pd.Series:
    row = {}
    for suffix in BOUND_SUFFIXES:
        row[f"apply_open_{suffix}"] = bound_day(opens, suffix)
        row[f"apply_close_{suffix}"] = bound_day(closes, suffix)
    return pd.Series(row, dtype="object")


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        ("2026-04-10", "2026-06-30", OPEN),  # opens today
        ("2026-03-01", "2026-04-10", CLOSING),  # closes today
        ("2026-03-01", "2026-05-10", CLOSING),  # exactly 30 days
        ("2026-03-01", "2026-05-11", OPEN),  # 31 days
        ("2026-03-01", "2026-04-09", CLOSED),
        ("2026-04-11", "2026-06-30", UPCOMING),
        ("2026-04-11", None, UPCOMING),
        ("2026-03-01", None, UNKNOWN),  # no end stated
        (None, "2026-06-30", OPEN),
        (None, "2026-04-09", CLOSED),
        (None, None, UNKNOWN),
        (None, "2026-04", UNKNOWN),  # some day of this month, perhaps over
        ("2026-04", "2026-06-30", UNKNOWN),  # perhaps not open yet
        (None, "2026-03", CLOSED),
        ("2026-05", "2026-06", UPCOMING),
        ("2026-03", "2026-05", OPEN),  # perhaps 31 May: not surely within 30 days
    ],
)
def test_status_of_a_window(opens: str | None, closes: str | None, expected: str) -> None:
    assert window_status(window(opens, closes), TODAY) == expected


@given(
    opens=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    length=st.integers(0, 200),
    today=st.dates(date(2024, 1, 1), date(2028, 1, 1)),
)
def test_status_of_exact_windows(opens: date, length: int, today: date) -> None:
    """With both days known the status is never unknown, and its order in time is fixed."""
    closes = opens + timedelta(days=length)
    status = window_status(window(opens.isoformat(), closes.isoformat()), today)
    if today < opens:
        assert status == UPCOMING
    elif today > closes:
        assert status == CLOSED
    else:
        assert status == (CLOSING if (closes - today).days <= 30 else OPEN)


def test_catalogue_order_and_status(hand: Runner) -> None:
    frame = catalogue(hand, ProgramFilter(), TODAY).frame
    assert list(frame["program_id"]) == ["beta", "alpha", "alpha-track", "delta", "gamma"]
    assert list(frame["status"]) == [CLOSING, OPEN, UNKNOWN, UNKNOWN, UNKNOWN]
    assert list(frame["apply_close"].fillna("")) == ["2026-05-10", "2026-06-30", "", "", ""]


def test_catalogue_facts(hand: Runner) -> None:
    frame = catalogue(hand, ProgramFilter(), TODAY).frame.set_index("program_id")
    alpha = frame.loc["alpha"]
    assert (alpha["editions"], alpha["newest_edition"], alpha["newest_year"]) == (3, "2026", 2026)
    assert pd.isna(alpha["max_age"])
    assert (alpha["max_company_age_years"], alpha["max_company_age_years_year"]) == (7, "2024")
    assert alpha["support_per_company"] == 30_000_000
    assert (alpha["budget"], alpha["budget_currency"], alpha["budget_year"]) == (900, "GBP", "2024")
    # the newest edition with counts: the single one, primary counts only, no jobs
    assert alpha["outcomes"] == (
        ("applied", 90, "companies", "supply"),
        ("selected", 10, "companies", "supply"),
    )
    assert alpha["outcomes_edition"] == "2024"
    # its own pilot and its track's two
    assert tuple(alpha[["pilots", "pilots_demo", "pilots_sold"]]) == (3, 2, 1)
    assert tuple(frame.loc["alpha-track", ["pilots", "pilots_demo", "pilots_sold"]]) == (2, 2, 1)
    assert frame.loc["delta", "outcomes"] == ()
    assert frame.loc["delta", "newest_year"] == 0


def test_catalogue_names_the_rows_behind(hand: Runner) -> None:
    result = catalogue(hand, ProgramFilter(kind=("public-poc",), sido=("KR-26",)), TODAY)
    assert set(result.rows["programs"]) == {"alpha", "beta"}
    # the newest, the one with the limit and the budget; not the one of 2023
    assert set(result.rows["program_editions"]) == {"alpha--2026", "alpha--2024", "beta--2026"}
    assert set(result.rows["cohorts"]) == {"alpha-applied-2024-90", "alpha-selected-2024-10"}
    assert set(result.rows["pilots"]) == {"p1", "p2", "p3"}
    assert (result.covered, result.total) == (2, 2)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (ProgramFilter(status=(OPEN,)), {"alpha", "beta"}),  # open includes closing soon
        (ProgramFilter(status=(CLOSING,)), {"beta"}),
        (ProgramFilter(status=(CLOSED,)), set()),
        (ProgramFilter(kind=("accelerator",)), {"alpha-track"}),
        (ProgramFilter(sido=("KR-50",)), {"beta"}),
        (ProgramFilter(sector=("robotics",)), {"alpha", "alpha-track", "beta", "delta"}),
        (ProgramFilter(sector=("robotics",), with_no_sector=False), {"alpha"}),
        (ProgramFilter(sector=("education",), with_no_sector=False), set()),
        (ProgramFilter(supports=("export", "poc")), {"alpha", "gamma"}),
        (ProgramFilter(foreign_only=True), {"beta"}),
        (ProgramFilter(min_support=30_000_000), {"alpha"}),
        (ProgramFilter(min_support=30_000_001), set()),
        (ProgramFilter(urban_only=True), {"alpha", "alpha-track", "gamma", "delta"}),
        # alpha's limit of 2024 is not its newest edition's: nobody is excluded by it
        (ProgramFilter(company_age=7), {"alpha", "alpha-track", "gamma", "delta"}),
        (ProgramFilter(company_age=6), {"alpha", "alpha-track", "beta", "gamma", "delta"}),
        (ProgramFilter(sido=("KR-26",), supports=("poc",)), {"alpha"}),
    ],
)
def test_filters(hand: Runner, chosen: ProgramFilter, expected: set[str]) -> None:
    assert set(listed(hand, chosen)) == expected


@given(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 50)))
def test_only_a_stated_limit_excludes(age: int, limit: int | None) -> None:
    """Firms must be younger than the limit; without one, everyone may apply."""
    cell = float("nan") if limit is None else float(limit)
    assert age_fits(cell, age) == (limit is None or age < limit)
    assert age_fits(cell, None)


def test_windows_of_all_and_of_the_chosen(hand: Runner) -> None:
    everything = windows(hand, TODAY)
    assert list(everything.frame["edition_id"]) == [
        "alpha--2026",
        "beta--2026",
        "gamma--2024",
        "alpha--2024",
        "alpha--2023",
    ]
    assert list(everything.frame["status"]) == [OPEN, CLOSING, CLOSED, CLOSED, CLOSED]
    assert set(everything.frame["url"]) == {"https://example.org/call"}
    assert (everything.covered, everything.total) == (5, 6)
    assert (everything.first_year, everything.last_year) == (2023, 2026)
    everything_listed = all_programs(hand, TODAY)
    listed_there = select_programs(everything_listed, ProgramFilter(sido=("KR-50",)))
    chosen = windows_of(everything, listed_there.frame)
    assert list(chosen.frame["edition_id"]) == ["beta--2026"]
    assert (chosen.covered, chosen.total) == (1, 1)
    listed_there = select_programs(everything_listed, ProgramFilter(sido=("KR-11",)))
    nothing = windows_of(everything, listed_there.frame)
    assert (len(nothing.frame), nothing.total, nothing.first_year) == (0, 0, None)


def months(rows: list[dict[str, object]]) -> dict[tuple[str, int], tuple[tuple[int, ...], bool]]:
    frame = typical_month(small_run({"program_editions": rows})).frame
    return {
        (row["event"], row["month"]): (row["years"], bool(row["usual"]))
        for _, row in frame.iterrows()
    }


def test_usual_month_needs_two_years_and_most_of_them() -> None:
    april_twice = [
        edition("a", "2023", apply_open="2023-04-20", apply_close="2023-06-01"),
        edition("a", "2024", apply_open="2024-04-03", apply_close="2024-05-10"),
    ]
    assert months(april_twice) == {
        ("opens", 4): ((2023, 2024), True),
        ("closes", 5): ((2024,), False),
        ("closes", 6): ((2023,), False),
    }
    # two calls in one year say nothing about another year
    one_year = [
        edition("a", "2024", apply_open="2024-04-03"),
        edition("a", "2024", label="-b", apply_open="2024-04-25"),
    ]
    assert months(one_year) == {("opens", 4): ((2024,), False)}
    # two of four years are not most of them
    split = [edition("a", str(y), apply_open=f"{y}-04-01") for y in (2020, 2021)]
    split += [edition("a", str(y), apply_open=f"{y}-09-01") for y in (2022, 2023)]
    assert months(split) == {
        ("opens", 4): ((2020, 2021), False),
        ("opens", 9): ((2022, 2023), False),
    }
    # a date known to the year has no month; the year of the date counts, not the edition's
    assert months([edition("a", "2025", apply_open="2025")]) == {}
    assert months([edition("a", "2026", apply_open="2025-12-30")]) == {
        ("opens", 12): ((2025,), False)
    }


def test_detail_puts_counts_beside_editions(hand: Runner) -> None:
    result = program_detail(hand, "alpha", TODAY)
    shown = [
        (None if pd.isna(r["edition_id"]) else r["edition_id"], r["edition_year"], r["outcomes"])
        for _, r in result.frame.iterrows()
    ]
    two = (("applied", 90, "companies", "supply"), ("selected", 10, "companies", "supply"))
    assert shown == [
        ("alpha--2026", "2026", ()),
        ("alpha--2024", "2024", two),
        ("alpha--2023", "2023", (("applied", 70, "companies", "supply"),)),
        (None, "2020-2024", (("selected", 55, "companies", "supply"),)),
    ]
    assert (result.covered, result.total) == (3, 4)
    assert (result.first_year, result.last_year) == (2020, 2026)


def test_detail_shows_a_count_once() -> None:
    """Two calls of one year share its counts."""
    tables = {
        "programs": [program("a")],
        "program_editions": [edition("a", "2024"), edition("a", "2024", label="-b")],
        "cohorts": [cohort("a", "selected", 3, edition_year="2024", period_end=2024)],
    }
    outcomes = list(program_detail(small_run(tables), "a", TODAY).frame["outcomes"])
    assert outcomes == [(("selected", 3, "companies", "supply"),), ()]


def test_unknown_program_has_no_detail(hand: Runner) -> None:
    result = program_detail(hand, "nobody", TODAY)
    assert (len(result.frame), result.covered, result.total) == (0, 0, 0)
    assert not any(result.rows.values())


def test_no_data_is_no_error() -> None:
    empty = small_run({})
    assert catalogue(empty, ProgramFilter(), TODAY).total == 0
    assert windows(empty, TODAY).total == 0
    assert typical_month(empty).total == 0
    assert len(pilots_by_program(empty)) == 0


@pytest.mark.parametrize("today", [date(2023, 3, 10), date(2025, 4, 10), date(2026, 11, 22)])
def test_committed_programmes_open_on_a_day(run: Runner, today: date) -> None:
    """Counted again from the files, with nothing but pandas."""
    frame = committed("program_editions")
    frame = frame[frame["apply_close"] != ""]
    day = pd.Timestamp(today)
    opened = [x == "" or last_day(x) <= day for x in frame["apply_open"]]
    ahead = [pd.Period(x).start_time >= day for x in frame["apply_close"]]
    expected = set(frame[pd.Series(opened, frame.index) & pd.Series(ahead, frame.index)].program_id)
    found = catalogue(run, ProgramFilter(status=(OPEN,)), today).frame
    assert set(found["program_id"]) == expected


def test_committed_catalogue_holds_every_programme_once(run: Runner) -> None:
    frame = catalogue(run, ProgramFilter(), TODAY).frame
    assert sorted(frame["program_id"]) == sorted(committed("programs")["program_id"])
    assert set(frame["status"]) <= set(STATUSES)
    counted = committed("pilots").groupby("program_id").size()
    tracks = committed("programs").query("parent_program_id != ''")
    for parent, group in tracks.groupby("parent_program_id"):
        expected = counted.get(parent, 0) + sum(counted.get(p, 0) for p in group["program_id"])
        assert frame.set_index("program_id").loc[parent, "pilots"] == expected


def test_list_columns_are_read_whole() -> None:
    assert codes_of("KR-50;KR-26") == {"KR-50", "KR-26"}
    assert codes_of(None) == codes_of(float("nan")) == frozenset()
