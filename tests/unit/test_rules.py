"""What types and keys cannot say: each rule finds its fault and lets sound rows pass.

The tables here are written by hand; only the columns that a rule reads are filled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from loaders.boundaries import boundary_file, provinces
from loaders.datasets import UnreadableTableError, check_rules
from loaders.datasets import cohorts as cohort_rules
from loaders.datasets import funding as funding_rules
from loaders.datasets import investments as investment_rules
from loaders.datasets import organizations as organization_rules
from loaders.datasets import pilots as pilot_rules
from loaders.datasets import programs as program_rules
from loaders.datasets import regions as region_rules
from loaders.datasets import sources as source_rules
from loaders.datasets import testbeds as testbed_rules
from loaders.files import read_text_table
from loaders.problems import Problem
from loaders.rules import (
    ancestors,
    dates_in_order,
    no_cycle,
    numbers_in_order,
    of_cells,
    records,
    together,
)
from loaders.snapshot import validated_tables
from loaders.validation import Tables
from tests.support import DATA, committed

TABLES = tuple(committed().resources)

Row = dict[str, str]
Found = list[tuple[str, int, str, str]]


def tables(**given_rows: list[Row]) -> dict[str, pd.DataFrame]:
    """All tables of the package; rows start at line 2, and cells not given are empty."""
    made = {}
    for name, resource in committed().resources.items():
        assert all(set(row) <= set(resource.columns) for row in given_rows.get(name, []))
        full = [{c: row.get(c, "") for c in resource.columns} for row in given_rows.get(name, [])]
        made[name] = pd.DataFrame(full, columns=list(resource.columns), dtype="object")
        made[name]["_row"] = range(2, len(full) + 2)
    return made


def found(problems: object) -> Found:
    return [(p.file, p.row, p.column, p.reason) for p in problems]  # type: ignore[attr-defined]


# --- pieces ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        ("2021", "2022", None),
        ("2021", "2021", None),
        ("2021-06", "2021", None),  # the year may end later
        ("2021-06", "2021-05", "lies before a (2021-06)"),
        ("2021-06-02", "2021-06-01", "lies before a (2021-06-02)"),
        ("2022", "2021-12-31", "lies before a (2022)"),
        ("", "2021", None),
        ("2021", "", None),
        ("2021-02-30", "2020", None),  # the type check reports it
    ],
)
def test_dates_in_order(start: str, end: str, reason: str | None) -> None:
    row = {"_row": "7", "a": start, "b": end}
    expected = [("t.csv", 7, "b", reason)] if reason else []
    assert found(dates_in_order("t.csv", row, "a", "b")) == expected


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        ("2021", "2021", False),
        ("2021", "2022", False),
        ("2021", "2020", True),
        ("", "2020", False),
        ("2021", "soon", False),
    ],
)
def test_numbers_in_order(start: str, end: str, wrong: bool) -> None:
    row = {"_row": "7", "a": start, "b": end}
    expected = [("t.csv", 7, "b", "lies before a (2021)")] if wrong else []
    assert found(numbers_in_order("t.csv", row, "a", "b")) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "wrong"), [("1", "", True), ("1", "KRW", False), ("", "", False)]
)
def test_together(amount: str, currency: str, wrong: bool) -> None:
    row = {"_row": "7", "amount": amount, "currency": currency}
    expected = [("t.csv", 7, "currency", "empty, but amount is filled")] if wrong else []
    assert found(together("t.csv", row, "amount", "currency")) == expected


def test_ancestors_are_listed_nearest_first() -> None:
    assert ancestors("c", {"a": "", "b": "a", "c": "b"}) == ["b", "a"]
    assert ancestors("a", {"a": ""}) == []
    assert ancestors("x", {}) == []
    assert ancestors("c", {"c": "gone"}) == ["gone"]


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["", *"abcdef"])))
def test_a_row_is_its_own_ancestor_only_in_a_cycle(parents: dict[str, str]) -> None:
    """Compared with walking up as many steps as there are rows."""
    for key, parent in parents.items():
        walked, above = [], parent
        for _ in range(len(parents) + 1):
            walked.append(above)
            above = parents.get(above, "")
        row = {"_row": "2", "id": key, "parent": parent}
        in_cycle = bool(found(no_cycle("t.csv", row, "id", "parent", parents)))
        assert in_cycle == (key in walked)
        assert len(set(ancestors(key, parents))) == len(ancestors(key, parents))


# --- money -------------------------------------------------------------------


def amount(key: str, parent: str, basis: str, additive: bool) -> Row:
    return {
        "funding_id": key,
        "parent_funding_id": parent,
        "basis": basis,
        "is_additive": "true" if additive else "false",
    }


@pytest.mark.parametrize(
    ("rows", "twice"),
    [
        pytest.param(
            [amount("total", "", "spent", True), amount("part", "total", "spent", True)],
            [(3, "total")],
            id="part of an additive total",
        ),
        pytest.param(
            [amount("total", "", "spent", False), amount("part", "total", "spent", True)],
            [],
            id="only the part is summed",
        ),
        pytest.param(
            [amount("total", "", "spent", True), amount("part", "total", "spent", False)],
            [],
            id="only the total is summed",
        ),
        pytest.param(
            [amount("plan", "", "budgeted", True), amount("part", "plan", "spent", True)],
            [],
            id="bases are summed apart",
        ),
        pytest.param(
            [
                amount("total", "", "spent", True),
                amount("middle", "total", "spent", False),
                amount("part", "middle", "spent", True),
            ],
            [(4, "total")],
            id="two levels down",
        ),
        pytest.param(
            [
                amount("total", "", "spent", True),
                amount("plan", "total", "budgeted", True),
                amount("part", "plan", "spent", True),
            ],
            [(4, "total")],
            id="below another basis",
        ),
    ],
)
def test_money_is_not_counted_twice(rows: list[Row], twice: list[tuple[int, str]]) -> None:
    assert found(funding_rules.rules(tables(funding=rows))) == [
        ("funding.csv", row, "is_additive", f"would be counted twice with {above}")
        for row, above in twice
    ]


def test_funding_that_is_above_itself() -> None:
    rows = [amount("a", "b", "spent", False), amount("b", "a", "spent", False)]
    assert found(funding_rules.rules(tables(funding=rows))) == [
        ("funding.csv", 2, "parent_funding_id", "the row is above itself"),
        ("funding.csv", 3, "parent_funding_id", "the row is above itself"),
    ]


def investment_round(key: str, kind: str, sum_: str, lead: str = "") -> Row:
    return {"investment_id": key, "amount_kind": kind, "amount": sum_, "lead_investor_id": lead}


def test_rounds_state_what_their_kind_says() -> None:
    given_tables = tables(
        investments=[
            investment_round("a", "equity-round", ""),
            investment_round("b", "equity-round", "5"),
            investment_round("c", "undisclosed", "5"),
            investment_round("d", "undisclosed", ""),
            investment_round("e", "cumulative-only", ""),
        ]
    )
    assert found(investment_rules.rules(given_tables)) == [
        ("investments.csv", 2, "amount", "an equity round needs an amount"),
        ("investments.csv", 4, "amount_kind", "but an amount is given"),
    ]


def test_leads_take_part_in_their_own_round() -> None:
    given_tables = tables(
        investments=[
            investment_round("a", "equity-round", "5", lead="x"),
            investment_round("b", "equity-round", "5", lead="x"),
        ],
        investment_investors=[{"investment_id": "a", "investor_id": "x"}],
    )
    assert found(investment_rules.rules(given_tables)) == [
        ("investments.csv", 3, "lead_investor_id", "not among the round's investors")
    ]


@pytest.mark.parametrize("money", ["budget", "support_per_company"])
def test_money_of_an_edition_has_a_currency(money: str) -> None:
    rows = [{money: "5"}, {money: "5", "currency": "KRW"}, {}]
    assert found(program_rules.rules(tables(program_editions=rows))) == [
        ("program_editions.csv", 2, "currency", f"empty, but {money} is filled")
    ]


# --- programmes --------------------------------------------------------------


def test_windows_close_after_they_open() -> None:
    rows = [
        {"apply_open": "2024-03-02", "apply_close": "2024-03-01"},
        {"apply_open": "2024-03", "apply_close": "2024-03-01"},
    ]
    assert found(program_rules.rules(tables(program_editions=rows))) == [
        ("program_editions.csv", 2, "apply_close", "lies before apply_open (2024-03-02)")
    ]


def test_programme_that_is_its_own_parent() -> None:
    rows = [{"program_id": "a", "parent_program_id": "a"}]
    assert found(program_rules.rules(tables(programs=rows))) == [
        ("programs.csv", 2, "parent_program_id", "the row is above itself")
    ]


def count(key: str, primary: bool, **cells: str) -> Row:
    row = {"program_id": "p", "edition_year": "2021", "scope": "companies", "side": "supply"}
    flag = "true" if primary else "false"
    return row | {"cohort_id": key, "is_primary": flag, "stage": "poc"} | cells


@pytest.mark.parametrize(
    ("second", "clash"),
    [
        (count("b", True), True),
        (count("b", True, count="7", source_id="other"), True),
        (count("b", False), False),
        (count("b", True, stage="selected"), False),
        (count("b", True, program_id="q"), False),
        (count("b", True, edition_year="2022"), False),
        (count("b", True, scope="projects"), False),
        (count("b", True, side="demand"), False),
        (count("b", True, period_start="2020"), False),
        (count("b", True, is_cumulative="true"), False),
    ],
)
def test_one_primary_count_for_a_stage_of_a_series(second: Row, clash: bool) -> None:
    problems = cohort_rules.rules(tables(cohorts=[count("a", True), second]))
    expected = [("cohorts.csv", 3, "is_primary", "a is primary already")] if clash else []
    assert found(problems) == expected


def test_periods_in_order() -> None:
    rows = [count("a", False, period_start="2022", period_end="2021")]
    assert found(cohort_rules.rules(tables(cohorts=rows))) == [
        ("cohorts.csv", 2, "period_end", "lies before period_start (2022)")
    ]


# --- pilots ------------------------------------------------------------------

LADDER = [
    {"stage": "selected", "kind": "ladder", "rank": "4"},
    {"stage": "poc", "kind": "ladder", "rank": "5"},
    {"stage": "contract", "kind": "ladder", "rank": "10"},
    {"stage": "ended-without-adoption", "kind": "end", "rank": ""},
    {"stage": "jobs", "kind": "outcome", "rank": ""},
]


def pilot_tables(pilot: Row, reached: list[str], **rest: list[Row]) -> Tables:
    milestones = [
        {"pilot_id": "p", "stage": stage, "date": "2021", "date_basis": "event"}
        for stage in reached
    ]
    pilots = [{"pilot_id": "p", "country": "KR"} | pilot]
    return tables(pilots=pilots, milestones=milestones, stages=LADDER, **rest)


@pytest.mark.parametrize(
    ("stage", "reached", "reason"),
    [
        ("poc", ["selected", "poc"], None),
        ("contract", ["contract", "selected", "poc"], None),  # 10 is above 5, as a number
        ("poc", ["contract", "poc"], "the highest milestone is contract"),
        ("selected", ["selected", "poc"], "the highest milestone is poc"),
        ("contract", ["poc"], "the highest milestone is poc"),
        ("ended-without-adoption", ["poc", "ended-without-adoption"], None),
        ("poc", ["poc", "ended-without-adoption"], "the highest milestone is ended-without-"),
        ("contract", ["contract", "ended-without-adoption"], "the highest milestone is ended-"),
    ],
)
def test_stage_is_the_highest_milestone(stage: str, reached: list[str], reason: str | None) -> None:
    problems = found(pilot_rules.rules(pilot_tables({"stage": stage}, reached)))
    assert [p[:3] for p in problems] == ([("pilots.csv", 2, "stage")] if reason else [])
    assert all(p[3].startswith(str(reason)) for p in problems)


def test_a_pilot_has_a_milestone() -> None:
    assert found(pilot_rules.rules(pilot_tables({"stage": "poc"}, []))) == [
        ("pilots.csv", 2, "pilot_id", "has no milestone")
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"sido": "KR-11", "country": "KR"}, []),
        ({"sido": "", "country": "JP"}, []),
        ({"sido": "KR-11", "country": "JP"}, [("sido", "a province, but the country is JP")]),
        ({"start_date": "2021-05", "end_date": "2021-06"}, []),
        (
            {"start_date": "2021-05", "end_date": "2021-04"},
            [("end_date", "lies before start_date (2021-05)")],
        ),
        ({"public_support": "5", "public_support_kind": "amount", "currency": "KRW"}, []),
        (
            {"public_support": "5"},
            [
                ("public_support_kind", "empty, but public_support is filled"),
                ("currency", "empty, but public_support is filled"),
            ],
        ),
        ({"sido": "KR-11", "sigungu_code": "11110"}, []),
        (
            {"sido": "KR-26", "sigungu_code": "11110"},
            [("sigungu_code", "lies in KR-11, not in KR-26")],
        ),
        ({"sigungu_code": "11110"}, [("sigungu_code", "lies in KR-11, but sido is empty")]),
        ({"sido": "KR-26", "sigungu_code": "99999"}, []),  # the key check reports it
    ],
)
def test_cells_of_a_pilot_agree(cells: Row, expected: list[tuple[str, str]]) -> None:
    given_tables = pilot_tables(
        {"stage": "poc"} | cells,
        ["poc"],
        municipalities=[{"sigungu_code": "11110", "sido": "KR-11"}],
    )
    assert found(pilot_rules.rules(given_tables)) == [
        ("pilots.csv", 2, column, reason) for column, reason in expected
    ]


@pytest.mark.parametrize(
    ("date", "basis", "wrong"),
    [
        ("2021", "event", False),
        ("2021", "publication", False),
        ("", "none", False),
        ("", "event", True),
        ("2021", "none", True),
    ],
)
def test_date_and_its_basis_agree(date: str, basis: str, wrong: bool) -> None:
    rows = [{"pilot_id": "p", "stage": "poc", "date": date, "date_basis": basis}]
    problems = pilot_rules.rules(tables(milestones=rows, stages=LADDER))
    reason = "contradicts whether a date is given"
    assert found(problems) == ([("milestones.csv", 2, "date_basis", reason)] if wrong else [])


def test_an_outcome_is_no_milestone() -> None:
    rows = [{"pilot_id": "p", "stage": "jobs", "date": "2021", "date_basis": "event"}]
    assert found(pilot_rules.rules(tables(milestones=rows, stages=LADDER))) == [
        ("milestones.csv", 2, "stage", "is an outcome measure, not a stage")
    ]


@pytest.mark.parametrize(
    ("org", "testbed", "wrong"),
    [("o", "", False), ("", "t", False), ("", "", True), ("o", "t", True)],
)
def test_an_event_befalls_one_subject(org: str, testbed: str, wrong: bool) -> None:
    problems = pilot_rules.rules(tables(events=[{"org_id": org, "testbed_id": testbed}]))
    reason = "name one organisation or one testbed"
    assert found(problems) == ([("events.csv", 2, "org_id", reason)] if wrong else [])


# --- organisations and sources -----------------------------------------------


def test_roles_include_what_other_tables_show() -> None:
    given_tables = tables(
        organizations=[
            {"org_id": "a", "roles": "pilot-company;investee"},
            {"org_id": "b", "roles": "host"},
            {"org_id": "c", "roles": "investor"},
        ],
        pilots=[{"org_id": "a"}, {"org_id": "b"}],
        investments=[{"org_id": "a"}, {"org_id": "b"}],
        investment_investors=[{"investor_id": "c"}, {"investor_id": "a"}],
    )
    assert found(organization_rules.rules(given_tables)) == [
        ("organizations.csv", 2, "roles", "acts as investor, not listed"),
        ("organizations.csv", 3, "roles", "acts as pilot-company, not listed"),
        ("organizations.csv", 3, "roles", "acts as investee, not listed"),
    ]


def test_every_page_carries_a_fact() -> None:
    given_tables = tables(
        sources=[{"source_id": "s-1"}, {"source_id": "s-2"}, {"source_id": "s-3"}],
        pilots=[{"source_id": "s-1"}],
        indicators=[{"source_id": "s-3"}],
    )
    assert found(source_rules.rules(given_tables)) == [
        ("sources.csv", 3, "source_id", "no fact refers to this page")
    ]


# --- places ------------------------------------------------------------------


def test_districts_lie_in_the_province_of_their_city() -> None:
    rows = [
        {"sigungu_code": "41130", "sido": "KR-41"},
        {"sigungu_code": "41131", "sido": "KR-41", "parent_code": "41130"},
        {"sigungu_code": "41133", "sido": "KR-11", "parent_code": "41130"},
        {"sigungu_code": "41135", "sido": "KR-41", "parent_code": "41135"},
    ]
    assert found(region_rules.rules(tables(municipalities=rows))) == [
        ("municipalities.csv", 4, "sido", "its city 41130 is in KR-41"),
        ("municipalities.csv", 5, "parent_code", "the row is above itself"),
    ]


@pytest.mark.parametrize(
    ("sido", "lat", "lon", "reason"),
    [
        pytest.param("KR-11", "37.5665", "126.9780", None, id="Seoul City Hall"),
        pytest.param("KR-26", "35.1796", "129.0756", None, id="Busan City Hall"),
        pytest.param("KR-49", "33.4996", "126.5312", None, id="Jeju City"),
        pytest.param("KR-47", "37.4849", "130.9057", None, id="Ulleungdo, far out at sea"),
        pytest.param(
            *("KR-26", "37.5665", "126.9780"),
            "the point lies in KR-11, not in KR-26",
            id="another province",
        ),
        pytest.param(
            *("KR-41", "37.5665", "126.9780"),
            "the point lies in KR-11, not in KR-41",
            id="Seoul is no part of Gyeonggi around it",
        ),
        pytest.param(
            *("KR-26", "34.4", "129.3"),
            "the point lies in no province of Korea, not in KR-26",
            id="Tsushima",
        ),
        pytest.param("KR-26", "48.8566", "2.3522", None, id="the range check reports it"),
        pytest.param("KR-26", "north", "129.07", None, id="the type check reports it"),
        pytest.param("KR-99", "35.1796", "129.0756", None, id="the key check reports it"),
    ],
)
def test_points_lie_in_their_province(sido: str, lat: str, lon: str, reason: str | None) -> None:
    rows = [{"sido": sido, "lat": lat, "lon": lon}]
    expected = [("testbeds.csv", 2, "lat", reason)] if reason else []
    assert found(testbed_rules.rules(tables(testbeds=rows))) == expected


def test_a_quay_may_stand_just_off_the_simplified_coast() -> None:
    """One kilometre is forgiven, three are not."""
    shapes = provinces()
    lon, south = min(shapely.get_coordinates(shapes.shapes["KR-26"]), key=lambda point: point[1])
    assert shapes.at(lon, south - 0.005) is None
    assert shapes.near("KR-26", lon, south - 0.005)
    assert not shapes.near("KR-26", lon, south - 0.03)
    assert "KR-26" in shapes
    assert "KR-99" not in shapes


def test_a_point_just_across_the_border_is_in_the_other_province() -> None:
    """The tolerance is for the sea, not for the neighbour's land."""
    shapes = provinces()
    border = shapes.shapes["KR-11"].intersection(shapes.shapes["KR-41"])
    around = shapely.get_coordinates(border.interpolate(0.5, normalized=True).buffer(0.003))
    across = [(lon, lat) for lon, lat in around if shapes.at(lon, lat) == "KR-41"]
    assert across
    assert all(shapes.near("KR-41", lon, lat) for lon, lat in across)
    assert not any(shapes.near("KR-11", lon, lat) for lon, lat in across)


@pytest.mark.parametrize("content", [None, b"", b'{"features": [', b"\xff", b"{}"])
def test_unreadable_boundaries_are_a_finding(data_copy: Path, content: bytes | None) -> None:
    path = boundary_file("provinces")
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    problems = list(testbed_rules.rules(tables(testbeds=[{"sido": "KR-26"}])))
    (problem,) = problems
    assert str(problem).startswith("boundaries/provinces.geojson: not readable: ")


# --- all of them -------------------------------------------------------------


@pytest.fixture(scope="module")
def sound() -> Tables:
    return validated_tables(DATA)


@pytest.mark.parametrize("missing", TABLES)
def test_an_unreadable_table_causes_no_false_finding(sound: Tables, missing: str) -> None:
    readable = {name: frame for name, frame in sound.items() if name != missing}
    assert check_rules(readable, TABLES) == []


def test_rules_that_need_only_readable_tables_still_run(sound: Tables) -> None:
    readable = {name: frame for name, frame in sound.items() if name != "sources"}
    rows = readable["pilots"].copy()
    rows.loc[0, "stage"] = "exported"
    problems = check_rules(readable | {"pilots": rows}, TABLES)
    assert [(p.file, p.row, p.column) for p in problems] == [("pilots.csv", 2, "stage")]


def test_a_misspelt_table_in_a_rule_is_an_error_not_a_pass(
    sound: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a table that exists and could not be read excuses a rule."""
    assert not issubclass(KeyError, UnreadableTableError)
    monkeypatch.setattr(funding_rules, "rules", lambda tables: tables["fundings"])
    with pytest.raises(KeyError, match="fundings"):
        check_rules(sound, TABLES)


def test_hand_written_tables_have_the_columns_of_the_files() -> None:
    """The tables above are shaped as the loader shapes the real ones."""
    made = tables()
    for name, resource in committed().resources.items():
        frame, _ = read_text_table(DATA / resource.path, resource)
        assert list(made[name].columns) == list(frame.columns)


@given(st.lists(st.tuples(st.sampled_from(("", "2021", "2022-03")), st.sampled_from(("", "2021")))))
def test_a_rule_of_cells_finds_what_it_finds_row_by_row(cells: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(cells, columns=["start", "end"], dtype="object")
    frame["other"] = "x"
    frame["_row"] = range(2, len(cells) + 2)

    def rule(row: Mapping[str, str]) -> Iterator[Problem]:
        return dates_in_order("t.csv", row, "start", "end")

    expected = [problem for row in records(frame) for problem in rule(row)]
    assert list(of_cells(frame, ("start", "end"), rule)) == expected
