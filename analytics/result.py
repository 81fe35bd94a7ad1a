"""What every figure returns: numbers together with the rows they rest on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import pandas as pd

P = ParamSpec("P")
R = TypeVar("R")

Rows = Mapping[str, tuple[str, ...]]


class LaterRows(Mapping[str, tuple[str, ...]]):
    """Keys of rows, read when somebody opens the sources and not before.

    For figures that are counted in the engine: among a million pilots, to fetch and sort
    the keys takes ten times as long as to count.
    """

    def __init__(self, read: Mapping[str, Callable[[], Iterable[object]]]) -> None:
        self._read = read
        self._known: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, table: str) -> tuple[str, ...]:
        if table not in self._known:
            self._known[table] = keys(self._read[table]())
        return self._known[table]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Result:
    """A figure's numbers and their provenance.

    Attributes:
        frame: the tidy numbers, as drawn.
        rows: for each table, the keys of the rows that were counted or shown.
        covered: how many of the possible units the figure rests on.
        total: how many units there are; ``covered`` of ``total`` is the coverage.
        unit: code of what is counted (``pilots``, ``companies``, ``testbeds`` …).
        first_year: first year among the dated rows, or None when none is dated.
        last_year: last year among the dated rows.
        method: dotted name of the function that computed it, for "how computed".
    """

    frame: pd.DataFrame
    rows: Rows
    covered: int
    total: int
    unit: str
    first_year: int | None = None
    last_year: int | None = None
    method: str = ""


def marked(found: R, method: str) -> R:
    """The answer, its `Result` (or the one it carries as ``result``) marked with ``method``.

    ``method`` is the dotted name of the function that computed it; the provenance of a
    figure finds definition and documentation by it.
    """
    answer: Any = found
    if isinstance(answer, Result):
        return cast(R, replace(answer, method=method))
    inner = getattr(answer, "result", None)
    if isinstance(inner, Result):
        return cast(R, replace(answer, result=replace(inner, method=method)))
    return found


def computed(function: Callable[P, R]) -> Callable[P, R]:
    """The function with its answers marked, for results that pages get by way of another one."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return marked(function(*args, **kwargs), name)

    return call


def keys(values: Iterable[object]) -> tuple[str, ...]:
    """Distinct, sorted, known keys."""
    return tuple(sorted({str(v) for v in values if not pd.isna(v)}))


def year_span(*dates: pd.Series) -> tuple[int | None, int | None]:
    """First and last year among all known dates (day resolution)."""
    years = pd.concat([pd.to_datetime(d).dt.year for d in dates]).dropna()
    return (int(years.min()), int(years.max())) if len(years) else (None, None)
