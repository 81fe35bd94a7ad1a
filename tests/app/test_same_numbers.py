"""The same choice gives the same numbers on the page, in the API's JSON, CSV and archive."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pytest
from openpyxl import Workbook
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from api.registry import FIGURES
from api.v1 import create_app
from loaders.exports import csv_bytes
from tests.app.test_every_figure import blocks, kind, nodes, opened
from tests.support import DATA, environment
from ui.layout import FIGURE

ROOT = Path(__file__).parents[2]
SERIES = "ict-sandbox~2019-2022.cumulative.projects.supply.2019.2022"


@dataclass(frozen=True)
class Case:
    """A figure of the API, and where a page shows it.

    ``columns``: columns of the page's table by columns of the API; a page may order its rows
    otherwise, so that the columns are compared as sorted tuples. ``metrics``: labels of
    headline numbers by columns of the API's only row.
    """

    name: str
    file: str
    query: Mapping[str, str] = field(default_factory=dict)
    only_page: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, str] = field(default_factory=dict)


CASES = (
    Case("testbeds_known", "overview.py", metrics={"testbeds": "Testbeds"}),
    Case("pilots_known", "overview.py", metrics={"pilots": "Pilots"}),
    Case("pilots_sold", "overview.py", metrics={"sold": "Contract or sale"}),
    Case("companies_funded_after", "overview.py", metrics={"funded": "Funded afterwards"}),
    Case(
        "milestone_funnel", "funnel.py",
        {"region": "KR-26,KR-11", "sector": "mobility", "unit": "projects"}, {},
        "milestone-funnel",
        {"reached": "Reached this stage or a later one", "highest": "Highest stage known"},
    ),
    Case(
        "published_funnel", "funnel.py", {"series": SERIES}, {"view": "published"},
        "published-" + SERIES.replace("~", "-", 1),
        {"count": "Published count", "others": "Other pages with another count"},
    ),
    Case(
        "testbeds_by_province", "overview.py", {}, {}, "overview-map",
        {"testbeds": "Testbeds", "pilots": "Pilots", "short_en": "Province"},
    ),
    Case(
        "linkage_flows", "investment.py",
        {"from": "sector", "to": "investor_kind", "region": "KR-11"}, {},
        "linkage", {"companies": "Companies"},
    ),
    Case(
        "linked_companies", "investment.py", {"region": "KR-26"}, {}, "linked",
        {"date": "Date of the round"},
    ),
    Case(
        "money_by", "money.py", {"basis": "awarded", "by": "payer_level", "scope": "all"}, {},
        "money-by",
        {"amount": "Sum (won)", "additive": "Amounts added", "known": "Amounts known"},
    ),
    Case(
        "money_by_basis", "money.py", {"region": "KR-26", "payer": "national"}, {}, "bases",
        {"additive": "Amounts added", "known": "Amounts known", "currency": "Currency"},
    ),
    Case(
        "money_per_head", "money.py", {"basis": "budgeted"}, {}, "per-head",
        {"amount": "Sum (won)", "population": "Residents",
         "population_year": "Year of the population"},
    ),
    Case("compare_places", "funnel.py", {"places": "KR-26,44130"}, {"view": "places"}, "places"),
    Case("published_series", "funnel.py", {}, {"view": "published"}),
)  # fmt: skip
IDS = [case.name for case in CASES]


@pytest.fixture(scope="module")
def at(good_snapshot: Path) -> Iterator[AppTest]:
    with environment(DATA, good_snapshot):
        yield AppTest.from_file(ROOT / "dashboard.py", default_timeout=120).run()


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app())


def answer(client: TestClient, case: Case, ending: str) -> bytes:
    found = client.get(f"/figures/{case.name}.{ending}", params=dict(case.query))
    assert found.status_code == 200, found.text
    return found.content


def document(client: TestClient, case: Case) -> dict[str, Any]:
    content: dict[str, Any] = orjson.loads(answer(client, case, "json"))
    return content


def shown(at: AppTest, case: Case) -> pd.DataFrame:
    """The table of the figure as the page shows it."""
    figure = blocks(at.main, FIGURE)[case.key]
    table: pd.DataFrame = next(n for n in nodes(figure) if kind(n) == "dataframe").value
    return table


def plain(value: Any) -> Any:
    """A cell that can be sorted and compared: numbers as fractions, unknown ones alike."""
    if value is None or pd.isna(value) or value in ("not published", "not known", "–"):
        return ""
    number = pd.to_numeric(value, errors="coerce")
    return f"{value}" if pd.isna(number) else f"{float(number):.6f}"


def rows(columns: list[list[Any]]) -> list[tuple[Any, ...]]:
    return sorted(tuple(map(plain, row)) for row in zip(*columns, strict=True))


def test_every_figure_has_a_case() -> None:
    assert set(IDS) == set(FIGURES)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_page_and_api_show_the_same(at: AppTest, client: TestClient, case: Case) -> None:
    opened(at, case.file, {**case.query, **case.only_page, "lang": "en"})
    found = document(client, case)
    if case.metrics:
        numbers = {m.label: int(m.value.replace(",", "")) for m in at.metric}
        (row,) = found["rows"]
        assert {n: numbers[label] for n, label in case.metrics.items()} == {
            n: row[n] for n in case.metrics
        }
    elif case.columns:
        table = shown(at, case)
        wanted = rows([[row[name] for row in found["rows"]] for name in case.columns])
        assert rows([list(table[title]) for title in case.columns.values()]) == wanted
        assert wanted
    elif case.name == "compare_places":
        table = shown(at, case).set_index("Measure")
        for name, title in {"testbeds": "Testbeds", "pilots": "Pilots",
                            "projects": "Projects (consortia once)"}.items():  # fmt: skip
            assert [int(n) for n in table.loc[title]] == [row[name] for row in found["rows"]]
    else:
        text = f"Of {found['total']} published series, {found['covered']} give more than one stage"
        assert any(text in m.value for m in at.markdown)
    if case.key:
        captions = [n for n in nodes(blocks(at.main, FIGURE)[case.key]) if kind(n) == "caption"]
        coverage = f"Coverage: {found['covered']:,} of {found['total']:,} "
        pages = f"{len(found['sources']):,} source page"
        assert coverage in captions[0].value
        assert pages in captions[0].value


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_json_csv_and_archive_hold_the_same(at: AppTest, client: TestClient, case: Case) -> None:
    found, plain_file = document(client, case), answer(client, case, "csv")
    header, *lines = cells(plain_file)
    assert [dict(zip(header, line, strict=True)).keys() for line in lines] == [
        row.keys() for row in found["rows"]
    ]
    for line, row in zip(lines, found["rows"], strict=True):
        for text, value in zip(line, row.values(), strict=True):
            if isinstance(value, int | float) and not isinstance(value, bool):
                assert float(text) == pytest.approx(value)
            elif value is None:
                assert text == ""
    with zipfile.ZipFile(io.BytesIO(answer(client, case, "zip"))) as archive:
        assert archive.testzip() is None
        assert archive.read("data.csv") == plain_file
        about = orjson.loads(archive.read("metadata.json"))
        for name in ("covered", "total", "period", "unit", "behind", "sources", "snapshot"):
            assert about[name] == found[name], name
        assert about["definition"]["measure"]
        readme = archive.read("README.md").decode()
        for lang in ("ko", "en"):
            assert about["definition"][lang]["counted"] in readme
            assert about["citation"][lang] in readme
        assert found["snapshot"] in archive.read("citation.bib").decode()
        assert set(archive.namelist()) == {
            *("README.md", "data.csv", "metadata.json"),
            *("CITATION.cff", "citation.bib", "citation.txt"),
        }


def live_formulas(content: bytes) -> list[str]:
    """Cells of a CSV that a spreadsheet would calculate."""
    sheet = Workbook().active
    assert sheet is not None
    for line in cells(content):
        sheet.append([text or None for text in line])
    calculated = [c.value for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    risky = [
        text
        for line in cells(content)
        for text in line
        if text.startswith(("+", "-", "@", "\t", "\r")) and plain(text) == text
    ]
    return [str(v) for v in (*calculated, *risky)]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_files_hold_no_formula(at: AppTest, client: TestClient, case: Case) -> None:
    assert live_formulas(answer(client, case, "csv")) == []
    if case.key:
        opened(at, case.file, {**case.query, **case.only_page, "lang": "ko"})
        assert live_formulas(csv_bytes(shown(at, case))) == []


def test_a_formula_would_be_seen() -> None:
    assert live_formulas(b"a,b\r\n=1+1,2\r\n") == ["=1+1"]
    assert live_formulas(b"a,b\r\n@SUM(A1),-2\r\n") == ["@SUM(A1)"]
    assert live_formulas(csv_bytes(pd.DataFrame({"a": ["=1+1", "-x"], "b": [1, -2]}))) == []
