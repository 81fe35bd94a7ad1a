"""One reader of the site without a browser: the WebSocket that Streamlit's front end uses.

It sends what the front end sends (a rerun with the address as query string, and the
hashes of the large messages that it still holds) and counts every byte that comes
back, before and after the compression that browsers ask for.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

STREAM = "/_stcore/stream"
RUN_SECONDS = 120.0
#: The front end forgets a cached message that was not used for so many runs.
CACHED_RUNS = 2


@dataclass
class Run:
    """What one run of a page sent.

    Attributes:
        seconds: from sending the request to the end of the script.
        payload: bytes of all messages, unpacked: what the browser has to read.
        wire: bytes as they came over the connection, compressed and framed.
        messages: how many there were.
        by_type: unpacked bytes for each kind of message or element.
        exceptions: texts of exceptions that the page shows.
    """

    seconds: float = 0.0
    payload: int = 0
    wire: int = 0
    messages: int = 0
    by_type: Counter[str] = field(default_factory=Counter)
    exceptions: list[str] = field(default_factory=list)


class CountingConnection(ClientConnection):
    """A connection that counts the bytes it is given by the network."""

    received = 0

    def data_received(self, data: bytes) -> None:
        """Called by asyncio for every piece that arrives."""
        self.received += len(data)
        super().data_received(data)


def kind_of(message: ForwardMsg) -> str:
    """Name of a message: of its element when it carries one (``plotly_chart``, ``block`` …)."""
    kind = str(message.WhichOneof("type"))
    if kind != "delta":
        return kind
    what = str(message.delta.WhichOneof("type"))
    if what != "new_element":
        return what
    element = message.delta.new_element
    name = str(element.WhichOneof("type"))
    return str(element.component_instance.component_name) if name == "component_instance" else name


class Reader:
    """A session: its connection, the page it is on and the messages it holds."""

    def __init__(self, connection: CountingConnection) -> None:
        self._connection = connection
        self._page = ""
        self._age: dict[str, int] = {}
        #: the server's name for this session; known after the first run
        self.session_id = ""

    def _request(self, path: str) -> bytes:
        address = urlsplit(path)
        message = BackMsg()
        state = message.rerun_script
        state.query_string = address.query
        if self._page:
            state.page_script_hash = self._page
        else:
            state.page_name = address.path.strip("/")
        state.cached_message_hashes.extend(self._age)
        return bytes(message.SerializeToString())

    def _note(self, message: ForwardMsg, size: int, run: Run) -> None:
        run.messages += 1
        run.payload += size
        run.by_type[kind_of(message)] += size
        if message.metadata.cacheable:
            self._age[message.hash] = 0
        if message.ref_hash:
            self._age[message.ref_hash] = 0
        if message.WhichOneof("type") == "new_session":
            self.session_id = message.new_session.initialize.session_id
        if message.WhichOneof("type") == "navigation":
            self._page = message.navigation.page_script_hash
        if message.delta.new_element.HasField("exception"):
            run.exceptions.append(message.delta.new_element.exception.message)

    async def run(self, path: str) -> Run:
        """Ask for ``path`` (``/page?query``) and read until its script has ended.

        Raises:
            TimeoutError: the script did not end within two minutes.
        """
        self._age = {h: age + 1 for h, age in self._age.items() if age < CACHED_RUNS}
        run = Run()
        before, start = self._connection.received, time.perf_counter()
        await self._connection.send(self._request(path))
        async with asyncio.timeout(RUN_SECONDS):
            while not await self._read(run):
                pass
        run.seconds = time.perf_counter() - start
        run.wire = self._connection.received - before
        return run

    async def _read(self, run: Run) -> bool:
        """Read one message; whether it was the last of the run."""
        data = await self._connection.recv(decode=False)
        message = ForwardMsg()
        message.ParseFromString(data)
        self._note(message, len(data), run)
        if message.WhichOneof("type") != "script_finished":
            return False
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            run.exceptions.append("the script could not be compiled")
        # a page that runs again at once (after st.rerun) says "finished early" first
        return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


@asynccontextmanager
async def connected(site: str, **options: Any) -> AsyncIterator[CountingConnection]:
    """A connection to the site at ``site`` (``http://host:port``), compressed as in browsers.

    ``options`` go to `websockets.asyncio.client.connect` (headers, the address to come from).
    """
    async with connect(
        site.replace("http", "ws", 1) + STREAM,
        subprotocols=[Subprotocol("streamlit")],
        create_connection=CountingConnection,
        max_size=None,
        user_agent_header=None,
        **options,
    ) as connection:
        assert isinstance(connection, CountingConnection)
        yield connection


@asynccontextmanager
async def reader(site: str) -> AsyncIterator[Reader]:
    """A new session with the site at ``site``."""
    async with connected(site) as connection:
        yield Reader(connection)
