"""The snapshot: all validated tables in one DuckDB file, named by its content.

A build validates everything first and changes nothing when anything is wrong.
The file is written beside the old ones and made current by an atomic rename, so
a reader sees the old snapshot or the new one, never a mix.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Lock

import duckdb
import ibis
import pandas as pd

from loaders.datasets import check_rules
from loaders.files import BLOCK, read_text_table
from loaders.findings import unsettled
from loaders.package import PROJECT_ROOT, Package, data_dir, read_package
from loaders.problems import DataError, Problem
from loaders.schema import ibis_schema
from loaders.validation import (
    Tables,
    check_columns,
    check_languages,
    check_order,
    check_references,
    check_unique,
    typed,
)

# Part of every snapshot's name: raise it when the layout written below changes.
LAYOUT = "1"
KEPT_SNAPSHOTS = 3
POINTER = "CURRENT"
ID = re.compile(r"[0-9a-f]{12}")
#: Seconds after which a half-written file belongs to a build that was killed.
ABANDONED = 3600

Progress = Callable[[str], None]

log = logging.getLogger("atlas")
_ensuring = Lock()


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
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}:{size}:".encode())
        with path.open("rb") as file:
            for block in iter(partial(file.read, BLOCK), b""):
                digest.update(block)
    return digest.hexdigest()[:12]


def _elsewhere(findings: Iterable[Problem], known: Iterable[Problem]) -> list[Problem]:
    """Findings in cells not yet objected to: one fault of a cell often causes the next."""
    cells = {(p.file, p.row, p.column) for p in known}
    return [p for p in findings if (p.file, p.row, p.column) not in cells]


def read_tables(folder: Path, package: Package, progress: Progress) -> tuple[Tables, list[Problem]]:
    """All tables as text, with the findings of files, columns, keys, languages and rules.

    When there are none, with the doubts (`loaders.findings`) that nobody has recorded.
    """
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name, resource in package.resources.items():
        progress(name)
        frame, faults = read_text_table(folder / resource.path, resource)
        if not faults:
            faults = check_columns(frame, resource)
            tables[name] = frame
        problems += faults
    progress("keys and languages")
    for check in (check_unique, check_references, check_languages, check_order):
        problems += _elsewhere(check(tables, package), problems)
    progress("rules")
    problems += _elsewhere(check_rules(tables, package.resources), problems)
    if not problems:  # findings take for granted what the rules assure
        problems += unsettled(tables)
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
    with _unfinished(folder / POINTER) as path:
        path.write_text(snapshot_id + "\n", encoding="ascii")


def _forget_old(folder: Path, keep: str) -> None:
    files = sorted(folder.glob("atlas-*.duckdb"), key=lambda p: p.stat().st_mtime, reverse=True)
    others = [p for p in files if p != snapshot_path(keep)]
    for path in others[KEPT_SNAPSHOTS - 1 :]:
        path.unlink(missing_ok=True)
    for path in folder.glob(".building-*"):
        with suppress(FileNotFoundError):  # another build may finish meanwhile
            if time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink()


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A path to write to, moved to ``target`` on success and removed on failure."""
    # a name of its own: threads, and processes in other containers, may build at once
    building = target.with_name(f".building-{secrets.token_hex(8)}-{target.name}")
    try:
        yield building
        with building.open("rb+") as written:  # on disk before the name is: power may fail
            os.fsync(written.fileno())
        os.replace(building, target)
    finally:
        building.unlink(missing_ok=True)
        # what a database that could not be finished leaves beside itself
        building.with_name(building.name + ".wal").unlink(missing_ok=True)


def snapshot_path(snapshot_id: str) -> Path:
    """File of a snapshot."""
    return snapshot_dir() / f"atlas-{snapshot_id}.duckdb"


def open_read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection to a snapshot file that shares nothing with other connections to it.

    DuckDB gives all connections to one path the same instance, with the file and the blocks
    that the first of them has read: damage done since, or a new file under the same name,
    would go unseen. An instance of its own, to which the file is attached, reads it anew.

    Raises:
        duckdb.Error: the file is missing, locked by a writer, or not a snapshot.
    """
    database = duckdb.connect()
    try:
        quoted = str(path).replace("'", "''")
        database.execute(f"ATTACH '{quoted}' AS snapshot (READ_ONLY)")
        database.execute("USE snapshot")
    except duckdb.Error:
        database.close()
        raise
    return database


def is_sound(path: Path) -> bool:
    """Whether a snapshot file has tables, and every one can be read to its end.

    A file that was cut or damaged on disk is noticed only when its blocks are read.
    """
    try:
        with open_read_only(path) as database:
            tables = database.execute("SHOW TABLES").fetchall()
            for (name,) in tables:
                database.table(name).aggregate("bit_xor(hash(COLUMNS(*)))").fetchall()
    except duckdb.Error:
        return False
    return bool(tables)


def pointed_id() -> str | None:
    """Id that the pointer names, whether or not its file exists; None when it names none."""
    try:
        named = (snapshot_dir() / POINTER).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return named if ID.fullmatch(named) else None


def current_id() -> str | None:
    """Id of the current snapshot; None when there is none."""
    named = pointed_id()
    return named if named and snapshot_path(named).is_file() else None


def newest_sound() -> str | None:
    """Id of the newest snapshot that can be read to its end; None when there is none."""
    files = snapshot_dir().glob("atlas-*.duckdb")
    for path in sorted(files, key=lambda p: p.stat().st_mtime, reverse=True):
        if is_sound(path):
            return path.stem.removeprefix("atlas-")
    return None


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
    if not (target.is_file() and is_sound(target)):
        with _unfinished(target) as path:
            backend = ibis.duckdb.connect(path)
            try:
                write_tables(backend, tables, read_package(folder), progress)
                # closing writes the file too, but says nothing when the disk is full
                backend.raw_sql("CHECKPOINT")
            finally:
                backend.disconnect()
            if not is_sound(path):
                raise OSError(f"{target.name} could not be written to its end")
    _replace_pointer(target.parent, snapshot_id)
    _forget_old(target.parent, snapshot_id)
    return snapshot_id


def ensure(progress: Progress = lambda _: None) -> str:
    """Id of a snapshot of today's data package, built if it is missing, older or damaged.

    When the data is refused, or cannot be written (a full disk), and an earlier snapshot
    exists, that one is kept.

    Raises:
        DataError: the data was refused and there is no earlier snapshot.
        OSError, duckdb.Error: nothing could be written and there is no earlier snapshot.
    """
    with _ensuring:  # of many visitors who find none, one builds
        return _ensure(progress)


def _ensure(progress: Progress) -> str:
    known = current_id()
    if known is None or not is_sound(snapshot_path(known)):
        known = newest_sound()
    if known == content_id(data_dir()) == current_id():
        return known
    try:
        built = build(progress)
    except (DataError, OSError, duckdb.Error) as error:
        if known is None:
            raise
        log.error("snapshot %s stays: %s", known, error)
        why = f"the newer data could not be built: {type(error).__name__}"
        _kept_instead[snapshot_path(known)] = why
        return known
    _kept_instead.clear()
    return built


#: For the file of a snapshot that was kept because newer data could not be built: why.
_kept_instead: dict[Path, str] = {}


def kept_because(snapshot_id: str) -> str:
    """Why this process kept a snapshot older than the data; '' when it did not."""
    return _kept_instead.get(snapshot_path(snapshot_id), "") if _kept_instead else ""
