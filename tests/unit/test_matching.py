"""Ranking by hand on a small market, and what must hold for every need."""

from __future__ import annotations

from datetime import date
from typing import cast

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.matching import (
    HOST_WEIGHTS,
    MAX_WEIGHT,
    PROGRAM_WEIGHTS,
    TECHNOLOGY_WEIGHTS,
    WHERE,
    HostNeed,
    Ranking,
    StartupNeed,
    Weights,
    Where,
    enough,
    hosts_for,
    market,
    programs_for,
    technologies_for,
    weights_from,
)
from loaders.engine import Runner
from tests.unit.fixtures_small import LADDER, committed, small_run

TODAY = date(2026, 4, 10)
PROGRAMS = weights_from(PROGRAM_WEIGHTS, {})
HOSTS = weights_from(HOST_WEIGHTS, {})
TECHNOLOGIES = weights_from(TECHNOLOGY_WEIGHTS, {})


def program(name: str, **more: object) -> dict[str, object]:
    return {
        "program_id": name,
        "name_ko": name,
        "name_en": name,
        "kind": "public-poc",
        "country": "KR",
        "is_smart_city": True,
        **more,
    }


def edition(program_id: str, year: str, **more: object) -> dict[str, object]:
    return {
        "edition_id": f"{program_id}--{year}",
        "program_id": program_id,
        "edition_year": year,
        **more,
    }


def pilot(name: str, org: str, sector: str, **more: object) -> dict[str, object]:
    return {
        "pilot_id": name,
        "org_id": org,
        "sector": sector,
        "country": "KR",
        "technology_en": f"{org} technology",
        "technology_ko": f"{org} 기술",
        **more,
    }


def steps(**reached: str) -> list[dict[str, object]]:
    return [{"milestone_id": p, "pilot_id": p, "stage": s} for p, s in reached.items()]


def org(name: str, kind: str, sido: str | None = None) -> dict[str, object]:
    return {"org_id": name, "name_ko": name, "name_en": name, "kind": kind, "sido": sido}


RUN = small_run(
    {
        "regions": [
            {"sido": "KR-11", "short_en": "Seoul", "short_ko": "서울", "is_capital_area": True},
            {"sido": "KR-26", "short_en": "Busan", "short_ko": "부산", "is_capital_area": False},
            {"sido": "KR-50", "short_en": "Sejong", "short_ko": "세종", "is_capital_area": False},
        ],
        "programs": [
            program(
                "busan-robots",
                sido="KR-26",
                sectors="robotics",
                stages_supported="poc;field-demo",
            ),
            program("seoul-robots", sido="KR-11", sectors="robotics", stages_supported="poc"),
            program("nationwide", stages_supported="poc", international_ok="yes"),
            program("abroad", country="US", sectors="robotics", stages_supported="export"),
            program("young", sido="KR-26", sectors="health"),
        ],
        "program_editions": [
            edition("busan-robots", "2026", apply_open="2026-04-01", apply_close="2026-06-01"),
            edition("seoul-robots", "2024"),
            # usually opens in June, within the three months after April
            edition("nationwide", "2023", apply_open="2023-06-01", apply_close="2023-07-01"),
            edition("nationwide", "2022", apply_open="2022-06-09", apply_close="2022-06-30"),
            edition("young", "2026", max_company_age_years=3),
        ],
        "cohorts": [
            {
                "cohort_id": "c",
                "program_id": "seoul-robots",
                "stage": "selected",
                "count": 4,
                "unit": "count",
                "scope": "companies",
                "side": "supply",
                "is_primary": True,
                "is_cumulative": False,
                "edition_year": "2024",
                "period_end": 2024,
            }
        ],
        "organizations": [
            org("busan-port", "public-corporation", "KR-26"),
            org("seoul-metro", "public-corporation", "KR-11"),
            org("sejong", "government", "KR-50"),
            org("new-york", "government"),
            org("r", "startup", "KR-26"),
            org("m", "startup", "KR-11"),
            org("x", "startup"),
        ],
        "pilots": [
            pilot(
                "r1",
                "r",
                "robotics",
                stage="contract",
                program_id="busan-robots",
                host_org_id="busan-port",
                host_name_en="Busan Port",
                sido="KR-26",
            ),
            pilot(
                "r2",
                "r",
                "robotics",
                program_id="seoul-robots",
                host_org_id="seoul-metro",
                host_name_en="Seoul Metro",
                sido="KR-11",
            ),
            pilot(
                "m1",
                "m",
                "mobility",
                program_id="seoul-robots",
                host_org_id="sejong",
                host_name_en="Sejong City",
                sido="KR-50",
            ),
            pilot("x1", "x", "robotics", country="US", host_org_id="new-york"),
        ],
        "milestones": steps(r1="contract", r2="poc", m1="field-demo", x1="ended-without-adoption"),
    }
)


MARKET = market(RUN, TODAY)


def parts(ranking: Ranking, key: str, row: str) -> dict[str, float]:
    line = ranking.result.frame.set_index(key).loc[row]
    return {str(c)[5:]: float(line[c]) for c in line.index if str(c).startswith("part_")}


def order(ranking: Ranking, key: str) -> list[str]:
    return list(ranking.result.frame[key])


def out(ranking: Ranking) -> list[tuple[str, int, int]]:
    return [tuple(row) for row in ranking.left_out.to_numpy().tolist()]


NEED = StartupNeed(sector="robotics", age=6, need="poc", where="outside-capital")


def test_robotics_startup_of_six_years_outside_the_capital() -> None:
    """The sum of every line, added up by hand."""
    found = programs_for(MARKET, NEED, PROGRAMS)
    assert order(found, "program_id") == ["busan-robots", "nationwide"]
    assert parts(found, "program_id", "busan-robots") == pytest.approx(
        {
            "sector": 3,  # robotics is named
            "support": 3,  # PoC is named
            "similar": 2 / 3,  # one of three pilots
            "further": 2 / 3,  # which reached a contract
            "recent": 2,  # edition of this year
            "outcomes": 0,
            "window": 2,  # open today
            "near": 2,  # Busan is outside the capital area
        }
    )
    assert parts(found, "program_id", "nationwide") == pytest.approx(
        {
            "sector": 1.5,  # none named: half
            "support": 3,
            "similar": 0,
            "further": 0,
            "recent": 0,  # 2023 is three years ago
            "outcomes": 0,
            "window": 1,  # usual in June: half
            "near": 0,  # names no province
        }
    )
    scores = list(found.result.frame["score"])
    assert scores == pytest.approx([13 + 1 / 3, 5.5], abs=1e-5)


def test_left_out_by_each_criterion() -> None:
    """Seoul and the programme abroad are elsewhere; only `young` states a limit."""
    found = programs_for(MARKET, NEED, PROGRAMS)
    assert found.considered == 5
    assert out(found) == [("place", 2, 2), ("age", 1, 1)]
    assert (found.result.covered, found.result.total) == (2, 5)


def test_no_match_names_the_criterion_that_excludes_most() -> None:
    need = StartupNeed(province="KR-50", where="home", foreign=True, age=9)
    found = programs_for(MARKET, need, PROGRAMS)
    # nationwide names no province and is open to foreign firms: it stays
    assert order(found, "program_id") == ["nationwide"]
    assert out(found) == [("foreign", 4, 0), ("place", 4, 0), ("age", 1, 0)]


def test_unknown_never_excludes() -> None:
    """No limit stated and no province named: both stay in, whatever is asked."""
    need = StartupNeed(age=49, province="KR-11", where="home")
    assert order(programs_for(MARKET, need, PROGRAMS), "program_id") == [
        "seoul-robots",
        "nationwide",
    ]


def test_home_is_nearer_than_anywhere_else() -> None:
    need = StartupNeed(province="KR-11")
    found = programs_for(MARKET, need, PROGRAMS)
    near = found.result.frame.set_index("program_id")["part_near"]
    assert dict(near[near > 0]) == {"seoul-robots": 2}
    assert out(found) == []


def test_where_home_without_a_home_leaves_nothing_out() -> None:
    found = programs_for(MARKET, StartupNeed(where="home"), PROGRAMS)
    assert (len(found.result.frame), out(found)) == (5, [])


def test_beyond_the_startups_own_stage() -> None:
    """Without a stage a field demonstration counts as further; with one, only what is beyond."""
    frame = programs_for(MARKET, StartupNeed(), PROGRAMS).result.frame
    assert frame.set_index("program_id").loc["seoul-robots", "further"] == 1
    beyond = programs_for(MARKET, StartupNeed(stage="field-demo"), PROGRAMS).result.frame
    further = beyond.set_index("program_id")["further"]
    assert (further["seoul-robots"], further["busan-robots"]) == (0, 1)


def test_hosts_with_reasons_in_numbers() -> None:
    found = hosts_for(MARKET, NEED, HOSTS)
    # Seoul is in the capital area, New York abroad; Sejong had no robotics pilot
    assert order(found, "org_id") == ["busan-port", "sejong"]
    assert out(found) == [("place", 2, 2)]
    port = found.result.frame.iloc[0]
    assert (port["similar"], port["further"], port["sold"], port["matching"]) == (1, 1, 1, 1)
    assert (port["program_id"], port["status"]) == ("busan-robots", "open")
    assert parts(found, "org_id", "busan-port") == pytest.approx(
        {"support": 1, "similar": 2 / 3, "further": 2 / 3, "window": 2, "near": 2}
    )
    assert parts(found, "org_id", "sejong") == pytest.approx(
        {"support": 0, "similar": 0, "further": 0, "window": 0, "near": 2}
    )


def test_technologies_nearest_and_furthest_first() -> None:
    need = HostNeed(province="KR-26", host_kind="public-corporation")
    found = technologies_for(MARKET, need, TECHNOLOGIES)
    assert order(found, "technology_id") == ["r.robotics", "m.mobility", "x.robotics"]
    # contract is step 9, selected 4, exported 11: 5/7 of the way
    assert parts(found, "technology_id", "r.robotics") == pytest.approx(
        {"near": 3, "furthest": 3 * 5 / 7, "comparable": 2 * 2 / 3, "repeated": 2 / 3}, abs=1e-5
    )
    assert parts(found, "technology_id", "m.mobility") == pytest.approx(
        {"near": 0, "furthest": 3 * 3 / 7, "comparable": 0, "repeated": 1 / 3}, abs=1e-5
    )
    lead = found.result.frame.iloc[0]
    assert (lead["stage"], lead["host_name_en"], lead["pilots"]) == ("contract", "Busan Port", 2)
    assert found.result.frame.iloc[2]["ended"] == 1


def test_a_company_at_home_counts_half_as_near() -> None:
    found = technologies_for(MARKET, HostNeed(province="KR-11"), TECHNOLOGIES)
    near = found.result.frame.set_index("technology_id")["part_near"]
    assert (near["r.robotics"], near["m.mobility"], near["x.robotics"]) == (3, 1.5, 0)


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        (HostNeed(sector="mobility"), ["m.mobility"]),
        (HostNeed(at_least="field-demo"), ["r.robotics", "m.mobility"]),
        (HostNeed(at_least="exported"), []),
        (HostNeed(words="BUSAN port"), ["r.robotics"]),
        (HostNeed(words="기 술 r"), ["r.robotics"]),
        (HostNeed(words="busan sejong"), []),  # all words, in one technology
        (HostNeed(words="   "), ["r.robotics", "m.mobility", "x.robotics"]),
    ],
)
def test_hard_criteria_of_hosts(need: HostNeed, expected: list[str]) -> None:
    found = technologies_for(MARKET, need, TECHNOLOGIES)
    assert order(found, "technology_id") == expected


def test_contradiction_is_explained() -> None:
    """Mobility has not gone to market, so each criterion says what it costs."""
    need = HostNeed(sector="mobility", at_least="contract")
    found = technologies_for(MARKET, need, TECHNOLOGIES)
    assert found.result.frame.empty
    assert out(found) == [("at_least", 2, 1), ("sector", 2, 1)]


def test_a_weight_of_zero_takes_the_part_out() -> None:
    weights = weights_from(PROGRAM_WEIGHTS, dict.fromkeys(PROGRAM_WEIGHTS, 0))
    found = programs_for(MARKET, StartupNeed(), weights)
    assert set(found.result.frame["score"]) == {0}
    # all equal: the order of the ids
    assert order(found, "program_id") == sorted(order(found, "program_id"))


def test_empty_market_is_no_error() -> None:
    empty = market(small_run({}), TODAY)
    assert programs_for(empty, NEED, PROGRAMS).considered == 0
    assert hosts_for(empty, NEED, HOSTS).considered == 0
    assert technologies_for(empty, HostNeed(words="x"), TECHNOLOGIES).considered == 0


def test_empty_needs_say_so() -> None:
    assert StartupNeed().is_empty
    assert HostNeed().is_empty
    assert not StartupNeed(age=0).is_empty
    assert not HostNeed(words="x").is_empty


@pytest.mark.parametrize(("count", "share"), [(0, 0), (1, 1 / 3), (2, 2 / 3), (3, 1), (400, 1)])
def test_more_than_three_pilots_add_nothing(count: int, share: float) -> None:
    assert enough(count) == pytest.approx(share)


SECTORS = ["", "robotics", "mobility", "health", "education"]
PLACES = ["", "KR-11", "KR-26", "KR-50"]
needs = st.builds(
    StartupNeed,
    sector=st.sampled_from(SECTORS),
    stage=st.sampled_from(["", *LADDER]),
    age=st.one_of(st.none(), st.integers(0, 50)),
    province=st.sampled_from(PLACES),
    need=st.sampled_from(["", "matching", "poc", "field-demo", "investment", "export"]),
    where=st.sampled_from(WHERE),
    foreign=st.booleans(),
)
host_needs = st.builds(
    HostNeed,
    sector=st.sampled_from(SECTORS),
    at_least=st.sampled_from(["", *LADDER]),
    province=st.sampled_from(PLACES),
    host_kind=st.sampled_from(["", "government", "public-corporation"]),
    words=st.sampled_from(["", "r", "busan", "zzz"]),
)


def some(defaults: dict[str, int]) -> st.SearchStrategy[Weights]:
    chosen = st.fixed_dictionaries({part: st.integers(0, MAX_WEIGHT) for part in defaults})
    return chosen.map(lambda values: weights_from(defaults, values))


def check(ranking: Ranking, weights: Weights, key: str) -> None:
    """A score is the sum of its shown parts, each within its weight; order is by score, then id."""
    frame = ranking.result.frame
    columns = [f"part_{part}" for part, _ in weights]
    for part, weight in weights:
        assert frame[f"part_{part}"].between(0, weight).all()
    assert frame["score"].to_numpy() == pytest.approx(
        frame[columns].sum(axis=1).to_numpy(dtype=float), abs=1e-5
    )
    lines = list(zip(-frame["score"], frame[key], strict=True))
    assert lines == sorted(lines)
    dropped = ranking.considered - len(frame)
    counts = ranking.left_out
    assert counts["alone"].sum() <= dropped <= counts["excluded"].sum()
    assert (counts["excluded"] <= dropped).all()
    assert list(counts["excluded"]) == sorted(counts["excluded"], reverse=True)


@settings(max_examples=60)
@given(need=needs, weights=some(PROGRAM_WEIGHTS))
def test_every_programme_ranking_holds(need: StartupNeed, weights: Weights) -> None:
    check(programs_for(MARKET, need, weights), weights, "program_id")


@settings(max_examples=60)
@given(need=needs, weights=some(HOST_WEIGHTS))
def test_every_host_ranking_holds(need: StartupNeed, weights: Weights) -> None:
    check(hosts_for(MARKET, need, weights), weights, "org_id")


@settings(max_examples=60)
@given(need=host_needs, weights=some(TECHNOLOGY_WEIGHTS))
def test_every_technology_ranking_holds(need: HostNeed, weights: Weights) -> None:
    ranking = technologies_for(MARKET, need, weights)
    if len(ranking.result.frame):
        check(ranking, weights, "technology_id")


@settings(max_examples=40)
@given(need=needs)
def test_a_hard_criterion_only_takes_away(need: StartupNeed) -> None:
    """Without its criteria, a need keeps all that it kept with them."""
    kept = set(order(programs_for(MARKET, need, PROGRAMS), "program_id"))
    free = StartupNeed(need.sector, need.stage, None, need.province, need.need)
    everything = set(order(programs_for(MARKET, free, PROGRAMS), "program_id"))
    assert kept <= everything
    assert len(everything) == 5


@pytest.mark.parametrize("where", WHERE)
def test_committed_programmes_left_out_by_place(run: Runner, where: str) -> None:
    """Counted again from the files."""
    frame = committed("programs")
    regions = committed("regions")
    outside = set(regions[regions["is_capital_area"] == "false"]["sido"])
    wanted = {"anywhere": None, "home": {"KR-26"}, "outside-capital": outside}[where]

    def kept(row: pd.Series) -> bool:
        if wanted is None:
            return True
        named = set(row["sido"].split(";")) - {""}
        return bool(named & wanted) if named else "KR" in row["country"].split(";")

    need = StartupNeed(province="KR-26", where=cast(Where, where))
    found = programs_for(market(run, TODAY), need, PROGRAMS)
    expected = {row["program_id"] for _, row in frame.iterrows() if kept(row)}
    assert set(order(found, "program_id")) == expected


def test_committed_robotics_startup_gets_sensible_lines(run: Runner) -> None:
    """The best ten support a PoC or had robot pilots, and none is only in the capital area."""
    best = programs_for(market(run, date(2026, 11, 22)), NEED, PROGRAMS).result.frame.head(10)
    supports = best["stages_supported"].fillna("").str.split(";").map(lambda x: "poc" in x)
    assert (supports | (best["similar"] > 0)).all()
    capital = {"KR-11", "KR-28", "KR-41"}
    named = best["sido"].dropna().str.split(";").map(set)
    assert all(places - capital for places in named)
    assert not (best["max_age"] <= 6).any()
