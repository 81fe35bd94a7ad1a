"""Do the faults: ``python -m tests.chaos [case …]``; all cases when none is named.

Sizes come from the environment: ``ATLAS_CHAOS_SESSIONS`` (200) and ``ATLAS_CHAOS_SECONDS``
(600) of the load, ``ATLAS_CHAOS_REPLICAS`` (2), ``ATLAS_CHAOS_SWAPPED`` (50 sessions under
swaps), ``ATLAS_CHAOS_IDLE`` (300 sessions) for ``ATLAS_CHAOS_IDLE_SECONDS`` (180).
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.chaos import load, processes, snapshots
from tests.chaos.case import Case
from tests.chaos.world import Server, World, running, supervised


def _size(name: str, full: int) -> int:
    return int(os.environ.get(f"ATLAS_CHAOS_{name}", full))


def _faults(case: Case, world: World) -> None:
    with running(Server(world, name="faults")) as server:
        snapshots.damaged_new(case, server)
        snapshots.copied_slowly(case, server)
        snapshots.locked_new(case, server)
        snapshots.damaged_served(case, server)


def _swap(case: Case, world: World) -> None:
    with running(Server(world, name="swap")) as server:
        snapshots.swapped(case, server, _size("SWAPPED", 50), swaps=4)


def _disk(case: Case, world: World) -> None:
    with running(Server(world, name="disk")) as server:
        snapshots.small_files(case, server)
    snapshots.disk_full(case, world)


def _drain(case: Case, world: World) -> None:
    with running(Server(world, name="drain")) as server:
        processes.drained(case, server)


def _kill(case: Case, world: World) -> None:
    with supervised(Server(world, name="kill")) as server:
        processes.killed(case, server)


def _idle(case: Case, world: World) -> None:
    processes.idle(case, world, _size("IDLE", 300), _size("IDLE_SECONDS", 180))


def _greedy(case: Case, world: World) -> None:
    with running(Server(world, name="greedy")) as server:
        processes.greedy(case, server, rounds=10)


def _load(case: Case, world: World) -> None:
    load.held(
        case, world, _size("SESSIONS", 200), _size("SECONDS", 600), max(2, _size("REPLICAS", 2))
    )


CASES: dict[str, Callable[[Case, World], None]] = {
    "start": snapshots.at_start,
    "faults": _faults,
    "swap": _swap,
    "disk": _disk,
    "drain": _drain,
    "kill": _kill,
    "clock": processes.clock_jumps,
    "idle": _idle,
    "greedy": _greedy,
    "load": _load,
}


def _done(name: str) -> Case:
    """A case in a world of its own; one that breaks off is a wrong outcome too."""
    case = Case(name)
    with tempfile.TemporaryDirectory(prefix="atlas-chaos-") as folder:
        try:
            CASES[name](case, World.made(Path(folder)))
        except Exception as error:
            traceback.print_exc()
            case.check(False, f"broke off: {type(error).__name__}: {error}")
    return case


def main(names: list[str]) -> int:
    """Run the cases; 1 when anything went wrong, 2 for an unknown name."""
    if unknown := set(names) - set(CASES):
        print(f"No such case: {', '.join(sorted(unknown))}. There are: {', '.join(CASES)}.")
        return 2
    cases = [_done(name) for name in names or CASES]
    print(f"\n{'case':<10} {'checks':>6} {'wrong':>6}")
    for case in cases:
        print(f"{case.name:<10} {case.checked:>6} {len(case.wrong):>6}  {case.skipped}")
        for text in case.wrong:
            print(f"{'':<10} {text}")
    return 1 if any(case.wrong for case in cases) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
