"""The open-data API under load: ``python -m bench.api``.

1,000 GETs from 50 clients at once, twice: pages that the server has made before, and pages that
nobody has asked for yet. Then requests that must be refused, each with the parameter it names.
The server runs in a process of its own; the clients share one event loop and speak plain HTTP/1.1
over sockets, because a comfortable client costs more than the server. What is left of its cost
shows in the answers that the server does not have to make (``/robots.txt``).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice, product
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from bench.process import wait_for_rest
from bench.serving import free_port, serving, uvicorn_command

REQUESTS, CLIENTS = 1_000, 50
#: 95 of 100 answers must be there within so many milliseconds.
TARGETS = {"kept pages": 100.0, "new pages": 400.0}
_TABLES = ("pilots", "milestones", "organizations", "funding", "cohorts", "sources")
REFUSED = {
    "unknown field": "/api/v1/tables/pilots.json?fields=nothing",
    "bad type": "/api/v1/tables/pilots.json?limit=many",
    "huge limit": "/api/v1/tables/pilots.json?limit=1000000000",
    "SQL-looking text": "/api/v1/tables/pilots.json?stage=%27%3B%20DROP%20TABLE%20pilots%3B--",
    "10 KB parameter": f"/api/v1/tables/pilots.json?org_id={'x' * 10_000}",
}


@dataclass(frozen=True, slots=True)
class Load:
    """What ``clients`` at once got: milliseconds, and how many answers were wrong."""

    name: str
    requests: int
    clients: int
    errors: int
    median_ms: float
    p95_ms: float
    per_second: float


def kept_pages(n: int) -> list[str]:
    """The first pages of the tables, over and over."""
    return list(islice(cycle(f"/api/v1/tables/{t}.json?limit=100" for t in _TABLES), n))


def new_pages(n: int) -> list[str]:
    """Pages that differ from each other, so that none is kept."""
    sizes = product(range(50, 100), ("csv", "json"), _TABLES, range(0, 60, 10))
    return [
        f"/api/v1/tables/{table}.{kind}?limit={limit}&offset={offset}"
        for limit, kind, table, offset in islice(sizes, n)
    ]


async def _drive(base: str, paths: Sequence[str], clients: int, name: str) -> Load:
    address = urlsplit(base)
    host, port = str(address.hostname), int(address.port or 80)
    waiting = list(reversed(paths))
    times: list[float] = []
    errors = 0

    async def client() -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection(host, port)
        while waiting:
            path = waiting.pop()
            began = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            size = re.search(r"content-length: (\d+)", head)
            await reader.readexactly(int(size[1]) if size else 0)
            times.append((time.perf_counter() - began) * 1000)
            errors += not (size and head.startswith("http/1.1 200"))
        writer.close()
        await writer.wait_closed()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    took = time.perf_counter() - began
    p95 = statistics.quantiles(times, n=20)[-1]
    return Load(name, len(times), clients, errors, statistics.median(times), p95, len(times) / took)


def refusals(base: str) -> dict[str, str]:
    """For each request that must be refused: status and what the problem document names."""
    found = {}
    for name, path in REFUSED.items():
        answer = httpx2.get(base + path, timeout=30)
        document = answer.json()
        found[name] = f"{answer.status_code} {document.get('title', '')}: {document.get('detail')}"
    return found


def main() -> None:
    """Measure and print; fails when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    given = parser.parse_args()
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(uvicorn_command(port), port, Path(folder)) as site,
    ):
        wait_for_rest(site.pid)  # the pages are opened once after the start
        for path in {*kept_pages(len(_TABLES))}:
            httpx2.get(site.url + path)
        runs = {
            "nothing to make": ["/robots.txt"] * given.requests,
            "kept pages": kept_pages(given.requests),
            "new pages": new_pages(given.requests),
        }
        loads = [
            asyncio.run(_drive(site.url, paths, given.clients, name))
            for name, paths in runs.items()
        ]
        refused = refusals(site.url)
    missed = []
    for load in loads:
        target = TARGETS.get(load.name)
        print(
            f"{load.name:16} {load.requests} GETs, {load.clients} clients: {load.errors} errors, "
            f"median {load.median_ms:.0f} ms, p95 {load.p95_ms:.0f} ms, {load.per_second:.0f}/s"
            + ("" if target is None else f" (target {target:.0f} ms)")
        )
        if load.errors or (target is not None and load.p95_ms > target):
            missed.append(load.name)
    for name, text in refused.items():
        print(f"{name:16} {text[:150]}")
        if not text.startswith("4"):
            missed.append(name)
    if given.json:
        given.json.write_text(json.dumps([asdict(load) for load in loads], indent=1))
    print("All targets are met." if not missed else f"Missed: {', '.join(missed)}")
    raise SystemExit(bool(missed))


if __name__ == "__main__":
    main()
