"""``python -m bench.quick``: has a page become dearer? Ratios only, against a committed baseline.

For each page: processor time, bytes and messages of a rerun after a change of filter, and
processor time of a run with ten sessions at once. Times are told as multiples of an empty
page's, measured in turn with the page's and by the clock of the server's own processor
time, so that a slower machine or a busy neighbour changes both sides. A measure more than
30 % above its baseline fails. A page that looks dearer is measured again before it fails.

``--write`` makes today's ratios the baseline; ``--repeat N`` shows how far they spread.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.client import Reader, reader
from bench.pages import KB, Measured, measured_pages
from bench.process import cpu_seconds, wait_for_rest
from bench.serving import (
    Site,
    free_port,
    serving,
    serving_empty,
    tuned_empty_command,
    uvicorn_command,
)
from bench.visits import EMPTY

BASELINE = Path(__file__).with_name("baseline.json")
ALLOWED = 1.3
ROUNDS = 5
WARM_UP_RUNS = 2
#: Changes of filter (there and back) of a page in one round, and of the empty page, whose
#: run is some twenty times shorter.
PAIRS, EMPTY_PAIRS = 2, 30
SESSIONS = 10

Ratios = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Dearer:
    """A measure that left its baseline behind."""

    page: str
    measure: str
    baseline: float
    now: float

    def __str__(self) -> str:
        more = self.now / self.baseline - 1
        return f"{self.page}: {self.measure} {self.baseline:g} → {self.now:g} (+{more:.0%})"


async def _reruns(session: Reader, site: Site, page: Measured, pairs: int) -> float:
    """Processor seconds of one rerun."""
    before = cpu_seconds(site.pid)
    for _ in range(pairs):
        await session.run(page.changed)
        await session.run(page.first)
    return (cpu_seconds(site.pid) - before) / (2 * pairs)


async def _together(site: Site, page: Measured, pairs: int) -> float:
    """Processor seconds of one rerun while `SESSIONS` run at once."""
    before = cpu_seconds(site.pid)

    async def one() -> None:
        async with reader(site.url) as session:
            for _ in range(pairs):
                await session.run(page.changed)
                await session.run(page.first)

    async with asyncio.TaskGroup() as group:
        for _ in range(SESSIONS):
            group.create_task(one())
    return (cpu_seconds(site.pid) - before) / (2 * pairs * SESSIONS)


async def page_ratios(site: Site, empty: Site, page: Measured) -> dict[str, float]:
    """The measures of one page; each time is the median of rounds taken in turn."""
    alone, together = [], []
    async with reader(site.url) as session, reader(empty.url) as nothing:
        await _reruns(session, site, page, WARM_UP_RUNS)
        await _reruns(nothing, empty, EMPTY, WARM_UP_RUNS)
        for _ in range(ROUNDS):
            measured = await _reruns(session, site, page, PAIRS)
            alone.append(measured / await _reruns(nothing, empty, EMPTY, EMPTY_PAIRS))
        run = await session.run(page.changed)
        if run.exceptions:
            raise RuntimeError(f"{page.name}: {run.exceptions}")
    for _ in range(2):
        measured = await _together(site, page, 1)
        together.append(measured / await _together(empty, EMPTY, EMPTY_PAIRS // 3))
    return {
        "rerun, times an empty page": round(median(alone), 1),
        f"a run among {SESSIONS} sessions, times an empty page": round(min(together), 1),
        "rerun, KB": round(run.payload / KB, 1),
        "rerun, messages": float(run.messages),
    }


def dearer(now: Ratios, baseline: Mapping[str, Mapping[str, float]]) -> list[Dearer]:
    """Measures more than 30 % above the baseline; a page without one is left out."""
    return [
        Dearer(page, measure, baseline[page][measure], value)
        for page, measures in now.items()
        for measure, value in measures.items()
        if measure in baseline.get(page, {}) and value > ALLOWED * baseline[page][measure]
    ]


async def _measure(site: Site, empty: Site, pages: Sequence[Measured]) -> Ratios:
    return {page.name: await page_ratios(site, empty, page) for page in pages}


def _lowest(*several: Ratios) -> Ratios:
    """The lowest value of each measure: noise only adds."""
    first = several[0]
    return {
        page: {m: min(r[page][m] for r in several if page in r) for m in measures}
        for page, measures in first.items()
    }


def measured(site: Site, empty: Site, baseline: Mapping[str, Mapping[str, float]]) -> Ratios:
    """Ratios of every page; those that look dearer than the baseline are measured again."""
    pages = measured_pages()
    now = asyncio.run(_measure(site, empty, pages))
    suspects = {d.page for d in dearer(now, baseline)}
    again = [page for page in pages if page.name in suspects]
    return _lowest(now, asyncio.run(_measure(site, empty, again))) if again else now


def _spread(runs: Sequence[Ratios]) -> str:
    lines = []
    for page, measures in runs[0].items():
        for measure in measures:
            values = [run[page][measure] for run in runs]
            most = max(values) / min(values) - 1
            lines.append(
                f"{page:15} {measure:50} {min(values):6g} – {max(values):6g} (+{most:.0%})"
            )
    return "\n".join(lines)


def main() -> int:
    """Measure, compare, print; 1 when a page has become dearer."""
    parser = argparse.ArgumentParser(prog="bench.quick", description=__doc__)
    parser.add_argument("--write", action="store_true", help="make this the baseline")
    parser.add_argument("--repeat", type=int, default=1, help="times to measure, for the spread")
    options = parser.parse_args()
    known: Ratios = json.loads(BASELINE.read_text("utf-8")) if BASELINE.exists() else {}
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        with (
            serving(uvicorn_command(port), port, folder) as site,
            serving_empty(tuned_empty_command, folder / "empty", stock=False) as empty,
        ):
            wait_for_rest(site.pid)
            baseline = {} if options.write else known
            runs = [measured(site, empty, baseline) for _ in range(options.repeat)]
    if options.repeat > 1:
        print(_spread(runs))
    now = {
        page: {m: median(run[page][m] for run in runs) for m in measures}
        for page, measures in runs[0].items()
    }
    if options.write:
        BASELINE.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", "utf-8")
    found = dearer(now, known) if not options.write else []
    for page, measures in now.items():
        print(f"{page:15}", " · ".join(f"{value:g} {m}" for m, value in measures.items()))
    new = sorted(set(now) - set(known)) if not options.write else []
    print(*(f"no baseline yet: {page}" for page in new), sep="\n", end="\n" if new else "")
    print(*(f"DEARER {d}" for d in found), sep="\n", end="\n" if found else "")
    print(f"{len(found)} measures above the baseline; {time.perf_counter() - begun:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
