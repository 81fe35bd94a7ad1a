"""A snapshot is complete, replaced as a whole or not at all, and never lost to bad data."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis
import pandas as pd
import pytest

from loaders import snapshot
from loaders.dates import bounds
from loaders.engine import Engine
from loaders.package import Package
from loaders.problems import DataError
from loaders.schema import unbound
from loaders.snapshot import (
    KEPT_SNAPSHOTS,
    Progress,
    build,
    content_id,
    current_id,
    ensure,
    is_sound,
    snapshot_dir,
    snapshot_path,
)
from loaders.validation import Tables
from tests.support import DATA, committed, copy_data, fingerprint, read_rows

TABLES = tuple(committed().resources)
READ_AS: dict[str, Callable[[str], object]] = {
    "integer": int,
    "number": float,
    "boolean": lambda text: text == "true",
}


def spoil(data: Path) -> None:
    (data / "pilots.csv").write_bytes(b"")


def revise(data: Path, version: str) -> None:
    """Another, equally valid package."""
    path = data / "datapackage.json"
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    descriptor["version"] = version
    path.write_text(json.dumps(descriptor), encoding="utf-8")


# --- what a snapshot holds ---------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_snapshot_holds_every_cell(run: Engine, table: str) -> None:
    """Each cell of the CSV, read by its declared type, equals the cell in the database."""
    resource = committed()[table]
    frame = run(unbound(table).order_by(list(resource.primary_key)))
    rows = read_rows(DATA, table)
    assert len(frame) == len(rows)
    for field in resource.fields:
        kind = READ_AS.get(field.type, str)
        expected = [kind(row[field.name]) if row[field.name] else None for row in rows]
        assert [None if pd.isna(v) else v for v in frame[field.name]] == expected, field.name


@pytest.mark.parametrize(
    "table", [t for t in TABLES if any(f.partial_date for f in committed()[t].fields)]
)
def test_snapshot_holds_the_days_a_partial_date_may_mean(run: Engine, table: str) -> None:
    resource = committed()[table]
    frame = run(unbound(table).order_by(list(resource.primary_key)))
    for field in resource.fields:
        if not field.partial_date:
            continue
        texts = [row[field.name] for row in read_rows(DATA, table)]
        for end, suffix in enumerate(("earliest", "latest")):
            expected = [bounds(text)[end] if text else None for text in texts]
            days = pd.to_datetime(frame[f"{field.name}_{suffix}"])
            found: list[date | None] = [None if pd.isna(d) else d.date() for d in days]
            assert found == expected


# --- its name ----------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["datapackage.json", "pilots.csv", "sources.csv", "boundaries/provinces.geojson"]
)
def test_id_changes_with_any_byte(tmp_path: Path, name: str) -> None:
    data = copy_data(tmp_path / "data")
    before = content_id(data)
    assert before == content_id(DATA)
    original = (data / name).read_bytes()
    seen = {before}
    for position in (0, len(original) // 2, len(original) - 1):
        changed = bytearray(original)
        changed[position] ^= 1
        (data / name).write_bytes(changed)
        seen.add(content_id(data))
    (data / name).write_bytes(original + b"\n")
    seen.add(content_id(data))
    (data / name).write_bytes(original)
    assert len(seen) == 5
    assert content_id(data) == before


def test_id_changes_with_the_set_of_files(tmp_path: Path) -> None:
    """Bytes that move from one file to another make another package."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.csv").write_bytes(b"12")
    (data / "b.csv").write_bytes(b"3")
    first = content_id(data)
    (data / "a.csv").write_bytes(b"1")
    (data / "b.csv").write_bytes(b"23")
    moved = content_id(data)
    (data / "b.csv").rename(data / "c.csv")
    assert len({first, moved, content_id(data)}) == 3


def test_id_depends_on_nothing_but_the_data(tmp_path: Path) -> None:
    data = copy_data(tmp_path / "elsewhere")
    (data / "notes.txt").write_text("not part of the package", encoding="utf-8")
    os.utime(data / "pilots.csv", (0, 0))
    assert content_id(data) == content_id(DATA)


# --- building ----------------------------------------------------------------


def test_build_makes_the_snapshot_current(data_copy: Path) -> None:
    assert current_id() is None
    steps: list[str] = []
    built = build(steps.append)
    assert built == content_id(data_copy) == current_id()
    assert sorted(fingerprint(snapshot_dir())) == ["CURRENT", f"atlas-{built}.duckdb"]
    assert steps == [*TABLES, "keys and languages", "rules", *(f"write {t}" for t in TABLES)]


def test_building_again_changes_nothing(last_good: Path) -> None:
    before = fingerprint(last_good)
    assert build() == build() == current_id()
    assert fingerprint(last_good) == before


def fail_midway(
    backend: ibis.BaseBackend, tables: Tables, package: Package, progress: Progress
) -> None:
    some = dict(list(tables.items())[:5])
    WRITE_TABLES(backend, some, package, progress)
    raise OSError("no space left on device")


WRITE_TABLES = snapshot.write_tables


def test_failure_while_writing_changes_nothing(
    data_copy: Path, last_good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    revise(data_copy, "2")
    before = fingerprint(last_good)
    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "write_tables", fail_midway)
        with pytest.raises(OSError, match="no space left"):
            build()
    assert fingerprint(last_good) == before  # no half-written file stays behind
    assert build() == content_id(data_copy)


@pytest.mark.parametrize("failing", ["atlas-", "CURRENT"])
def test_failure_of_a_rename_keeps_the_old_snapshot_current(
    data_copy: Path, last_good: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    revise(data_copy, "2")
    before, known = fingerprint(last_good), current_id()
    rename = os.replace

    def replace(source: Path, target: Path) -> None:
        if target.name.startswith(failing):
            raise OSError("disk gone")
        rename(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(OSError, match="disk gone"):
        build()
    assert current_id() == known
    after = fingerprint(last_good)
    assert {name: after[name] for name in before} == before
    assert [name for name in after if not name.startswith(("atlas-", "CURRENT"))] == []


def test_a_reader_never_sees_a_name_without_a_complete_file(
    data_copy: Path, last_good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the last rename the pointer names the old snapshot, and then the new one."""
    known = current_id()
    revise(data_copy, "2")
    seen: list[str | None] = []
    sound: list[bool] = []
    rename = os.replace

    def replace(source: Path, target: Path) -> None:
        for _ in ("before", "after"):
            now = current_id()
            seen.append(now)
            sound.append(now is not None and is_sound(snapshot_path(now)))
            if source.exists():
                rename(source, target)

    monkeypatch.setattr(os, "replace", replace)
    new = build(lambda _: seen.append(current_id()))
    assert seen == [known] * (len(seen) - 1) + [new]
    assert sound == [True] * 4


def test_several_threads_may_build_at_once(data_copy: Path) -> None:
    ids: list[str] = []
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        ids.append(build())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids == [content_id(data_copy)] * 3
    assert sorted(fingerprint(snapshot_dir())) == ["CURRENT", f"atlas-{ids[0]}.duckdb"]
    assert is_sound(snapshot_path(ids[0]))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots of one cell, where only the files matter."""

    def write(backend: ibis.BaseBackend, *_: object) -> None:
        backend.create_table("t", obj=pd.DataFrame({"x": [1]}))

    monkeypatch.setattr(snapshot, "validated_tables", lambda *_: {})
    monkeypatch.setattr(snapshot, "write_tables", write)


def test_old_snapshots_are_removed_beyond_the_limit(
    data_copy: Path, last_good: Path, small: None
) -> None:
    ids = [current_id()]
    for version in range(KEPT_SNAPSHOTS + 1):
        revise(data_copy, f"{version}")
        ids.append(build())
        newest = [f"atlas-{kept}.duckdb" for kept in ids[-KEPT_SNAPSHOTS:]]
        assert sorted(fingerprint(last_good)) == sorted(["CURRENT", *newest])


def test_returning_to_older_data_keeps_their_snapshot(
    data_copy: Path, last_good: Path, small: None
) -> None:
    """The oldest file by date is not removed when it is the current one."""
    first = current_id()
    for version in range(KEPT_SNAPSHOTS - 1):
        revise(data_copy, f"{version}")
        build()
    (data_copy / "datapackage.json").write_bytes((DATA / "datapackage.json").read_bytes())
    assert build() == first == current_id()
    assert len(list(last_good.glob("atlas-*"))) == KEPT_SNAPSHOTS


# --- ensure ------------------------------------------------------------------


def test_ensure_builds_when_there_is_none(data_copy: Path) -> None:
    assert ensure() == content_id(data_copy) == current_id()


def test_ensure_does_nothing_when_all_is_well(last_good: Path) -> None:
    steps: list[str] = []
    assert ensure(steps.append) == current_id()
    assert steps == []


def test_ensure_builds_when_the_data_changed(data_copy: Path, last_good: Path) -> None:
    old = current_id()
    revise(data_copy, "2")
    assert ensure() == content_id(data_copy) == current_id() != old


def test_ensure_keeps_the_last_good_one_and_says_why(
    data_copy: Path, last_good: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before, known = fingerprint(last_good), current_id()
    spoil(data_copy)
    with caplog.at_level(logging.ERROR, logger="atlas"):
        assert ensure() == known
    assert fingerprint(last_good) == before
    assert [record.getMessage() for record in caplog.records] == [
        f"snapshot {known} stays: 1 problem(s) in the data:\npilots.csv: file is empty"
    ]


def test_ensure_raises_when_there_is_nothing_to_keep(data_copy: Path) -> None:
    spoil(data_copy)
    with pytest.raises(DataError, match=r"pilots\.csv: file is empty"):
        ensure()
    assert current_id() is None
    assert not snapshot_dir().exists()


# --- damage on disk ----------------------------------------------------------


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def cut_by_one_byte(raw: bytes) -> bytes:
    return raw[:-1]


def emptied(_: bytes) -> bytes:
    return b""


def flipped(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + bytes([raw[middle] ^ 0xFF]) + raw[middle + 1 :]


DAMAGE = [cut, cut_by_one_byte, emptied, flipped]


@pytest.mark.parametrize(
    ("heal", "damage"), [*((ensure, damage) for damage in DAMAGE), (build, cut)]
)
def test_damaged_snapshots_are_built_again(
    last_good: Path, damage: Callable[[bytes], bytes], heal: Callable[[], str]
) -> None:
    known = current_id()
    assert known
    path = snapshot_path(known)
    path.write_bytes(damage(path.read_bytes()))
    assert not is_sound(path)
    assert heal() == known == current_id()
    assert is_sound(path)


def test_a_damaged_snapshot_is_not_kept_when_the_data_are_refused(
    data_copy: Path, last_good: Path
) -> None:
    known = current_id()
    assert known
    snapshot_path(known).write_bytes(b"")
    spoil(data_copy)
    with pytest.raises(DataError):
        ensure()


@pytest.mark.parametrize("pointer", [b"", "세종".encode(), b"0123456789ab"])
def test_a_pointer_to_nothing_is_no_snapshot(
    data_copy: Path, last_good: Path, pointer: bytes
) -> None:
    (last_good / "CURRENT").write_bytes(pointer)
    assert current_id() is None
    assert ensure() == content_id(data_copy) == current_id()


def test_a_missing_file_is_no_snapshot(last_good: Path) -> None:
    known = current_id()
    assert known
    snapshot_path(known).unlink()
    assert current_id() is None
    assert not is_sound(snapshot_path(known))


def test_the_folder_is_var_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATLAS_SNAPSHOTS", raising=False)
    assert snapshot_dir().parts[-2:] == ("var", "snapshots")
