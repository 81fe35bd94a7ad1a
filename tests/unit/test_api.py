"""The open-data API over the committed data: the same facts in every format, and only reading."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import validate
from openpyxl import Workbook
from starlette.testclient import TestClient

from api import caching
from api.caching import Answer, Store
from api.parameters import FILTER, MAX_LIMIT, MAX_TEXT, table_query
from api.v1 import create_app
from loaders.exports import safe_cell
from tests.support import DATA, committed, environment, read_rows

TABLES = tuple(committed().resources)
EVERYTHING = f"limit={MAX_LIMIT}"


@pytest.fixture(scope="module")
def client(good_snapshot: Path) -> Iterator[TestClient]:
    with environment(DATA, good_snapshot):
        yield TestClient(create_app())


def rows(client: TestClient, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/tables/{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def text_of(value: Any) -> str:
    """A typed cell as the CSV of the data package writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ";".join(value) if isinstance(value, list) else str(value)


def as_known(cell: str, kind: str) -> object:
    """A cell of a CSV, numbers as numbers: 37.50 and 37.5 are the same."""
    return float(cell) if cell and kind in ("number", "integer") else cell


# --- tables -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_all_formats_agree_with_the_file(client: TestClient, name: str) -> None:
    resource = committed()[name]
    key = resource.primary_key[0]
    expected = sorted(read_rows(DATA, name), key=lambda row: row[key])
    found = rows(client, f"{name}.json?{EVERYTHING}")
    kinds = {f.name: f.type for f in resource.fields}
    assert [{c: as_known(text_of(v), kinds[c]) for c, v in row.items()} for row in found] == [
        {c: as_known(v, kinds[c]) for c, v in row.items()} for row in expected
    ]

    table = pq.read_table(io.BytesIO(client.get(f"/tables/{name}.parquet?{EVERYTHING}").content))
    assert table.to_pylist() == found

    content = client.get(f"/tables/{name}.csv?{EVERYTHING}").content
    assert content.startswith(b"\xef\xbb\xbf")
    cells = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert cells == [
        {c: str(safe_cell(text_of(v)) if isinstance(v, str | list) else text_of(v))
         for c, v in row.items()}
        for row in found
    ]  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_parquet_has_the_types_of_the_data_package(client: TestClient, name: str) -> None:
    content = client.get(f"/tables/{name}.parquet?limit=1").content
    schema = pq.read_schema(io.BytesIO(content))
    wanted = {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "list": pa.list_(pa.string()),
    }
    found = {f.name: (f.type, f.nullable) for f in schema}
    assert {n: nullable for n, (_, nullable) in found.items()} == {
        f.name: not f.required for f in committed()[name].fields
    }
    for field in committed()[name].fields:
        kind = found[field.name][0]
        if field.type == "list":  # the name of the items differs between versions of the format
            assert pa.types.is_list(kind)
            assert kind.value_type == pa.string()
        else:
            assert kind == wanted[field.type], field.name
    assert schema.metadata[b"licence"] == b"CC-BY-4.0"


@pytest.mark.parametrize("name", TABLES)
def test_no_cell_is_a_formula(client: TestClient, name: str) -> None:
    """Read as a spreadsheet reads it; only numbers may begin with a minus."""
    content = client.get(f"/tables/{name}.csv?{EVERYTHING}").content.decode("utf-8-sig")
    sheet = Workbook().active
    assert sheet is not None
    for row in csv.reader(io.StringIO(content, newline="")):
        sheet.append(row)
    for line in sheet.iter_rows():
        for cell in line:
            assert cell.data_type != "f", cell.value
            text = str(cell.value or "")
            assert not text.startswith(("=", "+", "@", "\t", "\r"))
            assert not text.startswith("-") or re.fullmatch(r"-\d+(\.\d+)?", text)


def test_the_list_of_tables(client: TestClient) -> None:
    found = client.get("/tables").json()["tables"]
    assert [t["name"] for t in found] == list(TABLES)
    for table in found:
        assert table["rows"] == len(read_rows(DATA, table["name"]))
        assert set(table["title"]) == {"ko", "en"}
        assert table["columns"] == list(committed()[table["name"]].columns)
        assert ("geojson" in table["formats"]) == (table["name"] == "testbeds")


def test_no_column_is_called_like_a_parameter() -> None:
    """A filter would hide the parameter."""
    ours = {"limit", "offset", "q", "fields", "sort"}
    for name in TABLES:
        resource = committed()[name]
        assert not ours & set(resource.columns)
        given = {f.alias or n for n, f in table_query(resource).model_fields.items()}
        assert given == ours | set(resource.columns)
        assert not any(column.startswith(FILTER) for column in resource.columns)


@pytest.mark.parametrize(
    ("table", "query", "question"),
    [
        ("testbeds", "kind=living-lab&sido=KR-26", "kind == 'living-lab' and sido == 'KR-26'"),
        ("testbeds", "sido=KR-26&sido=KR-11", "sido == 'KR-26' or sido == 'KR-11'"),
        ("pilots", "sido=", "sido == ''"),
        ("pilots", "sido=&sido=KR-11", "sido == '' or sido == 'KR-11'"),
        ("funding", "is_additive=true&basis=spent", "is_additive == 'true' and basis == 'spent'"),
        ("funding", "year=2023&year=2024", "year == '2023' or year == '2024'"),
        ("funding", "year=", "year == ''"),
        ("testbeds", "designated_year=2019", "designated_year == '2019'"),
        ("exchange_rates", "currency=USD", "currency == 'USD'"),
        ("sources", "publisher_ko=nobody", "publisher_ko == 'nobody'"),
    ],
)  # fmt: skip
def test_filters_give_what_pandas_gives(
    client: TestClient, table: str, query: str, question: str
) -> None:
    key = committed()[table].primary_key[0]
    plain = pd.DataFrame(read_rows(DATA, table))
    expected = sorted(plain.query(question)[key])
    answer = client.get(f"/tables/{table}.json?{query}&{EVERYTHING}").json()
    assert [row[key] for row in answer["rows"]] == expected
    assert answer["total"] == len(expected)
    assert table == "sources" or expected


def test_lists_are_filtered_by_item(client: TestClient) -> None:
    expected = {
        r["org_id"] for r in read_rows(DATA, "organizations") if "host" in r["roles"].split(";")
    }
    found = rows(client, f"organizations.json?roles=host&{EVERYTHING}")
    assert {r["org_id"] for r in found} == expected
    assert any(len(r["roles"]) > 1 for r in found)


def test_search_ignores_case_and_spaces(client: TestClient) -> None:
    def folded(row: dict[str, str]) -> str:
        return "\n".join("".join(v.lower().split()) for v in row.values())

    plain = read_rows(DATA, "programs")
    for query, needle in (("스마트 시티", "스마트시티"), ("SmArT", "smart")):
        expected = sorted(r["program_id"] for r in plain if needle in folded(r))
        answer = client.get("/tables/programs.json", params={"q": query, "limit": MAX_LIMIT})
        assert [r["program_id"] for r in answer.json()["rows"]] == expected
        assert expected


def test_columns_order_and_pages(client: TestClient) -> None:
    plain = pd.DataFrame(read_rows(DATA, "funding"))
    plain = plain.assign(amount=plain["amount"].astype(int))
    expected = plain.sort_values(["amount", "funding_id"], ascending=[False, True])
    page = rows(client, "funding.json?sort=-amount&fields=amount,funding_id&limit=7&offset=5")
    assert [list(row) for row in page] == [["amount", "funding_id"]] * 7
    assert [(r["funding_id"], r["amount"]) for r in page] == list(
        expected[["funding_id", "amount"]].iloc[5:12].itertuples(index=False, name=None)
    )


def test_unknown_cells_are_last_in_both_directions(client: TestClient) -> None:
    for sort in ("year", "-year"):
        years = [r["year"] for r in rows(client, f"funding.json?sort={sort}&{EVERYTHING}")]
        known = [y for y in years if y is not None]
        assert None in years
        assert years[len(known) :] == [None] * (len(years) - len(known))
        assert known == sorted(known, reverse=sort.startswith("-"))


def test_links_lead_through_all_pages_once(client: TestClient) -> None:
    address: str | None = "/tables/pilots.json?limit=150&sort=stage&fields=pilot_id"
    seen: list[str] = []
    while address:
        answer = client.get(address)
        seen += [r["pilot_id"] for r in answer.json()["rows"]]
        assert answer.headers["x-total-count"] == str(len(read_rows(DATA, "pilots")))
        link = re.search(r'<([^>]*)>; rel="next"', answer.headers.get("link", ""))
        address = f"/tables/pilots.json{link[1]}" if link else None
    assert sorted(seen) == sorted(r["pilot_id"] for r in read_rows(DATA, "pilots"))


def test_points_open_in_geopandas(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "points.geojson"
    path.write_bytes(client.get(f"/tables/testbeds.geojson?{EVERYTHING}").content)
    frame = gpd.read_file(path)
    plain = pd.DataFrame(read_rows(DATA, "testbeds")).set_index("testbed_id")
    assert len(frame) == len(plain)
    assert frame.crs.to_epsg() == 4326
    for _, row in frame.iterrows():
        expected = plain.loc[row["testbed_id"]]
        assert row.geometry.x == float(expected["lon"])
        assert row.geometry.y == float(expected["lat"])
    few = client.get("/tables/testbeds.geojson?fields=name_en&kind=living-lab&limit=2").json()
    assert [list(f["properties"]) for f in few["features"]] == [["name_en"]] * 2


@pytest.mark.parametrize(("level", "count"), [("provinces", 17), ("municipalities", None)])
def test_boundaries_open_in_geopandas(
    client: TestClient, tmp_path: Path, level: str, count: int | None
) -> None:
    path = tmp_path / "shapes.geojson"
    path.write_bytes(client.get(f"/regions/{level}.geojson").content)
    assert path.read_bytes() == (DATA / "boundaries" / f"{level}.geojson").read_bytes()
    frame = gpd.read_file(path)
    expected = count or len(json.loads(path.read_text(encoding="utf-8"))["features"])
    assert len(frame) == expected
    assert frame.geometry.is_valid.all()


# --- what is refused ----------------------------------------------------------------------

LONG = "x" * 10_240
REFUSED = [
    ("/tables/nothing.csv", 404, "table"),
    ("/tables/nothing", 404, "table"),
    ("/tables/pilots", 404, "format"),
    ("/tables/pilots.xlsx", 404, "format"),
    ("/tables/pilots.geojson", 404, "format"),
    (f"/tables/{LONG}.csv", 404, "table"),
    ("/tables/pilots.json?nothing=1", 422, "nothing"),
    ("/tables/pilots.json?filter_sido=KR-26", 422, "filter_sido"),
    ("/tables/pilots.json?start_date_earliest=2021-01-01", 422, "start_date_earliest"),
    (f"/tables/pilots.json?{LONG}=1", 422, LONG[:80] + "…"),
    ("/tables/pilots.json?fields=nothing", 422, "fields"),
    ("/tables/pilots.json?fields=*", 422, "fields"),
    ("/tables/pilots.json?sort=nothing", 422, "sort"),
    ("/tables/pilots.json?sort=pilot_id;DROP TABLE pilots", 422, "sort"),
    ("/tables/pilots.json?limit=0", 422, "limit"),
    (f"/tables/pilots.json?limit={MAX_LIMIT + 1}", 422, "limit"),
    ("/tables/pilots.json?limit=1e3", 422, "limit"),
    ("/tables/pilots.json?offset=-1", 422, "offset"),
    ("/tables/pilots.json?offset=99999999999999999999", 422, "offset"),
    (f"/tables/pilots.json?q={'x' * (MAX_TEXT + 1)}", 422, "q"),
    (f"/tables/pilots.json?host_name_en={LONG}", 422, "host_name_en"),
    ("/tables/pilots.json?host_name_en=a%00b", 422, "host_name_en"),
    ("/tables/pilots.json?stage=no-such-stage%0A", 422, "stage"),
    ("/tables/funding.json?year=two", 422, "year"),
    ("/tables/funding.json?year=1 OR 1=1", 422, "year"),
    ("/tables/funding.json?year=99999999999999999999", 422, "year"),
    ("/tables/funding.json?basis=given", 422, "basis"),
    ("/tables/funding.json?is_additive=perhaps", 422, "is_additive"),
    ("/tables/testbeds.json?lat=NaN", 422, "lat"),
    ("/tables/testbeds.json?" + "&".join(f"sido=KR-{n}" for n in range(41)), 422, "sido"),
    ("/tables?x=1", 422, "x"),
    ("/figures/nothing.json", 404, "figure"),
    ("/figures/money_by.parquet", 404, "format"),
    ("/figures/money_by.json?by=weather", 422, "by"),
    ("/figures/money_by.json?region=KR-99", 422, "region"),
    ("/figures/money_by.json?payer=nobody", 422, "payer"),
    ("/figures/milestone_funnel.json?start=soon", 422, "start"),
    ("/figures/milestone_funnel.json?program=' OR '1'='1", 422, "program"),
    ("/figures/linkage_flows.json?top=1000", 422, "top"),
    ("/figures/published_funnel.json", 422, "series"),
    ("/figures/published_funnel.json?series=a~b", 422, "series"),
    ("/figures/compare_places.json", 422, "places"),
    ("/figures/compare_places.json?places=Atlantis", 422, "places"),
    ("/figures/compare_places.json?places=KR-11,KR-26,KR-27,KR-28,KR-29,KR-30,KR-31", 422,
     "places"),
    ("/data/nothing.csv", 404, "name"),
    ("/docs?lang=xx", 422, "lang"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "status", "parameter"), REFUSED)
def test_refusals_name_the_parameter(
    client: TestClient, address: str, status: int, parameter: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json()
    assert (problem["status"], problem["parameter"]) == (status, parameter)
    assert parameter in problem["detail"] or status == 404 or problem["detail"]
    assert len(answer.content) < 2_000  # long text is not said back


def test_an_address_that_is_too_long(client: TestClient) -> None:
    answer = client.get("/tables/pilots.json?" + "&".join(["q=x"] * 9_000))
    assert answer.status_code == 414
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "text",
    ["' OR '1'='1", "'; DROP TABLE pilots; --", '" OR ""="', "\\' OR 1=1 --", "%' OR '%'='", "_"],
)
def test_text_that_looks_like_sql_is_only_text(client: TestClient, text: str) -> None:
    total = len(read_rows(DATA, "pilots"))
    found = client.get("/tables/pilots.json", params={"host_name_en": text})
    assert (found.status_code, found.json()["total"]) == (200, 0)
    searched = client.get("/tables/sources.json", params={"q": text}).json()["total"]
    folded = "".join(text.lower().split())
    expected = sum(
        any(folded in "".join(v.lower().split()) for c, v in row.items()
            if c != "publisher_inferred")
        for row in read_rows(DATA, "sources")
    )  # fmt: skip
    assert searched == expected  # no sign is a wildcard
    assert client.get("/tables/pilots.json?limit=1").json()["total"] == total


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/tables", "/tables/pilots.json", "/docs", "/nowhere"])
def test_only_reading(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.json()["status"] == 405


def test_head_is_get_without_a_body(client: TestClient) -> None:
    plain = {"Accept-Encoding": "identity"}
    for path in ("/tables/pilots.csv?limit=3", "/docs", "/tables/nothing.csv"):
        get, head = client.get(path, headers=plain), client.head(path, headers=plain)
        assert head.content == b""
        assert head.status_code == get.status_code
        assert head.headers["content-length"] == str(len(get.content))
        assert head.headers.get("etag") == get.headers.get("etag")


def test_pages_of_other_sites_may_read(client: TestClient) -> None:
    elsewhere = {"Origin": "https://example.org"}
    assert client.get("/tables", headers=elsewhere).headers["access-control-allow-origin"] == "*"
    asked = {**elsewhere, "Access-Control-Request-Method": "GET"}
    assert client.options("/tables", headers=asked).status_code == 200
    asked["Access-Control-Request-Method"] = "DELETE"
    assert client.options("/tables", headers=asked).status_code == 400


# --- caches -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/tables", "/tables/pilots.csv", "/figures/pilots_known.json",
             "/regions/provinces.geojson", "/datapackage.json", "/data/pilots.csv",
             "/openapi.json", "/docs"],
)  # fmt: skip
def test_what_the_client_has_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "public, max-age=300"
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_wrong_code_is_an_error_for_everybody(client: TestClient) -> None:
    tag = client.get("/figures/money_by.json").headers["etag"]
    for given in (tag, "*"):
        answer = client.get("/figures/money_by.json?region=KR-99", headers={"If-None-Match": given})
        assert answer.status_code == 422


def test_long_answers_are_compressed(client: TestClient) -> None:
    answer = client.get("/tables/pilots.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content) / 2


def test_the_store_is_bounded_and_forgets_the_oldest() -> None:
    store = Store(limit=100, largest=60)
    for name in ("a", "b", "c"):
        store.put(name, Answer(b"x" * 39, "text/plain"))
    assert store.get("a") is None
    assert store.get("b") is not None
    store.put("d", Answer(b"x" * 39, "text/plain"))  # b was asked for last, so c goes
    assert (store.get("b") is None, store.get("c") is None) == (False, True)
    store.put("big", Answer(b"x" * 60, "text/plain"))
    assert store.get("big") is None
    store.put("b", Answer(b"y", "text/plain"))
    assert store.size == 1 + 1 + 40


def test_an_answer_is_made_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/tables/regions.json?limit=3"
    first = client.get(path)
    monkeypatch.setattr("api.tables.fetch", None)  # a second query would fail
    assert client.get(path).content == first.content


def test_without_a_snapshot(tmp_path: Path) -> None:
    with environment(DATA, tmp_path):
        answer = TestClient(create_app()).get("/tables/pilots.json")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"


def test_tags_change_with_the_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for room in ("api", "analytics", "loaders"):
        (tmp_path / room).mkdir()
    monkeypatch.setattr(caching, "PROJECT_ROOT", tmp_path)
    ids = set()
    for text in ("a = 1", "a = 2"):
        (tmp_path / "api" / "x.py").write_text(text)
        caching.code_id.cache_clear()
        ids.add(caching.code_id())
    caching.code_id.cache_clear()
    assert len(ids) == 2


# --- the data package as files ------------------------------------------------------------


def test_the_served_package_is_valid(client: TestClient, tmp_path: Path) -> None:
    """An independent reader over a downloaded copy, laid out as the descriptor says."""
    content = client.get("/datapackage.json").content
    (tmp_path / "datapackage.json").write_bytes(content)
    for resource in json.loads(content)["resources"]:
        target = tmp_path / resource["path"]
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(client.get(f"/{resource['path']}").content)
        assert target.read_bytes() == (DATA / f"{resource['name']}.csv").read_bytes()
    report = validate(str(tmp_path / "datapackage.json"))
    assert report.flatten(["name", "rowNumber", "fieldName", "note"]) == []
    assert {task.name: task.stats["rows"] for task in report.tasks} == {
        name: len(read_rows(DATA, name)) for name in TABLES
    }


def test_no_path_leads_out_of_the_package(client: TestClient) -> None:
    for name in ("../README", "..%2fREADME", "%2e%2e%2f%2e%2e%2fpyproject", "boundaries"):
        assert client.get(f"/data/{name}.csv").status_code == 404


# --- the documentation --------------------------------------------------------------------


class Page(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_page_names_every_path_and_loads_nothing(client: TestClient, lang: str) -> None:
    answer = client.get(f"/docs?lang={lang}")
    page = Page(answer.text)
    document = client.get("/openapi.json").json()
    assert len(document["paths"]) > len(TABLES) + 10
    for path, methods in document["paths"].items():
        assert list(methods) == ["get"]
        assert f"GET /api/v1{path}" in page.text
        for parameter in methods["get"].get("parameters", []):
            assert parameter["name"] in page.text
    assert page.tags[0] == ("html", {"lang": lang})
    assert not {"script", "link", "img", "iframe", "object", "embed"} & {t for t, _ in page.tags}
    addresses = [v for _, attrs in page.tags for k, v in attrs.items() if k in ("src", "href")]
    assert all(a and not re.match(r"[a-z]+:|//", a) for a in addresses)
    assert "url(" not in answer.text
    assert "@import" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_korean_page_is_korean(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        node = methods["get"]
        texts = [node["x-summary-ko"], node["x-description-ko"]]
        texts += [p["schema"]["x-description-ko"] for p in node.get("parameters", [])]
        for text in texts:
            assert re.search("[가-힣]", text) or text.startswith(("ISO", "TRL")), (path, text)


def test_the_address_alone_leads_to_the_page(client: TestClient) -> None:
    answer = client.get("/", follow_redirects=False)
    assert answer.headers["location"] == "/api/v1/docs"
