"""What the running server answers, to whom, and what it refuses."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlsplit

import pytest
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

import app as site
from api.surface import METHODS, POLICY_VIOLATION, is_closed, same_origin
from bench.client import STREAM, reader
from bench.serving import Site
from tests.e2e.conftest import PATHS
from tests.security.size import count
from tests.security.wire import ask
from tests.support import run_async
from ui.messages import WANTED, verdict

WRITING = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "BREW")
CLOSED = (
    "/_stcore/upload_file", "/_stcore/upload_file/a/b", "/_stcore/metrics",
    "/_stcore/agent/interact", "/_stcore/agent/openapi.json", "/_stcore/agent/mcp",
    "/_stcore/agent/", "/_stcore/script-health-check", "/_stcore/anything-new",
    "/_stcore/%75pload_file/a/b", "//_stcore/metrics", "/x/_stcore/metrics",
    "/auth/login", "/auth/logout", "/oauth2callback", "/app/static/x", "/_stcore/health/../metrics",
)  # fmt: skip


def _paths(routes: list[BaseRoute], above: str = "") -> list[str]:
    found = []
    for route in routes:
        path = above + getattr(route, "path", "")
        if isinstance(route, Mount) and route.routes:
            found += _paths(list(route.routes), path)
        elif not isinstance(route, WebSocketRoute):
            found.append(re.sub(r"\{[^}]*\}", "x", path) or "/")
    return found


def known_paths() -> list[str]:
    """An address for every route of the site, and Streamlit's own."""
    streamlit = ("/_stcore/health", "/_stcore/host-config", "/media/x", "/component/x/index.html",
                 "/static/x.js", "/nowhere")  # fmt: skip
    return sorted({*_paths(list(site.app._user_routes)), *streamlit, *CLOSED, *PATHS})


def test_routes_of_ours_only_read() -> None:
    def methods(routes: list[BaseRoute]) -> set[str]:
        found: set[str] = set()
        for route in routes:
            if isinstance(route, Mount):
                found |= methods(list(route.routes or ()))
            elif isinstance(route, Route):
                found |= route.methods or set()
            else:
                found |= getattr(route, "methods", None) or set()
        return found

    assert methods(list(site.app._user_routes)) <= {"GET", "HEAD"}


def test_nothing_can_be_written(served: Site) -> None:
    paths = known_paths()
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx\r\n--x--\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    tried = 0
    for path in paths:
        for method in WRITING[:4] if path in CLOSED else WRITING:
            answer = ask(served, method, path, form, body if method == "PUT" else b"")
            # the parser itself answers 400 to methods and addresses that are none
            assert answer.status in (400, 404, 405), (method, path, answer.status)
            tried += 1
    count("surface", routes=len(paths), writing_requests=tried, accepted=0)
    assert tried > 300


def test_an_open_session_cannot_upload(served: Site) -> None:
    """The one who would be let in by Streamlit: a visitor with a session of his own."""

    async def session() -> str:
        async with reader(served.url) as visitor:
            await visitor.run("/data?lang=en")
            return visitor.session_id

    session_id = run_async(session())
    assert session_id
    for method in ("PUT", "DELETE", "OPTIONS", "GET"):
        answer = ask(served, method, f"/_stcore/upload_file/{session_id}/1", body=b"x")
        assert answer.status == 404


@pytest.mark.parametrize("path", CLOSED)
def test_doors_that_are_not_needed_are_shut(served: Site, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        answer = ask(served, method, path)
        if path.startswith("/app/"):
            assert answer.status in (200, 404, 405)  # the shell of the pages; static serving is off
            assert b"<!" in answer.body or answer.status != 200 or method == "HEAD"
            continue
        assert answer.status in (400, 404, 405), (method, answer.status)
        assert b"streamlit_" not in answer.body  # a measurement


def test_what_the_pages_need_is_open(served: Site) -> None:
    for path in ("/_stcore/health", "/_stcore/host-config", "/healthz", "/readyz", "/robots.txt"):
        assert ask(served, "GET", path).status == 200
    for path in PATHS:
        answer = ask(served, "GET", path)
        assert answer.status == 200
        assert answer.header("content-security-policy")
        assert answer.header("server") is None
    # no other site may speak to the pages from outside their frame
    assert b'"allowedOrigins":[]' in ask(served, "GET", "/_stcore/host-config").body


def test_refusals_carry_the_headers_too(served: Site) -> None:
    for answer in (ask(served, "GET", "/_stcore/metrics"), ask(served, "POST", "/")):
        assert answer.header("x-content-type-options") == "nosniff"
        assert answer.header("cache-control") == "no-store"
    assert ask(served, "POST", "/").header("allow") == ", ".join(METHODS)


def test_endless_addresses_are_refused(served: Site) -> None:
    assert ask(served, "GET", "/" + "a" * 2_000).status == 414
    assert ask(served, "GET", "/testbeds?kind=" + "a" * 40_000).status == 414
    assert ask(served, "GET", "/testbeds?kind=" + "a" * 20_000).status == 200
    assert ask(served, "GET", "/", {"X-Long": "a" * 200_000}).status in (0, 400, 431)
    assert ask(served, "GET", "/" + "a" * 200_000).status in (0, 400, 414)


# --- names and origins --------------------------------------------------------------------


def _own(served: Site) -> str:
    return urlsplit(served.url).netloc


@pytest.mark.parametrize(
    "host", ["atlas.example", "www.atlas.example", "ATLAS.example", "127.0.0.1", "atlas.example:80"]
)
def test_allowed_hosts_are_served(served: Site, host: str) -> None:
    assert ask(served, "GET", "/robots.txt", {"Host": host}).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "atlas.example.evil.example", "evilatlas.example", "localhost", "",
     "atlas.example@evil.example", "127.0.0.1.evil.example", "[::1]", "a b"],
)  # fmt: skip
def test_other_hosts_are_refused(served: Site, host: str) -> None:
    for path in ("/", "/api/v1/tables", "/sitemap.xml", "/_stcore/health"):
        answer = ask(served, "GET", path, {"Host": host})
        assert answer.status == 400
        assert b"evil" not in answer.body


def test_addresses_in_files_come_from_the_setting(served: Site) -> None:
    answer = ask(served, "GET", "/sitemap.xml", {"Host": "www.atlas.example"})
    assert b"https://atlas.example/" in answer.body
    assert b"www.atlas.example" not in answer.body


def test_forwarded_names_are_not_believed(served: Site) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for path in ("/sitemap.xml", "/robots.txt", "/data", "/feed.atom"):
        assert b"evil" not in ask(served, "GET", path, forged).body


def test_frames_are_allowed_by_list(served: Site) -> None:
    policy = ask(served, "GET", "/testbeds?embed=true").header("content-security-policy") or ""
    assert policy.endswith("frame-ancestors 'self' https://portal.example")
    assert "http:" not in policy
    assert "*" not in policy


def test_strict_transport_behind_tls(served: Site) -> None:
    secure = ask(served, "GET", "/", {"X-Forwarded-Proto": "https"})
    assert secure.header("strict-transport-security") == "max-age=31536000; includeSubDomains"
    assert ask(served, "GET", "/").header("strict-transport-security") is None


async def _connects(served: Site, **headers: str) -> bool:
    address = served.url.replace("http", "ws", 1) + STREAM
    try:
        async with connect(
            address, subprotocols=[Subprotocol("streamlit")], additional_headers=headers
        ):
            return True
    except (InvalidStatus, ConnectionClosed):
        return False


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://evil.example", False),
        ("http://localhost", False),
        ("http://localhost:8501", False),
        ("http://127.0.0.1", False),
        ("null", False),
        ("", False),
        ("https://atlas.example.evil.example", False),
        ("https://atlas.example", True),
    ],
)
def test_websockets_of_other_origins_are_refused(served: Site, origin: str, allowed: bool) -> None:
    assert run_async(_connects(served, Origin=origin)) is allowed


def test_websockets_of_this_origin_and_of_programs_are_accepted(served: Site) -> None:
    assert run_async(_connects(served, Origin=f"http://{_own(served)}"))
    assert run_async(_connects(served))


def test_websockets_under_other_hosts_are_refused() -> None:
    assert not same_origin("https://evil.example", "atlas.example", ())
    assert not same_origin("ftp://atlas.example", "atlas.example", ())
    assert not same_origin("https://atlas.example/", "atlas.example", ())
    assert not same_origin("https://atlas.example", None, ())
    assert same_origin("https://atlas.example", "internal:8501", ("https://atlas.example",))


# --- messages -----------------------------------------------------------------------------


def test_only_messages_that_pages_need_pass() -> None:
    kinds = [field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields]
    assert set(kinds) > WANTED
    passed = set()
    for kind in kinds:
        field = BackMsg.DESCRIPTOR.fields_by_name[kind]
        message = BackMsg()
        if field.message_type:
            getattr(message, kind).SetInParent()
        else:
            setattr(message, kind, True)
        if verdict(message.SerializeToString()) == "pass":
            passed.add(kind)
    assert passed == WANTED
    assert verdict(b"") == "ignore"
    assert verdict(b"\xff\xff\xff") == "refuse"


def test_a_text_frame_and_noise_end_the_connection(served: Site) -> None:
    async def closed_by(message: str | bytes) -> int | None:
        async with connect(
            served.url.replace("http", "ws", 1) + STREAM, subprotocols=[Subprotocol("streamlit")]
        ) as connection:
            await connection.send(message)
            await asyncio.wait_for(connection.wait_closed(), 30)
            return connection.close_code

    for message in ("text", b"\xff\xff\xff", b"\x5a\xff"):
        assert run_async(closed_by(message)) == POLICY_VIOLATION


def test_closed_addresses() -> None:
    assert all(is_closed(p) for p in ("/_stcore/metrics", "/a/_stcore/agent/mcp", "/auth/login"))
    assert not any(is_closed(p) for p in ("/", "/_stcore/stream", "/_stcore/health", "/authors"))
