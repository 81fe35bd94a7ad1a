"""Published funnels and funnels of named pilots: worked examples and properties."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.filters import PilotFilter
from analytics.funnel import (
    Series,
    milestone_funnel,
    pilots_at,
    published_funnel,
    published_series,
)
from analytics.stages import ladder_frame, rank_of
from loaders.datasets.cohorts import SERIES
from loaders.engine import Runner
from tests.unit.fixtures_small import ENDED, LADDER, Row, SmallTables, committed, small_run

SMALL = settings(max_examples=20)


def steps(*pairs: tuple[str, str]) -> list[Row]:
    """Milestones from (pilot, stage) pairs."""
    return [
        {"milestone_id": str(n), "pilot_id": pilot, "stage": stage}
        for n, (pilot, stage) in enumerate(pairs)
    ]


PILOTS: SmallTables = {
    "programs": [
        {"program_id": "mother", "name_en": "Mother", "name_ko": "모사업"},
        {"program_id": "track", "parent_program_id": "mother"},
        {"program_id": "track-of-track", "parent_program_id": "track"},
        {"program_id": "other"},
    ],
    "organizations": [
        {"org_id": "x", "name_en": "Ex", "name_ko": "엑스"},
        {"org_id": "y"},
        {"org_id": "hall", "kind": "government"},
    ],
    "testbeds": [{"testbed_id": "t", "name_en": "Quay", "name_ko": "부두"}],
    "pilots": [
        {"pilot_id": "1", "project_id": "j", "org_id": "x", "sido": "KR-11", "sector": "mobility",
         "program_id": "mother", "start_date": "2021-03", "testbed_id": "t"},
        {"pilot_id": "2", "project_id": "j", "org_id": "y", "sido": "KR-11", "sector": "safety",
         "program_id": "track", "end_date": "2024"},
        {"pilot_id": "3", "org_id": "x", "sido": "KR-26", "sector": "mobility",
         "program_id": "track-of-track"},
        {"pilot_id": "4", "org_id": "x", "sido": "KR-26", "sector": "energy",
         "program_id": "other", "host_org_id": "hall"},
        {"pilot_id": "5", "org_id": "y", "sector": "mobility"},
        {"pilot_id": "6", "org_id": "y", "sido": "KR-26", "sector": "safety"},
    ],
    "milestones": steps(
        ("1", "selected"), ("1", "field-demo"),
        ("2", "selected"), ("2", "contract"),  # no trial or adoption is known between
        ("3", "poc"), ("3", ENDED),
        ("4", ENDED),
        ("5", "exported"),
        ("6", "selected"),
    ),
}  # fmt: skip


def counts(run: Runner, column: str, **chosen: Any) -> dict[str, int]:
    frame = milestone_funnel(run, PilotFilter(**chosen)).frame
    return dict(zip(frame["stage"], frame[column], strict=True))


def test_every_pilot_counts_at_its_stage_and_all_before() -> None:
    result = milestone_funnel(small_run(PILOTS), PilotFilter())
    frame = result.frame.set_index("stage")
    assert frame["reached"].to_dict() == {
        "selected": 5,  # all but pilot 4
        "poc": 4,  # 1, 2, 3, 5
        "poc-completed": 3,  # 1, 2, 5
        "field-demo": 3,
        "adopted": 2,  # 2, 5
        "contract": 2,
        "commercialised": 1,  # 5
        "exported": 1,
    }
    assert frame["highest"].to_dict() == {
        "selected": 1,
        "poc": 1,
        "poc-completed": 0,
        "field-demo": 1,
        "adopted": 0,
        "contract": 1,
        "commercialised": 0,
        "exported": 1,
    }
    assert frame.loc["selected", "share"] == pytest.approx(5 / 6)
    assert (result.covered, result.total, result.unit) == (5, 6, "pilots")
    assert (result.first_year, result.last_year) == (2021, 2024)
    assert result.rows == {"pilots": ("1", "2", "3", "4", "5", "6")}


def test_a_pilot_that_ended_keeps_the_stages_it_reached() -> None:
    tables = {**PILOTS, "milestones": steps(("3", "field-demo"), ("3", ENDED))}
    assert counts(small_run(tables), "highest")["field-demo"] == 1


def test_members_of_a_project_count_once_at_their_furthest() -> None:
    result = milestone_funnel(small_run(PILOTS), PilotFilter(), by_project=True)
    reached = dict(zip(result.frame["stage"], result.frame["reached"], strict=True))
    assert list(reached.values()) == [4, 3, 2, 2, 2, 2, 1, 1]
    assert (result.covered, result.total, result.unit) == (4, 5, "projects")


def test_filters_by_place_sector_and_programme_with_its_tracks() -> None:
    run = small_run(PILOTS)
    assert counts(run, "reached", sido=("KR-11",))["selected"] == 2
    assert counts(run, "reached", sido=("KR-11", "KR-26"))["selected"] == 4
    assert counts(run, "reached", sector=("mobility",))["field-demo"] == 2
    assert milestone_funnel(run, PilotFilter(host_kind=("government",))).rows["pilots"] == ("4",)
    assert milestone_funnel(run, PilotFilter(start_year=(2021,))).rows["pilots"] == ("1",)
    family = milestone_funnel(run, PilotFilter(program_id=("mother",)))
    assert family.rows["pilots"] == ("1", "2")
    assert milestone_funnel(run, PilotFilter(program_id=("track",))).rows["pilots"] == ("2", "3")
    nobody = milestone_funnel(run, PilotFilter(sido=("KR-44",)))
    assert nobody.total == 0
    assert nobody.frame["reached"].sum() == 0
    assert nobody.frame["share"].isna().all()
    assert (nobody.first_year, nobody.last_year) == (None, None)


def test_named_pilots_come_furthest_first_with_names() -> None:
    result = pilots_at(small_run(PILOTS), PilotFilter())
    assert list(result.frame["pilot_id"]) == ["5", "2", "1", "3", "6", "4"]
    row = result.frame.set_index("pilot_id").loc["1"]
    assert (row["company_en"], row["company_ko"]) == ("Ex", "엑스")
    assert (row["program_ko"], row["testbed_en"]) == ("모사업", "Quay")
    assert (result.covered, result.total) == (6, 6)


def test_rank_of_a_stage() -> None:
    run = small_run({})
    assert [rank_of(run, s) for s in ("applied", "selected", "exported")] == [1, 4, 11]
    assert list(ladder_frame(run)["stage"]) == list(LADDER)
    for no_step in (ENDED, "invested", "nonsense"):
        with pytest.raises(KeyError):
            rank_of(run, no_step)


# --- properties of the pilot funnel -------------------------------------------------

stage_sets = st.sets(st.sampled_from([*LADDER, ENDED]), min_size=1, max_size=4)
pilot_rows = st.lists(
    st.tuples(
        st.sampled_from(["x", "y", "z"]),
        st.sampled_from([None, "j", "k"]),
        st.sampled_from([None, "KR-11", "KR-26"]),
        st.sampled_from(["mobility", "safety"]),
        stage_sets,
    ),
    max_size=12,
)
PilotRows = list[tuple[str, str | None, str | None, str, set[str]]]


def tables_of(rows: PilotRows, order: int = 1) -> SmallTables:
    """Tables of drawn pilots, rows forwards (1) or backwards (-1)."""
    pilots: list[Row] = [
        {"pilot_id": f"p{n}", "org_id": org, "project_id": project, "sido": sido, "sector": sector}
        for n, (org, project, sido, sector, _) in enumerate(rows)
    ]
    reached = steps(*((f"p{n}", stage) for n, row in enumerate(rows) for stage in sorted(row[4])))
    return {"pilots": pilots[::order], "milestones": reached[::order]}


@SMALL
@given(pilot_rows, st.booleans())
def test_counts_never_increase_and_add_up(rows: PilotRows, by_project: bool) -> None:
    result = milestone_funnel(small_run(tables_of(rows)), PilotFilter(), by_project)
    reached = list(result.frame["reached"])
    assert all(later <= earlier for earlier, later in pairwise(reached))
    assert reached[0] == result.frame["highest"].sum() <= result.covered <= result.total
    if not by_project:
        assert result.total == len(rows)


@SMALL
@given(pilot_rows, st.booleans())
def test_the_order_of_rows_changes_no_funnel(rows: PilotRows, by_project: bool) -> None:
    one = milestone_funnel(small_run(tables_of(rows)), PilotFilter(), by_project)
    two = milestone_funnel(small_run(tables_of(rows, -1)), PilotFilter(), by_project)
    pd.testing.assert_frame_equal(one.frame, two.frame)
    assert one.rows == two.rows


@SMALL
@given(
    pilot_rows,
    st.lists(st.sampled_from(["KR-11", "KR-26", "KR-44"]), max_size=3, unique=True),
    st.lists(st.sampled_from(["mobility", "safety"]), max_size=2, unique=True),
)
def test_a_restriction_never_adds_pilots(
    rows: PilotRows, sido: list[str], sector: list[str]
) -> None:
    run = small_run(tables_of(rows))
    everything = milestone_funnel(run, PilotFilter())
    some = milestone_funnel(run, PilotFilter(sido=tuple(sido)))
    fewer = milestone_funnel(run, PilotFilter(sido=tuple(sido), sector=tuple(sector)))
    for wide, narrow in ((everything, some), (some, fewer)):
        assert set(narrow.rows["pilots"]) <= set(wide.rows["pilots"])
        assert (narrow.frame["reached"] <= wide.frame["reached"]).all()


# --- published counts -----------------------------------------------------------------


def published(stage: str, count: int, **other: object) -> Row:
    """A primary count of one yearly edition, in companies of the supply side."""
    usual: dict[str, object] = {
        "program_id": "p",
        "edition_year": "2021",
        "period_start": 2021,
        "period_end": 2021,
        "is_cumulative": False,
        "unit": "count",
        "scope": "companies",
        "side": "supply",
        "is_primary": True,
    }
    return {**usual, "stage": stage, "count": count, **other}


def cohort_run(*rows: Row) -> Runner:
    """An engine over published counts of the programmes p and q."""
    names = [
        {"program_id": p, "name_en": p.upper(), "name_ko": f"{p}사업", "is_smart_city": True}
        for p in "pq"
    ]
    numbered = [{**row, "cohort_id": f"c{n}"} for n, row in enumerate(rows)]
    return small_run({"cohorts": numbered, "programs": names})


YEARLY = Series("p", "2021.single.companies.supply.2021.2021")


def by_stage(frame: pd.DataFrame, column: str) -> dict[str, float | str | None]:
    values = frame[column].astype(object).where(frame[column].notna(), None)
    return dict(zip(frame["stage"], values, strict=True))


def test_an_unpublished_stage_is_a_gap_and_not_zero() -> None:
    run = cohort_run(published("applied", 200), published("selected", 20), published("contract", 0))
    result = published_funnel(run, YEARLY)
    assert by_stage(result.frame, "count") == {
        "applied": 200,
        "meetup": None,
        "finalist": None,
        "selected": 20,
        "poc": None,
        "poc-completed": None,
        "field-demo": None,
        "adopted": None,
        "contract": 0,
    }
    shares = by_stage(result.frame, "share_of_previous")
    assert shares["selected"] == pytest.approx(0.1)  # of the nearest earlier published count
    assert shares["contract"] == 0
    assert [shares[s] for s in ("applied", "meetup", "poc")] == [None, None, None]
    before = by_stage(result.frame, "previous_stage")
    assert (before["applied"], before["selected"], before["contract"]) == (
        None,
        "applied",
        "selected",
    )
    assert (result.covered, result.total, result.unit) == (3, 9, "stages")
    assert (result.first_year, result.last_year) == (2021, 2021)
    assert list(result.frame["rank"]) == list(range(1, 10))


def test_a_count_that_grows_or_follows_zero_has_no_share() -> None:
    run = cohort_run(
        published("applied", 0),
        published("selected", 30),  # after zero
        published("poc", 40),  # grows: another population
        published("field-demo", 40),  # equal is possible
        published("contract", 10),
    )
    shares = by_stage(published_funnel(run, YEARLY).frame, "share_of_previous")
    assert [shares[s] for s in ("selected", "poc")] == [None, None]
    assert shares["field-demo"] == 1
    assert shares["contract"] == 0.25


def test_other_pages_are_counted_and_never_drawn() -> None:
    run = cohort_run(
        published("selected", 30),
        published("selected", 31, is_primary=False),
        published("selected", 29, is_primary=False),
        published("contract", 3),
        published("poc", 12, is_primary=False),  # no primary count: still a gap
    )
    result = published_funnel(run, YEARLY)
    assert by_stage(result.frame, "count") == {
        "selected": 30,
        "poc": None,
        "poc-completed": None,
        "field-demo": None,
        "adopted": None,
        "contract": 3,
    }
    assert list(result.frame["others"]) == [2, 1, 0, 0, 0, 0]
    assert result.rows == {"cohorts": ("c0", "c1", "c2", "c3", "c4")}


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"is_cumulative": True}, "2021.cumulative.companies.supply.2021.2021"),
        ({"scope": "projects"}, "2021.single.projects.supply.2021.2021"),
        ({"scope": "matches"}, "2021.single.matches.supply.2021.2021"),
        ({"side": "demand"}, "2021.single.companies.demand.2021.2021"),
        ({"side": "local-government"}, "2021.single.companies.local-government.2021.2021"),
        ({"edition_year": "2022"}, "2022.single.companies.supply.2021.2021"),
        ({"edition_year": None}, "undated.single.companies.supply.2021.2021"),
        ({"period_end": 2022}, "2021.single.companies.supply.2021.2022"),
        (
            {"period_start": None, "period_end": None, "edition_year": None},
            "undated.single.companies.supply",
        ),
    ],
)
def test_series_are_never_mixed(other: dict[str, object], code: str) -> None:
    run = cohort_run(
        published("applied", 100),
        published("selected", 10),
        published("applied", 1000, **other),
        published("selected", 700, **other),
        published("applied", 5, program_id="q"),
    )
    mine = published_funnel(run, YEARLY)
    assert list(mine.frame["count"].dropna()) == [100, 10]
    assert mine.rows == {"cohorts": ("c0", "c1")}
    theirs = published_funnel(run, Series("p", code))
    assert list(theirs.frame["count"].dropna()) == [1000, 700]
    assert theirs.rows == {"cohorts": ("c2", "c3")}
    assert set(published_series(run).frame["series"]) == {YEARLY.code, code}


def test_a_period_open_at_its_start_is_not_one_open_at_its_end() -> None:
    run = cohort_run(
        published("selected", 10, period_start=2018, period_end=None),
        published("selected", 70, period_start=None, period_end=2018),
    )
    listed = published_series(run).frame
    assert listed["series"].nunique() == 2
    drawn = [published_funnel(run, Series("p", code)).frame for code in listed["series"]]
    assert sorted(frame["count"].sum() for frame in drawn) == [10, 70]


def test_money_and_outcomes_are_no_stage_counts() -> None:
    run = cohort_run(
        published("selected", 10),
        published("invested", 4),
        published("contract", 90_000_000, unit="KRW"),
    )
    assert by_stage(published_funnel(run, YEARLY).frame, "count") == {"selected": 10}


def test_an_unknown_series_is_empty() -> None:
    result = published_funnel(cohort_run(published("selected", 10)), Series("p", "nonsense"))
    assert result.frame.empty
    assert (result.covered, result.total, result.first_year) == (0, 0, None)


def test_list_of_series_has_the_fullest_first() -> None:
    run = cohort_run(
        published("applied", 9),
        published("applied", 90, program_id="q"),
        published("selected", 30, program_id="q"),
        published("selected", 31, program_id="q", is_primary=False),
        published("meetup", 3, scope="matches", is_primary=False),  # no primary count: not listed
    )
    result = published_series(run)
    assert list(result.frame["program_id"]) == ["q", "p"]
    assert list(result.frame["stages"]) == [2, 1]
    assert list(result.frame["first_rank"]) == [1, 1]
    assert list(result.frame["last_rank"]) == [4, 1]
    assert list(result.frame["name_ko"]) == ["q사업", "p사업"]
    assert (result.covered, result.total) == (1, 2)
    assert (result.first_year, result.last_year) == (2021, 2021)


cohort_rows = st.lists(
    st.fixed_dictionaries(
        {
            "program_id": st.sampled_from(["p", "q"]),
            "stage": st.sampled_from(LADDER),
            "count": st.integers(0, 500),
            "edition_year": st.sampled_from([None, "2020", "2020-2021"]),
            "period_start": st.sampled_from([None, 2020, 2021]),
            "period_end": st.sampled_from([None, 2020, 2021]),
            "is_cumulative": st.booleans(),
            "scope": st.sampled_from(["companies", "projects"]),
            "side": st.sampled_from(["supply", "demand"]),
        }
    ),
    max_size=6,
    unique_by=lambda row: tuple(row[c] for c in (*SERIES, "stage")),
)


@SMALL
@given(cohort_rows)
def test_each_drawn_funnel_holds_one_series_and_all_of_it(rows: list[dict[str, object]]) -> None:
    filled = [{**published("applied", 0), **r} for r in rows]
    run = cohort_run(*filled)
    wanted = Counter(tuple(row[c] for c in SERIES) for row in rows)
    listed = published_series(run).frame
    assert sorted(listed["stages"]) == sorted(wanted.values())
    drawn = 0
    for program, code in zip(listed["program_id"], listed["series"], strict=True):
        result = published_funnel(run, Series(program, code))
        behind = [rows[int(c.removeprefix("c"))] for c in result.rows["cohorts"]]
        assert len({tuple(row[c] for c in SERIES) for row in behind}) == 1
        drawn += len(behind)
        shares = result.frame["share_of_previous"].dropna()
        assert shares.between(0, 1).all()
    assert drawn == len(rows)


@SMALL
@given(cohort_rows)
def test_the_order_of_rows_changes_no_published_funnel(rows: list[dict[str, object]]) -> None:
    filled = [{**published("applied", 0), **r} for r in rows]
    one, two = cohort_run(*filled), cohort_run(*filled[::-1])
    first = published_series(one).frame
    pd.testing.assert_frame_equal(first, published_series(two).frame)
    for program, code in first[["program_id", "series"]].head(1).itertuples(index=False):
        left, right = (published_funnel(run, Series(program, code)).frame for run in (one, two))
        pd.testing.assert_frame_equal(
            left.drop(columns="cohort_id"), right.drop(columns="cohort_id")
        )


# --- the committed counts -----------------------------------------------------------


def test_every_committed_funnel_shows_the_primary_counts_of_its_rows(run: Runner) -> None:
    table = committed("cohorts").set_index("cohort_id")
    table = table[(table["unit"] == "count") & table["stage"].isin(LADDER)]
    listed = published_series(run).frame
    series_of = table[list(SERIES)].apply(tuple, axis=1)
    primary = table["is_primary"] == "true"
    assert len(listed) == series_of[primary].nunique()
    # the fullest hold all gaps and repeats; a slice of the rest is enough
    for program, code in zip(listed["program_id"][:20], listed["series"][:20], strict=True):
        result = published_funnel(run, Series(program, code))
        behind = table.loc[list(result.rows["cohorts"])]
        assert behind[list(SERIES)].drop_duplicates().shape[0] == 1
        assert set(behind["program_id"]) == {program}
        same = series_of == tuple(behind[list(SERIES)].iloc[0])
        assert set(behind.index) == set(table.index[same])
        drawn = table[same & primary]
        wanted = dict(zip(drawn["stage"], drawn["count"].astype(int), strict=True))
        shown = {k: v for k, v in by_stage(result.frame, "count").items() if v is not None}
        assert shown == wanted
