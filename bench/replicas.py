"""What replicas bring: runs of pages a second with one and with more, behind nginx.

``python -m bench.replicas`` prints it, whatever it is. The readers are in a process of their
own, on the same machine: with as many replicas as cores they take what a replica would have.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.client import Reader, connected
from bench.pages import measured_pages
from bench.serving import free_port
from deploy.replicas import serving

#: Readers that come from one address of this machine; nginx lets each client have some.
PER_ADDRESS = 20


@dataclass(frozen=True, slots=True)
class Throughput:
    """Runs of pages that ended, in how many seconds, and how many showed an exception."""

    replicas: int
    runs: int
    seconds: float
    faults: int

    @property
    def rate(self) -> float:
        """Runs a second."""
        return self.runs / self.seconds


async def _read(session: Reader, paths: Iterable[str], until: float) -> tuple[int, int]:
    """Ask for the paths in turn; runs that ended in time, and those with an exception."""
    runs = faults = 0
    for path in paths:
        run = await session.run(path)
        if time.perf_counter() > until:
            break
        runs += 1
        faults += bool(run.exceptions)
    return runs, faults


async def measure(site: str, replicas: int, sessions: int, seconds: float) -> Throughput:
    """Sessions that read one page after the other, each with and without a filter."""
    pages = measured_pages()
    views = [view for page in pages for view in (page.first, page.changed)]
    async with AsyncExitStack() as stack:
        readers = []
        for number in range(sessions):
            address = f"127.2.0.{number // PER_ADDRESS + 1}"
            cookie = {"Cookie": f"atlas_replica={number:032x}"}
            line = connected(site, local_addr=(address, 0), additional_headers=cookie)
            readers.append(Reader(await stack.enter_async_context(line)))
        for view in views:  # every answer is known to every replica before the clock runs
            await asyncio.gather(*(r.run(view) for r in readers[: 4 * replicas]))
        start = time.perf_counter()
        turned = (views[n % len(views) :] + views[: n % len(views)] for n in range(sessions))
        found = await asyncio.gather(
            *(
                _read(reader, order * 1000, start + seconds)
                for reader, order in zip(readers, turned, strict=True)
            )
        )
    return Throughput(replicas, sum(r for r, _ in found), seconds, sum(f for _, f in found))


def measured(replicas: int, sessions: int, seconds: float) -> Throughput:
    """`measure` on a site of its own."""
    with tempfile.TemporaryDirectory(prefix="atlas-replicas-") as folder:
        ports = [free_port() for _ in range(replicas)]
        with serving(ports, free_port(), Path(folder)) as site:
            return asyncio.run(measure(site.url, replicas, sessions, seconds))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.replicas", description=__doc__)
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    found = [measured(n, options.sessions, options.seconds) for n in options.replicas]
    table = Table(title=f"{options.sessions} sessions, every page in turn, behind nginx")
    for heading in ("replicas", "runs", "runs/s", "ratio", "with an exception"):
        table.add_column(heading, justify="right")
    for one in found:
        ratio = f"{one.rate / found[0].rate:.2f}"
        cells = (one.replicas, one.runs, f"{one.rate:.1f}", ratio, one.faults)
        table.add_row(*map(str, cells))
    Console().print(table)


if __name__ == "__main__":
    main()
