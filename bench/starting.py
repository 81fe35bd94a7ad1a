"""From the start of the process to the first good answer, with files that are warm."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from bench.client import Run, reader
from bench.pages import measured_pages
from bench.process import wait_for_rest
from bench.serving import free_port, serving, uvicorn_command


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds to the server's first answer and to the end of the first page; cold pages.

    Attributes:
        ready: seconds until the snapshot's state was answered.
        first_page: seconds until the landing page was there in whole.
        rested: seconds until the server had done what it does by itself.
        cold_ms: the first view of each page after that, in milliseconds.
        warm_ms: the second, in a new session.
    """

    ready: float
    first_page: float
    rested: float
    cold_ms: dict[str, float]
    warm_ms: dict[str, float]


async def _first_view(url: str, path: str) -> Run:
    async with reader(url) as session:
        return await session.run(path)


def measure_start(folder: Path) -> Start:
    """Start a server over the snapshot in ``folder`` and open every page for the first time."""
    port = free_port()
    begun = time.perf_counter()
    with serving(uvicorn_command(port), port, folder) as site:
        ready = time.perf_counter() - begun
        landing, *others = measured_pages()
        cold: dict[str, float] = {}
        warm: dict[str, float] = {}
        cold[landing.name] = asyncio.run(_first_view(site.url, landing.first)).seconds
        first_page = time.perf_counter() - begun
        wait_for_rest(site.pid)
        rested = time.perf_counter() - begun
        for page in others:
            cold[page.name] = asyncio.run(_first_view(site.url, page.first)).seconds
        for page in (landing, *others):
            warm[page.name] = asyncio.run(_first_view(site.url, page.first)).seconds
    return Start(
        round(ready, 2),
        round(first_page, 2),
        round(rested, 2),
        {name: round(s * 1000, 1) for name, s in cold.items()},
        {name: round(s * 1000, 1) for name, s in warm.items()},
    )
