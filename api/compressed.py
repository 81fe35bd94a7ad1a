"""Streamlit's own scripts and styles, compressed once and kept.

Streamlit sends them as they are, because to compress a file again for every visitor costs
more than it saves. Their names carry a hash of their content, so here each is compressed
once in the life of the process: a first visit loads a third of the bytes.
"""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/static/"
KINDS = (".js", ".css")
#: The front end has some 250 such files, 5 MB when all of them are compressed.
MAX_FILES = 512
LEVEL = 9
#: Smaller files gain nothing.
SMALLEST = 1_024
FOR_EVER = "public, immutable, max-age=31536000"


def _compressible(folder: Path) -> dict[str, Path]:
    """Address of every file that is worth compressing."""
    return {
        PREFIX + path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.suffix in KINDS and path.stat().st_size >= SMALLEST
    }


@lru_cache(maxsize=MAX_FILES)
def _body(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), LEVEL, mtime=0)


class CompressedFiles:
    """Answers requests for the front end's files with their compressed content.

    Only names that were found when the server started are answered; every other request,
    and a browser that cannot unpack, is passed on.
    """

    def __init__(self, app: ASGIApp, folder: Path) -> None:
        self.app = app
        self._files = _compressible(folder)

    def _wanted(self, scope: Scope) -> Path | None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        path = self._files.get(scope["path"])
        headers = Headers(scope=scope)
        unpacks = "gzip" in headers.get("accept-encoding", "")
        return path if path and unpacks and "range" not in headers else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept; compress in a thread what is not."""
        path = self._wanted(scope)
        if path is None:
            await self.app(scope, receive, send)
            return
        body = await to_thread.run_sync(_body, path)
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        headers = {
            "Content-Encoding": "gzip",
            "Cache-Control": FOR_EVER,
            "Vary": "Accept-Encoding",
        }
        await Response(body, media_type=media_type, headers=headers)(scope, receive, send)


def needed_first(shell: str) -> Iterator[str]:
    """Addresses of the files that the shell names: what every first visit loads."""
    for part in shell.split('"'):
        if part.startswith("./static/") and part.endswith(KINDS):
            yield part.removeprefix(".")


def prepare(folder: Path, shell: str) -> None:
    """Compress what the shell names, before anybody asks."""
    known = _compressible(folder)
    for address in needed_first(shell):
        if address in known:
            _body(known[address])
