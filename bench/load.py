"""Many sessions at once, from a process of its own.

``python -m bench.load '{"url": …}'`` drives one server and prints what it saw as JSON;
`drive` starts that process. A session opens a page, then changes its filter there and
back without a pause. The driver counts its own processor time: as long as that stays
well under one core, it is the server that sets the pace.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles

from bench.client import reader
from bench.process import cpu_seconds
from bench.serving import PROJECT, Site

#: Seconds after which the sessions that could not open yet are measured without.
OPEN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to drive: ``views`` of one page in turn, in ``sessions`` at once, for ``seconds``."""

    url: str
    views: tuple[str, ...]
    sessions: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a plan.

    Attributes:
        runs_per_second: runs that ended within the time.
        ms_median, ms_p95: how long a run took.
        opened: sessions that were open when the time began.
        exceptions: texts of exceptions that pages showed.
        client_share: of one core, what the driver used.
        server_share: of one core, what the server used.
    """

    sessions: int
    runs_per_second: float
    ms_median: float
    ms_p95: float
    opened: int
    exceptions: tuple[str, ...]
    client_share: float
    server_share: float = 0.0


@dataclass
class _Seen:
    """Shared by the sessions of a driver: ends of runs with their durations."""

    opened: int = 0
    runs: list[tuple[float, float]] = field(default_factory=list)
    exceptions: set[str] = field(default_factory=set)


def percentile_95(values: Sequence[float]) -> float:
    """95th percentile by linear interpolation; the value itself when there is one."""
    return values[0] if len(values) == 1 else quantiles(values, n=20, method="inclusive")[-1]


async def _session(plan: Plan, seen: _Seen) -> None:
    async with reader(plan.url) as session:
        await session.run(plan.views[0])
        seen.opened += 1
        number = 1
        while True:
            run = await session.run(plan.views[number % len(plan.views)])
            seen.runs.append((time.perf_counter(), run.seconds))
            seen.exceptions.update(run.exceptions)
            number += 1


async def _drive(plan: Plan) -> Load:
    seen = _Seen()
    tasks = [asyncio.create_task(_session(plan, seen)) for _ in range(plan.sessions)]
    begun = time.perf_counter()
    while seen.opened < plan.sessions and time.perf_counter() - begun < OPEN_SECONDS:
        await asyncio.sleep(0.05)
        for task in tasks:
            if task.done():
                task.result()
    opened, start, cpu = seen.opened, time.perf_counter(), time.process_time()
    print(json.dumps("measuring"), flush=True)
    await asyncio.sleep(plan.seconds)
    took, used = time.perf_counter() - start, time.process_time() - cpu
    print(json.dumps("measured"), flush=True)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    ended = [seconds * 1000 for at, seconds in seen.runs if start <= at <= start + took]
    return Load(
        sessions=plan.sessions,
        runs_per_second=round(len(ended) / took, 2),
        ms_median=round(median(ended), 1) if ended else float("nan"),
        ms_p95=round(percentile_95(ended), 1) if ended else float("nan"),
        opened=opened,
        exceptions=tuple(sorted(seen.exceptions)),
        client_share=round(used / took, 3),
    )


def drive(site: Site, views: tuple[str, ...], sessions: int, seconds: float) -> Load:
    """Drive ``site`` from another process.

    Raises:
        RuntimeError: the driver failed.
    """
    plan = Plan(site.url, views, sessions, seconds)
    command = [sys.executable, "-m", "bench.load", json.dumps(asdict(plan))]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        begun, cpu = time.perf_counter(), cpu_seconds(site.pid)
        process.stdout.readline()
        share = (cpu_seconds(site.pid) - cpu) / (time.perf_counter() - begun)
        answer = process.stdout.read()
    if process.returncode:
        raise RuntimeError(f"the driver of {views[0]} failed")
    found = json.loads(answer)
    found["exceptions"] = tuple(found["exceptions"])
    return Load(**{**found, "server_share": round(share, 3)})


def main() -> None:
    """Run the plan given as JSON."""
    given = json.loads(sys.argv[1])
    plan = Plan(**{**given, "views": tuple(given["views"])})
    print(json.dumps(asdict(asyncio.run(_drive(plan)))))


if __name__ == "__main__":
    main()
