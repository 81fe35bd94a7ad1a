"""What all tests share: a scratch copy of the data, and an engine over the committed data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from loaders import snapshot
from loaders.engine import Engine, duckdb_engine
from tests.support import DATA, copy_data, environment

# Seconds depend on what else the machine does: they are for the benchmarks to judge.
settings.register_profile("atlas", deadline=None)
settings.load_profile("atlas")


@pytest.fixture(scope="session")
def good_snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with one snapshot of the committed data; do not write to it."""
    folder = tmp_path_factory.mktemp("good")
    with environment(DATA, folder):
        snapshot.build()
    return folder


@pytest.fixture(scope="session")
def run(good_snapshot: Path) -> Engine:
    """Runs queries on a snapshot of the committed data."""
    snapshot_id = (good_snapshot / snapshot.POINTER).read_text(encoding="ascii").strip()
    return duckdb_engine(good_snapshot / f"atlas-{snapshot_id}.duckdb", snapshot_id)


@pytest.fixture
def data_copy(tmp_path: Path) -> Iterator[Path]:
    """A copy of ``data/`` to change at will; the loaders read it and write beside it.

    The snapshots go to ``tmp_path / "snapshots"``, which is empty at first.
    """
    folder = copy_data(tmp_path / "data")
    with environment(folder, tmp_path / "snapshots"):
        yield folder


@pytest.fixture
def last_good(data_copy: Path, good_snapshot: Path) -> Path:
    """The snapshot folder of ``data_copy``, holding a snapshot of the unchanged data."""
    return Path(shutil.copytree(good_snapshot, snapshot.snapshot_dir()))
