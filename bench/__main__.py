"""``python -m bench``: bytes and times of every page, against the targets.

Starts the site in a process of its own, measures it, prints tables and writes
``bench/results/latest.json``. Bytes are the same on every machine; times are not.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import platform
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.client import Run, reader
from bench.pages import KB, MAP_LIMIT, RERUN_LIMIT, Measured, measured_pages
from bench.serving import Site, free_port, serving, uvicorn_command

RESULTS = Path(__file__).with_name("results") / "latest.json"
STATIC_FILES = (
    "/assets/provinces.js",
    "/assets/municipalities.geojson",
    "/assets/leaflet/leaflet.js",
    "/assets/leaflet/leaflet.css",
)
WARM_UP_RUNS = 2
HEAVIEST = 6


@dataclass(frozen=True, slots=True)
class Sample:
    """Runs of one page: first views of new sessions, and changes of filter in one session."""

    page: Measured
    firsts: Sequence[Run]
    reruns: Sequence[Run]


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that a map loads once: bytes as stored and as sent."""

    path: str
    size: int
    sent: int
    encoding: str


async def measure(site: str, page: Measured, repeats: int) -> Sample:
    """Measure a page: ``repeats`` new sessions, each with a change of filter there and back.

    The first sessions only warm caches that all readers share.
    """
    firsts, reruns = [], []
    for number in range(WARM_UP_RUNS + repeats):
        async with reader(site) as session:
            first = await session.run(page.first)
            changed = await session.run(page.changed)
        if number >= WARM_UP_RUNS:
            firsts.append(first)
            reruns.append(changed)
    return Sample(page, firsts, reruns)


def fetch_static(site: str, path: str) -> StaticFile:
    """Size of a file as a browser gets it (with gzip when the server offers it)."""
    request = urllib.request.Request(site + path, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
        encoding = answer.headers.get("Content-Encoding", "none")
    size = len(gzip.decompress(body)) if encoding == "gzip" else len(body)
    return StaticFile(path, size, len(body), encoding)


def percentile_95(values: Sequence[float]) -> float:
    """95th percentile by linear interpolation; the value itself when there is one."""
    return values[0] if len(values) == 1 else quantiles(values, n=20, method="inclusive")[-1]


def _numbers(runs: Sequence[Run]) -> dict[str, float | dict[str, int]]:
    middle = sorted(runs, key=lambda run: run.payload)[len(runs) // 2]
    milliseconds = [run.seconds * 1000 for run in runs]
    return {
        "bytes": median(run.payload for run in runs),
        "wire_bytes": median(run.wire for run in runs),
        "messages": median(run.messages for run in runs),
        "ms_median": round(median(milliseconds), 1),
        "ms_p95": round(percentile_95(milliseconds), 1),
        "bytes_by_type": dict(Counter(middle.by_type).most_common()),
    }


def _kb(size: float) -> str:
    return f"{size / KB:,.1f}"


def verdicts(sample: Sample) -> list[str]:
    """What misses its target, in words; empty when all is well."""
    name = sample.page.name
    measured = [("a rerun", sample.reruns, RERUN_LIMIT)]
    if sample.page.has_map:
        measured.append(("the first drawing", sample.firsts, MAP_LIMIT))
    sizes = [(what, median(run.payload for run in runs), limit) for what, runs, limit in measured]
    missed = [
        f"{name}: {what} sends {_kb(size)} KB, {_kb(limit)} are allowed"
        for what, size, limit in sizes
        if size > limit
    ]
    texts = {text for run in (*sample.firsts, *sample.reruns) for text in run.exceptions}
    return missed + [f"{name}: exception: {text}" for text in sorted(texts)]


def machine() -> dict[str, str | int]:
    """What the times depend on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count() or 0,
        "streamlit": version("streamlit"),
    }


def record(site: Site, samples: Sequence[Sample], files: Sequence[StaticFile]) -> dict[str, object]:
    """Everything measured, for the file."""
    return {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "snapshot": site.snapshot_id,
        "machine": machine(),
        "repeats": len(samples[0].firsts),
        "pages": {
            s.page.name: {
                "first_view": s.page.first,
                "changed_view": s.page.changed,
                "first": _numbers(s.firsts),
                "rerun": _numbers(s.reruns),
                "misses": verdicts(s),
            }
            for s in samples
        },
        "static": {f.path: {"size": f.size, "sent": f.sent, "gzip": f.encoding} for f in files},
    }


def page_table(samples: Sequence[Sample]) -> Table:
    """Bytes and times of each page."""
    table = Table(title="Pages: KB as read by the browser (KB over the wire), milliseconds")
    for heading in ("page", "first KB", "wire", "rerun KB", "wire", "first ms", "p95",
                    "rerun ms", "p95", "target"):  # fmt: skip
        table.add_column(heading, justify="left" if heading == "page" else "right")
    for sample in samples:
        cells = [sample.page.name]
        for runs in (sample.firsts, sample.reruns):
            cells += [_kb(median(r.payload for r in runs)), _kb(median(r.wire for r in runs))]
        for runs in (sample.firsts, sample.reruns):
            times = [r.seconds * 1000 for r in runs]
            cells += [f"{median(times):.0f}", f"{percentile_95(times):.0f}"]
        table.add_row(*cells, "missed" if verdicts(sample) else "met")
    return table


def weight_table(samples: Sequence[Sample]) -> Table:
    """Which kinds of element are heavy in a rerun and in a first view."""
    table = Table(title="Heaviest kinds of message, KB as read by the browser")
    for heading in ("page", "first view", "rerun"):
        table.add_column(heading)
    for sample in samples:
        table.add_row(
            sample.page.name,
            *(
                _weights(sorted(runs, key=lambda r: r.payload)[len(runs) // 2].by_type)
                for runs in (sample.firsts, sample.reruns)
            ),
        )
    return table


def _weights(by_type: Mapping[str, int]) -> str:
    heaviest = Counter(by_type).most_common(HEAVIEST)
    return ", ".join(f"{name.split('.')[-1]} {_kb(size)}" for name, size in heaviest)


def static_table(files: Sequence[StaticFile]) -> Table:
    """Files that the map loads once and the browser keeps."""
    table = Table(title="Static files of the map, KB")
    for heading in ("file", "size", "sent", "compression"):
        table.add_column(heading, justify="left" if heading == "file" else "right")
    for file in files:
        table.add_row(file.path, _kb(file.size), _kb(file.sent), file.encoding)
    return table


async def measure_all(site: str, repeats: int) -> list[Sample]:
    """Measure the pages one after the other: nothing else runs on the site meanwhile."""
    pages = measured_pages()
    return [await measure(site, page, repeats) for page in track(pages, "Measuring")]


def main() -> int:
    """Measure, print, write; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--repeats", type=int, default=15, help="sessions for each page")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file for the results")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 150)
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(uvicorn_command(port), port, Path(folder)) as site,
    ):
        samples = asyncio.run(measure_all(site.url, options.repeats))
        files = [fetch_static(site.url, path) for path in STATIC_FILES]
        found = record(site, samples, files)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for table in (page_table(samples), weight_table(samples), static_table(files)):
        console.print(table)
    missed = [line for sample in samples for line in verdicts(sample)]
    console.print("\n".join(missed) or "All targets are met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
