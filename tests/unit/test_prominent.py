"""Which facts are the most prominent, and how many publishers carry each, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.prominent import (
    COUNT,
    PILOT,
    PUBLIC_MONEY,
    ROUND,
    TAKEN,
    prominent_facts,
    publisher_of,
)
from loaders.engine import Runner
from tests.unit.fixtures_small import ENDED, Row, SmallTables, committed, small_run

PUBLISHERS = {
    "s1": "Daily",
    "s2": "Daily (News1)",  # another page of the same publisher
    "s3": "Weekly",
    "s4": "City Hall",
}


def _money(key: str, amount: float, **cells: object) -> Row:
    plain = {"basis": "awarded", "currency": "KRW", "is_additive": True, "is_smart_city": True}
    return {"funding_id": key, "amount": amount, "year": 2022, "source_id": "s1", **plain, **cells}


def _round(key: str, amount: float | None, **cells: object) -> Row:
    plain = {"org_id": "ace", "round": "series-a", "amount_kind": "equity-round", "date": "2022-05"}
    return {"investment_id": key, "amount": amount, "currency": "KRW", "source_id": "s1"} | {
        **plain, **cells
    }  # fmt: skip


def _pilot(key: str, stage: str, *steps: tuple[str, str | None, str]) -> tuple[Row, list[Row]]:
    pilot: Row = {
        "pilot_id": key,
        "org_id": "ace",
        "stage": stage,
        "source_id": "s1",
        "country": "KR",
    }
    rows: list[Row] = [
        {"milestone_id": f"{key}--{n}", "pilot_id": key, "stage": step, "date": date,
         "date_basis": "event" if date else "none", "source_id": page}
        for n, (step, date, page) in enumerate(steps)
    ]  # fmt: skip
    return pilot, rows


def _count(key: str, stage: str, count: float, **cells: object) -> Row:
    plain = {"program_id": "zones", "unit": "count", "is_primary": True, "period_end": 2022}
    return {"cohort_id": key, "stage": stage, "count": count, "source_id": "s1", **plain, **cells}


def _further(number: int, table: str, key: str, page: str, agrees: bool, column: str) -> Row:
    return {
        "fact_source_id": str(number),
        "table": table,
        "key": key,
        "source_id": page,
        "agrees": agrees,
        "column": column or None,
        "value_stated": None if agrees else "7",
    }


PILOTS = [
    _pilot("sold-old", "contract", ("selected", "2019", "s3"), ("contract", "2020-01", "s2")),
    _pilot("sold-new", "contract", ("contract", "2023-02", "s3")),
    _pilot("sold-undated", "contract", ("contract", None, "s1")),
    _pilot("abroad", "exported", ("exported", "2018", "s1")),
    _pilot("ended", ENDED, ("exported", "2017", "s1"), (ENDED, "2024", "s1")),
]
FACTS: SmallTables = {
    "sources": [
        {"source_id": s, "publisher_en": name, "publisher_ko": name, "url": f"https://{s}.example"}
        for s, name in PUBLISHERS.items()
    ],
    "organizations": [
        {"org_id": "ace", "name_en": "Ace", "name_ko": "에이스"},
        {"org_id": "bee", "name_en": "Bee", "name_ko": "비"},
    ],
    "programs": [{"program_id": "zones", "name_en": "Zones", "name_ko": "지구"}],
    "testbeds": [{"testbed_id": "bed", "name_en": "Bed", "name_ko": "베드"}],
    "exchange_rates": [
        {"rate_id": "usd--2022", "currency": "USD", "year": 2022, "krw_per_unit": 1000.0}
    ],
    "funding": [
        _money("small", 100, program_id="zones", testbed_id="bed"),
        _money("dollars", 5, currency="USD", testbed_id="bed"),  # 5,000 won
        _money("no-rate", 10**9, currency="USD", year=2019),
        _money("many-years", 10**9, currency="USD", year_end=2024),
        _money(
            "won-years", 3000, year=2020, year_end=2024, recipient_en="All", recipient_ko="모두"
        ),
        _money("part", 10**9, parent_funding_id="small"),
        _money("repeat", 10**9, is_additive=False),
        _money("general", 10**9, is_smart_city=False),
    ],
    "investments": [
        _round("r-won", 4000),
        _round("r-dollars", 5, currency="USD"),
        _round("r-hidden", None, amount_kind="undisclosed"),
        _round("r-old-shares", 10**9, amount_kind="secondary"),
        _round("r-undated-dollars", 10**9, currency="USD", date=None),
        _round("r-other", 10**9, org_id="bee"),  # a company without a pilot
    ],
    "pilots": [pilot for pilot, _ in PILOTS],
    "milestones": [step for _, steps in PILOTS for step in steps],
    "cohorts": [
        _count("few-contracts", "contract", 3),
        _count("many-contracts", "contract", 30),
        _count("one-export", "exported", 1),
        _count("not-primary", "exported", 99, is_primary=False),
        _count("firms-invested-in", "invested", 99),  # an outcome measure is no step
    ],
    "fact_sources": [
        _further(1, "funding", "small", "s3", True, "amount"),
        _further(2, "funding", "dollars", "s3", False, "amount"),
        _further(3, "funding", "won-years", "s2", True, ""),
        _further(4, "investments", "r-won", "s3", True, "date"),  # says nothing of the amount
        _further(5, "milestones", "sold-old--1", "s4", True, "stage"),
        _further(6, "milestones", "sold-old--0", "s3", True, "stage"),  # of a lower stage
        _further(7, "pilots", "abroad", "s3", True, "stage"),
        _further(8, "pilots", "abroad", "s4", False, "stage"),
        _further(9, "cohorts", "one-export", "s4", True, "count"),
    ],
}


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return prominent_facts(small_run(FACTS)).frame


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        (PUBLIC_MONEY, ["dollars", "won-years", "small"]),
        (ROUND, ["r-dollars", "r-won"]),
        (PILOT, ["abroad", "sold-new", "sold-old", "sold-undated"]),
        (COUNT, ["one-export", "many-contracts", "few-contracts"]),
    ],
)
def test_which_facts_and_in_which_order(found: pd.DataFrame, kind: str, keys: list[str]) -> None:
    assert list(found.loc[found["kind"] == kind, "key"]) == keys
    assert list(dict.fromkeys(found["kind"])) == list(TAKEN)


@pytest.mark.parametrize(
    ("key", "publishers", "further", "differing"),
    [
        ("small", 2, 1, 0),
        ("dollars", 1, 1, 1),  # a page that says something else does not support
        ("won-years", 1, 1, 0),  # two pages of one publisher
        ("r-won", 1, 0, 0),
        ("r-dollars", 1, 0, 0),
        ("sold-old", 2, 1, 0),  # s1 and s2 are of one publisher, s4 of another
        ("sold-new", 2, 0, 0),  # its milestone is from another page than the pilot
        ("sold-undated", 1, 0, 0),
        ("abroad", 2, 2, 1),
        ("one-export", 2, 1, 0),
    ],
)
def test_publishers_behind_a_fact(
    found: pd.DataFrame, key: str, publishers: int, further: int, differing: int
) -> None:
    row = found.set_index("key").loc[key]
    assert (row["publishers"], row["further"], row["differing"]) == (publishers, further, differing)


def test_what_a_fact_says(found: pd.DataFrame) -> None:
    rows = found.set_index("key")
    small, dollars, years = (rows.loc[k] for k in ("small", "dollars", "won-years"))
    assert (small["name_en"], small["profile"], small["profile_id"]) == (
        *("Zones", "program", "zones"),
    )
    assert (dollars["name_ko"], dollars["profile"], dollars["won"]) == ("베드", "testbed", 5000.0)
    assert (years["name_en"], years["profile"], years["date"]) == ("All", None, "several-years")
    assert (small["url"], small["further_url"]) == ("https://s1.example", "https://s3.example")
    assert dollars["further_url"] is None
    assert (rows.loc["abroad", "stage"], rows.loc["abroad", "date"]) == ("exported", "2018")
    assert rows.loc["r-won", ["name_en", "stage", "profile_id"]].tolist() == [
        *("Ace", "series-a", "ace"),
    ]
    assert (rows.loc["one-export", "count"], rows.loc["one-export", "date"]) == (1.0, "2022")


def test_facts_with_several_publishers_are_counted() -> None:
    result = prominent_facts(small_run(FACTS))
    # small, sold-old, sold-new, abroad, one-export
    assert (result.covered, result.total, result.unit) == (5, 12, "facts")
    assert result.rows["funding"] == ("dollars", "small", "won-years")


def test_no_more_than_the_rule_takes() -> None:
    many = [_money(f"f{n:02d}", n) for n in range(30)]
    listed = prominent_facts(small_run({**FACTS, "funding": many})).frame
    keys = listed.loc[listed["kind"] == PUBLIC_MONEY, "key"]
    assert list(keys) == [f"f{n:02d}" for n in range(29, 19, -1)]


def test_kinds_of_which_nothing_is_known_are_left_out() -> None:
    nothing: SmallTables = {"funding": [], "cohorts": [], "fact_sources": []}
    result = prominent_facts(small_run({**FACTS, **nothing}))
    assert set(result.frame["kind"]) == {ROUND, PILOT}
    assert result.covered == 1  # sold-new, by its milestone


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Daily", "Daily (News1)", True),
        ("The Daily", "the daily", True),
        ("Daily", "Weekly", False),
        ("(주)Daily", "Weekly", False),
    ],
)
def test_publishers_told_apart(one: str, other: str, same: bool) -> None:
    assert (publisher_of(one) == publisher_of(other)) is same


def test_the_committed_list_by_another_way(run: Runner) -> None:
    """Fifty facts; the largest of each kind picked with nothing but the files."""
    frame = prominent_facts(run).frame
    assert frame["kind"].value_counts().to_dict() == dict(TAKEN)
    money = committed("funding")
    money = money[(money["is_smart_city"] == "true") & (money["is_additive"] == "true")]
    money = money[(money["parent_funding_id"] == "") & (money["currency"] == "KRW")]
    largest = money["amount"].astype(float).max()
    assert frame.loc[frame["kind"] == PUBLIC_MONEY, "won"].max() >= largest
    ranks = committed("stages").set_index("stage")["rank"]
    pilots = committed("pilots")["stage"].map(ranks)
    highest = sorted((int(r) for r in pilots if r), reverse=True)[: TAKEN[PILOT]]
    chosen = frame.loc[frame["kind"] == PILOT, "stage"].map(ranks).astype(int)
    assert list(chosen) == highest
    assert (frame["publishers"] >= 1).all()
    assert (frame["differing"] <= frame["further"]).all()
