"""A bound on costly work: a few at once, a few waiting, the rest sent away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


class BusyError(Exception):
    """There is no room to wait, or the wait was too long."""


class Gate:
    """Lets ``working`` callers in at once and ``waiting`` more wait for ``patience`` seconds."""

    def __init__(self, working: int, waiting: int, patience: float) -> None:
        self._room = BoundedSemaphore(working + waiting)
        self._work = BoundedSemaphore(working)
        self._patience = patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it.

        Raises:
            BusyError: no turn came.
        """
        if not self._room.acquire(blocking=False):
            raise BusyError
        try:
            if not self._work.acquire(timeout=self._patience):
                raise BusyError
            try:
                yield
            finally:
                self._work.release()
        finally:
            self._room.release()
