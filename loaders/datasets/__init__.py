"""One module a dataset.

A module names its ``TABLES`` (resources of the data package), gives each as an
unbound Ibis table, and may define ``rules(tables)`` for what types and keys
cannot say. Modules placed here are found by themselves.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from types import ModuleType

import pandas as pd

from loaders.problems import Problem
from loaders.validation import Tables


@lru_cache(maxsize=1)
def modules() -> tuple[ModuleType, ...]:
    """All dataset modules, by name."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


class UnreadableTableError(LookupError):
    """A rule asked for a table whose file could not be read."""


class _Asked(Mapping[str, pd.DataFrame]):
    """The readable tables; to ask for another one of ``names`` ends the rules that asked."""

    def __init__(self, readable: Tables, names: Collection[str]) -> None:
        self._readable = readable
        self._names = names

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name in self._names and name not in self._readable:
            raise UnreadableTableError(name)
        return self._readable[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def check_rules(readable: Tables, names: Collection[str]) -> list[Problem]:
    """Findings of the rules of every dataset whose tables were all readable.

    ``names`` are all tables of the package, readable or not.
    """
    tables = _Asked(readable, names)
    problems: list[Problem] = []
    for module in modules():
        rules = getattr(module, "rules", None)
        if rules is None:
            continue
        with suppress(UnreadableTableError):
            problems += list(rules(tables))
    return problems
