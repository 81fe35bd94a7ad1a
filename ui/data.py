"""The one door from pages to analytics: the current snapshot and a shared cache.

Results are shared by all sessions and must not be changed. They are keyed by the
snapshot's id, so a new snapshot replaces what is shown without a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
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
        pinned = st.session_state[_PINNED] = wanted_id()
    return engine_for(pinned)


@st.cache_resource(max_entries=MAX_RESULTS, show_spinner=False)
def _shared(
    snapshot_id: str, name: str, args: tuple[Hashable, ...], _call: Callable[[], Any]
) -> Any:
    metrics.COMPUTED.inc()
    return _call()


def ask(function: Callable[Concatenate[Runner, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """``function(run, *args)`` on the current snapshot, computed once for all visitors."""
    run = engine()
    metrics.ASKED.inc()
    name = f"{function.__module__}.{function.__qualname__}"
    key = (*args, *sorted(kwargs.items()))

    result: R = _shared(
        run.snapshot_id, name, key, lambda: marked(function(run, *args, **kwargs), name)
    )
    return result


def shared(name: str, call: Callable[[], R], *args: Hashable) -> R:
    """Any other value derived from the snapshot (figures, layers), computed once."""
    result: R = _shared(engine().snapshot_id, name, args, call)
    return result
