"""Visitors keep the last good snapshot through every fault of the wanted one."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import ibis
import pytest

from analytics.coverage import tables_overview
from loaders import serving, snapshot
from loaders.engine import engine_for
from loaders.serving import Served, served
from loaders.snapshot import POINTER, build, current_id, ensure, is_sound, snapshot_path
from tests.unit.test_snapshot import DAMAGE, cut, revise, spoil

OTHER = "0123456789ab"


@pytest.fixture
def known(last_good: Path) -> str:
    """Id of the sound snapshot that is served."""
    snapshot_id = current_id()
    assert snapshot_id
    assert served() == Served(snapshot_id)
    return snapshot_id


def rows(snapshot_id: str) -> int:
    """Number of rows of all tables, through the engine that pages use."""
    return int(tables_overview(engine_for(snapshot_id)).frame["rows"].sum())


def point_to(folder: Path, snapshot_id: str) -> None:
    (folder / POINTER).write_text(snapshot_id + "\n", encoding="ascii")


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_new_snapshot_is_not_served(
    last_good: Path, known: str, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    snapshot_path(OTHER).write_bytes(damage(snapshot_path(known).read_bytes()))
    point_to(last_good, OTHER)
    with caplog.at_level(logging.ERROR, logger="atlas"):
        state = served()
    assert state.snapshot_id == known
    assert OTHER in state.fault and "cannot be read to its end" in state.fault
    assert state.fault in caplog.text


@pytest.mark.parametrize("pointer", [b"", "세종".encode(), b"../../etc/passwd", b"x" * 10_000])
def test_a_broken_pointer_changes_nothing(last_good: Path, known: str, pointer: bytes) -> None:
    (last_good / POINTER).write_bytes(pointer)
    assert served().snapshot_id == known
    assert "pointer" in served().fault


def test_a_missing_file_changes_nothing(last_good: Path, known: str) -> None:
    point_to(last_good, OTHER)
    assert served() == Served(known, f"the file of snapshot {OTHER} is missing")


def test_a_half_copied_file_is_served_when_it_is_whole(last_good: Path, known: str) -> None:
    whole = snapshot_path(known).read_bytes()
    snapshot_path(OTHER).write_bytes(cut(whole))
    point_to(last_good, OTHER)
    assert served().snapshot_id == known
    snapshot_path(OTHER).write_bytes(whole)
    assert served() == Served(OTHER)


def test_a_file_locked_by_a_writer_is_served_when_the_writer_has_gone(
    last_good: Path, known: str
) -> None:
    shutil.copy(snapshot_path(known), snapshot_path(OTHER))
    writer = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", writer, str(snapshot_path(OTHER))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stdin
        assert process.stdout.readline().strip() == "open"
        point_to(last_good, OTHER)
        assert served().snapshot_id == known
        assert served().fault
        process.stdin.close()
    # the writer is gone without having changed the file, which is tried again after a while
    assert served().snapshot_id == known
    serving._watches[last_good]._again = 0.0
    assert served() == Served(OTHER)


def test_damage_to_the_served_file_brings_back_the_one_before(
    data_copy: Path, last_good: Path, known: str
) -> None:
    revise(data_copy, "2099.1.0")
    newer = build()
    assert served() == Served(newer)
    snapshot_path(newer).write_bytes(b"")
    state = served()
    assert state.snapshot_id == known
    assert newer in state.fault


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_seen_although_the_file_is_open_and_read(
    data_copy: Path, last_good: Path, known: str, damage: Callable[[bytes], bytes]
) -> None:
    """What an open connection keeps in memory does not stand for the file."""
    revise(data_copy, "2099.1.0")
    newer = build()
    assert served() == Served(newer)
    rows(newer)
    path = snapshot_path(newer)
    path.write_bytes(damage(path.read_bytes()))
    assert served().snapshot_id == known
    assert newer in served().fault


def test_a_file_that_was_replaced_is_opened_anew(last_good: Path, known: str) -> None:
    """Not the damaged one of the same name, which an engine has still open."""
    path = snapshot_path(known)
    whole = path.read_bytes()
    shutil.copy(path, snapshot_path(OTHER))
    before = engine_for(known)
    path.write_bytes(cut(whole))
    assert served().snapshot_id == OTHER
    beside = path.with_name("beside")
    beside.write_bytes(whole)
    beside.replace(path)
    assert served() == Served(known)
    assert engine_for(known) is not before
    assert rows(known) > 0


def test_of_many_who_find_no_snapshot_one_builds(
    data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def counted(*args: object) -> str:
        calls.append("build")
        return build()

    monkeypatch.setattr(snapshot, "build", counted)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: ensure(), range(4)))
    assert found == {current_id()}
    assert len(calls) == 1


def test_a_new_sound_snapshot_replaces_the_old(data_copy: Path, known: str) -> None:
    revise(data_copy, "2099.1.0")
    newer = build()
    assert newer != known
    assert served() == Served(newer)


def test_nothing_to_serve_is_said(data_copy: Path) -> None:
    assert served().snapshot_id is None
    assert served().fault


def test_only_one_visitor_examines_a_new_snapshot(
    data_copy: Path, last_good: Path, known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others go on with the old one instead of waiting."""
    revise(data_copy, "2099.1.0")
    newer = build()
    examining, go_on, calls = threading.Event(), threading.Event(), []

    def slow(path: Path) -> bool:
        calls.append(path)
        examining.set()
        assert go_on.wait(10)
        return is_sound(path)

    monkeypatch.setattr(serving, "is_sound", slow)
    first = threading.Thread(target=served)
    first.start()
    assert examining.wait(10)
    assert served().snapshot_id == known
    go_on.set()
    first.join()
    assert served() == Served(newer)
    assert len(calls) == 1


def test_a_full_disk_keeps_the_last_good_one(
    data_copy: Path, known: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    revise(data_copy, "2099.1.0")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot, "write_tables", full)
    with caplog.at_level(logging.ERROR, logger="atlas"):
        assert ensure() == known
    assert "No space left on device" in caplog.text
    assert served() == Served(known, "the newer data could not be built: OSError")
    assert not list(snapshot.snapshot_dir().glob(".building-*"))
    monkeypatch.undo()
    later = ensure()
    assert later != known
    assert served() == Served(later)


def test_a_file_without_tables_is_not_sound(tmp_path: Path) -> None:
    """What is left when the disk was full as the tables were to be written into the file."""
    path = tmp_path / "empty.duckdb"
    duckdb.connect(str(path)).close()
    assert path.exists()
    assert not is_sound(path)


def test_a_file_that_was_not_written_whole_is_refused(
    data_copy: Path, known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    revise(data_copy, "2099.1.0")
    monkeypatch.setattr(snapshot, "write_tables", lambda *_: None)
    with pytest.raises(OSError, match="could not be written to its end"):
        build()
    assert served() == Served(known)


def test_a_database_that_could_not_be_closed_leaves_nothing(
    data_copy: Path, known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    revise(data_copy, "2099.1.0")

    def full(backend: ibis.BaseBackend, *_: object) -> None:
        path = next(snapshot.snapshot_dir().glob(".building-*"))
        path.with_name(path.name + ".wal").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(snapshot, "write_tables", full)
    with pytest.raises(OSError):
        build()
    assert not list(snapshot.snapshot_dir().glob(".building-*"))


def test_a_full_disk_without_anything_to_keep_is_an_error(
    data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise duckdb.IOException("Could not write: No space left on device")

    monkeypatch.setattr(snapshot, "write_tables", full)
    with pytest.raises(duckdb.IOException):
        ensure()


def test_bad_data_and_a_damaged_current_file_leave_the_one_before(
    data_copy: Path, last_good: Path, known: str
) -> None:
    revise(data_copy, "2099.1.0")
    snapshot_path(build()).write_bytes(b"")
    spoil(data_copy)
    assert ensure() == known


def test_files_of_killed_builds_are_cleared_away(data_copy: Path, known: str) -> None:
    folder = snapshot.snapshot_dir()
    old, young = folder / ".building-1-atlas", folder / ".building-2-atlas"
    for path in (old, young):
        path.write_bytes(b"half")
    long_ago = time.time() - snapshot.ABANDONED - 60
    os.utime(old, (long_ago, long_ago))
    build()
    assert not old.exists()
    assert young.exists()
