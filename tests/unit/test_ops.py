"""Logs say what happened and to nobody in particular; measurements add up; headers hold."""

from __future__ import annotations

import io
import json
import logging
import re
from pathlib import Path

import pytest
import streamlit
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

import app as site
from api.access import AREAS, AccessLog, area_of
from api.headers import SecurityHeaders, component_policy, document_policy, page_policy
from api.health import health_routes
from api.shell import render, script_hashes
from ops import logs, metrics
from tests.support import DATA, environment

PAGE = page_policy(["'sha256-abc='"])


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    monkeypatch.delenv("ATLAS_LOG", raising=False)
    stream = io.StringIO()
    logs.set_up(stream)
    return stream


def kind(answer: str) -> object:
    def endpoint(_: Request) -> Response:
        return Response(b"<p>x</p>", media_type=answer)

    return endpoint


@pytest.fixture
def client() -> TestClient:
    return TestClient(
        Starlette(
            routes=[
                Route("/testbeds", kind("text/html")),  # type: ignore[arg-type]
                Route("/component/x/index.html", kind("text/html")),  # type: ignore[arg-type]
                Route("/api/v1/docs", kind("text/html")),  # type: ignore[arg-type]
                Route("/assets/icon.svg", kind("image/svg+xml")),  # type: ignore[arg-type]
                Route("/static/x.js", kind("text/javascript")),  # type: ignore[arg-type]
            ],
            middleware=[Middleware(AccessLog), Middleware(SecurityHeaders, page_policy=PAGE)],
        ),
        raise_server_exceptions=False,
    )


def test_a_log_line_is_one_line_of_json(logged: io.StringIO) -> None:
    logging.getLogger("atlas.x").warning("two\nlines %s", "세종", extra={"fault": 'a"b'})
    (entry,) = lines(logged)
    assert entry["message"] == "two\nlines 세종"
    assert entry["fault"] == 'a"b'
    assert entry["level"] == "warning"
    assert str(entry["time"]).endswith("+00:00")


def test_a_trace_stays_in_its_line(logged: io.StringIO) -> None:
    try:
        raise ValueError("x\n{}")
    except ValueError:
        logging.getLogger("atlas").exception("failed")
    (entry,) = lines(logged)
    assert "ValueError" in str(entry["trace"])


def test_nothing_about_the_visitor_is_logged(logged: io.StringIO, client: TestClient) -> None:
    secret = "10.9.8.7"
    client.get(
        f"/testbeds?who={secret}",
        headers={"X-Forwarded-For": secret, "User-Agent": secret, "Cookie": f"a={secret}"},
    )
    (entry,) = lines(logged)
    assert secret not in logged.getvalue()
    assert "testclient" not in logged.getvalue()
    assert {k: entry[k] for k in ("method", "path", "status", "bytes")} == {
        "method": "GET",
        "path": "/testbeds",
        "status": 200,
        "bytes": 8,
    }
    assert logging.getLogger("uvicorn.access").disabled


def test_answers_are_counted_by_area_and_status(client: TestClient) -> None:
    def count(area: str, status: str) -> float:
        labels = {"area": area, "status": status}
        return REGISTRY.get_sample_value("atlas_http_answers_total", labels) or 0

    before = count("api", "200"), count("other", "404")
    client.get("/api/v1/docs")
    client.get("/nowhere")
    assert (count("api", "200"), count("other", "404")) == (before[0] + 1, before[1] + 1)


def test_paths_cannot_grow_the_measurements() -> None:
    assert {area_of(f"/{n}/x") for n in range(1000)} == {"other"}
    assert {area_of(f"/{area}/x") for area in AREAS} == AREAS


@pytest.mark.parametrize(
    ("error", "outcome"), [(None, "done"), (ValueError, "failed"), (KeyboardInterrupt, "stopped")]
)
def test_page_runs_are_counted_by_outcome(error: type[BaseException] | None, outcome: str) -> None:
    def count() -> float:
        labels = {"page": "test", "outcome": outcome}
        return REGISTRY.get_sample_value("atlas_page_runs_total", labels) or 0

    before = count()
    try:
        with metrics.page_run("test"):
            if error:
                raise error
    except (ValueError, KeyboardInterrupt):
        assert error
    assert count() == before + 1


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        ("/testbeds", PAGE),
        ("/component/x/index.html", component_policy()),
        ("/api/v1/docs", document_policy()),
        ("/assets/icon.svg", document_policy()),
        ("/static/x.js", None),
    ],
)
def test_each_kind_of_document_has_its_policy(
    client: TestClient, path: str, policy: str | None
) -> None:
    headers = client.get(path).headers
    assert headers.get("content-security-policy") == policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "server" not in headers


def test_strict_transport_only_behind_tls(client: TestClient) -> None:
    assert "strict-transport-security" not in client.get("/testbeds").headers
    secure = client.get("https://testserver/testbeds").headers
    assert secure["strict-transport-security"].startswith("max-age=31536000")


def test_pages_run_no_script_but_ours() -> None:
    """Neither inline scripts nor other hosts; the shell's own by their hashes."""
    scripts = re.search(r"script-src ([^;]*);", PAGE)
    assert scripts and scripts[1] == "'self' 'sha256-abc='"
    assert "http:" not in PAGE and "*" not in PAGE


def test_every_inline_script_of_the_shell_has_a_hash() -> None:
    index = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    shell = render(index, "en", "title", "text", "icon.svg")
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", shell)
    assert len(script_hashes(index)) == len(inline) > 0
    assert not re.search(r"<[^>]+\son[a-z]+=", shell), "an event handler would be refused"


@pytest.mark.parametrize(
    "bad", ["javascript:x", "https://a.kr; script-src *", "a.kr", "https://a/b"]
)
def test_embedding_is_allowed_to_origins_only(monkeypatch: pytest.MonkeyPatch, bad: str) -> None:
    monkeypatch.setenv("ATLAS_FRAME_ANCESTORS", bad)
    with pytest.raises(ValueError, match="ATLAS_FRAME_ANCESTORS"):
        document_policy()


def test_embedding_by_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_FRAME_ANCESTORS", "https://a.go.kr, https://b.go.kr")
    assert page_policy([]).endswith("frame-ancestors 'self' https://a.go.kr https://b.go.kr")


def test_tiles_are_allowed_in_the_map_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_TILES_URL", "https://{s}.tiles.example/{z}/{x}/{y}.png")
    assert "https://*.tiles.example" in component_policy()
    assert "tiles.example" not in page_policy([]) + document_policy()


def test_other_host_names_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_ALLOWED_HOSTS", "atlas.example, *.atlas.example")
    assert site.allowed_hosts() == ["atlas.example", "*.atlas.example"]
    monkeypatch.delenv("ATLAS_ALLOWED_HOSTS")
    assert site.allowed_hosts() == ["*"]


def test_health_says_which_snapshot(good_snapshot: Path) -> None:
    client = TestClient(Starlette(routes=list(health_routes())))
    with environment(DATA, good_snapshot):
        wanted = (good_snapshot / "CURRENT").read_text().strip()
        assert client.get("/healthz").json() == {
            "status": "ok",
            "snapshot": wanted,
            "fault": None,
        }
        assert client.get("/readyz").status_code == 200


def test_health_without_data(tmp_path: Path) -> None:
    """The process lives, but no visitor should be sent to it."""
    client = TestClient(Starlette(routes=list(health_routes())))
    with environment(DATA, tmp_path):
        assert client.get("/healthz").status_code == 200
        assert client.get("/healthz").json()["status"] == "degraded"
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert "pointer" in answer.json()["fault"]


def test_health_with_an_engine_that_is_down(
    good_snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = TestClient(Starlette(routes=list(health_routes())))
    with environment(DATA, good_snapshot):
        monkeypatch.setenv("ATLAS_ENGINE", "postgres://nobody@127.0.0.1:1/none?connect_timeout=1")
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "the engine does not answer" in answer.json()["fault"]
    assert "nobody" not in answer.text


def test_the_measurements_tell_a_degraded_state() -> None:
    found = {
        family.name: family.samples
        for family in metrics._Snapshot(lambda: ("abc", "damaged")).collect()
    }
    assert found["atlas_snapshot"][0].labels == {"snapshot_id": "abc"}
    assert found["atlas_degraded"][0].value == 1


def test_nothing_listens_unless_a_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATLAS_METRICS_PORT", raising=False)
    monkeypatch.setattr(
        metrics, "start_http_server", lambda *_, **__: pytest.fail("a port was opened")
    )
    metrics.give_out(lambda: (None, ""))
