"""Helpers of the tests: scratch copies of the data and edits of its tables."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import shutil
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from loaders import boundaries, datasets, engine, package, schema, serving
from loaders.package import PROJECT_ROOT, Package, read_package

T = TypeVar("T")

DATA = PROJECT_ROOT / "data"
FIXTURES = PROJECT_ROOT / "tests" / "fixtures"

Rows = list[dict[str, str]]


@cache
def committed() -> Package:
    """The committed data package; known when tests are collected."""
    return read_package(DATA)


def copy_data(target: Path) -> Path:
    """``target``, filled with a copy of the committed data."""
    return Path(shutil.copytree(DATA, target))


def forget() -> None:
    """Empty every cache of the loaders that outlives a change of folders."""
    for cached in (
        boundaries._read,
        datasets.modules,
        engine.engine_for,
        package._cached,
        schema.unbound,
    ):
        cached.cache_clear()
    serving._watches.clear()
    serving._servers.clear()


@contextmanager
def environment(data: Path, snapshots: Path) -> Iterator[None]:
    """The loaders read ``data`` and keep their snapshots in ``snapshots``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATLAS_DATA", str(data))
        patch.setenv("ATLAS_SNAPSHOTS", str(snapshots))
        patch.delenv("ATLAS_ENGINE", raising=False)
        forget()
        yield
    forget()


def read_rows(folder: Path, table: str) -> Rows:
    """Rows of a table as text, by column."""
    with (folder / committed()[table].path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(folder: Path, table: str, rows: Rows) -> None:
    """Write a table as the committed ones are written."""
    with (folder / committed()[table].path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(committed()[table].columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def set_cell(folder: Path, table: str, key: str, column: str, value: str) -> int:
    """Set one cell of the row with the (first) key ``key``; returns its line in the file."""
    rows = read_rows(folder, table)
    index = [row[committed()[table].primary_key[0]] for row in rows].index(key)
    rows[index][column] = value
    write_rows(folder, table, rows)
    return index + 2


def fingerprint(folder: Path) -> dict[str, str]:
    """Digest of every file below ``folder``, by name."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run_async(coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result, in a loop of a thread of its own.

    A browser test of the same process may have left its loop running in this thread.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
