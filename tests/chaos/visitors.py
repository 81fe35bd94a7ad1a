"""Visitors who read what a page says, and come back when their connection is lost."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from bench.client import STREAM, CountingConnection, Reader, Run

SNAPSHOT = re.compile(r"(?:snapshot|스냅샷) ([0-9a-f]{12})")
PILOTS = re.compile(r"([\d,]+) sourced pilots")
FAULT = "This page could not be drawn"

#: What a visitor meets when the server is gone: refused, cut off, closed, silent.
LOST = (OSError, WebSocketException, TimeoutError, EOFError)


@dataclass(frozen=True, slots=True)
class View:
    """What a visitor saw of a page.

    Attributes:
        snapshot: id in the footer; empty when the page did not come to its footer.
        pilots: their number in the first sentence of the overview; None on other pages.
        digest: of every element in its place: texts, tables, charts, controls.
        faults: exceptions and the site's own sentence for a page that failed.
        seconds: to the end of the script.
    """

    snapshot: str
    pilots: int | None
    digest: str
    faults: tuple[str, ...]
    seconds: float


def _words(element: Element) -> str:
    kind = element.WhichOneof("type")
    if kind == "markdown":
        return element.markdown.body
    if kind == "html":
        return element.html.body
    return element.alert.body if kind == "alert" else ""


#: What a control tells once only: its value when the server sets it, the name of a file to come.
PASSING = ("set_value", "value", "values", "raw_value", "raw_values", "deferred_file_id")


def _lasting(element: Element) -> Element:
    """The element without what is different from one run to the next of the same page."""
    element.ClearField("has_one_shot_effect")
    inner = getattr(element, str(element.WhichOneof("type")))
    known = {field.name for field in inner.DESCRIPTOR.fields}
    if known & {"set_value", "deferred_file_id"}:
        for name in known.intersection(PASSING):
            inner.ClearField(name)
    return element


class Visitor(Reader):
    """A reader who keeps the page, so that what it says can be compared."""

    def __init__(self, connection: CountingConnection) -> None:
        super().__init__(connection)
        self._held: dict[str, ForwardMsg] = {}
        self._page_now: dict[tuple[int, ...], Element] = {}

    def _note(self, message: ForwardMsg, size: int, run: Run) -> None:
        super()._note(message, size, run)
        if message.WhichOneof("type") == "new_session":
            self._page_now = {}
        if message.metadata.cacheable:
            self._held[message.hash] = message
        # a large message that the visitor holds already comes as its hash alone
        full = self._held[message.ref_hash] if message.ref_hash else message
        if full.delta.HasField("new_element"):
            self._page_now[tuple(message.metadata.delta_path)] = _lasting(full.delta.new_element)

    def _texts(self) -> Iterator[str]:
        return (_words(element) for element in self._page_now.values())

    async def closed(self) -> None:
        """Return when the connection has ended."""
        await self._connection.wait_closed()

    async def view(self, path: str) -> View:
        """Ask for ``path`` and give what the page says.

        Raises:
            TimeoutError, OSError, WebSocketException: the server was lost meanwhile.
        """
        run = await self.run(path)
        texts = "\n".join(self._texts())
        snapshot, pilots = SNAPSHOT.search(texts), PILOTS.search(texts)
        digest = hashlib.sha256()
        for place, element in sorted(self._page_now.items()):
            digest.update(repr(place).encode())
            digest.update(element.SerializeToString(deterministic=True))
        faults = [*run.exceptions, *([FAULT] if FAULT in texts else [])]
        return View(
            snapshot[1] if snapshot else "",
            int(pilots[1].replace(",", "")) if pilots else None,
            digest.hexdigest()[:16],
            tuple(faults),
            run.seconds,
        )


@asynccontextmanager
async def visitor(site: str) -> AsyncIterator[Visitor]:
    """A new session with the site at ``site`` (``http://host:port``)."""
    async with connect(
        site.replace("http", "ws", 1) + STREAM,
        subprotocols=[Subprotocol("streamlit")],
        create_connection=CountingConnection,
        max_size=None,
        user_agent_header=None,
        open_timeout=60,
        ping_interval=None,
    ) as connection:
        assert isinstance(connection, CountingConnection)
        yield Visitor(connection)


async def look(site: str, path: str) -> View:
    """What a new visitor sees."""
    async with visitor(site) as who:
        return await who.view(path)


async def look_again(site: str, path: str, within: float) -> View:
    """What a visitor sees who tries until the site answers, as browsers do.

    Raises:
        TimeoutError: it did not within so many seconds.
    """
    async with asyncio.timeout(within):
        while True:
            try:
                return await look(site, path)
            except LOST:
                await asyncio.sleep(0.3)
