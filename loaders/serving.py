"""Which snapshot is served: the one the pointer names when it is sound, else the last good one.

The pointer may name a new snapshot at any time. It is examined once, when it or its file
changes; until the new one is found sound, and whenever it is not, visitors keep what they had.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from loaders.snapshot import is_sound, newest_sound, pointed_id, snapshot_dir, snapshot_path

log = logging.getLogger("atlas")

#: Id the pointer names, and what tells one file from another: inode, size, time of change.
Seen = tuple[str | None, tuple[int, int, int] | None]


@dataclass(frozen=True, slots=True)
class Served:
    """What visitors get.

    Attributes:
        snapshot_id: the snapshot; None when there is no sound one.
        fault: why it is not the one that the pointer names; empty when it is.
    """

    snapshot_id: str | None
    fault: str = ""


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@dataclass
class Watch:
    """Remembers what was examined, so that a question costs one look at the file system."""

    served: Served = Served(None)
    _seen: Seen | None = None
    _examining: Lock = field(default_factory=Lock)

    def now(self) -> Served:
        """What is served now; examines the pointed-to file when it is not the one seen last."""
        seen = self._look()
        if seen == self._seen:
            return self.served
        # one visitor examines; the others are not kept waiting when there is something to show
        waits = self.served.snapshot_id is None
        if self._examining.acquire(blocking=waits):
            try:
                if seen != self._seen:
                    self._examine(seen)
            finally:
                self._examining.release()
        return self.served

    def _look(self) -> Seen:
        wanted = pointed_id()
        return wanted, None if wanted is None else _stamp(snapshot_path(wanted))

    def _examine(self, seen: Seen) -> None:
        fault = _fault(*seen)
        if not fault:
            self.served = Served(seen[0])
            log.info("snapshot %s is served", seen[0])
        else:
            last = self.served.snapshot_id
            # the damaged file may be the one that was served
            if last == seen[0] or last is None or not is_sound(snapshot_path(last)):
                last = newest_sound()
            self.served = Served(last, fault)
            log.error("snapshot %s stays: %s", last, fault)
        self._seen = seen


def _fault(wanted: str | None, stamp: tuple[int, int, int] | None) -> str:
    if wanted is None:
        return "the pointer is missing or unreadable"
    if stamp is None:
        return f"the file of snapshot {wanted} is missing"
    if not is_sound(snapshot_path(wanted)):
        return f"the file of snapshot {wanted} cannot be read to its end"
    return ""


_watches: dict[Path, Watch] = {}


def served() -> Served:
    """What is served from the folder of snapshots."""
    return _watches.setdefault(snapshot_dir(), Watch()).now()


def served_id() -> str | None:
    """Id of the snapshot that is served; None when there is none."""
    return served().snapshot_id
