"""Every page opened once before the first visitor comes, so that nobody pays for a cold cache.

The pages are asked for as a browser asks, over a WebSocket, but inside the process: imports,
queries, figures and tables of the first views are then there for all.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from starlette.types import ASGIApp, Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

log = logging.getLogger("atlas")

STREAM = "/_stcore/stream"
PROTOCOL = "streamlit"
#: Seconds after which the rehearsal of one page is given up; the site starts all the same.
PATIENCE = 30.0
#: Seconds after which a rehearsal lets other threads go on (Python's own: 0.005). A visitor's
#: page is handed from thread to thread a dozen times, and would wait so long each time.
SHORT_TURN = 0.0005


@contextmanager
def short_turns() -> Iterator[None]:
    """While pages are rehearsed beside the first visitors: the visitors come first."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SHORT_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


class _Visitor:
    """One session inside the process: the two ends of its WebSocket."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[Message] = asyncio.Queue()
        self.ended = False
        self._finished = asyncio.Event()

    def end(self) -> None:
        """The application has left the session: nothing more will come."""
        self.ended = True
        self._finished.set()

    async def send(self, message: Message) -> None:
        """What the application sends; only the end of a script matters."""
        if message["type"] != "websocket.send":
            return
        forward = ForwardMsg()
        forward.ParseFromString(message["bytes"])
        ended = forward.WhichOneof("type") == "script_finished"
        if ended and forward.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._finished.set()

    async def open(self, page: str, query: str) -> None:
        """Ask for a page and wait until its script has ended."""
        self._finished.clear()
        request = BackMsg()
        request.rerun_script.page_name = page
        request.rerun_script.query_string = query
        body = bytes(request.SerializeToString())
        await self.to_app.put({"type": "websocket.receive", "bytes": body})
        async with asyncio.timeout(PATIENCE):
            await self._finished.wait()


def _scope(host: str) -> dict[str, Any]:
    return {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": STREAM,
        "raw_path": STREAM.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", host.encode()), (b"sec-websocket-protocol", PROTOCOL.encode())],
        "subprotocols": [PROTOCOL],
        "client": ("127.0.0.1", 0),
        "server": (host, 80),
        "state": {},
        "extensions": {},
    }


async def rehearse(app: ASGIApp, views: Sequence[tuple[str, str]], host: str) -> None:
    """Open every view (page and query) in one session of ``app``, one after the other.

    ``host``: a name that the application answers to. A page that fails or takes too long
    is logged and left to its first visitor.
    """
    visitor = _Visitor()
    await visitor.to_app.put({"type": "websocket.connect"})
    session = asyncio.ensure_future(app(_scope(host), visitor.to_app.get, visitor.send))
    session.add_done_callback(lambda _: visitor.end())
    try:
        for page, query in views:
            try:
                await visitor.open(page, query)
            except TimeoutError:
                log.warning("the rehearsal of /%s took too long", page)
            if visitor.ended:
                log.warning("the rehearsal was refused")
                break
    finally:
        await visitor.to_app.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait([session], timeout=PATIENCE)
