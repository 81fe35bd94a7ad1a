"""The snapshot: all validated tables in one DuckDB file, named by its content.

A build validates everything first and changes nothing when anything is wrong.
The file is written beside the old ones and made current by an atomic rename, so
a reader sees the old snapshot or the new one, never a mix.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
import pandas as pd

from loaders.datasets import check_rules
from loaders.files import read_text_table
from loaders.package import PROJECT_ROOT, Package, data_dir, read_package
from loaders.problems import DataError, Problem
from loaders.schema import ibis_schema
from loaders.validation import (
    Tables,
    check_columns,
    check_languages,
    check_order,
    check_references,
    typed,
)

# Part of every snapshot's name: raise it when the layout written below changes.
LAYOUT = "1"
KEPT_SNAPSHOTS = 3
POINTER = "CURRENT"

Progress = Callable[[str], None]


def snapshot_dir() -> Path:
    """Folder of the snapshots; ``ATLAS_SNAPSHOTS`` overrides ``var/snapshots``."""
    return Path(os.environ.get("ATLAS_SNAPSHOTS", PROJECT_ROOT / "var" / "snapshots"))


def _inputs(folder: Path) -> list[Path]:
    patterns = ("datapackage.json", "*.csv", "boundaries/*.geojson")
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def content_id(folder: Path) -> str:
    """Twelve hexadecimal digits that change with any byte of the data package."""
    digest = hashlib.sha256(LAYOUT.encode())
    for path in _inputs(folder):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def read_tables(folder: Path, package: Package, progress: Progress) -> tuple[Tables, list[Problem]]:
    """All tables as text, with the findings of files, columns, keys, languages and rules."""
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    broken: list[str] = []
    for name, resource in package.resources.items():
        progress(name)
        frame, faults = read_text_table(folder / resource.path, resource)
        if faults:
            broken.append(name)
        else:
            faults = check_columns(frame, resource)
            tables[name] = frame
        problems += faults
    progress("keys and languages")
    problems += check_references(tables, package)
    problems += check_languages(tables, package)
    problems += check_order(tables, package)
    if not broken:  # the rules look across tables and need all of them
        progress("rules")
        problems += check_rules(tables)
    return tables, sorted(set(problems))


def validated_tables(folder: Path, progress: Progress = lambda _: None) -> Tables:
    """All tables as text.

    Raises:
        DataError: with every finding, when there is any.
    """
    package = read_package(folder)
    tables, problems = read_tables(folder, package, progress)
    if problems:
        raise DataError(problems)
    return tables


def write_tables(
    backend: ibis.BaseBackend, tables: Tables, package: Package, progress: Progress
) -> None:
    """Create every table, typed, in the database behind ``backend``."""
    for name, frame in tables.items():
        progress(f"write {name}")
        resource = package[name]
        backend.create_table(name, obj=typed(frame, resource), schema=ibis_schema(resource))


def _replace_pointer(folder: Path, snapshot_id: str) -> None:
    temporary = folder / f".{POINTER}.{os.getpid()}"
    temporary.write_text(snapshot_id + "\n", encoding="ascii")
    os.replace(temporary, folder / POINTER)


def _forget_old(folder: Path, keep: str) -> None:
    files = sorted(folder.glob("atlas-*.duckdb"), key=lambda p: p.stat().st_mtime, reverse=True)
    others = [p for p in files if p != snapshot_path(keep)]
    for path in others[KEPT_SNAPSHOTS - 1 :]:
        path.unlink(missing_ok=True)


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A path to write to, moved to ``target`` on success and removed on failure."""
    building = target.with_name(f".building-{os.getpid()}-{target.name}")
    building.unlink(missing_ok=True)
    try:
        yield building
        os.replace(building, target)
    finally:
        building.unlink(missing_ok=True)


def snapshot_path(snapshot_id: str) -> Path:
    """File of a snapshot."""
    return snapshot_dir() / f"atlas-{snapshot_id}.duckdb"


def current_id() -> str | None:
    """Id of the current snapshot; None when there is none."""
    pointer = snapshot_dir() / POINTER
    try:
        snapshot_id = pointer.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    return snapshot_id if snapshot_path(snapshot_id).is_file() else None


def build(progress: Progress = lambda _: None) -> str:
    """Validate the data package and make it the current snapshot; returns its id.

    Raises:
        DataError: the data was refused; the last good snapshot stays current.
    """
    folder = data_dir()
    snapshot_id = content_id(folder)
    tables = validated_tables(folder, progress)
    target = snapshot_path(snapshot_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_file():
        with _unfinished(target) as path:
            backend = ibis.duckdb.connect(path)
            try:
                write_tables(backend, tables, read_package(folder), progress)
            finally:
                backend.disconnect()
    _replace_pointer(target.parent, snapshot_id)
    _forget_old(target.parent, snapshot_id)
    return snapshot_id


def ensure(progress: Progress = lambda _: None) -> str:
    """Id of a snapshot of today's data package, built if it is missing or older.

    When the data is refused and an earlier snapshot exists, that one is kept.

    Raises:
        DataError: the data was refused and there is no earlier snapshot.
    """
    known = current_id()
    if known == content_id(data_dir()):
        return known
    try:
        return build(progress)
    except DataError:
        if known is None:
            raise
        return known
