"""``python -m bench``: what the site costs, beside an empty page, against the targets.

Without options every part is measured at a small size (two or three minutes), to see that
all of it works. ``--full`` measures at the sizes of the targets (about 20 minutes on a quiet
machine) and writes ``bench/results/latest.json``; ``--write-readme`` puts the last results
into ``bench/README.md``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.browser import measure_browser
from bench.load import drive
from bench.pages import Measured, measured_pages
from bench.process import wait_for_rest
from bench.report import show, with_verdicts, write_readme
from bench.scale import measure_scale
from bench.serving import (
    PROJECT,
    Site,
    free_port,
    serving,
    serving_empty,
    stock_empty_command,
    tuned_empty_command,
    uvicorn_command,
)
from bench.soak import hold, soak
from bench.starting import measure_start
from bench.visits import EMPTY, STATIC_FILES, fetch_static, visit
from loaders.snapshot import ensure

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured.

    Attributes:
        repeats: new sessions of each page, one at a time.
        sessions: how many at once.
        seconds: how long each load lasts.
        soak: sessions that come and go.
        held: sessions that stay open together.
        visits: visits of the browser.
        pilots: sizes of the generated data.
        builds: sizes of the generated data packages.
    """

    repeats: int
    sessions: Sequence[int]
    seconds: float
    soak: int
    held: int
    visits: int
    pilots: Sequence[int]
    builds: Sequence[int]


SMALL = Size(3, (1, 10), 2.0, 60, 10, 1, (1_000,), (1_000,))
FULL = Size(
    20, (1, 10, 50, 200), 6.0, 2_400, 100, 3, (1_000, 100_000, 1_000_000), (100_000, 1_000_000)
)


@dataclass(frozen=True, slots=True)
class Sites:
    """The site and the two empty pages, all running at once; those that wait cost nothing."""

    site: Site
    tuned: Site
    stock: Site

    def targets(self) -> list[tuple[Site, Measured]]:
        """Every page with its server; the empty pages first."""
        stock = Measured("empty, stock", EMPTY.first, EMPTY.changed, False)
        tuned = Measured("empty, tuned", EMPTY.first, EMPTY.changed, False)
        pages = [(self.site, page) for page in measured_pages()]
        return [(self.stock, stock), (self.tuned, tuned), *pages]


@contextmanager
def running(folder: Path) -> Iterator[Sites]:
    """Start the three servers."""
    port = free_port()
    with (
        serving(uvicorn_command(port), port, folder) as site,
        serving_empty(tuned_empty_command, folder / "tuned", stock=False) as tuned,
        serving_empty(stock_empty_command, folder / "stock", stock=True) as stock,
    ):
        wait_for_rest(site.pid)  # the site opens its pages once when it starts
        yield Sites(site, tuned, stock)


def _pages(sites: Sites, size: Size) -> dict[str, Any]:
    measured = {
        page.name: asdict(asyncio.run(visit(site, page, size.repeats)))
        for site, page in sites.targets()
    }
    return {
        "empty": {kind: measured.pop(f"empty, {kind}") for kind in ("stock", "tuned")},
        "pages": list(measured.values()),
        "static": [asdict(fetch_static(sites.site.url, path)) for path in STATIC_FILES],
    }


def _load(sites: Sites, size: Size) -> dict[str, Any]:
    rows = []
    for sessions in size.sessions:
        for site, page in sites.targets():
            # one stock run may take seconds: it needs longer for a rate
            seconds = size.seconds * (3 if site is sites.stock else 1)
            load = drive(site, (page.first, page.changed), sessions, seconds)
            rows.append({"page": page.name, **asdict(load)})
    return {"load": rows}


def _soak(sites: Sites, size: Size) -> dict[str, Any]:
    return {
        "held": asdict(hold(sites.site, size.held)),
        "soak": asdict(soak(sites.site, size.soak)),
    }


def _browser(sites: Sites, size: Size) -> dict[str, Any]:
    return {"browser": [asdict(v) for v in measure_browser(sites.site, size.visits)]}


def _scale(size: Size) -> dict[str, Any]:
    grown, built = measure_scale(ensure(), size.pilots, size.builds)
    return {"scale": [asdict(g) for g in grown], "builds": [asdict(b) for b in built]}


SERVED: dict[str, Callable[[Sites, Size], dict[str, Any]]] = {
    "pages": _pages,
    "browser": _browser,
    "load": _load,
    "soak": _soak,
}
PARTS = (*SERVED, "start", "scale")


def commit() -> str:
    """The commit that is measured; "unknown" outside a repository."""
    command = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"


def head(snapshot_id: str) -> dict[str, Any]:
    """What the times depend on."""
    return {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "snapshot": snapshot_id,
        "machine": {
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count() or 0,
            "streamlit": version("streamlit"),
        },
    }


def measure(parts: Sequence[str], size: Size, console: Console) -> Iterator[dict[str, Any]]:
    """The results of each part as it ends.

    Memory is measured on a server of its own: what the load left behind is not the visitors'.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(folder) as sites:
            yield head(sites.site.snapshot_id)
            for part in ("pages", "browser", "load"):
                if part in parts:
                    console.log(f"measuring: {part}")
                    yield SERVED[part](sites, size)
        if "soak" in parts:
            console.log("measuring: soak")
            with running(folder) as sites:
                yield SERVED["soak"](sites, size)
        if "start" in parts:
            console.log("measuring: start")
            yield {"start": asdict(measure_start(folder))}
    if "scale" in parts:
        console.log("measuring: scale")
        yield _scale(size)


def main() -> int:
    """Measure, print, write; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the sizes of the targets")
    parser.add_argument("--large", action="store_true", help="10,000,000 pilots too (6 GB)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--out", type=Path, help="file for the results; parts not measured stay")
    parser.add_argument("--write-readme", action="store_true", help="only write bench/README.md")
    options = parser.parse_args()
    out = options.out or RESULTS / ("latest.json" if options.full else "small.json")
    console = Console(width=None if sys.stdout.isatty() else 170)
    if options.write_readme:
        write_readme(with_verdicts(json.loads(out.read_text(encoding="utf-8"))))
        return 0
    size = FULL if options.full else SMALL
    if options.large:
        size = Size(**{**asdict(size), "pilots": (*size.pilots, 10_000_000)})
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    out.parent.mkdir(parents=True, exist_ok=True)
    for part in measure(options.parts, size, console):
        found = with_verdicts({**found, **part})
        out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    show(found, console)
    missed = [v["target"] for v in found["verdicts"] if not v["met"]]
    console.print("\n".join(f"missed: {m}" for m in missed) or "All targets are met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
