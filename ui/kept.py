"""What is made of a shared object once, and kept for as long as the object lives.

A result or a table is the same object for all visitors of a snapshot; its caption, its rows
as Arrow or the kinds of its columns need not be made again at every run.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

Of = TypeVar("Of")
P = ParamSpec("P")
T = TypeVar("T")

_kept: dict[int, dict[Hashable, Any]] = {}


def kept(of: object, name: Hashable, make: Callable[[], T]) -> T:
    """``make()``, once for each ``name`` and object; the value must not be changed.

    Objects are told apart by identity: tables have no other that is cheap. Two visitors who
    ask at once may both make it.

    Args:
        of: what it is made of; must not change, and must allow weak references.
        name: tells one value of an object from another.
        make: makes it; must depend on nothing but ``of`` and ``name``.
    """
    key = id(of)
    values = _kept.get(key)
    if values is None:
        # dropped with the object, before another can have its identity
        weakref.finalize(of, _kept.pop, key, None).atexit = False
        values = _kept.setdefault(key, {})
    if name not in values:
        values[name] = make()
    found: T = values[name]
    return found


def made_once(function: Callable[Concatenate[Of, P], T]) -> Callable[Concatenate[Of, P], T]:
    """The function, called once for each object in front and further (hashable) arguments.

    For words, tables and charts of a shared result: they must depend on their arguments only,
    and nobody may change what they return.
    """

    @wraps(function)
    def call(of: Of, /, *args: P.args, **kwargs: P.kwargs) -> T:
        name = (function, args, tuple(sorted(kwargs.items())))
        return kept(of, name, lambda: function(of, *args, **kwargs))

    return call
