"""How analytics and the build of a snapshot grow with the number of pilots.

Each function runs in a process of its own, so that its peak of memory is its own and a
function that would take too much ends alone (``python -m bench.scale FILE NAME``).
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

from analytics import funnel, linkage, overview, testbeds
from analytics.filters import PilotFilter, TestbedFilter
from bench.generated import generate_package, generate_snapshot
from bench.serving import PROJECT
from bench.targets import FIGURE
from loaders.engine import Engine, duckdb_engine
from loaders.snapshot import snapshot_path
from ui import pictures
from ui.i18n import Words

MB = 1_000_000
MEMORY_LIMIT = 6_000 * MB
SECONDS_LIMIT = 120
#: As many uncached runs as there are filters; the first pays for imports and is left out.
SECTORS = ("mobility", "energy", "safety", "robotics")

Call = Callable[[Engine, PilotFilter], Any]


def _milestone_chart(run: Engine, chosen: PilotFilter) -> Any:
    """From filter to figure: the funnel and its chart as the browser gets it."""
    t = Words("en")
    found = funnel.milestone_funnel(run, chosen)
    pictures.milestone_table(found, t)
    return pictures.milestone_chart(found, t).to_json()


CALLS: dict[str, Call] = {
    FIGURE: _milestone_chart,
    "milestone_funnel": funnel.milestone_funnel,
    "pilots_known": lambda run, _: overview.pilots_known(run),
    "pilots_sold": lambda run, _: overview.pilots_sold(run),
    "companies_funded_after": lambda run, _: overview.companies_funded_after(run),
    "testbeds_by_province": lambda run, f: testbeds.testbeds_by_province(
        run, TestbedFilter(sector=f.sector)
    ),
    "pilots_at": funnel.pilots_at,
    "linkage_steps": linkage.linkage_steps,
    "linkage_flows": lambda run, f: linkage.linkage_flows(run, f, "sido", "round"),
    "linked_companies": linkage.linked_companies,
}


@dataclass(frozen=True, slots=True)
class Grown:
    """One function at one size; ``fault`` says why there is no time."""

    pilots: int
    function: str
    ms_median: float | None
    first_ms: float | None
    peak_mb: float
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """Build of a snapshot from files, at one size."""

    pilots: int
    rows: int
    seconds: float
    peak_mb: float
    fault: str = ""


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB, 1)


def _one(path: Path, name: str) -> dict[str, Any]:
    """Run a function with every filter, in this process."""
    run, call = duckdb_engine(path, "bench"), CALLS[name]
    times = []
    for sector in ("", *SECTORS):
        start = time.perf_counter()
        call(run, PilotFilter(sector=(sector,) if sector else ()))
        times.append((time.perf_counter() - start) * 1000)
    return {
        "first_ms": round(times[0], 1),
        "ms_median": round(median(times[1:]), 1),
        "peak_mb": _peak_mb(),
    }


#: In front of a command: the shell sets the limit of memory, then becomes the command.
_LIMITED = ("sh", "-c", f'ulimit -d {MEMORY_LIMIT // 1024}; exec "$@"', "limited")


def fault_of(said: str) -> str:
    """The exception that ended a process: its line is not always the last."""
    lines = [line for line in said.splitlines() if re.match(r"[\w.]+(Error|Exception)\b", line)]
    return lines[-1][:80] if lines else "killed"


def measure_function(path: Path, pilots: int, name: str) -> Grown:
    """Run a function over a snapshot file in another process, within limits."""
    command = [*_LIMITED, sys.executable, "-m", "bench.scale", str(path), name]
    try:
        answer = subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True,
            timeout=SECONDS_LIMIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Grown(pilots, name, None, None, 0.0, f"more than {SECONDS_LIMIT} s for 5 runs")
    if answer.returncode:
        return Grown(pilots, name, None, None, 0.0, fault_of(answer.stderr))
    found = json.loads(answer.stdout.splitlines()[-1])
    return Grown(pilots, name, **found)


def measure_build(folder: Path, pilots: int, elsewhere: Executor) -> Built:
    """Build a snapshot from files generated ``elsewhere``, in another process."""
    package = folder / f"package-{pilots}"
    size = elsewhere.submit(generate_package, PROJECT / "data", package, pilots).result()
    variables = {"ATLAS_DATA": str(package), "ATLAS_SNAPSHOTS": str(folder / f"built-{pilots}")}
    start = time.perf_counter()
    process = subprocess.Popen(
        [*_LIMITED, sys.executable, "-m", "loaders", "build"], cwd=PROJECT,
        env={**os.environ, **variables}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    fault = f"ended with {process.returncode}" if process.returncode else ""
    return Built(
        size.pilots, size.rows, round(seconds, 1), round(used.ru_maxrss * 1024 / MB, 1), fault
    )


def measure_scale(
    snapshot_id: str, sizes: Sequence[int], build_sizes: Sequence[int]
) -> tuple[list[Grown], list[Built]]:
    """Every function at the real size and at every generated one, and builds."""
    real = snapshot_path(snapshot_id)
    grown, built = [], []
    # a process begins with the peak of the one that started it: this one has to stay small
    elsewhere = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    with elsewhere, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in (0, *sizes):
            path = folder / "grown.duckdb"
            path.unlink(missing_ok=True)
            pilots = elsewhere.submit(generate_snapshot, real, path, size).result().pilots
            grown += [measure_function(path, pilots, function) for function in CALLS]
        (folder / "grown.duckdb").unlink(missing_ok=True)
        for size in build_sizes:
            built.append(measure_build(folder, size, elsewhere))
    return grown, built


def main() -> None:
    """Measure one function; the arguments are the snapshot's file and the function's name."""
    print(json.dumps(_one(Path(sys.argv[1]), sys.argv[2])))


if __name__ == "__main__":
    main()
