"""Values that are costly to build and the same for a whole snapshot."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import TypeVar, cast

from loaders.engine import Runner

T = TypeVar("T")

#: As many snapshots as the engine keeps open.
SNAPSHOTS = 2


def once_per_snapshot(function: Callable[[Runner], T]) -> Callable[[Runner], T]:
    """``function(run)``, computed once for each engine; its value must not be changed."""
    cached = lru_cache(maxsize=SNAPSHOTS)(function)

    @wraps(function)
    def call(run: Runner) -> T:
        return cached(cast(Hashable, run))

    return call
