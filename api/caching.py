"""Answers kept by snapshot, and validators with which a client may keep them too."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from threading import Lock

from fastapi import Request
from starlette.responses import Response

from api.problems import ProblemError
from loaders.package import PROJECT_ROOT
from loaders.serving import made_at, served_id

MAX_BYTES = 32 * 2**20
#: An answer that would fill the store alone is not kept.
MAX_ENTRY = MAX_BYTES // 8
CACHE_CONTROL = "public, max-age=300"
_ROOMS = ("api", "analytics", "loaders")


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished body with the headers that belong to it."""

    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Store:
    """The answers asked for last, at most ``limit`` bytes of them."""

    def __init__(self, limit: int = MAX_BYTES, largest: int = MAX_ENTRY) -> None:
        self.limit = limit
        self.largest = largest
        self.size = 0
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Answer | None:
        """The answer kept under ``key``."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer; the ones not asked for the longest make room."""
        weight = _weight(key, answer)
        if weight > self.largest:
            return
        with self._lock:
            if key in self._kept:
                self.size -= _weight(key, self._kept.pop(key))
            self._kept[key] = answer
            self.size += weight
            while self.size > self.limit:
                self.size -= _weight(*self._kept.popitem(last=False))


def _weight(key: str, answer: Answer) -> int:
    return len(answer.body) + len(key)


def current_snapshot() -> str:
    """Id of the snapshot that is served.

    Raises:
        ProblemError: there is none (503).
    """
    snapshot_id = served_id()
    if snapshot_id is None:
        raise ProblemError(503, "No data are being served yet.")
    return snapshot_id


@lru_cache(maxsize=1)
def code_id() -> str:
    """Eight hexadecimal digits that change with the code that makes the answers."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((PROJECT_ROOT / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def entity_tag(*parts: str) -> str:
    """A weak tag: the bytes may be compressed on the way."""
    return 'W/"' + "-".join(parts) + '"'


def _built(snapshot_id: str) -> str:
    return formatdate(made_at(snapshot_id), usegmt=True)


def _known(request: Request, tag: str) -> bool:
    """Whether the client says that it has this answer (weak comparison)."""
    given = request.headers.get("if-none-match", "")
    tags = {part.strip().removeprefix("W/") for part in given.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags


def send(request: Request, answer: Answer, tag: str, **headers: str) -> Response:
    """The answer, or 304 when the client has it."""
    known = {"ETag": tag, "Cache-Control": CACHE_CONTROL, **headers}
    if _known(request, tag):
        return Response(status_code=304, headers=known)
    known |= answer.headers
    return Response(answer.body, headers=known, media_type=answer.media_type)


def respond(request: Request, make: Callable[[str], Answer]) -> Response:
    """What ``make(snapshot_id)`` gives, made once for each snapshot and address.

    Nothing but the address (path and query, whose parameters are already checked) and the
    snapshot may go into the answer. It is made before 304 is considered, so that a wrong
    code is an error for everybody.
    """
    snapshot_id = current_snapshot()
    store: Store = request.app.state.store
    key = f"{snapshot_id} {request.url.path}?{request.url.query}"
    answer = store.get(key)
    if answer is None:
        answer = make(snapshot_id)
        store.put(key, answer)
    tag = entity_tag(snapshot_id, code_id())
    return send(request, answer, tag, **{"Last-Modified": _built(snapshot_id)})


def respond_with(
    request: Request, content: bytes, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer that does not come from the snapshot, tagged by its content."""
    tag = entity_tag(hashlib.sha256(content).hexdigest()[:16])
    return send(request, Answer(content, media_type, headers or {}), tag)
