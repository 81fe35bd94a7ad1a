"""Which snapshot is served: the one the pointer names when it is sound, else the last good one.

The pointer may name a new snapshot at any time. It is examined once, when it or its file
changes; until the new one is found sound, and whenever it is not, visitors keep what they had.

Where queries run in a database server, its register (see `loaders.publish`) is the pointer.
It is asked every few seconds at most; while the server does not answer, the last id stays.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import Lock

import ibis

from loaders.engine import Engine, EngineGoneError, engine_for, engine_url, register_engine
from loaders.publish import REGISTER, REGISTER_COLUMNS
from loaders.snapshot import (
    ensure,
    is_sound,
    kept_because,
    newest_sound,
    pointed_id,
    snapshot_dir,
    snapshot_path,
)

#: Seconds for which the answer of a database server's register is good.
ASKED_EVERY = 2.0

log = logging.getLogger("atlas")

#: Seconds after which a snapshot that was refused is tried again although its file is the same:
#: the writer that had locked it may be gone, the disk may answer again.
TRIED_AGAIN = 10.0

#: What tells one file from another: inode, size, time of change.
Stamp = tuple[int, int, int]
#: Id the pointer names, and its file.
Seen = tuple[str | None, Stamp | None]


@dataclass(frozen=True, slots=True)
class Served:
    """What visitors get.

    Attributes:
        snapshot_id: the snapshot; None when there is no sound one.
        fault: why it is not the one that the pointer names; empty when it is.
    """

    snapshot_id: str | None
    fault: str = ""


def _stamp(path: Path) -> Stamp | None:
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
    _again: float = 0.0
    _opened: dict[str, Stamp | None] = field(default_factory=dict)
    _examining: Lock = field(default_factory=Lock)

    def now(self) -> Served:
        """What is served now; examines the pointed-to file when it is not the one seen last."""
        seen = self._look()
        if not self._is_due(seen):
            return self.served
        # one visitor examines; the others are not kept waiting when there is something to show
        waits = self.served.snapshot_id is None
        if self._examining.acquire(blocking=waits):
            try:
                if self._is_due(seen):
                    self._examine(seen)
            finally:
                self._examining.release()
        return self.served

    def _look(self) -> Seen:
        wanted = pointed_id()
        return wanted, None if wanted is None else _stamp(snapshot_path(wanted))

    def _is_due(self, seen: Seen) -> bool:
        # not the wall clock, which may jump
        return seen != self._seen or (bool(self.served.fault) and time.monotonic() >= self._again)

    def _examine(self, seen: Seen) -> None:
        wanted, stamp = seen
        fault = _fault(wanted, stamp)
        if wanted is not None and not fault:
            if self._opened.get(wanted, stamp) != stamp:
                engine_for.cache_clear()  # open is the file of this name that was there before
            self._opened[wanted] = stamp
            now = Served(wanted)
        else:
            last = self.served.snapshot_id
            # the damaged file may be the one that was served
            if last == wanted or last is None or not is_sound(snapshot_path(last)):
                last = newest_sound()
            now = Served(last, fault)
            self._again = time.monotonic() + TRIED_AGAIN
        if now != self.served:
            if fault:
                log.error("snapshot %s stays: %s", now.snapshot_id, fault)
            else:
                log.info("snapshot %s is served", now.snapshot_id)
        self.served = now
        self._seen = seen


def _fault(wanted: str | None, stamp: Stamp | None) -> str:
    if wanted is None:
        return "the pointer is missing or unreadable"
    if stamp is None:
        return f"the file of snapshot {wanted} is missing"
    if not is_sound(snapshot_path(wanted)):
        return f"the file of snapshot {wanted} cannot be read to its end"
    return ""


@dataclass
class ServerWatch:
    """Remembers what the register of a database server said last."""

    url: str
    served: Served = Served(None)
    published: float = 0.0
    _good_until: float = 0.0
    _asking: Lock = field(default_factory=Lock)

    @cached_property
    def _register(self) -> Engine:
        return register_engine(self.url)

    def now(self) -> Served:
        """What is served now; one visitor asks, the others have the last answer meanwhile."""
        waits = self.served.snapshot_id is None
        if time.monotonic() > self._good_until and self._asking.acquire(blocking=waits):
            try:
                if time.monotonic() > self._good_until:
                    self._ask()
            finally:
                self._good_until = time.monotonic() + ASKED_EVERY
                self._asking.release()
        return self.served

    def _ask(self) -> None:
        last, fault = self.served.snapshot_id, ""
        table = ibis.table(REGISTER_COLUMNS, name=REGISTER)
        try:
            current = self._register(table.filter(table.is_current))
        except Exception as error:
            fault = f"the engine does not answer: {type(error).__name__}"
        else:
            if current.empty:
                fault = "no snapshot was published to the engine"
            else:
                last = str(current["id"].iloc[0])
                self.published = current["published"].iloc[0].timestamp()
        if (last, fault) != (self.served.snapshot_id, self.served.fault):
            log.log(logging.ERROR if fault else logging.INFO, "engine: %s", fault or f"has {last}")
        self.served = Served(last, fault)


_watches: dict[Path, Watch] = {}
_servers: dict[str, ServerWatch] = {}


def _server(url: str) -> ServerWatch:
    return _servers.setdefault(url, ServerWatch(url))


def served() -> Served:
    """What is served: from the folder of snapshots, or from the database server."""
    if url := engine_url():
        return _server(url).now()
    state = _watches.setdefault(snapshot_dir(), Watch()).now()
    if state.fault or state.snapshot_id is None:
        return state
    return replace(state, fault=kept_because(state.snapshot_id))


def served_id() -> str | None:
    """Id of the snapshot that is served; None when there is none."""
    return served().snapshot_id


def wanted_id() -> str:
    """Id of the snapshot that is served; the embedded one is built when there is none.

    Raises:
        EngineGoneError: the database server has not told of any.
        DataError: the data was refused, and there is no earlier snapshot.
    """
    state = served()
    if state.snapshot_id is not None:
        return state.snapshot_id
    if engine_url():
        raise EngineGoneError(state.fault)
    return ensure()


def is_held(snapshot_id: str) -> bool:
    """Whether a snapshot that was served can still be asked; a server is not asked for that."""
    return bool(engine_url()) or snapshot_path(snapshot_id).exists()


def made_at(snapshot_id: str) -> float:
    """When a snapshot was built or published (seconds since 1970)."""
    if url := engine_url():
        return _server(url).published
    return snapshot_path(snapshot_id).stat().st_mtime
