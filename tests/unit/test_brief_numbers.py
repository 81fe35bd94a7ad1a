"""The brief says what the pages say: its numbers against the analytics and the plain tables."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from analytics.compare import compare_places, funded_after
from analytics.filters import PilotFilter
from analytics.funnel import milestone_funnel, place_funnel
from analytics.furthest import furthest_first, rounds_after
from analytics.money import MoneyFilter, money_by_basis
from analytics.places import Place, money_in, pilots_in
from analytics.result import keys
from api.brief.content import Setting, brief
from api.brief.model import Brief
from api.brief.page import html
from api.brief.subjects import find
from api.brief.tables import MAX_ROUNDS, MAX_ROWS
from charts.tokens import STAGES
from loaders.engine import Engine
from loaders.i18n import Words
from loaders.package import Lang
from tests.unit.fixtures_small import LADDER, SmallTables, committed, small_run

BASE = "https://atlas.example"
PLACES = {"busan": "KR-26", "sejong": "KR-50", "cheonan": "44130"}
PROGRAMS = ("smart-city-challenge", "daejeon-testbed")


def made(run: Engine, asked: str, lang: Lang = "en") -> Brief:
    subject = find(run, asked)
    assert subject is not None
    return brief(run, subject, run.snapshot_id, Setting(BASE, STAGES), Words(lang))


def numbers(found: Brief) -> list[int]:
    return [int(f.value.replace(",", "")) for f in found.figures]


def bar_counts(found: Brief) -> list[int]:
    return [int(re.match(r"[\d,]+", x.value)[0].replace(",", "")) for x in found.charts[-1].bars]  # type: ignore[index]


@pytest.mark.parametrize("slug", PLACES)
def test_headline_numbers_of_a_place_are_those_of_the_comparison(run: Engine, slug: str) -> None:
    line = compare_places(run, (PLACES[slug],)).result.frame.iloc[0]
    columns = ["testbeds", "pilots", "field_demo", "contract", "funded_after"]
    for lang in ("en", "ko"):
        found = made(run, slug, lang)
        assert numbers(found) == [line[c] for c in columns]
        assert f"{line['programs']}" in found.figures[0].note
        assert f"{line['companies']}" in found.figures[1].note


@pytest.mark.parametrize("code", ["KR-26", "KR-50"])
def test_bars_of_a_province_are_those_of_the_funnel_page(run: Engine, code: str) -> None:
    page = milestone_funnel(run, PilotFilter(sido=(code,)))
    found = made(run, code)
    assert bar_counts(found) == list(page.frame["reached"])
    shares = [x.share for x in found.charts[0].bars]
    assert shares == pytest.approx(list(page.frame["share"]))
    pd.testing.assert_frame_equal(place_funnel(run, Place(code)).frame, page.frame)


def test_pilots_of_cheonan_counted_in_the_plain_table(run: Engine) -> None:
    """Nothing but pandas over the committed file: the city and its two districts."""
    pilots = committed("pilots")
    here = pilots[pilots["sigungu_code"].isin(["44130", "44131", "44133"])]
    steps = committed("milestones")
    rank = steps[steps["stage"].isin(LADDER)]
    furthest = rank.assign(rank=rank["stage"].map(LADDER.index)).groupby("pilot_id")["rank"].max()
    reached = here["pilot_id"].map(furthest)
    found = made(run, "cheonan")
    assert numbers(found)[1] == len(here)
    first = LADDER.index("selected")
    assert bar_counts(found) == [(reached >= r).sum() for r in range(first, len(LADDER))]


@pytest.mark.parametrize("program", PROGRAMS)
def test_numbers_of_a_programme_are_those_of_the_pages(run: Engine, program: str) -> None:
    chosen = PilotFilter(program_id=(program,))
    page = milestone_funnel(run, chosen)
    found = made(run, program)
    assert bar_counts(found) == list(page.frame["reached"])
    assert numbers(found)[1] == page.total
    assert numbers(found)[4] == funded_after(run, chosen).frame["funded"].iloc[0]
    sums = money_by_basis(run, MoneyFilter(program_id=(program,), urban_only=False)).frame
    t = Words("en")
    shown = [t.money(a, c) for a, c in zip(sums["amount"], sums["currency"], strict=True)]
    wanted = [
        "none may be added" if pd.isna(a) else s for a, s in zip(sums["amount"], shown, strict=True)
    ]
    assert [row.cells[2] for row in found.money.rows] == wanted


def test_money_of_a_place_stays_apart_by_basis(run: Engine) -> None:
    found = made(run, "busan")
    parts = [money_in(run, Place("KR-26"), urban).frame for urban in (True, False)]
    t = Words("en")
    wanted = [
        (t.code("funding", "basis", row["basis"]), str(row["additive"]), str(row["known"]))
        for part in parts
        for _, row in part.iterrows()
    ]
    assert [(r.cells[1], r.cells[3], r.cells[4]) for r in found.money.rows] == wanted
    assert len({(r.cells[0], r.cells[1]) for r in found.money.rows}) == len(wanted)


def test_tables_are_cut_and_say_by_how_much(run: Engine) -> None:
    found = made(run, "KR-11")
    pilots = pilots_in(run, Place("KR-11"))
    after = rounds_after(run, keys(pilots.frame["org_id"]), PilotFilter())
    assert len(after.frame) > MAX_ROUNDS
    assert len(found.rounds.rows) == MAX_ROUNDS
    assert found.rounds.more.startswith(f"{len(after.frame) - MAX_ROUNDS} ")
    assert len(found.pilots.rows) == MAX_ROWS - MAX_ROUNDS
    assert found.pilots.more.startswith(f"{pilots.total - len(found.pilots.rows)} ")


def test_every_citation_has_its_page_and_every_page_its_citation(run: Engine) -> None:
    found = made(run, "busan")
    tables = [t for t in (found.testbeds, found.pilots, found.rounds) if t]
    cited = {n for table in tables for row in table.rows for n in row.sources}
    assert cited == {s.number for s in found.sources} == set(range(1, len(found.sources) + 1))
    known = set(committed("sources")["url"])
    assert all(s.address in known for s in found.sources)


def test_the_page_shows_the_numbers_of_the_content(run: Engine) -> None:
    found = made(run, "sejong", "ko")
    page = html(found, BASE).decode()
    values = re.findall(r'<dd class="value">([^<]+)</dd>', page)
    assert values == [f.value for f in found.figures]
    bars = re.findall(r'<td class="num">(\d+ \(\d+%\))</td>', page)
    assert bars == [x.value for x in found.charts[0].bars]
    assert page.count("<h1>") == 1


# --- by hand ------------------------------------------------------------------------------

WORLD: SmallTables = {
    "organizations": [
        {"org_id": "a", "name_ko": "가", "name_en": "A", "roles": "pilot-company"},
        {"org_id": "b", "name_ko": "나", "name_en": "B", "roles": "pilot-company"},
    ],
    "pilots": [
        {"pilot_id": "p1", "org_id": "a", "sido": "KR-26", "stage": "contract"},
        {"pilot_id": "p2", "org_id": "b", "sido": "KR-26", "stage": "poc"},
        {"pilot_id": "p3", "org_id": "b", "sido": "KR-11", "stage": "selected"},
    ],
    "milestones": [
        {"milestone_id": "m1", "pilot_id": "p1", "stage": "contract", "date": "2024-05",
         "date_basis": "event", "source_id": "s-2"},
        {"milestone_id": "m2", "pilot_id": "p1", "stage": "contract", "date": "2024-03-01",
         "date_basis": "publication", "source_id": "s-1"},
        {"milestone_id": "m3", "pilot_id": "p1", "stage": "poc", "date": "2023",
         "date_basis": "event", "source_id": "s-3"},
        {"milestone_id": "m4", "pilot_id": "p2", "stage": "poc", "date_basis": "none",
         "source_id": "s-4"},
        {"milestone_id": "m5", "pilot_id": "p3", "stage": "selected", "date": "2022-01-01",
         "date_basis": "event", "source_id": "s-5"},
    ],
    "investments": [
        {"investment_id": "i1", "org_id": "a", "round": "seed", "date": "2024-01-15",
         "amount_kind": "equity-round"},
        {"investment_id": "i2", "org_id": "a", "round": "series-a", "date": "2023-06",
         "amount_kind": "equity-round"},
        {"investment_id": "i3", "org_id": "b", "round": "seed", "date": "2024-02",
         "amount_kind": "equity-round"},
    ],
}  # fmt: skip


def test_furthest_first_by_hand() -> None:
    """The first dated of the furthest milestones; a pilot without a date has none."""
    found = furthest_first(small_run(WORLD), ("p2", "p1"))
    assert list(found.frame["pilot_id"]) == ["p1", "p2"]
    first, second = (row for _, row in found.frame.iterrows())
    assert (first["reached_date"], first["reached_basis"], first["reached_source"]) == (
        "2024-03-01", "publication", "s-1",
    )  # fmt: skip
    assert pd.isna(second["reached_date"])
    assert second["reached_source"] == "s-4"
    assert (found.covered, found.total) == (1, 2)


def test_rounds_after_by_hand() -> None:
    """Company a began in 2023 at the latest: only the round of 2024 surely came after."""
    run = small_run(WORLD)
    everywhere = rounds_after(run, ("a", "b"), PilotFilter())
    assert list(everywhere.frame["investment_id"]) == ["i3", "i1"]
    assert (everywhere.covered, everywhere.total) == (2, 2)
    # in Busan alone company b has no dated fact: the order is not known
    busan = rounds_after(run, ("a", "b"), PilotFilter(sido=("KR-26",)))
    assert list(busan.frame["investment_id"]) == ["i1"]
    assert list(rounds_after(run, ("b",), PilotFilter()).frame["org_id"]) == ["b"]


def test_place_funnel_by_hand() -> None:
    frame = place_funnel(small_run(WORLD), Place("KR-26")).frame.set_index("stage")
    assert (frame["reached"]["selected"], frame["reached"]["poc"]) == (2, 2)
    assert (frame["reached"]["contract"], frame["reached"]["commercialised"]) == (1, 0)
    assert frame["share"]["contract"] == 0.5
