"""The tools for language models: read-only, sourced, bounded; off unless switched on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

import app as site
from api import tools
from api.registry import FIGURES, MilestoneQuery
from api.surface import Surface
from loaders.engine import Runner
from tests.support import DATA, environment, run_async

HEADERS = {"Accept": "application/json, text/event-stream", "Host": "localhost"}


@pytest.fixture(scope="module")
def client(good_snapshot: Path) -> Iterator[TestClient]:
    with environment(DATA, good_snapshot):
        application = tools.application(tools.server("1"), ["*"])
        with TestClient(application) as opened:
            yield opened


def ask(client: TestClient, method: str, **params: Any) -> dict[str, Any]:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    answer = client.post("/", json=body, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def call(client: TestClient, name: str, **arguments: Any) -> dict[str, Any]:
    result = ask(client, "tools/call", name=name, arguments=arguments)["result"]
    assert not result.get("isError"), result
    found: dict[str, Any] = json.loads(result["content"][0]["text"])
    return found


def test_the_tools_say_that_they_only_read(client: TestClient) -> None:
    listed = ask(client, "tools/list")["result"]["tools"]
    assert {t["name"] for t in listed} == {
        "search", "get_profile", "funnel", "money", "linkage", "list_sources",
    }  # fmt: skip
    for tool in listed:
        assert tool["annotations"]["readOnlyHint"] is True
        assert tool["annotations"]["destructiveHint"] is False
        assert tool["description"]


@pytest.mark.parametrize("text", ["에코델타", "Eco Delta"])
def test_search_finds_in_both_languages(client: TestClient, text: str) -> None:
    found = call(client, "search", text=text, kind="testbed")
    assert any("Eco Delta" in str(row["name_en"]) for row in found["rows"])
    assert found["sources"]


def test_a_profile_has_its_parts_with_pages(client: TestClient) -> None:
    found = call(client, "get_profile", kind="company", id="42dot")
    assert found["entity"]["rows"][0]["name_ko"] == "포티투닷"
    assert found["pilots"]["rows_total"] == len(found["pilots"]["rows"]) > 1
    for part in ("entity", "pilots", "steps"):
        assert found[part]["sources"], part
        assert all(page["url"].startswith("http") for page in found[part]["sources"])


def test_a_funnel_is_the_one_of_the_page(client: TestClient, run: Runner) -> None:
    query = MilestoneQuery(region=["KR-26"])
    expected = FIGURES["milestone_funnel"].ask(run, query)
    found = call(client, "funnel", query={"region": ["KR-26"]})
    assert [r["reached"] for r in found["rows"]] == expected.frame["reached"].tolist()
    assert (found["covered"], found["total"]) == (expected.covered, expected.total)
    assert found["sources"] and found["definition"]


@pytest.mark.parametrize("name", ["money", "linkage"])
def test_figures_carry_their_sources(client: TestClient, name: str) -> None:
    found = call(client, name, query={})
    assert 0 < len(found["rows"]) <= tools.MAX_ROWS
    assert found["sources"] and found["method"] and found["snapshot"]


def test_sources_can_be_listed(client: TestClient) -> None:
    found = call(client, "list_sources", text="etnews", language="ko")
    assert 0 < len(found["rows"]) <= tools.MAX_ROWS
    # the search ignores case and spaces: a publisher “… Internet News” has the letters too
    said = [f"{r['url']} {r['publisher_en']} {r['publisher_ko']}" for r in found["rows"]]
    assert all("etnews" in text.lower().replace(" ", "") for text in said)
    assert any("etnews" in row["url"] for row in found["rows"])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get_profile", {"kind": "company", "id": "nobody-here"}),
        ("get_profile", {"kind": "table", "id": "42dot"}),
        ("funnel", {"query": {"region": ["'; DROP TABLE pilots--"]}}),
        ("funnel", {"query": {"nonsense": 1}}),
        ("search", {"text": "x" * 10_000}),
        ("search", {"text": ""}),
    ],
)
def test_what_does_not_fit_is_an_error_that_says_so(
    client: TestClient, name: str, arguments: dict[str, Any]
) -> None:
    answer = ask(client, "tools/call", name=name, arguments=arguments)
    said = json.dumps(answer.get("error") or answer["result"], ensure_ascii=False)
    assert "error" in answer or answer["result"]["isError"]
    assert "Traceback" not in said and "/site-packages/" not in said


def test_a_large_question_is_refused(client: TestClient) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"x": "x" * 10**6}}
    assert client.post("/", json=body, headers=HEADERS).status_code == 413


def test_other_hosts_are_refused(good_snapshot: Path) -> None:
    with environment(DATA, good_snapshot):
        application = tools.application(tools.server("1"), ["atlas.example"])
        with TestClient(application) as opened:
            body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
            headers = {**HEADERS, "Host": "evil.example"}
            assert opened.post("/", json=body, headers=headers).status_code == 421


def test_it_is_off_unless_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATLAS_MCP", raising=False)
    off = site.Tools()
    assert off.routes == []

    async def nothing_to_start() -> None:
        async with off.running():
            pass

    run_async(nothing_to_start())
    monkeypatch.setenv("ATLAS_MCP", "1")
    on = site.Tools()
    assert ([route.path for route in on.routes], on.paths) == (["/mcp"], ("/mcp/",))


def test_questions_pass_the_closed_doors_only_where_they_are_meant() -> None:
    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("in")(scope, receive, send)

    closed = TestClient(Surface(answered, judge=lambda _: "pass"))
    opened = TestClient(Surface(answered, judge=lambda _: "pass", questions=("/mcp/",)))
    assert closed.post("/mcp/").status_code == 405
    assert opened.post("/mcp/").text == "in"
    assert opened.post("/testbeds").status_code == 405
    assert opened.put("/mcp/").status_code == 405
