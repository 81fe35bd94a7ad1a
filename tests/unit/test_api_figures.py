"""Figures of the API are the frames of the analytics functions, with their sources."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from analytics import compare, funnel, linkage, money, overview, testbeds
from analytics.filters import PilotFilter, TestbedFilter
from analytics.result import Result
from api.registry import FIGURES
from api.v1 import create_app
from loaders.engine import Engine
from tests.support import DATA, environment, read_rows


@pytest.fixture(scope="module")
def client(good_snapshot: Path) -> Iterator[TestClient]:
    with environment(DATA, good_snapshot):
        yield TestClient(create_app())


def same(found: Any, expected: Any) -> bool:
    """Whether a cell of JSON holds what a cell of the frame holds."""
    if isinstance(expected, tuple | list):
        return [*found] == [*expected]
    if pd.isna(expected):
        return found is None
    if isinstance(expected, pd.Timestamp):
        return bool(pd.Timestamp(found) == expected)
    if isinstance(expected, float):
        return math.isclose(found, expected)
    return bool(found == expected)


BUSAN = PilotFilter(sido=("KR-26", "KR-11"), sector=("mobility",), start_year=(2021, 2022))
CASES: list[tuple[str, Callable[[Engine], Result]]] = [
    ("testbeds_known", overview.testbeds_known),
    ("pilots_known", overview.pilots_known),
    ("pilots_sold", overview.pilots_sold),
    ("companies_funded_after", overview.companies_funded_after),
    ("milestone_funnel", lambda run: funnel.milestone_funnel(run, PilotFilter())),
    ("milestone_funnel?unit=projects&region=KR-26&region=KR-11&sector=mobility&start=2021,2022",
     lambda run: funnel.milestone_funnel(run, BUSAN, by_project=True)),
    ("milestone_funnel?host=government&program=smart-city-challenge",
     lambda run: funnel.milestone_funnel(
         run, PilotFilter(host_kind=("government",), program_id=("smart-city-challenge",)))),
    ("published_series", funnel.published_series),
    ("testbeds_by_province", lambda run: testbeds.testbeds_by_province(run, TestbedFilter())),
    ("testbeds_by_province?kind=living-lab&region=KR-26,KR-11&sector=mobility",
     lambda run: testbeds.testbeds_by_province(
         run, TestbedFilter(("living-lab",), ("KR-26", "KR-11"), (), ("mobility",)))),
    ("linkage_flows", lambda run: linkage.linkage_flows(run, PilotFilter(), "sido", "round")),
    ("linkage_flows?from=sector&to=investor&top=3",
     lambda run: linkage.linkage_flows(run, PilotFilter(), "sector", "investor", 3)),
    ("linked_companies?region=KR-11",
     lambda run: linkage.linked_companies(run, PilotFilter(sido=("KR-11",)))),
    ("money_by?by=payer_level&scope=all",
     lambda run: money.money_by(run, money.MoneyFilter(urban_only=False), "payer_level")),
    ("money_by?region=KR-26&payer=national",
     lambda run: money.money_by(
         run, money.MoneyFilter(sido=("KR-26",), payer_level=("national",)), "sido")),
    ("money_by_basis", lambda run: money.money_by_basis(run, money.MoneyFilter())),
    ("money_per_head?basis=budgeted",
     lambda run: money.money_per_head(run, money.MoneyFilter(), "budgeted")),
    ("compare_places?places=KR-26,44130",
     lambda run: compare.compare_places(run, ("KR-26", "44130")).result),
]  # fmt: skip


def address(query: str, ending: str) -> str:
    name, mark, rest = query.partition("?")
    return f"/figures/{name}.{ending}{mark}{rest}"


def assert_same(document: dict[str, Any], expected: Result) -> None:
    assert document["unit"] == expected.unit
    assert (document["covered"], document["total"]) == (expected.covered, expected.total)
    period = {"first_year": expected.first_year, "last_year": expected.last_year}
    assert document["period"] == period
    assert document["behind"] == {t: list(ids) for t, ids in expected.rows.items()}
    assert len(document["rows"]) == len(expected.frame)
    for found, (_, row) in zip(document["rows"], expected.frame.iterrows(), strict=True):
        assert list(found) == list(expected.frame.columns)
        for column, value in found.items():
            assert same(value, row[column]), (column, value, row[column])


@pytest.mark.parametrize(("query", "function"), CASES, ids=[q for q, _ in CASES])
def test_figures_are_the_frames_of_analytics(
    client: TestClient, run: Engine, query: str, function: Callable[[Engine], Result]
) -> None:
    answer = client.get(address(query, "json"))
    assert answer.status_code == 200, answer.text
    assert_same(answer.json(), function(run))


def test_every_figure_is_compared() -> None:
    assert {q.partition("?")[0] for q, _ in CASES} | {"published_funnel"} == set(FIGURES)


def test_the_longest_published_funnel(client: TestClient, run: Engine) -> None:
    first = funnel.published_series(run).frame.iloc[0]
    code = f"{first['program_id']}~{first['series']}"
    document = client.get("/figures/published_funnel.json", params={"series": code}).json()
    expected = funnel.published_funnel(run, funnel.Series(first["program_id"], first["series"]))
    assert_same(document, expected)
    assert len(document["rows"]) > 2


def test_one_basis_keeps_its_rows_only(client: TestClient, run: Engine) -> None:
    everything = money.money_by(run, money.MoneyFilter(), "sido").frame
    found = client.get("/figures/money_by.json?basis=awarded").json()["rows"]
    expected = everything[everything["basis"] == "awarded"]
    assert [r["code"] for r in found] == list(expected["code"])
    assert {r["basis"] for r in found} == {"awarded"}


@pytest.mark.parametrize("query", [q for q, _ in CASES if "?" not in q])
def test_csv_and_json_agree(client: TestClient, query: str) -> None:
    numbers = client.get(address(query, "json")).json()["rows"]
    answer = client.get(address(query, "csv"))
    cells = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(cells) == len(numbers)
    for cell, row in zip(cells, numbers, strict=True):
        assert list(cell) == list(row)
        for column, value in row.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                assert float(cell[column]) == pytest.approx(value)
            elif value is None:
                assert cell[column] == ""
    assert 'rel="describedby"' in answer.headers["link"]


def test_sources_are_the_pages_of_the_rows_behind(client: TestClient) -> None:
    document = client.get("/figures/money_by_basis.json?region=KR-26").json()
    page_of = {r["funding_id"]: r["source_id"] for r in read_rows(DATA, "funding")}
    behind = set(document["behind"]["funding"])
    further = {
        r["source_id"]
        for r in read_rows(DATA, "fact_sources")
        if r["table"] == "funding" and r["key"] in behind
    }
    wanted = {page_of[i] for i in behind} | further
    pages = {r["source_id"]: r for r in read_rows(DATA, "sources")}
    expected = {
        (pages[s]["url"], pages[s]["publisher_en"], pages[s]["publisher_ko"],
         pages[s]["published"] or None)
        for s in wanted
    }  # fmt: skip
    found = {
        (s["url"], s["publisher_en"], s["publisher_ko"], s["published"])
        for s in document["sources"]
    }
    assert found == expected
    assert expected and further


def test_the_list_of_figures(client: TestClient) -> None:
    found = {f["name"]: f for f in client.get("/figures").json()["figures"]}
    assert set(found) == set(FIGURES)
    assert found["linkage_flows"]["parameters"] == [
        "region", "sector", "program", "host", "start", "from", "to", "top",
    ]  # fmt: skip
    for figure in found.values():
        assert figure["method"].endswith(".")
        assert "\n" not in figure["method"]
