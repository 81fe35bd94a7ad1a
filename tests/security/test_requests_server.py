"""Noise against the running server: HTTP requests and WebSocket messages of every kind.

Whatever comes, an answer has a status below 500 and holds no trace, the server goes on, and
its memory grows by no more than the bound.
"""

from __future__ import annotations

import asyncio
import random
import string
from collections.abc import Callable
from urllib.parse import quote

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from bench.client import STREAM
from bench.serving import Site
from tests.e2e.conftest import PATHS
from tests.security.hostile import MIXED, STRINGS
from tests.security.size import cases, count
from tests.security.source import parameter_names
from tests.security.test_surface import known_paths
from tests.security.wire import TRACE, ask, resident_bytes
from tests.support import run_async

REQUESTS = cases(520, 100)
MESSAGES = cases(520, 100)
#: Most that a run of this length may add to the server's memory: half of what a session of
#: each message would take if sessions and their results were kept without bound.
MOST_GROWTH = 400 * 2**20
TEXTS = (*(s.text for s in STRINGS), *MIXED)
METHODS = ("GET",) * 6 + ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "G\x01T")
HEADERS = (
    "Accept-Language", "If-None-Match", "If-Modified-Since", "Range", "Cookie", "Origin",
    "Accept-Encoding", "X-Forwarded-For", "X-Forwarded-Proto", "Content-Length", "Upgrade",
    "Sec-WebSocket-Protocol", "Transfer-Encoding", "Expect", "Content-Type", "User-Agent",
)  # fmt: skip


def _one_line(text: str) -> str:
    """Text that may stand in a header: without what would end its line."""
    return "".join(c for c in text if c.isascii() and c.isprintable())[:500]


def _noise(chance: random.Random) -> str:
    return "".join(chance.choice(string.printable) for _ in range(chance.randint(1, 60)))


def _target(chance: random.Random, paths: list[str]) -> str:
    path = chance.choice(paths)
    if chance.random() < 0.3:
        path += "/" + quote(chance.choice(TEXTS)[:300], safe="")
    elif chance.random() < 0.2:
        path = "/" + quote(_noise(chance), safe="/%?#&=.")
    names = chance.sample([*parameter_names(), "lang", "limit", "fields", "sort", "offset"], 3)
    values = [quote(chance.choice(TEXTS)[:3_000], safe=chance.choice(("", "/:,%"))) for _ in names]
    query = "&".join(f"{n}={v}" for n, v in zip(names, values, strict=True))
    return f"{path}?{query}".replace(" ", "+").replace("\r", "").replace("\n", "")


def test_no_request_breaks_the_server(served: Site, metrics_port: int) -> None:
    chance, paths = random.Random("atlas http"), [*known_paths(), *PATHS]
    before = resident_bytes(metrics_port)
    statuses: dict[int, int] = {}
    for _ in range(REQUESTS):
        method, target = chance.choice(METHODS), _target(chance, paths)
        headers = {name: _one_line(chance.choice(TEXTS)) for name in chance.sample(HEADERS, 2)}
        answer = ask(served, method, target, headers)
        assert answer.status < 500, (method, target, headers, answer.status)
        if answer.status >= 400:
            assert not TRACE.search(answer.body), (method, target, answer.body[:500])
        assert (answer.header("x-canary")) is None
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
    assert ask(served, "GET", "/readyz").status == 200
    grown = resident_bytes(metrics_port) - before
    assert grown < MOST_GROWTH, f"{grown / 2**20:.0f} MiB more"
    assert statuses.get(200, 0) > REQUESTS / 10, statuses
    count("requests, HTTP", cases=REQUESTS, failures=0, mebibytes_grown=max(0, int(grown / 2**20)))


Maker = Callable[[random.Random, list[str]], bytes]


def _rerun(chance: random.Random, widgets: list[str]) -> bytes:
    """A run of some page with a hostile link and hostile values of its widgets."""
    message = BackMsg()
    state = message.rerun_script
    pairs = [
        f"{name}={quote(chance.choice(TEXTS)[:2_000], safe='')}"
        for name in chance.sample(parameter_names(), 3)
    ]
    state.query_string = "&".join(pairs) if chance.random() < 0.8 else chance.choice(TEXTS)
    state.page_name = chance.choice([*(p[1:] for p in PATHS), *TEXTS])[:3_000]
    if chance.random() < 0.2:
        state.page_script_hash = chance.choice(TEXTS)[:300]
    if chance.random() < 0.2:
        state.fragment_id = chance.choice(TEXTS)[:300]
    for widget in chance.sample(widgets, min(len(widgets), 6)):
        value = state.widget_states.widgets.add()
        value.id = widget
        kind = chance.choice(("int_value", "string_value", "bool_value", "double_value",
                              "trigger_value", "json_value", "bytes_value"))  # fmt: skip
        if kind in ("string_value", "json_value"):
            setattr(value, kind, chance.choice(TEXTS))
        elif kind == "bytes_value":
            value.bytes_value = chance.randbytes(50)
        elif kind == "int_value":
            value.int_value = chance.choice((-1, 0, 2**31, -(2**53)))
        elif kind == "double_value":
            value.double_value = chance.choice((float("nan"), float("inf"), -1.5))
        else:
            setattr(value, kind, True)
    if chance.random() < 0.3:
        state.widget_states.widgets.add().id = chance.choice(TEXTS)[:300]
    state.context_info.timezone = chance.choice(TEXTS)[:300]
    state.context_info.locale = chance.choice(TEXTS)[:300]
    state.context_info.url = chance.choice(TEXTS)[:300]
    state.cached_message_hashes.extend([chance.choice(TEXTS)[:100]] * 20)
    return bytes(message.SerializeToString())


def _broken(chance: random.Random, widgets: list[str]) -> bytes:
    """A good message with some of its bytes changed or cut off."""
    data = bytearray(_rerun(chance, widgets))
    for _ in range(chance.randint(1, 10)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data[: chance.randint(1, len(data))])


def _unwanted(chance: random.Random, widgets: list[str]) -> bytes:
    """A message that pages never need."""
    message = BackMsg()
    kind = chance.choice(("clear_cache", "load_git_info", "set_run_on_save",
                          "debug_disconnect_websocket", "debug_shutdown_runtime"))  # fmt: skip
    setattr(message, kind, True)
    return bytes(message.SerializeToString())


def _operation(chance: random.Random, widgets: list[str]) -> bytes:
    """A request for a file of another visitor, or of none."""
    message = BackMsg()
    request = message.backend_operation_request
    request.request_id = chance.choice(TEXTS)[:300]
    request.session_id = chance.choice(TEXTS)[:300]
    return bytes(message.SerializeToString())


def _huge(chance: random.Random, widgets: list[str]) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "q=" + "x" * chance.choice((40_000, 900_000, 3_000_000))
    return bytes(message.SerializeToString())


def _random(chance: random.Random, widgets: list[str]) -> bytes:
    return chance.randbytes(chance.randint(1, 400))


MAKERS: tuple[Maker, ...] = (_rerun, _rerun, _rerun, _broken, _unwanted, _operation, _huge, _random)


def _widgets(message: ForwardMsg) -> list[str]:
    element = message.delta.new_element
    kind = element.WhichOneof("type")
    found = getattr(getattr(element, kind), "id", "") if kind else ""
    return [found] if isinstance(found, str) and found else []


async def _answered(connection: ClientConnection, widgets: list[str]) -> None:
    """Read until the run ends or the server is silent; nothing may tell how it is made."""
    while True:
        try:
            data = await asyncio.wait_for(connection.recv(decode=False), 0.7)
        except TimeoutError:
            return
        message = ForwardMsg()
        message.ParseFromString(data)
        shown = message.delta.new_element
        if shown.HasField("exception"):
            assert not shown.exception.stack_trace, shown.exception
            assert not TRACE.search(shown.exception.message.encode()), shown.exception
        if shown.HasField("alert"):
            assert "Traceback" not in shown.alert.body
        widgets += _widgets(message)
        if message.WhichOneof("type") == "script_finished":
            return


async def _visit(site: Site, chance: random.Random, messages: int) -> int:
    """Send messages, each to an open connection; how often the server hung up."""
    address, widgets, hung_up = site.url.replace("http", "ws", 1) + STREAM, [""], 0
    sent = 0
    while sent < messages:
        async with connect(
            address, subprotocols=[Subprotocol("streamlit")], max_size=None
        ) as connection:
            try:
                while sent < messages:
                    sent += 1
                    await connection.send(chance.choice(MAKERS)(chance, widgets[-200:]))
                    await _answered(connection, widgets)
            except ConnectionClosed:
                hung_up += 1
    return hung_up


def test_no_message_breaks_the_server(served: Site, metrics_port: int) -> None:
    before = resident_bytes(metrics_port)

    async def visitors() -> int:
        each = MESSAGES // 4
        found = await asyncio.gather(
            *(_visit(served, random.Random(f"atlas socket {n}"), each) for n in range(4))
        )
        return sum(found)

    hung_up = run_async(visitors())
    assert hung_up, "noise should end connections"
    assert ask(served, "GET", "/readyz").status == 200
    grown = resident_bytes(metrics_port) - before
    assert grown < MOST_GROWTH, f"{grown / 2**20:.0f} MiB more"
    count(
        "requests, WebSocket",
        cases=MESSAGES, connections_ended=hung_up, failures=0,
        mebibytes_grown=max(0, int(grown / 2**20)),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["clear_cache", "load_git_info", "set_run_on_save"])
def test_what_concerns_others_is_ignored(served: Site, kind: str) -> None:
    """Streamlit would empty the cache of all visitors, or tell the repository's address."""

    async def answers() -> int:
        address = served.url.replace("http", "ws", 1) + STREAM
        async with connect(address, subprotocols=[Subprotocol("streamlit")]) as connection:
            message = BackMsg()
            setattr(message, kind, True)
            await connection.send(message.SerializeToString())
            try:
                await asyncio.wait_for(connection.recv(), 0.5)
            except TimeoutError:
                return 0
            return 1

    assert run_async(answers()) == 0
