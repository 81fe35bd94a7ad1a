"""Profiles: hand-counted small worlds, and a walk over every id of the committed data."""

from __future__ import annotations

import math
import os
from collections import Counter
from functools import cache

import ibis.expr.types as ir
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import timelines
from analytics.directory import directory, near_matches
from analytics.gaps import unknowns
from analytics.profiles import TABLE, Kind, Profile, everything, profile
from analytics.relations import entry_times, places, portfolio, related
from analytics.result import Result
from analytics.sentences import gap_sentence
from analytics.timelines import dated_facts, edition_dates
from charts.timeline import timeline
from loaders.engine import Runner
from tests.unit.fixtures_small import SmallTables, committed, small_run
from ui import profile_views, profile_words
from ui.data import engine
from ui.i18n import LANGUAGES, Words
from ui.links import link_columns, profile_link, profile_url, with_profiles, without_profiles

KINDS: tuple[Kind, ...] = ("company", "investor", "testbed", "program")
DAY = pd.Timestamp

WORLD: SmallTables = {
    "organizations": [
        {"org_id": "a", "name_ko": "가", "name_en": "A", "roles": "pilot-company;investee",
         "sector": "mobility", "sido": "KR-26", "founded_year": 2018, "source_id": "s1"},
        {"org_id": "b", "name_ko": "나", "name_en": "B", "roles": "pilot-company",
         "source_id": "s1"},
        {"org_id": "city", "name_ko": "시", "name_en": "City", "roles": "host", "source_id": "s1"},
        {"org_id": "v", "name_ko": "벤", "name_en": "V", "roles": "investor", "source_id": "s1"},
        {"org_id": "w", "name_ko": "우", "name_en": "W", "roles": "investor", "source_id": "s1"},
        {"org_id": "n", "name_ko": "노", "name_en": "N", "roles": "investee", "source_id": "s1"},
    ],
    "testbeds": [
        {"testbed_id": "t", "name_ko": "터", "name_en": "T", "sido": "KR-26", "lat": 35.1,
         "lon": 129.0, "coord_basis": "municipality", "kind": "living-lab",
         "status": "operating", "status_as_of": "2023-05", "source_id": "s1"},
    ],
    "programs": [
        {"program_id": "top", "name_ko": "위", "name_en": "Top", "kind": "public-poc",
         "country": "KR", "source_id": "s1"},
        {"program_id": "sub", "parent_program_id": "top", "name_ko": "밑", "name_en": "Sub",
         "kind": "public-poc", "country": "KR", "first_year": 2020, "source_id": "s1"},
    ],
    "program_editions": [
        {"edition_id": "e1", "program_id": "sub", "edition_year": "2021",
         "apply_open": "2021-03-02", "apply_close": "2021-04", "source_id": "s1"},
        {"edition_id": "e2", "program_id": "sub", "edition_year": "2022", "source_id": "s1"},
        {"edition_id": "e3", "program_id": "sub", "source_id": "s1"},
    ],
    "pilots": [
        {"pilot_id": "p1", "project_id": "x", "org_id": "a", "technology_ko": "기술",
         "technology_en": "Tech", "sector": "mobility", "program_id": "sub", "testbed_id": "t",
         "host_org_id": "city", "sido": "KR-26", "country": "KR", "stage": "field-demo",
         "start_date": "2021", "end_date": "2022-06", "outcome_ko": "ㄱ", "outcome_en": "o",
         "source_id": "s2"},
        {"pilot_id": "p2", "project_id": "x", "org_id": "b", "technology_ko": "기술",
         "technology_en": "Tech", "sector": "energy", "program_id": "sub", "country": "KR",
         "stage": "selected", "source_id": "s2"},
    ],
    "milestones": [
        {"milestone_id": "m1", "pilot_id": "p1", "stage": "selected", "date": "2020-11-05",
         "date_basis": "event", "source_id": "s2"},
        {"milestone_id": "m2", "pilot_id": "p1", "stage": "field-demo", "date": "2021-09-10",
         "date_basis": "publication", "source_id": "s3"},
        {"milestone_id": "m3", "pilot_id": "p2", "stage": "selected", "date_basis": "none",
         "source_id": "s2"},
    ],
    "investments": [
        {"investment_id": "i1", "org_id": "a", "round": "seed", "date": "2019-03",
         "amount_kind": "equity-round", "amount": 100, "currency": "KRW", "source_id": "s3"},
        {"investment_id": "i2", "org_id": "a", "round": "series-a", "date": "2021-11-05",
         "amount_kind": "undisclosed", "currency": "KRW", "source_id": "s3"},
        {"investment_id": "i3", "org_id": "n", "round": "seed", "amount_kind": "equity-round",
         "amount": 5, "currency": "KRW", "source_id": "s3"},
    ],
    "investment_investors": [
        {"investment_id": "i1", "investor_id": "w", "is_lead": True},
        {"investment_id": "i2", "investor_id": "v", "is_lead": False},
        {"investment_id": "i2", "investor_id": "w", "is_lead": False},
        {"investment_id": "i3", "investor_id": "v", "is_lead": True},
    ],
    "events": [
        {"event_id": "ev", "org_id": "a", "kind": "court-rehabilitation", "date": "2024-01-31",
         "date_basis": "event", "description_ko": "ㅅ", "description_en": "s", "source_id": "s3"},
    ],
    "funding": [
        {"funding_id": "f1", "program_id": "sub", "testbed_id": "t", "basis": "awarded",
         "amount": 7, "currency": "KRW", "is_additive": True, "source_id": "s1"},
    ],
}  # fmt: skip


@cache
def world() -> Runner:
    return small_run(WORLD)


def known(kind: Kind, entity_id: str) -> Profile:
    found = profile(world(), kind, entity_id)
    assert found is not None
    return found


def facts_by_key(kind: Kind, entity_id: str) -> pd.DataFrame:
    frame = dated_facts(known(kind, entity_id)).frame
    return frame.set_index(frame["kind"] + ":" + frame["key"])


def links_of(kind: Kind, entity_id: str) -> set[tuple[str, str, str, int]]:
    frame = related(world(), known(kind, entity_id)).frame
    return set(frame[["relation", "kind", "id", "n"]].itertuples(index=False, name=None))


def gaps_of(kind: Kind, entity_id: str, as_of: str = "2026-11-21") -> dict[str, tuple[int, int]]:
    frame = unknowns(known(kind, entity_id), as_of).frame
    return {code: (n, total) for code, n, total in frame.itertuples(index=False)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("entity_id", ["", "nobody", "' or 1=1 --", "가" * 80])
def test_unknown_id_is_none(kind: Kind, entity_id: str) -> None:
    assert profile(world(), kind, entity_id) is None


def test_only_investors_have_an_investor_profile() -> None:
    assert profile(world(), "investor", "a") is None
    assert profile(world(), "investor", "v") is not None
    assert profile(world(), "company", "v") is not None


def test_every_way_of_knowing_a_date() -> None:
    facts = facts_by_key("company", "a")
    exact = facts.loc["milestone:m1"]
    assert (exact["mark"], exact["earliest"], exact["latest"]) == (
        "exact", DAY("2020-11-05"), DAY("2020-11-05")
    )  # fmt: skip
    bound = facts.loc["milestone:m2"]
    assert bound["mark"] == "bound"
    assert pd.isna(bound["earliest"])
    assert bound["latest"] == DAY("2021-09-10")
    month = facts.loc["round:i1"]
    assert (month["mark"], month["earliest"], month["latest"]) == (
        "interval", DAY("2019-03-01"), DAY("2019-03-31")
    )  # fmt: skip
    stretch = facts.loc["run:p1"]
    assert (stretch["mark"], stretch["earliest"], stretch["latest"]) == (
        "period", DAY("2021-01-01"), DAY("2022-06-30")
    )  # fmt: skip
    assert facts.loc["founded_year:a", "earliest"] == DAY("2018-01-01")
    assert facts.loc["event:ev", "mark"] == "exact"
    assert len(facts) == 7  # founded, run, two milestones, two rounds, one event


def test_undated_facts_come_last_and_are_counted() -> None:
    result = dated_facts(known("program", "sub"))
    assert result.frame["mark"].iloc[-1] == timelines.UNDATED
    undated = result.frame[result.frame["mark"] == timelines.UNDATED]
    assert set(undated["key"]) == {"e3", "m3"}
    assert (result.covered, result.total) == (6, 8)
    assert result.rows["program_editions"] == ("e1", "e2", "e3")


def test_application_window_is_a_stretch_and_an_edition_a_year() -> None:
    facts = facts_by_key("program", "sub")
    window = facts.loc["window:e1"]
    assert (window["mark"], window["earliest"], window["latest"]) == (
        "period", DAY("2021-03-02"), DAY("2021-04-30")
    )  # fmt: skip
    assert facts.loc["edition:e2", "mark"] == "interval"


@pytest.mark.parametrize(
    ("text", "mark", "first", "last"),
    [
        ("2021", "interval", "2021-01-01", "2021-12-31"),
        ("2015-2017", "period", "2015-01-01", "2017-12-31"),
        ("from-2019", "interval", "2019-01-01", "2019-12-31"),
        ("to-2021", "bound", None, "2021-12-31"),
        (None, "undated", None, None),
        ("next year", "undated", None, None),
    ],
)
def test_edition_dates(text: str | None, mark: str, first: str | None, last: str | None) -> None:
    when = edition_dates(text)
    assert when["mark"] == mark
    assert str(when.get("earliest")) == str(first)
    assert str(when.get("latest")) == str(last)


def test_programme_shows_pilots_of_its_tracks() -> None:
    assert set(known("program", "top").pilots.frame["pilot_id"]) == {"p1", "p2"}
    assert known("program", "top").editions.total == 0
    assert ("track", "program", "sub", 1) in links_of("program", "top")
    assert ("parent", "program", "top", 1) in links_of("program", "sub")


def test_connections_of_a_company() -> None:
    assert links_of("company", "a") == {
        ("host", "company", "city", 1),
        ("partner", "company", "b", 1),
        ("testbed", "testbed", "t", 1),
        ("program", "program", "sub", 1),
        ("investor", "investor", "v", 1),
        ("investor", "investor", "w", 2),
    }
    assert links_of("company", "city") == {("client", "company", "a", 1)}


def test_connections_of_an_investor_and_a_testbed() -> None:
    assert links_of("investor", "v") == {
        ("investee", "company", "a", 1),
        ("investee", "company", "n", 1),
        ("co-investor", "investor", "w", 1),
        ("itself", "company", "v", 1),
    }
    assert links_of("testbed", "t") == {
        ("company", "company", "a", 1),
        ("host", "company", "city", 1),
        ("program", "program", "sub", 2),  # one pilot, one amount of money
    }


def test_investor_view_by_hand() -> None:
    """First pilot fact of a: by 2020-11-05, to the day; i2 came 365 days later."""
    times = entry_times(known("investor", "v")).frame.set_index("relation")
    assert times.loc["after", ["n", "undisclosed"]].tolist() == [1, 1]
    months = 365 / (365.25 / 12)
    assert math.isclose(times.loc["after", "months_min"], months)
    assert math.isclose(times.loc["after", "months_max"], months)
    assert times.loc["no-pilot", ["n", "undisclosed"]].tolist() == [1, 0]
    times = entry_times(known("investor", "w")).frame.set_index("relation")
    assert times["n"].to_dict() == {"after": 1, "before": 1}

    chosen = portfolio(world(), known("investor", "v"))
    counted = set(chosen.frame.itertuples(index=False, name=None))
    assert counted == {
        ("sector", "mobility", 1),
        ("sector", "not-stated", 1),
        ("reached", "field-demo", 1),
        ("reached", "no-pilot", 1),
        ("sido", "KR-26", 1),
        ("sido", "not-stated", 1),
        ("round", "series-a", 1),
        ("round", "seed", 1),
    }
    assert (chosen.covered, chosen.total) == (1, 2)


def test_what_is_not_known_of_a_company() -> None:
    assert gaps_of("company", "a") == {"step-page-date": (1, 2), "round-undisclosed": (1, 2)}
    assert gaps_of("company", "b") == {
        "no-founding-year": (1, 1),
        "no-place": (1, 1),
        "no-round": (1, 1),
        "step-undated": (1, 1),
        "pilot-only-selected": (1, 1),
        "pilot-no-outcome": (1, 1),
        "pilot-no-host": (1, 1),
        "pilot-no-place": (1, 1),
    }
    assert "no-pilot" not in gaps_of("company", "city")  # it hosted one


def test_what_is_not_known_of_the_others() -> None:
    assert gaps_of("investor", "v") == {
        "no-place": (1, 1),
        "own-share": (1, 1),
        "round-undated": (1, 2),
        "round-undisclosed": (1, 2),
        "investee-no-pilot": (1, 2),
    }
    program = gaps_of("program", "sub")
    assert program["edition-no-window"] == (2, 3)
    assert program["edition-no-budget"] == (3, 3)
    assert "no-count" in program
    assert "no-first-year" not in program
    assert "no-money" not in program


@pytest.mark.parametrize(
    ("as_of", "is_old"), [("2025-05-31", False), ("2025-06-01", True), ("2023-06-01", False)]
)
def test_state_is_old_after_two_years_from_its_last_possible_day(as_of: str, is_old: bool) -> None:
    assert ("status-old" in gaps_of("testbed", "t", as_of)) == is_old


def test_places_are_seats_and_pilots() -> None:
    frame = places(world(), known("company", "a")).frame
    assert frame[["sido", "testbed_id", "pilots", "is_seat"]].to_dict("records") == [
        {"sido": "KR-26", "testbed_id": "t", "pilots": 1, "is_seat": True}
    ]
    assert places(world(), known("company", "b")).frame.empty


def test_near_matches_forgive_case_dashes_and_slips() -> None:
    run = engine()
    assert near_matches(run, "HYUNDAI MOTOR", "company").frame["id"].iloc[0] == "hyundai-motor"
    assert "hyundai-motor" in set(near_matches(run, "hyundai-moter", "investor").frame["id"])
    assert near_matches(run, "포티투닷", "company").frame["id"].iloc[0] == "42dot"
    assert near_matches(run, "", "company").frame.empty
    # decomposed Hangul, as some systems type it
    assert near_matches(run, "포티투닷", "company").frame["id"].iloc[0] == "42dot"


@settings(max_examples=40)
@given(st.text(max_size=80), st.sampled_from(KINDS))
def test_near_matches_of_any_text(query: str, kind: Kind) -> None:
    found = near_matches(world(), query, kind)
    assert len(found.frame) <= 8
    assert found.frame["likeness"].is_monotonic_decreasing
    assert not found.frame.duplicated(["kind", "id"]).any()
    for row in found.frame.itertuples():
        assert profile(world(), row.kind, row.id) is not None


def test_directory_counts_by_hand() -> None:
    everyone = directory(world()).frame
    assert Counter(everyone["kind"]) == {"company": 4, "investor": 2, "testbed": 1, "program": 2}
    assert len(directory(world(), "company").frame) == 6
    assert set(directory(world(), "investor").frame["id"]) == {"v", "w"}


def test_links_are_escaped_and_unknown_ids_have_none() -> None:
    t = Words("en")
    assert profile_url("company", "42dot", t) == "company?id=42dot&lang=en"
    assert profile_url("company", 'a"&lang=xx', t) == "company?id=a%22%26lang%3Dxx&lang=en"
    assert profile_url("testbed", None, t) is None
    assert profile_url("testbed", float("nan"), t) is None
    assert "<b>" not in profile_link("company", "x", "<b>bold</b>", t)


def test_profile_column_is_a_link_and_stays_out_of_files() -> None:
    t = Words("ko")
    shown = pd.DataFrame({"name": ["x", "y"], "page": ["https://a.kr/1", None], "n": [1, 2]})
    linked = with_profiles(shown, "program", ["x", None], t)
    assert list(linked.columns) == ["name", t("Profile"), "page", "n"]
    assert set(link_columns(linked)) == {t("Profile"), "page"}
    assert list(without_profiles(linked).columns) == ["name", "page", "n"]
    assert list(shown.columns) == ["name", "page", "n"]


def test_picture_draws_each_mark_where_its_date_is() -> None:
    """Lines by lane, bars as long as their intervals, points at the latest day."""
    facts = dated_facts(known("company", "a")).frame
    drawn = facts.assign(color="#000000", hover="<b>")
    lanes = {lane: lane for lane in dict.fromkeys(drawn["lane"])}
    marks = {m: m for m in ("exact", "interval", "bound", "period")}
    fig = timeline(drawn, lanes, marks)
    bars = [trace for trace in fig.data if trace.type == "bar"]
    lengths = {
        start: ms / 86_400_000 for bar in bars for start, ms in zip(bar.base, bar.x, strict=True)
    }
    assert lengths["2021-01-01T00:00:00"] == 546  # 2021 and January to June 2022
    assert lengths["2019-03-01T00:00:00"] == 31
    points = {
        (trace.marker.symbol, day)
        for trace in fig.data
        if trace.type == "scatter"
        for day in trace.x
        if day
    }
    assert points == {
        ("triangle-left", "2021-09-10T00:00:00"),
        ("circle", "2020-11-05T00:00:00"),
        ("circle", "2021-11-05T00:00:00"),
        ("circle", "2024-01-31T00:00:00"),
    }
    assert {trace.name for trace in fig.data if trace.name} == set(marks)
    assert len(fig.layout.annotations) == len(lanes)
    assert all("<b>" not in str(trace.customdata) for trace in fig.data)


def test_picture_refuses_facts_without_a_date() -> None:
    facts = dated_facts(known("program", "sub")).frame.assign(color="#000000", hover="")
    with pytest.raises(ValueError, match="without a date"):
        timeline(facts, dict.fromkeys(facts["lane"], ""), {})


def test_a_start_of_the_same_date_as_a_milestone_is_not_drawn_twice() -> None:
    facts = pd.DataFrame(
        {
            "lane": ["pilot:x"] * 3,
            "kind": ["milestone", "start", "end"],
            "code": ["poc", None, None],
            "date": ["2021", "2021", "2022"],
            "mark": ["interval"] * 3,
        }
    )
    assert list(profile_views._drawable(facts)["kind"]) == ["milestone", "end"]
    assert profile_views._drawable(facts.iloc[:0]).empty


class _Remembering:
    """Answers a question that was asked before from memory: most parts of most ids are empty."""

    def __init__(self) -> None:
        self._run = engine()
        self._known: dict[object, pd.DataFrame] = {}

    def __call__(self, expr: ir.Table) -> pd.DataFrame:
        key = expr.op()
        if key not in self._known:
            self._known[key] = self._run(expr)
        return self._known[key].copy()


@cache
def remembering() -> Runner:
    return _Remembering()


def all_ids(kind: Kind) -> list[str]:
    return sorted(directory(remembering(), kind).frame["id"])


#: Every so many profiles are opened; ``ATLAS_ALL_PROFILES=1`` opens all.
OPENED = 1 if os.environ.get("ATLAS_ALL_PROFILES") == "1" else 5
#: Every so many of those all views are built.
VIEWED = 1 if OPENED == 1 else 2


def opened_ids(kind: Kind) -> set[str]:
    return set(all_ids(kind)[::OPENED])


@cache
def every(kind: Kind) -> tuple[tuple[Profile, Result], ...]:
    """Profiles of a kind with their connections, asked for once for all tests."""
    found = [profile(remembering(), kind, entity_id) for entity_id in sorted(opened_ids(kind))]
    return tuple((p, related(remembering(), p)) for p in found if p is not None)


def expected_ids(kind: Kind) -> set[str]:
    frame = committed(TABLE[kind])
    if kind == "investor":
        frame = frame[frame["roles"].str.split(";").map(lambda roles: "investor" in roles)]
    return set(frame.iloc[:, 0])


def test_only_a_column_of_addresses_holds_links() -> None:
    address = "https://elsewhere.example/x"
    row = {"org_id": "x", "name_ko": "엑", "name_en": "X", "roles": "investor",
           "city_ko": address, "city_en": address, "website": address,
           "source_id": "s1"}  # fmt: skip
    found = profile(small_run({**WORLD, "organizations": [*WORLD["organizations"], row]}),
                    "investor", "x")  # fmt: skip
    assert found is not None
    facts = dict(profile_views.facts_of(found, Words("en")))
    assert facts["Website"].endswith(f"](<{address}>)")
    assert "](" not in facts["City"] and "https\\:\u2060//" in facts["City"]


def every_view(found: Profile, others: Result, place: int) -> None:
    """All sentences, tables and pictures of one profile."""
    run = remembering()
    facts, spots = dated_facts(found), places(run, found)
    gaps = unknowns(found, "2026-11-21").frame
    assert set(others.frame["kind"]) <= set(KINDS)
    assert everything(found).total >= 1
    for at, lang in enumerate(LANGUAGES):
        t = Words(lang)
        assert profile_words.answer(found, t).strip(".")
        assert profile_words.timeline_finding(facts, t)
        assert all(title and text for title, text in profile_views.facts_of(found, t))
        for code, n, total in gaps.itertuples(index=False):
            assert gap_sentence(code, n, total, t)
        listed = profile_views.facts_table(facts, t)
        assert len(listed) == facts.total
        assert all(page.startswith("http") for page in listed[t("Page")])
        for build, part in (
            (profile_views.own_pilots, found.pilots),
            (profile_views.hosted_table, found.hosted),
            (profile_views.rounds_table, found.rounds),
            (profile_views.editions_table, found.editions),
            (profile_views.counts_table, found.counts),
            (profile_views.indicators_table, found.indicators),
            (profile_views.money_list, found.money),
        ):
            if part.total:
                assert len(build(found, t)) == part.total
        for relation, _ in profile_views.related_groups(others):
            assert profile_words.relation_word(relation, t)
        if place % len(LANGUAGES) == at:  # a picture differs between languages in its words only
            chart = profile_views.timeline_chart(found, facts, t)
            assert (chart is None) == (facts.covered == 0)
            picture = profile_views.place_picture(spots, "x", t)
            assert (picture is None) == spots.frame.empty
        if found.kind == "investor":
            assert profile_words.entry_sentences(found, t) or not found.rounds.total
            chosen = portfolio(run, found)
            assert len(profile_views.portfolio_table(chosen, t)) == len(chosen.frame)


@pytest.mark.parametrize("kind", KINDS)
def test_every_id_of_the_data_in_both_languages(kind: Kind) -> None:
    """Profiles open, and together they show each row as often as it belongs to them."""
    assert set(all_ids(kind)) == expected_ids(kind)
    ids, pilots, deals = opened_ids(kind), Counter[str](), 0
    assert {found.id for found, _ in every(kind)} == ids
    for place, (found, others) in enumerate(every(kind)):
        if place % VIEWED == 0:
            every_view(found, others, place // VIEWED)
        pilots.update(found.pilots.frame["pilot_id"])
        deals += found.rounds.total
    stored = committed("pilots")
    if kind == "company":
        assert pilots == Counter(stored.loc[stored["org_id"].isin(ids), "pilot_id"])
        assert deals == committed("investments")["org_id"].isin(ids).sum()
    elif kind == "investor":
        assert deals == committed("investment_investors")["investor_id"].isin(ids).sum()
    elif kind == "testbed":
        assert pilots == Counter(stored.loc[stored["testbed_id"].isin(ids), "pilot_id"])
    else:  # a programme shows the pilots of its tracks too
        programs = committed("programs")
        tracks = programs["parent_program_id"].isin(ids)
        shown = ids | set(programs.loc[tracks, "program_id"])
        assert set(pilots) == set(stored.loc[stored["program_id"].isin(shown), "pilot_id"])


def test_connections_are_mutual_and_lead_to_profiles() -> None:
    """A company names its investors exactly when they name it, and so on."""
    ids = {kind: set(all_ids(kind)) for kind in KINDS}
    pairs: dict[tuple[Kind, str], tuple[Kind, str]] = {
        ("company", "investor"): ("investor", "investee"),
        ("company", "testbed"): ("testbed", "company"),
        ("company", "host"): ("company", "client"),
        ("company", "partner"): ("company", "partner"),
    }
    seen: set[tuple[str, str, str, str]] = set()
    for kind in KINDS:
        for found, others in every(kind):
            for row in others.frame.itertuples():
                assert row.id in ids[row.kind], (kind, found.id, row.relation, row.id)
                seen.add((kind, found.id, row.relation, row.id))
    opened = {kind: opened_ids(kind) for kind in KINDS}
    for (kind, relation), (other, back) in pairs.items():
        there = {(a, b) for k, a, r, b in seen if (k, r) == (kind, relation) and b in opened[other]}
        again = {(b, a) for k, a, r, b in seen if (k, r) == (other, back) and b in opened[kind]}
        assert there
        assert there == again, relation
