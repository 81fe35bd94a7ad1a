"""One module a dataset.

A module names its ``TABLES`` (resources of the data package), gives each as an
unbound Ibis table, and may define ``rules(tables)`` for what types and keys
cannot say. Modules placed here are found by themselves.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
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


def check_rules(tables: Tables) -> list[Problem]:
    """Findings of the rules of every dataset whose tables were all readable."""
    problems: list[Problem] = []
    for module in modules():
        rules = getattr(module, "rules", None)
        if rules is not None:
            problems += list(rules(tables))
    return problems


def records(frame: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Rows of a text table as dictionaries (``_row`` as text)."""
    for record in frame.astype(str).to_dict("records"):
        yield {str(k): v for k, v in record.items()}
