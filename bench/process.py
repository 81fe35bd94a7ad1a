"""What a process used: processor time and memory, as Linux counts them."""

from __future__ import annotations

import time
from pathlib import Path

KB = 1024
#: At rest: under 5 % of a core, five times in a row.
POLL, IDLE, CALM = 0.2, 0.05, 5


def cpu_seconds(pid: int) -> float:
    """Processor time that all threads of ``pid`` used so far, ended ones too.

    The clock of another process has the number that ``clock_getcpuclockid`` gives it.
    """
    return time.clock_gettime((~pid << 3) | 2)


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * KB
    raise LookupError(name)


def resident_bytes(pid: int) -> int:
    """Memory that ``pid`` holds now."""
    return _status(pid, "VmRSS")


def peak_bytes(pid: int) -> int:
    """The most memory that ``pid`` ever held."""
    return _status(pid, "VmHWM")


def wait_for_rest(pid: int) -> None:
    """Wait until the process uses next to no processor time."""
    used, calm = cpu_seconds(pid), 0
    while calm < CALM:
        time.sleep(POLL)
        now = cpu_seconds(pid)
        calm = calm + 1 if now - used < POLL * IDLE else 0
        used = now
