"""What the server answers at all: everything else is refused before any handler sees it.

The site only reads. Streamlit brings more than it needs (uploads, measurements, a way in for
programs, log-in); those doors are shut here, whatever a proxy in front of the server does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.readonly import MAX_QUERY

#: OPTIONS is how a browser asks whether it may read the API from another site.
METHODS = ("GET", "HEAD", "OPTIONS")
#: Longest path, in bytes; the query has the bound of the API.
MAX_PATH = 1_024
#: The API answers other methods itself, as problem details.
API = "/api/"
#: All that the front end needs below Streamlit's own address.
CORE = "/_stcore/"
OPEN = frozenset({f"{CORE}health", f"{CORE}host-config", f"{CORE}stream"})
OPEN_FOLDERS = (f"{CORE}bidi-components/",)
#: Streamlit's log-in, which this site does not have.
CLOSED = ("/auth/", "/oauth2callback")
#: WebSocket close code: the policy forbids it (RFC 6455).
POLICY_VIOLATION = 1008

#: What becomes of a visitor's message; a refused one ends the connection.
Verdict = Literal["pass", "ignore", "refuse"]
Judge = Callable[[bytes], Verdict]


def is_closed(path: str) -> bool:
    """Whether an address leads to a part of Streamlit that this site does not use."""
    if CORE in path:
        rest = path[path.index(CORE) :]
        return rest not in OPEN and not rest.startswith(OPEN_FOLDERS)
    return path.startswith(CLOSED)


def same_origin(origin: str | None, host: str | None, others: Collection[str]) -> bool:
    """Whether a WebSocket may be opened by a page of this origin.

    Browsers always name the page's origin; a client that names none is no browser that
    another site could use against its reader.

    Args:
        origin: value of the header, e.g. ``https://atlas.example``.
        host: what the request calls this server, port included when it is not the usual one.
        others: origins that are this site too, where a proxy changes the host's name.
    """
    if origin is None:
        return True
    scheme, _, netloc = origin.partition("://")
    return origin in others or (scheme in ("http", "https") and netloc == host)


class Surface:
    """Refuses methods that write, doors that are shut, endless addresses and other origins.

    ``judge`` says what becomes of each message that comes over a WebSocket. ``questions`` are
    addresses below which POST asks for something and changes nothing.

    The origin is checked here and not left to Streamlit, which asks a server on the internet
    for its own address when it sees an origin it does not know.
    """

    def __init__(
        self,
        app: ASGIApp,
        judge: Judge,
        origins: Collection[str] = (),
        questions: tuple[str, ...] = (),
    ) -> None:
        self.app = app
        self._questions = questions
        self._judge = judge
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what belongs here; answer everything else."""
        if scope["type"] == "http":
            refusal = self._refusal(scope)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        elif scope["type"] == "websocket":
            if self._is_ours(scope):
                await self.app(_without_origin(scope), self._judged(receive, send), send)
                return
            await receive()  # the request to connect
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        await self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        no_store = {"Cache-Control": "no-store"}
        if len(scope["path"]) > MAX_PATH or len(scope["query_string"]) > MAX_QUERY:
            return PlainTextResponse("The address is too long.", 414, no_store)
        if is_closed(scope["path"]):
            return PlainTextResponse("Not found", 404, no_store)
        if scope["method"] not in METHODS and not self._may_ask(scope):
            allowed = {"Allow": ", ".join(METHODS), **no_store}
            return PlainTextResponse("This site can only be read.", 405, allowed)
        return None

    def _may_ask(self, scope: Scope) -> bool:
        path: str = scope["path"]
        asks = scope["method"] == "POST" and path.startswith(self._questions)
        return asks or path.startswith(API)

    def _judged(self, receive: Receive, send: Send) -> Receive:
        """``receive`` without the messages that are ignored; a refused one hangs up."""

        async def next_message() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                # a message of text has no bytes; the protocol is binary
                data = message.get("bytes")
                found = "refuse" if data is None else self._judge(data)
                if found == "pass":
                    return message
                if found == "refuse":
                    await send({"type": "websocket.close", "code": POLICY_VIOLATION})
                    return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}

        return next_message

    def _is_ours(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        return same_origin(headers.get("origin"), headers.get("host"), self._origins)


def _without_origin(scope: Scope) -> Scope:
    """The request without the origin: it is checked, and Streamlit knows fewer names."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"origin"]
    return {**scope, "headers": headers}
