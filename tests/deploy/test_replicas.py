"""Replicas behind nginx: a stopped one costs nobody the view; no client takes all there is.

``make replicas`` runs it with three replicas and 150 sessions.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bench.client import Reader, Run, connected
from bench.serving import HOST, PROJECT, free_port
from deploy.replicas import Site, answers, nginx_path, serving
from tests.support import DATA, environment, run_async

REPLICAS = int(os.environ.get("ATLAS_REPLICAS", "2"))
SESSIONS = int(os.environ.get("ATLAS_SESSIONS", "20"))
VIEWS = (
    "/?lang=ko",
    "/money?region=KR-26&lang=ko",
    "/programs?region=KR-11&lang=en",
    "/funnel?sector=mobility&lang=en",
    "/investment?region=KR-41&lang=ko",
)
#: Sessions that one client may have (``limit_conn sessions`` of the template).
MOST_SESSIONS = 60
CLOSED = (
    "/_stcore/metrics",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/interact",
    "/_stcore/upload_file/a/b",
    "/_stcore/script-health-check",
    "/metrics",
    "/readyz",
    "/healthz",
)
#: Nothing that a reader sees: numbers of the session's own.
_SHOWN = ("markdown", "plotly_chart", "heading", "metric", "alert")

pytestmark = pytest.mark.skipif(
    nginx_path() is None, reason="nginx is not installed (tests/install-servers.sh installs it)"
)


class Viewer(Reader):
    """A session that remembers what it was shown."""

    seen: Counter[bytes]

    def _note(self, message: ForwardMsg, size: int, run: Run) -> None:
        super()._note(message, size, run)
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind in _SHOWN:
            shown = getattr(element, kind)
            text = shown.spec.encode() if kind == "plotly_chart" else shown.SerializeToString()
            self.seen[text] += 1

    async def view(self, path: str) -> Counter[bytes]:
        """What the page shows.

        Raises:
            AssertionError: an exception is among it.
        """
        self.seen = Counter()
        run = await self.run(path)
        assert run.exceptions == []
        return self.seen


class Visitor:
    """A browser: an address, the cookie it was given, the view in its address bar."""

    def __init__(self, site: str, number: int) -> None:
        self.site = site
        self.path = VIEWS[number % len(VIEWS)]
        # neighbours share a cookie, as two tabs of a browser do
        self.cookie = f"atlas_replica={number // 2:032x}"
        self.address = f"127.1.{number // 200}.{number % 200 + 1}"
        self.moved = False
        self.session: Viewer
        self.before: Counter[bytes]
        self.after: Counter[bytes]

    def views(self) -> list[tuple[str, Counter[bytes]]]:
        """What was shown before and after a replica was stopped."""
        return [("before", self.before), ("after", self.after)]

    async def connect(self, stack: AsyncExitStack) -> Viewer:
        """A new session, as a browser opens it on load and after a lost connection."""
        connection = await stack.enter_async_context(
            connected(
                self.site,
                local_addr=(self.address, 0),
                additional_headers={"Cookie": self.cookie},
            )
        )
        return Viewer(connection)

    async def begin(self, stack: AsyncExitStack) -> None:
        self.session = await self.connect(stack)
        self.before = await self.session.view(self.path)

    async def go_on(self, stack: AsyncExitStack) -> None:
        """Look again; connect anew when the connection was lost."""
        try:
            self.after = await self.session.view(self.path)
        except ConnectionClosed:
            self.moved = True
            self.session = await self.connect(stack)
            self.after = await self.session.view(self.path)


def same_beginning(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common before they differ."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def different(seen: Counter[bytes], wanted: Counter[bytes]) -> list[str]:
    """Where elements of a view begin to differ from the likest ones that it should show."""
    found, missing = list((seen - wanted).elements()), list((wanted - seen).elements())
    if not found and not missing:
        return []
    lines = [f"{len(found)} elements in place of {len(missing)}"]
    for text in found:
        likest = max(missing, key=partial(same_beginning, text), default=b"")
        at = same_beginning(text, likest)
        part = slice(max(0, at - 40), at + 80)
        lines.append(f"{text[part]!r} in place of {likest[part]!r}")
    return lines


@pytest.fixture(scope="module")
def site(good_snapshot: Path) -> Iterator[Site]:
    ports = [free_port() for _ in range(REPLICAS)]
    with (
        environment(DATA, good_snapshot),
        # not below pytest's folder, which the user that nginx works as may not enter
        tempfile.TemporaryDirectory(prefix="atlas-replicas-") as folder,
        serving(ports, free_port(), Path(folder)) as running,
    ):
        yield running


def get(site: Site, path: str, address: str = HOST, **headers: str) -> http.client.HTTPResponse:
    """An answer of the site to a client at an address of this machine."""
    connection = http.client.HTTPConnection(
        site.url.removeprefix("http://"), timeout=60, source_address=(address, 0)
    )
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("path", CLOSED)
def test_internals_are_closed(site: Site, path: str) -> None:
    assert get(site, path).status == 404


def test_pages_are_compressed_and_given_a_cookie(site: Site) -> None:
    answer = get(site, "/money?lang=ko", **{"Accept-Encoding": "gzip"})
    assert answer.status == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("atlas_replica=")
    assert "HttpOnly" in cookie
    again = get(site, "/money?lang=ko", Cookie=cookie.split(";")[0])
    assert "Set-Cookie" not in again.headers


@pytest.mark.parametrize("path", ["/api/v1/tables", "/assets/provinces.js"])
def test_what_is_the_same_for_all_is_kept(site: Site, path: str) -> None:
    first, second = get(site, path), get(site, path)
    assert first.status == second.status == 200
    assert first.headers["X-Kept"] == "MISS"
    assert second.headers["X-Kept"] == "HIT"
    assert "Set-Cookie" not in second.headers


async def _greedy(site: Site) -> None:
    address = "127.9.9.9"
    refused = 0
    async with AsyncExitStack() as stack:
        for _ in range(MOST_SESSIONS + 15):
            session = connected(site.url, local_addr=(address, 0))
            try:
                await stack.enter_async_context(session)
            except InvalidStatus as error:
                assert error.response.status_code == 429
                refused += 1
        assert refused >= 15
        # meanwhile another visitor is served as ever
        visitor = Visitor(site.url, 7)
        await visitor.begin(stack)
        assert visitor.before


def test_a_greedy_client_starves_nobody(site: Site) -> None:
    run_async(_greedy(site))


def test_a_flood_of_questions_is_refused(site: Site) -> None:
    states = Counter(get(site, "/api/v1/tables", "127.9.9.8").status for _ in range(120))
    assert states[200] >= 40
    assert states[429] > 0
    assert get(site, "/api/v1/tables", "127.9.9.7").status == 200


async def _stop_one(site: Site) -> list[Visitor]:
    visitors = [Visitor(site.url, number) for number in range(SESSIONS)]
    async with AsyncExitStack() as stack:
        await asyncio.gather(*(v.begin(stack) for v in visitors))
        stopped = site.replicas[0].process
        assert stopped is not None
        stopped.kill()
        stopped.wait()
        await asyncio.gather(*(v.go_on(stack) for v in visitors))
    return visitors


def test_visitors_of_a_stopped_replica_go_on_at_another(site: Site) -> None:
    visitors = run_async(_stop_one(site))
    moved = {v.cookie for v in visitors if v.moved}
    stayed = {v.cookie for v in visitors if not v.moved}
    assert moved
    assert stayed
    # sessions with one cookie were at one replica
    assert not moved & stayed
    for view in VIEWS:
        here = [v for v in visitors if v.path == view]
        assert all(v.before for v in here)
        # one view, whoever draws it, before and after
        drawn = [(when, v.moved, seen) for v in here for when, seen in v.views()]
        assert [
            (*how, diff) for *how, seen in drawn if (diff := different(seen, here[0].before))
        ] == []


def test_plain_processes_stop_when_told(good_snapshot: Path, tmp_path: Path) -> None:
    port, replica = free_port(), free_port()
    options = ["-n", "1", "--port", str(port), "--first-port", str(replica)]
    environment = {**os.environ, "ATLAS_SNAPSHOTS": str(good_snapshot), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.replicas", *options], cwd=PROJECT, env=environment
    )
    try:
        while not answers(f"http://{HOST}:{port}/_stcore/health"):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert not answers(f"http://{HOST}:{replica}/healthz", 1)
        assert list(tmp_path.iterdir()) == []
    finally:
        process.kill()
