"""The one door from pages to analytics: the current snapshot and a shared cache.

Results are shared by all sessions and must not be changed. They are keyed by the
snapshot's id, so a new snapshot replaces what is shown without a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from threading import RLock
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from analytics.result import marked
from loaders.engine import Engine, EngineGoneError, Runner, engine_for
from loaders.serving import is_held, wanted_id
from ops import metrics

P = ParamSpec("P")
R = TypeVar("R")

MAX_RESULTS = 2048
_PINNED = "snapshot"


def begin_run() -> None:
    """Take the snapshot that is served now for the whole run, so that a page never mixes two."""
    try:
        st.session_state[_PINNED] = wanted_id()
    except EngineGoneError:  # the page that asks for numbers says so
        st.session_state[_PINNED] = None


def snapshot_id() -> str | None:
    """Id of this run's snapshot; None while none could be had."""
    pinned: str | None = st.session_state.get(_PINNED)
    return pinned


def engine() -> Engine:
    """The engine of this run's snapshot."""
    pinned = snapshot_id()
    if pinned is None or not is_held(pinned):
        now = st.session_state[_PINNED] = wanted_id()
        if pinned not in (None, now):
            st.rerun()  # what is drawn so far is of the snapshot that is gone
        return engine_for(now)
    return engine_for(pinned)


def _pinned() -> str:
    """This run's snapshot. What is known of it needs no engine, even when its file is gone."""
    return snapshot_id() or engine().snapshot_id


class _Place:
    """Where one shared value stands: the first who asks computes it, others wait for it.

    Not ``st.cache_resource``: it makes a digest of the arguments at every hit, and a page
    asks a hundred times in a run.
    """

    __slots__ = ("_known", "_lock", "_value")

    def __init__(self) -> None:
        self._lock = RLock()
        self._value: Any = None
        self._known = False

    def value(self, call: Callable[[], Any]) -> Any:
        """The value; ``call`` computes it when it is not known (or has failed so far)."""
        if not self._known:
            with self._lock:
                if not self._known:
                    metrics.COMPUTED.inc()
                    self._value = call()
                    self._known = True
        return self._value


@lru_cache(maxsize=MAX_RESULTS, typed=True)
def _place(snapshot_id: str, name: str, *args: Hashable) -> _Place:
    return _Place()


def ask(function: Callable[Concatenate[Runner, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """``function(run, *args)`` on the current snapshot, computed once for all visitors."""
    metrics.ASKED.inc()
    name = f"{function.__module__}.{function.__qualname__}"
    key = (*args, *sorted(kwargs.items()))

    result: R = _place(_pinned(), name, *key).value(
        lambda: marked(function(engine(), *args, **kwargs), name)
    )
    return result


def shared(name: str, call: Callable[[], R], *args: Hashable) -> R:
    """Any other value derived from the snapshot (figures, layers), computed once."""
    result: R = _place(_pinned(), name, *args).value(call)
    return result
