"""Feeds, the site map, the description for search engines, and text that tries to be markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from analytics.newest import FactFilter, newest_facts
from api.dataset import dataset, script
from api.feeds import ATOM, SITEMAP, XHTML, atom, feed_routes, site_map
from api.routes import routes
from api.shell import ShellPage, shell_routes
from api.v1 import PREFIX, create_app
from loaders import package as packages
from loaders import snapshot
from loaders.engine import Engine, Runner
from loaders.findings.record import record
from loaders.package import PROJECT_ROOT, Lang
from tests.support import DATA, environment, forget, read_rows, set_cell
from tests.unit.fixtures_small import small_run

A, X = f"{{{ATOM}}}", f"{{{XHTML}}}"
HOSTILE = "</script><script>alert(1)</script>]]>&\"'"
INDEX = '<html lang="en"><head><title>Streamlit</title></head><body></body></html>'


def _calendar(run: Runner, lang: str, chosen: FactFilter) -> bytes:
    return f"{lang} {','.join(chosen.sector) or bool(run)}".encode()


def site() -> Starlette:
    """The routes under test, without Streamlit."""
    return Starlette(
        routes=[
            *feed_routes(["", "data"], _calendar),
            Mount(PREFIX, create_app()),
        ]
    )


@pytest.fixture(scope="module")
def client(good_snapshot: Path) -> Iterator[TestClient]:
    with environment(DATA, good_snapshot):
        yield TestClient(site())


# --- facts --------------------------------------------------------------------------------


def test_newest_facts_by_hand() -> None:
    run = small_run(
        {
            "organizations": [{"org_id": "o", "name_ko": "기업", "name_en": "Firm"}],
            "pilots": [
                {"pilot_id": "p", "org_id": "o", "technology_ko": "기술", "technology_en": "Tech"}
            ],
            "milestones": [
                {"milestone_id": "m1", "pilot_id": "p", "stage": "poc", "date": "2024-05",
                 "source_id": "s-0000000001"},
                {"milestone_id": "m2", "pilot_id": "p", "stage": "contract",
                 "source_id": "s-0000000001"},
            ],
            "investments": [
                {"investment_id": "i", "org_id": "o", "round": "seed", "date": "2024-05-02",
                 "source_id": "s-0000000001"}
            ],
            "programs": [{"program_id": "g", "name_ko": "사업", "name_en": "Programme"}],
            "program_editions": [
                {"edition_id": "e1", "program_id": "g", "edition_year": "2024",
                 "apply_open": "2024", "source_id": "s-0000000001"},
                {"edition_id": "e2", "program_id": "g", "apply_close": "2025-01-01",
                 "source_id": "s-0000000001"},
            ],
            "sources": [
                {"source_id": "s-0000000001", "url": "https://example.org/", "publisher_ko": "신문",
                 "publisher_en": "Paper"}
            ],
        }
    )  # fmt: skip
    result = newest_facts(run, 2)
    # a month is as old as its first day; what has no date is left out
    assert list(result.frame["id"]) == ["i", "m1"]
    assert (result.covered, result.total) == (2, 3)
    assert result.rows == {"investments": ("i",), "milestones": ("m1",)}
    everything = newest_facts(run, 9).frame.set_index("id")
    assert list(everything.loc["m1", ["name_en", "what_en", "more_en"]]) == ["Firm", "Poc", "Tech"]
    assert list(everything.loc["e1", ["name_ko", "what_ko", "date"]]) == ["사업", "2024", "2024"]
    assert everything.loc["i", "what_en"] != "seed"  # words, not codes
    assert set(everything["url"]) == {"https://example.org/"}


def test_newest_committed_facts(run: Engine) -> None:
    dated = [r["date"] for t in ("milestones", "investments") for r in read_rows(DATA, t)]
    dated += [r["apply_open"] for r in read_rows(DATA, "program_editions")]
    days = sorted((pd.Period(d).start_time for d in dated if d), reverse=True)
    result = newest_facts(run, 50)
    assert list(result.frame["day"]) == days[:50]
    assert result.total == len(days)


# --- feeds --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_feed_is_atom(client: TestClient, run: Engine, lang: str) -> None:
    answer = client.get(f"/feed.atom?lang={lang}")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == lang
    entries = feed.findall(f"{A}entry")
    facts = newest_facts(run, 50).frame
    assert len(entries) == 50
    created = feed.findtext(f"{A}updated", "")
    ids = [e.findtext(f"{A}id", "") for e in entries]
    assert len(set(ids)) == 50
    for entry, (_, fact) in zip(entries, facts.iterrows(), strict=True):
        assert fact[f"name_{lang}"] in entry.findtext(f"{A}title", "")
        assert fact["date"] in entry.findtext(f"{A}summary", "")
        links = {link.get("rel"): link.get("href") for link in entry.findall(f"{A}link")}
        assert links["alternate"] == links["via"] == fact["url"]
        updated = entry.findtext(f"{A}updated", "")
        datetime.strptime(updated, "%Y-%m-%dT%H:%M:%SZ")
        assert updated <= created
    assert (lang == "ko") == bool(re.search("[가-힣]", feed.findtext(f"{A}subtitle", "")))


def test_ids_are_the_same_in_both_languages(client: TestClient) -> None:
    korean, english = (
        ET.fromstring(client.get(f"/feed.atom?lang={lang}").content) for lang in ("ko", "en")
    )
    assert [e.findtext(f"{A}id") for e in korean.findall(f"{A}entry")] == [
        e.findtext(f"{A}id") for e in english.findall(f"{A}entry")
    ]


def test_site_map_names_every_page_in_both_languages() -> None:
    root = ET.fromstring(site_map(["", "data"], "https://example.org"))
    found = [u.findtext(f"{{{SITEMAP}}}loc") for u in root]
    assert found == [
        "https://example.org/?lang=ko",
        "https://example.org/?lang=en",
        "https://example.org/data?lang=ko",
        "https://example.org/data?lang=en",
    ]
    for url in root:
        others = {link.get("hreflang"): link.get("href") for link in url.findall(f"{X}link")}
        assert set(others) == {"ko", "en"}
        assert url.findtext(f"{{{SITEMAP}}}loc") in others.values()


def test_the_public_address_can_be_set(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "http://testserver/data" in client.get("/sitemap.xml").text
    monkeypatch.setenv("ATLAS_PUBLIC_URL", "https://atlas.example/")
    assert "https://atlas.example/data?lang=ko" in client.get("/sitemap.xml").text
    assert "testserver" not in client.get("/feed.atom").text


def test_the_calendar_is_in_the_language_asked_for(client: TestClient) -> None:
    answer = client.get("/deadlines.ics?lang=en")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text == "en True"
    assert client.get("/deadlines.ics").text == "ko True"


def ids(feed: bytes) -> set[str]:
    """Table and key of every entry."""
    found = [e.findtext(f"{A}id") or "" for e in ET.fromstring(feed).findall(f"{A}entry")]
    return {text.rpartition(":")[2] for text in found}


def test_facts_can_be_filtered_like_pages(client: TestClient) -> None:
    """Every entry of the filtered feed belongs to the province; the link to itself keeps it."""
    answer = client.get("/feed.atom?lang=en&region=KR-26")
    pilots = {r["pilot_id"]: r["sido"] for r in read_rows(DATA, "pilots")}
    steps = {r["milestone_id"]: pilots[r["pilot_id"]] for r in read_rows(DATA, "milestones")}
    shown = [i.partition("/")[2] for i in ids(answer.content) if i.startswith("milestones/")]
    assert shown and {steps[key] for key in shown} == {"KR-26"}
    assert "region=KR-26" in answer.text
    assert ids(answer.content) != ids(client.get("/feed.atom?lang=en").content)


def test_filters_of_feeds_meet(run: Runner) -> None:
    both = FactFilter(region=("KR-26", "KR-50"), sector=("mobility",))
    few, many = newest_facts(run, 10_000, both), newest_facts(run, 10_000)
    assert 0 < few.total < many.total
    parts = [newest_facts(run, 10_000, FactFilter(region=(r,), sector=("mobility",))).total
             for r in both.region]  # fmt: skip
    assert few.total == sum(parts)
    assert newest_facts(run, 9, FactFilter(program=("no-such-programme",))).frame.empty


@pytest.mark.parametrize("path", ["/feed.atom", "/deadlines.ics"])
@pytest.mark.parametrize("bad", ["region=Busan", "sector=%27;--", "program=x"])
def test_an_unknown_code_in_a_feed_is_named(client: TestClient, path: str, bad: str) -> None:
    answer = client.get(f"{path}?{bad}")
    assert answer.status_code == 422
    assert bad.partition("=")[0] in answer.text


def test_the_calendar_gets_the_filter(client: TestClient) -> None:
    assert client.get("/deadlines.ics?lang=en&sector=mobility,energy").text == "en mobility,energy"


def test_no_feed_without_data(tmp_path: Path) -> None:
    with environment(DATA, tmp_path):
        client = TestClient(site())
        assert [client.get(p).status_code for p in ("/feed.atom", "/deadlines.ics")] == [503, 503]


# --- search engines -----------------------------------------------------------------------


class Scripts(HTMLParser):
    """Script elements as a browser sees them: their types and contents."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str | None, str]] = []
        self._open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag == "script"
        if self._open:
            self.found.append((dict(attrs).get("type"), ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            kind, text = self.found[-1]
            self.found[-1] = (kind, text + data)


def shell(*, describes_data: bool, host: str = "testserver") -> str:
    titles = {"ko": "데이터", "en": "Data"}
    page = ShellPage("data", titles, titles, describes_data=describes_data)
    pages = shell_routes(INDEX, [page], lambda *_: "ko", "/icon.svg")
    client = TestClient(Starlette(routes=pages))
    return client.get("/data", headers={"Host": host}).text


def test_only_the_data_page_describes_the_data(client: TestClient) -> None:
    kinds = [kind for kind, _ in Scripts(shell(describes_data=False)).found]
    assert "application/ld+json" not in kinds
    described = dict(Scripts(shell(describes_data=True)).found)
    document = json.loads(described["application/ld+json"])
    assert document == dataset("ko", "http://testserver")
    assert document["@type"] == "Dataset"
    for file in document["distribution"]:
        assert client.get(file["contentUrl"]).status_code == 200


def test_the_description_cannot_end_its_element(
    monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    known = packages.package()
    hostile = packages.Package({**known.descriptor, "title_ko": HOSTILE}, known.resources)
    monkeypatch.setattr("api.dataset.package", lambda: hostile)
    element = script("ko", "http://x/</script>")
    assert element.count("<") == 2  # its own tags
    assert "\\u003c/script\\u003e" in element
    scripts = Scripts(shell(describes_data=True, host="x</script><b>")).found
    (text,) = [t for kind, t in scripts if kind == "application/ld+json"]
    assert json.loads(text)["name"] == HOSTILE


# --- hostile data -------------------------------------------------------------------------


@pytest.fixture
def hostile(data_copy: Path) -> TestClient:
    """A site whose newest facts, titles and cells try to be markup and formulas."""
    set_cell(data_copy, "organizations", "42dot", "name_ko", f"한글{HOSTILE}")
    set_cell(data_copy, "organizations", "42dot", "name_en", "=1+1")
    set_cell(data_copy, "pilots", "42dot-sejong-2021", "technology_ko", f"기술{HOSTILE}")
    step = next(
        r for r in read_rows(data_copy, "milestones") if r["pilot_id"] == "42dot-sejong-2021"
    )
    for column, value in (("date", "2026-11-20"), ("date_basis", "event")):
        set_cell(data_copy, "milestones", step["milestone_id"], column, value)
    path = data_copy / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    descriptor["title"] = descriptor["title_ko"] = HOSTILE
    for resource in descriptor["resources"]:
        resource["title"] = resource["title_ko"] = f"한글{HOSTILE}"
        resource["schema"]["fields"][0]["description_ko"] = HOSTILE
    path.write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")
    forget()
    record(data_copy, date(2026, 11, 22))  # the new date raises doubts, which carry the text too
    snapshot.build()
    return TestClient(site())


def test_hostile_text_is_never_markup(hostile: TestClient) -> None:
    for lang in ("ko", "en"):
        html = hostile.get(f"{PREFIX}/docs?lang={lang}").text
        assert Scripts(html).found == []
        assert "alert(1)" in html
        raw = hostile.get(f"/feed.atom?lang={lang}").content
        feed = ET.fromstring(raw)
        assert b"<script" not in raw
        assert feed.findtext(f"{A}title") == HOSTILE
        assert {e.tag for e in feed.iter()} <= {
            A + n
            for n in ("feed", "id", "title", "subtitle", "updated", "author", "name", "rights",
                      "link", "entry", "category", "summary")
        }  # fmt: skip
    first = ET.fromstring(hostile.get("/feed.atom?lang=ko").content).find(f"{A}entry")
    assert first is not None
    assert f"한글{HOSTILE}" in first.findtext(f"{A}title", "")
    table = hostile.get(f"{PREFIX}/tables/organizations.json?org_id=42dot")
    assert table.json()["rows"][0]["name_ko"] == f"한글{HOSTILE}"
    assert table.headers["content-type"] == "application/json"
    sheet = hostile.get(f"{PREFIX}/tables/organizations.csv?org_id=42dot&fields=name_en").text
    assert sheet.splitlines()[1] == "'=1+1"
    figure = hostile.get(f"{PREFIX}/figures/linked_companies.csv").text
    assert ",=1+1" not in figure
    assert ",'=1+1" in figure


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[", "data:text/html,x", ""])
def test_only_web_addresses_are_linked(url: str) -> None:
    run = small_run(
        {
            "organizations": [{"org_id": "o", "name_ko": "\x00\u202e기업", "name_en": "Firm"}],
            "investments": [{"investment_id": "i", "org_id": "o", "round": "seed",
                             "date": "2024-05-02", "source_id": "s"}],
            "sources": [{"source_id": "s", "url": url}],
        }
    )  # fmt: skip
    lang: Lang = "ko"
    (entry,) = ET.fromstring(atom(run, lang, "http://x")).findall(f"{A}entry")
    assert entry.findall(f"{A}link") == []
    assert entry.findtext(f"{A}title", "").startswith("기업")


# --- beside the pages ---------------------------------------------------------------------


def test_the_routes_of_the_server_hold_the_api(good_snapshot: Path) -> None:
    with environment(DATA, good_snapshot):
        client = TestClient(Starlette(routes=routes(PROJECT_ROOT / "assets" / "icon.svg")))
        assert client.get(f"{PREFIX}/tables").status_code == 200
        for address in (PREFIX, f"{PREFIX}/"):
            assert client.get(address, follow_redirects=False).headers["location"] == (
                f"{PREFIX}/docs"
            )
        assert client.get("/robots.txt").text.endswith("Sitemap: http://testserver/sitemap.xml\n")
