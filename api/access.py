"""One log line and one measurement for each answer; connections are counted."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ops import metrics

log = logging.getLogger("atlas.access")

#: First part of the path, for measurements: a fixed set, so that nobody can grow it.
AREAS = frozenset({"api", "assets", "brief", "component", "healthz", "media", "readyz", "static"})


def area_of(path: str) -> str:
    """The part of the site a path belongs to."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in AREAS else "other"


class AccessLog:
    """Notes method, path, status, milliseconds and bytes; nothing about who asked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note its answer when it has ended."""
        if scope["type"] == "websocket":
            with metrics.CONNECTIONS.track_inprogress():
                await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, sent = time.perf_counter(), 500, 0

        async def counted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            took = time.perf_counter() - began
            area = area_of(scope["path"])
            metrics.ANSWERS.labels(area, str(status)).inc()
            metrics.ANSWER_SECONDS.labels(area).observe(took)
            log.info(
                "answer",
                extra={
                    "method": scope["method"],
                    "path": scope["path"][:200],
                    "status": status,
                    "ms": round(took * 1000, 1),
                    "bytes": sent,
                },
            )
