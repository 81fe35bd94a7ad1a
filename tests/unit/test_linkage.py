"""Pilots and investment rounds in time: worked examples, properties, and the committed data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.filters import PilotFilter
from analytics.linkage import (
    AFTER,
    BEFORE,
    NO_ROUND,
    NOT_STATED,
    OTHERS,
    SEVERAL,
    UNCLEAR,
    Origin,
    Outcome,
    companies,
    linkage_flows,
    linkage_steps,
    linked_companies,
    rounds,
)
from loaders.engine import Runner
from tests.unit.fixtures_small import ENDED, LADDER, Row, SmallTables, committed, small_run

EVERY = PilotFilter()
ORIGINS: tuple[Origin, ...] = ("sido", "program_id", "sector")
OUTCOMES: tuple[Outcome, ...] = ("round", "investor_kind")
NO_ROUND_AFTER = {BEFORE, UNCLEAR, NO_ROUND}
Fact = tuple[str, str]


def pilot(number: str, org: str, stage: str, **other: object) -> tuple[Row, Row]:
    """A pilot that started on 1 June 2020 and its milestone."""
    facts = {"pilot_id": number, "org_id": org, "start_date": "2020-06-01", **other}
    step = {"milestone_id": number, "pilot_id": number, "stage": stage, "date_basis": "none"}
    return facts, step


def bought(number: str, org: str, date: str | None, kind: str, **other: object) -> Row:
    """A round or another kind of deal."""
    return {"investment_id": number, "org_id": org, "date": date, "amount_kind": kind, **other}


def backed(investment: str, *investors: str) -> list[Row]:
    return [{"investment_id": investment, "investor_id": i, "is_lead": False} for i in investors]


@dataclass(frozen=True)
class Case:
    """A company's pilot facts (basis, date), the date of its round, and the right answer.

    The basis ``start`` is the start of a pilot, the others are those of milestones.
    """

    facts: tuple[Fact, ...]
    date: str | None
    relation: str
    days: tuple[int, int | None] | None = None


CASES = [
    # days are known on both sides
    Case((("event", "2021-05-10"),), "2021-05-11", AFTER, (1, 1)),
    Case((("event", "2021-05-10"),), "2022-05-10", AFTER, (365, 365)),
    Case((("event", "2021-05-10"),), "2021-05-10", UNCLEAR),
    Case((("event", "2021-05-10"),), "2021-05-09", BEFORE),
    Case((("start", "2021-05-10"),), "2021-05-11", AFTER, (1, 1)),
    # months: 31 May to 1 June; 1 May to 30 June
    Case((("event", "2021-05"),), "2021-06", AFTER, (1, 60)),
    Case((("event", "2021-05"),), "2021-05", UNCLEAR),
    Case((("event", "2021-05"),), "2021-05-31", UNCLEAR),
    Case((("event", "2021-05"),), "2021-04", BEFORE),
    # years: 31 Dec 2021 to 1 Jan 2022; 1 Jan 2021 to 31 Dec 2022
    Case((("event", "2021"),), "2022", AFTER, (1, 729)),
    Case((("event", "2021"),), "2021-12-31", UNCLEAR),
    Case((("event", "2021-12-31"),), "2021", UNCLEAR),
    Case((("event", "2021-01-01"),), "2021", UNCLEAR),
    Case((("start", "2021"),), "2020", BEFORE),
    # the date of a page is an upper bound of the fact's day
    Case((("publication", "2021-05-10"),), "2021-05-11", AFTER, (1, None)),
    Case((("publication", "2021-05-10"),), "2021-05-10", UNCLEAR),
    Case((("publication", "2021-05-10"),), "2015", UNCLEAR),
    # unknown days
    Case((), "2021-05-10", UNCLEAR),
    Case((("event", "2021-05-10"),), None, UNCLEAR),
    # the first of several facts counts
    Case((("event", "2022-01-01"), ("start", "2021-01-01")), "2021-06-01", AFTER, (151, 151)),
    Case((("event", "2022-01-01"), ("publication", "2021-01-01")), "2020-01-01", UNCLEAR),
    Case((("event", "2021-01-01"), ("publication", "2022-01-01")), "2021-01-11", AFTER, (10, 10)),
    # "2020" may lie before "2020-02", so January cannot be called earlier
    Case((("event", "2020-02"), ("start", "2020")), "2020-01-14", UNCLEAR),
    Case((("event", "2020-02"), ("start", "2020")), "2019-12", BEFORE),
    Case((("event", "2020-02"), ("start", "2020")), "2020-03-01", AFTER, (1, 60)),
    # the same day from a page and from an event
    Case((("publication", "2020-02-10"), ("event", "2020-02-10")), "2019", UNCLEAR),
]


@cache
def judged(order: int) -> pd.DataFrame:
    """All cases at once, one company each (x0, x1 …), facts forwards (1) or backwards (-1)."""
    pilots: list[Row] = []
    milestones: list[Row] = []
    for n, case in enumerate(CASES):
        pilots.append({"pilot_id": f"p{n}", "org_id": f"x{n}"})
        milestones.append(
            {"milestone_id": f"m{n}", "pilot_id": f"p{n}", "stage": "poc", "date_basis": "none"}
        )
        for i, (basis, day) in enumerate(case.facts):
            key = f"{n}.{i}"
            if basis == "start":
                pilots.append({"pilot_id": f"p{key}", "org_id": f"x{n}", "start_date": day})
            else:
                fact = {"milestone_id": f"m{key}", "pilot_id": f"p{n}", "stage": "selected"}
                milestones.append({**fact, "date": day, "date_basis": basis})
    tables: SmallTables = {
        "organizations": [{"org_id": f"x{n}"} for n in range(len(CASES))],
        "pilots": pilots[::order],
        "milestones": milestones[::order],
        "investments": [
            bought(f"i{n}", f"x{n}", case.date, "equity-round") for n, case in enumerate(CASES)
        ],
    }
    result = linked_companies(small_run(tables), EVERY)
    assert (result.covered, result.total, result.unit) == (len(CASES), len(CASES), "companies")
    return result.frame.set_index("org_id")


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("number", range(len(CASES)))
def test_place_of_a_round_in_time(number: int, order: int) -> None:
    case = CASES[number]
    row = judged(order).loc[f"x{number}"]
    assert row["relation"] == case.relation
    low, high = case.days or (None, None)
    for column, wanted in (("months_min", low), ("months_max", high)):
        if wanted is None:
            assert pd.isna(row[column])
        else:
            assert row[column] == pytest.approx(wanted / (365.25 / 12))


_PAIRS = [
    pilot("1", "a", "selected", sido="KR-11", sector="mobility", program_id="p"),
    pilot("2", "a", "contract", sido="KR-26", sector="safety", program_id="q"),
    pilot("3", "b", "poc", sido="KR-11", sector="mobility", program_id="p"),
    pilot("4", "b", "poc", sido="KR-26", sector="safety"),  # a tie: the first id counts
    pilot("5", "c", ENDED, sido="KR-11", sector="mobility"),
    pilot("6", "d", "exported", sector="mobility", program_id="r"),
    pilot("7", "e", "selected", sido="KR-26", sector="energy", program_id="p"),
    pilot("8", "f", "selected", sido="KR-11", sector="energy", program_id="q"),
    pilot("9", "g", "selected", sido="KR-44", sector="energy"),
]
STORY: SmallTables = {
    "organizations": [
        *({"org_id": o, "name_en": o.upper(), "name_ko": f"{o}사"} for o in "abcdefg"),
        {"org_id": "vc", "kind": "investor"},
        {"org_id": "vc2", "kind": "investor"},
        {"org_id": "maker", "kind": "enterprise"},
    ],
    "pilots": [p for p, _ in _PAIRS],
    "milestones": [m for _, m in _PAIRS],
    "programs": [{"program_id": p, "name_en": p, "name_ko": p} for p in "pqr"],
    "investments": [
        # a: the first round after counts, not the one before and not the later one
        bought("a1", "a", "2019", "equity-round", round="seed"),
        bought("a2", "a", "2021", "equity-round", round="series-a"),
        bought("a3", "a", "2022", "equity-round", round="series-b"),
        # b: only rounds before
        bought("b1", "b", "2018", "undisclosed", round="seed"),
        # c: one before and one unclear: unclear
        bought("c1", "c", "2018", "equity-round", round="seed"),
        bought("c2", "c", "2020", "cumulative-only", round="undisclosed"),
        # d: investors of two kinds
        bought("d1", "d", "2020-07", "ipo", round="ipo"),
        # e: money that is no round
        bought("e1", "e", "2021", "acquisition", round="strategic"),
        bought("e2", "e", "2021", "secondary", round="strategic"),
        bought("e3", "e", "2021", "asset-finance", round="undisclosed"),
        bought("e4", "e", "2021", "public-money", round="undisclosed"),
        # f: two investors of one kind
        bought("f1", "f", "2021-01-05", "strategic-listed", round="strategic"),
        # somebody who has no pilot
        bought("z1", "vc", "2021", "equity-round", round="seed"),
    ],
    "investment_investors": [*backed("d1", "vc", "maker"), *backed("f1", "vc2", "vc")],
}


def test_companies_are_described_by_their_furthest_pilot() -> None:
    frame = companies(small_run(STORY), EVERY).set_index("org_id")
    assert list(frame.index) == list("abcdefg")
    assert frame["pilot_id"].to_dict() == dict(zip("abcdefg", "2356789", strict=True))
    assert frame["reached"].to_dict() == {
        "a": "contract",
        "b": "poc",
        "c": ENDED,
        "d": "exported",
        "e": "selected",
        "f": "selected",
        "g": "selected",
    }
    assert list(frame["pilots"]) == [2, 2, 1, 1, 1, 1, 1]
    assert (frame.loc["a", "sido"], frame.loc["a", "company_ko"]) == ("KR-26", "a사")
    assert set(frame["first_latest"]) == {pd.Timestamp("2020-06-01")}


def test_rounds_are_money_from_investors_into_the_company() -> None:
    frame = rounds(small_run(STORY)).set_index("investment_id")
    assert set(frame.index) == {"a1", "a2", "a3", "b1", "c1", "c2", "d1", "f1", "z1"}
    assert frame.loc["d1", "investor_ids"] == ("maker", "vc")
    assert frame.loc["d1", "investor_kinds"] == ("enterprise", "investor")
    assert frame.loc["f1", "investor_ids"] == ("vc", "vc2")
    assert frame.loc["f1", "investor_kinds"] == ("investor",)
    assert frame.loc["a1", "investor_ids"] == ()


def test_each_round_of_a_pilot_company_is_listed_once() -> None:
    result = linked_companies(small_run(STORY), EVERY)
    relations = dict(zip(result.frame["investment_id"], result.frame["relation"], strict=True))
    assert relations == {
        "a1": BEFORE,
        "a2": AFTER,
        "a3": AFTER,
        "b1": BEFORE,
        "c1": BEFORE,
        "c2": UNCLEAR,
        "d1": AFTER,
        "f1": AFTER,
    }
    assert (result.covered, result.total) == (5, 7)
    assert result.rows["organizations"] == ("a", "b", "c", "d", "f")
    assert (result.first_year, result.last_year) == (2018, 2022)


def flows_of(result_frame: pd.DataFrame) -> dict[tuple[str, str, str], int]:
    return {
        (row.origin, row.reached, row.outcome): row.companies for row in result_frame.itertuples()
    }


def test_flows_by_round() -> None:
    result = linkage_flows(small_run(STORY), EVERY, "sido", "round")
    assert flows_of(result.frame) == {
        ("KR-26", "contract", "series-a"): 1,  # a
        ("KR-11", "poc", BEFORE): 1,  # b
        ("KR-11", ENDED, UNCLEAR): 1,  # c
        (NOT_STATED, "exported", "ipo"): 1,  # d
        ("KR-26", "selected", NO_ROUND): 1,  # e
        ("KR-11", "selected", "strategic"): 1,  # f
        ("KR-44", "selected", NO_ROUND): 1,  # g
    }
    assert (result.covered, result.total, result.unit) == (3, 7, "companies")
    assert (result.first_year, result.last_year) == (2018, 2022)


def test_flows_by_kind_of_investor() -> None:
    frame = linkage_flows(small_run(STORY), EVERY, "sector", "investor_kind").frame
    assert Counter({k[2]: 0 for k in flows_of(frame)}).keys() == {
        NOT_STATED,
        BEFORE,
        UNCLEAR,
        SEVERAL,
        NO_ROUND,
        "investor",
    }
    assert flows_of(frame)[("safety", "contract", NOT_STATED)] == 1  # a: nobody is named
    assert flows_of(frame)[("mobility", "exported", SEVERAL)] == 1  # d
    assert flows_of(frame)[("energy", "selected", "investor")] == 1  # f
    assert flows_of(frame)[("energy", "selected", NO_ROUND)] == 2  # e, g


def test_only_the_largest_origins_keep_their_name() -> None:
    """Origins: KR-11 three (b, c, f), KR-26 two (a, e), KR-44 one (g), one not stated (d)."""
    run = small_run(STORY)

    def sizes(top: int) -> dict[str, int]:
        frame = linkage_flows(run, EVERY, "sido", "round", top).frame
        return dict(frame.groupby("origin")["companies"].sum())

    assert sizes(2) == {"KR-11": 3, "KR-26": 2, OTHERS: 1, NOT_STATED: 1}
    assert sizes(1) == {"KR-11": 3, OTHERS: 3, NOT_STATED: 1}
    assert sizes(3) == {"KR-11": 3, "KR-26": 2, "KR-44": 1, NOT_STATED: 1}
    assert linkage_flows(run, EVERY, "sido", "round", 1).total == 7


def test_equal_origins_are_kept_by_code() -> None:
    frame = linkage_flows(small_run(STORY), EVERY, "program_id", "round", 1).frame
    # two companies come from p (b and e), two from q (a and f), one from r (d)
    assert set(frame["origin"]) == {"p", OTHERS, NOT_STATED}


def test_a_filter_looks_at_the_chosen_pilots_only() -> None:
    run = small_run(STORY)
    mine = companies(run, PilotFilter(sido=("KR-11",))).set_index("org_id")
    assert mine["reached"].to_dict() == {"a": "selected", "b": "poc", "c": ENDED, "f": "selected"}
    nobody = linkage_flows(run, PilotFilter(sido=("KR-99",)), "sido", "round")
    assert nobody.frame.empty
    assert (nobody.covered, nobody.total) == (0, 0)


def test_without_any_round_all_stand_under_none_known() -> None:
    tables = {**STORY, "investments": [], "investment_investors": []}
    result = linkage_flows(small_run(tables), EVERY, "sector", "investor_kind")
    assert set(result.frame["outcome"]) == {NO_ROUND}
    assert result.frame["companies"].sum() == result.total == 7


# --- properties ---------------------------------------------------------------------

dates = st.sampled_from([None, "2019", "2020", "2020-05", "2020-06", "2020-06-01", "2021-02-03"])
drawn_pilots = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from([None, "KR-11", "KR-26", "KR-44"]),
        st.sampled_from([*LADDER, ENDED]),
        dates,
        dates,
        st.sampled_from(["event", "publication"]),
    ),
    min_size=1,
    max_size=10,
)
drawn_rounds = st.lists(
    st.tuples(
        st.sampled_from("abcde"),
        dates,
        st.sampled_from(["equity-round", "undisclosed", "acquisition"]),
        st.sets(st.sampled_from(["vc", "vc2", "maker"])),
    ),
    max_size=8,
)


def drawn_tables(
    pilots: list[tuple[str, str | None, str, str | None, str | None, str]],
    deals: list[tuple[str, str | None, str, set[str]]],
    order: int = 1,
) -> SmallTables:
    """Tables of drawn rows, forwards (1) or backwards (-1)."""
    companies_and_investors: list[Row] = [
        *({"org_id": o} for o in "abcde"),
        *STORY["organizations"][-3:],
    ]
    tables: dict[str, list[Row]] = {
        "organizations": companies_and_investors,
        "pilots": [
            {"pilot_id": f"p{n}", "org_id": org, "sido": sido, "start_date": start}
            for n, (org, sido, _, start, _, _) in enumerate(pilots)
        ],
        "milestones": [
            {
                "milestone_id": f"m{n}",
                "pilot_id": f"p{n}",
                "stage": stage,
                "date": day,
                "date_basis": basis if day else "none",
            }
            for n, (_, _, stage, _, day, basis) in enumerate(pilots)
        ],
        "investments": [
            bought(f"i{n}", org, day, kind, round="seed")
            for n, (org, day, kind, _) in enumerate(deals)
        ],
        "investment_investors": [
            row for n, deal in enumerate(deals) for row in backed(f"i{n}", *sorted(deal[3]))
        ],
    }
    return {name: rows[::order] for name, rows in tables.items()}


@settings(max_examples=15)
@given(drawn_pilots, drawn_rounds, st.integers(0, 3), st.sampled_from(OUTCOMES))
def test_flows_keep_every_company_once_in_any_order_of_rows(
    pilots: list[tuple[str, str | None, str, str | None, str | None, str]],
    deals: list[tuple[str, str | None, str, set[str]]],
    top: int,
    outcome: Outcome,
) -> None:
    run = small_run(drawn_tables(pilots, deals))
    result = linkage_flows(run, EVERY, "sido", outcome, top)
    people = len({org for org, *_ in pilots})
    assert result.frame["companies"].sum() == result.total == people
    assert (result.frame["companies"] > 0).all()
    after = result.frame[~result.frame["outcome"].isin(NO_ROUND_AFTER)]
    assert after["companies"].sum() == result.covered
    assert len(set(result.frame["origin"]) - {OTHERS, NOT_STATED}) <= top
    again = linkage_flows(small_run(drawn_tables(pilots, deals, -1)), EVERY, "sido", outcome, top)
    pd.testing.assert_frame_equal(result.frame, again.frame)


@settings(max_examples=15)
@given(drawn_pilots, drawn_rounds)
def test_no_round_is_both_before_and_after(
    pilots: list[tuple[str, str | None, str, str | None, str | None, str]],
    deals: list[tuple[str, str | None, str, set[str]]],
) -> None:
    run = small_run(drawn_tables(pilots, deals))
    frame = linked_companies(run, EVERY).frame
    after = frame[frame["relation"] == AFTER]
    assert (after["months_min"] > 0).all()
    spanned = after.dropna(subset="months_max")
    assert (spanned["months_min"] <= spanned["months_max"]).all()
    assert frame.loc[frame["relation"] != AFTER, ["months_min", "months_max"]].isna().all(axis=None)
    before = frame[frame["relation"] == BEFORE]
    assert (before["date_latest"] < before["first_earliest"]).all()


# --- the committed data -----------------------------------------------------------------


def test_committed_flows_hold_every_pilot_company_once(run: Runner) -> None:
    people = committed("pilots")["org_id"].nunique()
    funded = set()
    for origin, outcome in product(ORIGINS, OUTCOMES):
        result = linkage_flows(run, EVERY, origin, outcome)
        assert result.frame["companies"].sum() == result.total == people
        after = result.frame[~result.frame["outcome"].isin(NO_ROUND_AFTER)]
        assert after["companies"].sum() == result.covered
        named = set(result.frame["origin"]) - {OTHERS, NOT_STATED}
        assert named <= set(committed("pilots")[origin])
        assert len(named) <= 8
        funded.add(result.covered)
    assert len(funded) == 1


def test_committed_origins_and_stages_are_those_of_the_furthest_pilot(run: Runner) -> None:
    """Counted from the files: a company's pilot with the highest milestone, then lowest id."""
    best: dict[str, int] = {}
    for row in committed("milestones").itertuples():
        if row.stage in LADDER:
            best[row.pilot_id] = max(best.get(row.pilot_id, -1), LADDER.index(row.stage))
    furthest: dict[str, tuple[int, str]] = {}
    pilots = committed("pilots").set_index("pilot_id")
    for number, row in pilots.iterrows():
        candidate = (-best.get(str(number), -1), str(number))
        furthest[row["org_id"]] = min(furthest.get(row["org_id"], candidate), candidate)
    sectors = Counter(pilots.loc[number, "sector"] for _, number in furthest.values())
    stages = Counter(LADDER[-rank] if rank < 1 else ENDED for rank, _ in furthest.values())
    frame = linkage_flows(run, EVERY, "sector", "round", top=99).frame
    assert frame.groupby("origin")["companies"].sum().to_dict() == dict(sectors)
    assert frame.groupby("reached")["companies"].sum().to_dict() == dict(stages)


def test_linkage_steps_are_those_of_the_rounds(run: Runner) -> None:
    steps = linkage_steps(run, PilotFilter())
    rounds = linked_companies(run, PilotFilter())
    after = rounds.frame[rounds.frame["relation"] == "after"]
    counts = dict(zip(steps.frame["step"], steps.frame["companies"], strict=True))
    assert counts == {
        "companies": rounds.total,
        "with-round": rounds.frame["org_id"].nunique(),
        "after": after["org_id"].nunique(),
    }
    assert (steps.covered, steps.total) == (counts["after"], counts["companies"])
