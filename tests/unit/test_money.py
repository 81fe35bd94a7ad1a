"""Public money: bases and currencies apart, and nothing counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.money import (
    BASES,
    Dimension,
    MoneyFilter,
    foreign_amounts,
    money_by,
    money_by_basis,
    money_per_head,
    money_rows,
    money_tree,
    planned_and_actual,
    sums_by_basis,
)
from analytics.names import all_rows
from analytics.places import Place, money_in, place_names
from loaders.engine import Runner
from loaders.package import package
from tests.unit.fixtures_small import Row, SmallTables, committed, small_run

CURRENCIES = ("KRW", "USD")


def rows(*given_rows: Row) -> pd.DataFrame:
    """Rows of the funding table, numbered, as the engine gives them."""
    numbered = [{"funding_id": f"f{n}", **row} for n, row in enumerate(given_rows)]
    return all_rows(small_run({"funding": numbered}), "funding")


def money(basis: str, amount: int, *, adds: bool = True, **other: object) -> Row:
    return {"basis": basis, "amount": amount, "currency": "KRW", "is_additive": adds, **other}


def cells(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Rows of a frame, unknown cells as None."""
    known = frame.astype(object).where(frame.notna(), None)
    return list(known.itertuples(index=False, name=None))


def test_worked_example() -> None:
    result = sums_by_basis(
        rows(
            money("awarded", 100, year=2021),
            money("awarded", 50, year=2022, year_end=2025),
            money("awarded", 150, adds=False, year=2019),  # the total of the two
            money("awarded", 7, currency="USD"),
            money("announced", 900, adds=False),
            money("budgeted", 0),
        )
    )
    assert cells(result.frame[["basis", "currency", "amount", "additive", "known"]]) == [
        ("announced", "KRW", None, 0, 1),  # nothing may be added: unknown and not zero
        ("budgeted", "KRW", 0, 1, 1),
        ("awarded", "KRW", 150, 2, 3),
        ("awarded", "USD", 7, 1, 1),
    ]
    shares = cells(result.frame[["share_of_known"]])
    assert shares == [(None,), (None,), (0.5,), (1,)]  # of 900, 0, 300 and 7
    assert (result.covered, result.total, result.unit) == (4, 6, "amounts")
    assert (result.first_year, result.last_year) == (2019, 2025)
    assert result.rows == {"funding": ("f0", "f1", "f2", "f3", "f4", "f5")}


def test_no_rows_no_sums() -> None:
    result = sums_by_basis(rows())
    assert result.frame.empty
    assert (result.covered, result.total, result.first_year) == (0, 0, None)


def test_the_bases_are_those_of_the_data_package() -> None:
    assert tuple(c.value for c in package()["funding"]["basis"].categories) == BASES


amounts = st.fixed_dictionaries(
    {
        "basis": st.sampled_from(BASES),
        "currency": st.sampled_from(CURRENCIES),
        "amount": st.integers(0, 10**13),
        "is_additive": st.booleans(),
        "year": st.sampled_from([None, 2020, 2024]),
    }
)


def summed(table: pd.DataFrame) -> dict[tuple[str, str], int]:
    frame = sums_by_basis(table).frame.dropna(subset="amount")
    return {(r.basis, r.currency): int(r.amount) for r in frame.itertuples()}


@settings(max_examples=20)
@given(st.lists(amounts, max_size=10), amounts)
def test_sums_are_of_additive_rows_of_one_basis_and_currency(drawn: list[Row], extra: Row) -> None:
    wanted: dict[tuple[str, str], int] = {}
    for row in drawn:
        if row["is_additive"]:
            key = (str(row["basis"]), str(row["currency"]))
            wanted[key] = wanted.get(key, 0) + int(str(row["amount"]))
    table = rows(*drawn)
    assert summed(table) == wanted
    assert summed(rows(*drawn, {**extra, "is_additive": False})) == wanted
    backwards = sums_by_basis(table.iloc[::-1]).frame
    pd.testing.assert_frame_equal(sums_by_basis(table).frame, backwards)


# --- filters, dimensions, plans and totals ------------------------------------------------

BUDGETS: SmallTables = {
    "programs": [
        {"program_id": "p", "name_en": "Pe", "name_ko": "피"},
        {"program_id": "track", "parent_program_id": "p"},
    ],
    "testbeds": [{"testbed_id": "t", "name_en": "Quay", "name_ko": "부두"}],
    "funding": [
        {"funding_id": number, "amount": amount, "basis": basis, "currency": "KRW",
         "is_smart_city": True, **other}
        for number, amount, basis, other in (
            ("total", 100, "announced", {"program_id": "p", "year": 2021, "year_end": 2023,
             "is_additive": True, "payer_level": "national"}),
            ("part", 60, "announced", {"program_id": "p", "year": 2021, "is_additive": False,
             "parent_funding_id": "total", "payer_level": "national"}),
            ("part-of-part", 20, "spent", {"program_id": "p", "year": 2021, "is_additive": True,
             "parent_funding_id": "part", "payer_level": "municipal", "sido": "KR-26"}),
            ("spot", 5, "awarded", {"testbed_id": "t", "year": 2022, "year_end": 2022,
             "is_additive": True, "payer_level": "municipal", "sido": "KR-26"}),
            ("dollars", 9, "awarded", {"testbed_id": "t", "year": 2022, "is_additive": True,
             "currency": "USD", "payer_level": "foreign"}),
            ("track-a", 30, "awarded", {"program_id": "track", "is_additive": False,
             "payer_level": "national"}),
            ("track-b", 40, "awarded", {"program_id": "track", "is_additive": False,
             "payer_level": "national"}),
            ("track-c", 11, "spent", {"program_id": "track", "is_additive": False,
             "payer_level": "national"}),
            ("general", 999, "awarded", {"is_additive": True, "is_smart_city": False,
             "payer_level": "national"}),
        )
    ],
}  # fmt: skip
RUN = small_run(BUDGETS)


def chosen_ids(**chosen: Any) -> set[str]:
    return set(money_rows(RUN, MoneyFilter(**chosen))["funding_id"])


def test_filters() -> None:
    urban = {"total", "part", "part-of-part", "spot", "dollars", "track-a", "track-b", "track-c"}
    assert chosen_ids() == urban
    assert chosen_ids(urban_only=False) == urban | {"general"}
    assert chosen_ids(sido=("KR-26",)) == {"part-of-part", "spot"}
    assert chosen_ids(payer_level=("municipal", "foreign")) == {"part-of-part", "spot", "dollars"}
    assert chosen_ids(program_id=("track",)) == {"track-a", "track-b", "track-c"}
    assert chosen_ids(program_id=("p",)) == urban - {"spot", "dollars"}
    assert chosen_ids(program_id=("p",), sido=("KR-26",)) == {"part-of-part"}
    assert chosen_ids(sido=("KR-11",)) == set()


def test_years_and_names_of_amounts() -> None:
    frame = money_rows(RUN, MoneyFilter()).set_index("funding_id")
    assert frame["year_code"].to_dict() == {
        "total": "several-years",
        "part": "2021",
        "part-of-part": "2021",
        "spot": "2022",  # ends in the year it begins
        "dollars": "2022",
        "track-a": "not-stated",
        "track-b": "not-stated",
        "track-c": "not-stated",
    }
    assert (frame.loc["part", "program_ko"], frame.loc["spot", "testbed_en"]) == ("피", "Quay")


def test_sums_by_a_dimension_are_of_one_currency() -> None:
    columns = ["basis", "code", "amount", "additive", "known"]
    by_payer = money_by(RUN, MoneyFilter(), "payer_level")
    assert cells(by_payer.frame[columns]) == [
        ("announced", "national", 100, 1, 2),
        ("awarded", "municipal", 5, 1, 1),  # without the dollars
        ("awarded", "national", None, 0, 2),
        ("spent", "municipal", 20, 1, 1),
        ("spent", "national", None, 0, 1),
    ]
    assert "dollars" not in by_payer.rows["funding"]
    assert (by_payer.covered, by_payer.total) == (3, 7)
    by_place = money_by(RUN, MoneyFilter(), "sido").frame
    assert cells(by_place[by_place["basis"] == "spent"][columns]) == [
        ("spent", "KR-26", 20, 1, 1),
        ("spent", "not-stated", None, 0, 1),
    ]


def test_plans_beside_actuals() -> None:
    result = planned_and_actual(RUN, MoneyFilter())
    columns = ["program_id", "year", "announced", "awarded", "spent"]
    # "part" is the only announced row of its item; two awarded rows that may not be added
    assert cells(result.frame[columns]) == [
        ("p", 2021, 60, None, 20),
        ("track", None, None, None, 11),
    ]
    assert result.rows["funding"] == ("part", "part-of-part", "track-a", "track-b", "track-c")
    assert (result.covered, result.total) == (5, 7)
    nothing = planned_and_actual(RUN, MoneyFilter(sido=("KR-11",)))
    assert nothing.frame.empty
    assert (nothing.covered, nothing.total) == (0, 0)


def test_totals_come_before_their_parts() -> None:
    result = money_tree(RUN, MoneyFilter())
    assert cells(result.frame[["funding_id", "depth"]]) == [
        ("total", 0),
        ("part", 1),
        ("part-of-part", 2),
    ]
    # a part whose total is filtered away begins a tree of its own, or is left out
    assert money_tree(RUN, MoneyFilter(sido=("KR-26",))).frame.empty


def test_money_by_basis_is_the_sum_of_the_filtered_rows() -> None:
    chosen = MoneyFilter(urban_only=False)
    pd.testing.assert_frame_equal(
        money_by_basis(RUN, chosen).frame, sums_by_basis(money_rows(RUN, chosen)).frame
    )


def test_money_per_resident_by_province() -> None:
    people = [
        ("old", "KR-26", 2020, 10),
        ("new", "KR-26", 2024, 4),
        ("seoul", "KR-11", 2024, 50),
        ("chungnam", "KR-44", 2024, 7),
    ]
    rows_there = [
        money("spent", 20, sido="KR-26"),
        money("spent", 30, sido="KR-11"),
        money("spent", 99, sido="KR-11", adds=False),
        money("spent", 500, sido="KR-11", currency="USD"),
        money("awarded", 1000, sido="KR-26"),
        money("spent", 70, sido="KR-44", adds=False),  # nothing may be added: left out
        money("spent", 8),  # names no province
    ]
    run = small_run(
        {
            "funding": [
                {**row, "funding_id": f"f{n}", "is_smart_city": True}
                for n, row in enumerate(rows_there)
            ],
            "population": [
                {"population_id": i, "sido": sido, "year": year, "population": number}
                for i, sido, year, number in people
            ],
        }
    )
    result = money_per_head(run, MoneyFilter(), "spent")
    columns = ["code", "amount", "population", "population_year", "per_head"]
    assert cells(result.frame[columns]) == [
        ("KR-26", 20, 4, 2024, 5),
        ("KR-11", 30, 50, 2024, 0.6),
    ]
    assert result.rows["funding"] == ("f0", "f1", "f2")
    assert result.covered == 2
    assert "old" not in result.rows["population"]


def test_foreign_amounts_are_won_only_at_a_rate_of_their_year() -> None:
    foreign = [
        money("spent", 10, currency="USD", year=2022),
        money("spent", 10, currency="USD", year=2023),  # no rate of that year
        money("spent", 10, currency="USD", year=2022, year_end=2024),
        money("spent", 10, currency="USD"),
        money("spent", 10, currency="GBP", year=2022),
        money("spent", 10, year=2022),
    ]
    run = small_run(
        {
            "funding": [
                {**row, "funding_id": f"f{n}", "is_smart_city": True}
                for n, row in enumerate(foreign)
            ],
            "exchange_rates": [
                {"rate_id": "r", "currency": "USD", "year": 2022, "krw_per_unit": 1292.5}
            ],
        }
    )
    result = foreign_amounts(run, MoneyFilter())
    assert cells(result.frame[["funding_id", "won"]]) == [
        ("f0", 12_925),
        ("f1", None),
        ("f2", None),
        ("f3", None),
        ("f4", None),
    ]
    assert (result.covered, result.total) == (1, 5)
    assert result.rows["exchange_rates"] == ("r",)


# --- the committed data ---------------------------------------------------------------


def counted_twice(ids: Iterable[str]) -> set[tuple[str, str]]:
    """Pairs of additive rows among ``ids`` of which one lies above the other on one basis."""
    table = committed("funding").set_index("funding_id")
    chosen = {i for i in ids if table.loc[i, "is_additive"] == "true"}
    pairs = set()
    for number in chosen:
        above = table.loc[number, "parent_funding_id"]
        while above:
            if above in chosen and table.loc[above, "basis"] == table.loc[number, "basis"]:
                pairs.add((number, above))
            above = table.loc[above, "parent_funding_id"]
    return pairs


def sums_from_files(ids: Iterable[str]) -> dict[tuple[str, str], int]:
    table = committed("funding").set_index("funding_id").loc[sorted(ids)]
    table = table[table["is_additive"] == "true"]
    grouped = table["amount"].map(int).groupby([table["basis"], table["currency"]]).sum()
    return {(str(b), str(c)): int(v) for (b, c), v in grouped.items()}


def test_no_committed_sum_holds_a_total_and_its_part(run: Runner) -> None:
    """All money, and the money of every place that has any."""
    everything = sums_by_basis(all_rows(run, "funding"))
    assert set(everything.rows["funding"]) == set(committed("funding")["funding_id"])
    assert counted_twice(everything.rows["funding"]) == set()
    assert summed(all_rows(run, "funding")) == sums_from_files(everything.rows["funding"])
    with_testbed = set(committed("testbeds")["sigungu_code"])
    of_programs = {c for cell in committed("programs")["sigungu_code"] for c in cell.split(";")}
    seen = 0
    for code in place_names(run)["code"]:
        if code.startswith("KR-") or code in with_testbed | of_programs:
            result = money_in(run, Place(code))
            ids = result.rows.get("funding", ())
            assert counted_twice(ids) == set()
            shown = result.frame.dropna(subset="amount")
            drawn = {(r.basis, r.currency): int(r.amount) for r in shown.itertuples()}
            assert drawn == sums_from_files(ids)
            seen += len(ids)
    assert seen > 100


@pytest.mark.parametrize("dimension", ["payer_level", "sido", "program_id", "year_code"])
def test_committed_sums_by_dimension(run: Runner, dimension: Dimension) -> None:
    everything = MoneyFilter(urban_only=False)
    result = money_by(run, everything, dimension)
    assert counted_twice(result.rows["funding"]) == set()
    by_basis = result.frame.groupby("basis")["amount"].sum()
    wanted = sums_from_files(result.rows["funding"])
    assert {(b, "KRW"): int(v) for b, v in by_basis.items() if v} == wanted
    table = money_rows(run, everything)
    table = table[table["currency"] == "KRW"].assign(
        code=lambda rows: rows[dimension].fillna("not-stated")
    )
    counted = table.groupby(["basis", "code"])["is_additive"].agg(["size", "sum"])
    shown = result.frame.set_index(["basis", "code"])[["known", "additive"]].sort_index()
    assert shown.to_numpy().tolist() == counted.sort_index().to_numpy().tolist()


def test_committed_plans_beside_actuals_add_nothing_twice(run: Runner) -> None:
    result = planned_and_actual(run, MoneyFilter(urban_only=False))
    assert counted_twice(result.rows["funding"]) == set()
    table = committed("funding").set_index("funding_id")
    for item in result.frame.itertuples():
        for basis in BASES:
            amount = getattr(item, basis)
            if pd.isna(amount):
                continue
            same = table[(table["basis"] == basis) & (table["currency"] == "KRW")]
            for column in ("program_id", "testbed_id", "year", "year_end"):
                value = getattr(item, column)
                text = "" if pd.isna(value) else str(value).removesuffix(".0")
                same = same[same[column] == text]
            additive = same[same["is_additive"] == "true"]
            wanted = additive if len(additive) else same
            assert amount == wanted["amount"].map(int).sum()
            assert len(additive) or len(same) == 1
