"""Sessions that come and go: what a visitor leaves behind in memory.

``python -m bench.soak URL PID SESSIONS`` opens and closes sessions, a few at a time, each
on another page with a change of filter, and prints the memory of the server as it went.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bench.client import reader
from bench.pages import measured_pages
from bench.process import resident_bytes
from bench.serving import PROJECT, Site

KB, MB = 1_000, 1_000_000
AT_ONCE = 16
POINTS = 40


@dataclass(frozen=True, slots=True)
class Soak:
    """Memory of the server over the sessions that were closed.

    Attributes:
        closed: sessions that came and went.
        seconds: how long that took.
        curve: pairs of closed sessions and resident megabytes.
        end_mb: resident megabytes at the end.
        growth_kb: kilobytes for each closed session over the whole, by least squares.
        second_half_kb: the same over the second half.
        exceptions: texts of exceptions that pages showed.
    """

    closed: int
    seconds: float
    curve: tuple[tuple[int, float], ...]
    end_mb: float
    growth_kb: float
    second_half_kb: float
    exceptions: tuple[str, ...]


def slope_kb(curve: Sequence[tuple[int, float]]) -> float:
    """Kilobytes a session of a curve in megabytes, by least squares."""
    count = len(curve)
    mean_x = sum(x for x, _ in curve) / count
    mean_y = sum(y for _, y in curve) / count
    across = sum((x - mean_x) ** 2 for x, _ in curve)
    return sum((x - mean_x) * (y - mean_y) for x, y in curve) / across * MB / KB


async def _run(url: str, pid: int, sessions: int) -> Soak:
    pages = measured_pages()
    curve: list[tuple[int, float]] = []
    exceptions: set[str] = set()
    waiting = iter(range(sessions))
    closed = 0
    step = max(sessions // POINTS, 1)

    async def visitor() -> None:
        nonlocal closed
        for number in waiting:
            page = pages[number % len(pages)]
            async with reader(url) as session:
                for view in (page.first, page.changed):
                    exceptions.update((await session.run(view)).exceptions)
            closed += 1
            if closed % step == 0:
                curve.append((closed, round(resident_bytes(pid) / MB, 1)))

    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(visitor())
    seconds = time.perf_counter() - start
    return Soak(
        closed,
        round(seconds, 1),
        tuple(curve),
        curve[-1][1],
        round(slope_kb(curve), 1),
        round(slope_kb(curve[len(curve) // 2 :]), 1),
        tuple(sorted(exceptions)),
    )


def soak(site: Site, sessions: int) -> Soak:
    """Let ``sessions`` come and go on ``site``, from another process."""
    command = [sys.executable, "-m", "bench.soak", site.url, str(site.pid), str(sessions)]
    answer = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(answer.stdout)
    found["curve"] = tuple((x, y) for x, y in found["curve"])
    return Soak(**{**found, "exceptions": tuple(found["exceptions"])})


@dataclass(frozen=True, slots=True)
class Held:
    """Memory while sessions are open: megabytes before and with them, kilobytes for each."""

    sessions: int
    before_mb: float
    open_mb: float
    each_kb: float


async def _hold(url: str, pid: int, sessions: int) -> Held:
    pages = measured_pages()
    before = resident_bytes(pid)
    opened = [reader(url) for _ in range(sessions)]
    try:
        for number, context in enumerate(opened):
            session = await context.__aenter__()
            await session.run(pages[number % len(pages)].first)
        after = resident_bytes(pid)
    finally:
        for context in opened:
            await context.__aexit__(None, None, None)
    each = (after - before) / sessions / KB
    return Held(sessions, round(before / MB, 1), round(after / MB, 1), round(each, 1))


def hold(site: Site, sessions: int) -> Held:
    """Open ``sessions`` one after the other and keep them open: what each takes."""
    return asyncio.run(_hold(site.url, site.pid, sessions))


def main() -> None:
    """Soak the server that the arguments name."""
    url, pid, sessions = sys.argv[1:]
    print(json.dumps(asdict(asyncio.run(_run(url, int(pid), int(sessions))))))


if __name__ == "__main__":
    main()
