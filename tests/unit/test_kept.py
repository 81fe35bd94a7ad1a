"""What is made once for an object, and goes with it."""

from __future__ import annotations

import gc

import pandas as pd
import pytest

from analytics.result import Result
from ui import kept as module
from ui.kept import kept, made_once


def result() -> Result:
    return Result(pd.DataFrame({"n": [1]}), {}, 1, 1, "pilots")


def test_made_once_for_each_object_and_name() -> None:
    calls: list[str] = []

    def make(name: str) -> str:
        calls.append(name)
        return name.upper()

    first, second = result(), result()
    for _ in range(3):
        assert kept(first, "a", lambda: make("a")) == "A"
    assert kept(first, "b", lambda: make("b")) == "B"
    assert kept(second, "a", lambda: make("a")) == "A"
    assert calls == ["a", "b", "a"]


def test_goes_with_its_object() -> None:
    of = result()
    kept(of, "a", lambda: "x" * 1000)
    identity = id(of)
    assert identity in module._kept
    del of
    gc.collect()
    assert identity not in module._kept


def test_an_error_is_not_kept() -> None:
    of = result()

    def fail() -> str:
        raise ValueError("not now")

    with pytest.raises(ValueError, match="not now"):
        kept(of, "a", fail)
    assert kept(of, "a", lambda: "later") == "later"


def test_functions_are_called_once_for_equal_arguments() -> None:
    calls = []

    @made_once
    def worded(of: Result, lang: str, *, most: int = 3) -> str:
        calls.append((lang, most))
        return f"{of.total} {lang} {most}"

    of = result()
    assert worded(of, "ko") == worded(of, "ko") == "1 ko 3"
    assert worded(of, "en", most=5) == "1 en 5"
    assert calls == [("ko", 3), ("en", 5)]
    assert worded.__name__ == "worded"
