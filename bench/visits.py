"""First views and reruns of each page, one session at a time, and of an empty page beside them."""

from __future__ import annotations

import gzip
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.client import Run, reader
from bench.load import percentile_95
from bench.pages import KB, MAP_LIMIT, RERUN_LIMIT, Measured
from bench.process import cpu_seconds
from bench.serving import Site

STATIC_FILES = (
    "/assets/provinces.js",
    "/assets/municipalities.geojson",
    "/assets/leaflet/leaflet.js",
    "/assets/leaflet/leaflet.css",
)
EMPTY = Measured("empty", "/", "/", False)
WARM_UP_RUNS = 2


@dataclass(frozen=True, slots=True)
class Runs:
    """Several runs of one view: medians of bytes and times.

    Attributes:
        kb, wire_kb: as the browser reads them; as they came, compressed.
        messages: how many there were.
        ms_median, ms_p95: from request to end of script.
        cpu_ms: processor time of the server for one run; it does not depend on what else
            the machine does.
        kb_by_type: the heaviest kinds of message.
    """

    kb: float
    wire_kb: float
    messages: int
    ms_median: float
    ms_p95: float
    cpu_ms: float
    kb_by_type: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Visits:
    """One page: its first view in new sessions, and a change of filter."""

    page: str
    first: Runs
    rerun: Runs
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that a map loads once: bytes as stored and as sent."""

    path: str
    size: int
    sent: int
    encoding: str


def fetch_static(site: str, path: str) -> StaticFile:
    """Size of a file as a browser gets it (with gzip when the server offers it)."""
    request = urllib.request.Request(site + path, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
        encoding = answer.headers.get("Content-Encoding", "none")
    size = len(gzip.decompress(body)) if encoding == "gzip" else len(body)
    return StaticFile(path, size, len(body), encoding)


def _summary(runs: Sequence[Run], cpu: Sequence[float]) -> Runs:
    middle = sorted(runs, key=lambda run: run.payload)[len(runs) // 2]
    milliseconds = [run.seconds * 1000 for run in runs]
    return Runs(
        kb=round(median(run.payload for run in runs) / KB, 1),
        wire_kb=round(median(run.wire for run in runs) / KB, 1),
        messages=round(median(run.messages for run in runs)),
        ms_median=round(median(milliseconds), 1),
        ms_p95=round(percentile_95(milliseconds), 1),
        cpu_ms=round(median(cpu) * 1000, 2),
        kb_by_type={
            kind.split(".")[-1]: round(size / KB, 1)
            for kind, size in Counter(middle.by_type).most_common(6)
        },
    )


def _faults(page: Measured, firsts: Sequence[Run], reruns: Sequence[Run]) -> tuple[str, ...]:
    sizes = [("a rerun", reruns, RERUN_LIMIT)]
    if page.has_map:
        sizes.append(("the first drawing", firsts, MAP_LIMIT))
    found = [
        f"{page.name}: {what} sends {median(r.payload for r in runs) / KB:.1f} KB, "
        f"{limit / KB:.0f} are allowed"
        for what, runs, limit in sizes
        if median(r.payload for r in runs) > limit
    ]
    texts = {text for run in (*firsts, *reruns) for text in run.exceptions}
    return (*found, *(f"{page.name}: exception: {text}" for text in sorted(texts)))


async def visit(site: Site, page: Measured, repeats: int) -> Visits:
    """``repeats`` new sessions, each with a change of filter; earlier ones warm the caches."""
    firsts, reruns, first_cpu, rerun_cpu = [], [], [], []
    for number in range(WARM_UP_RUNS + repeats):
        async with reader(site.url) as session:
            before = cpu_seconds(site.pid)
            first = await session.run(page.first)
            between = cpu_seconds(site.pid)
            changed = await session.run(page.changed)
            after = cpu_seconds(site.pid)
        if number >= WARM_UP_RUNS:
            firsts.append(first)
            reruns.append(changed)
            first_cpu.append(between - before)
            rerun_cpu.append(after - between)
    return Visits(
        page.name,
        _summary(firsts, first_cpu),
        _summary(reruns, rerun_cpu),
        _faults(page, firsts, reruns),
    )
