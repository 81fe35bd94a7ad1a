"""``python -m loaders``: what a curator sees and what a pipeline gets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from loaders import boundaries_build
from loaders.__main__ import cli
from loaders.package import PROJECT_ROOT
from loaders.snapshot import content_id, current_id, snapshot_dir
from tests.faults import CELL_FAULTS, FILE_FAULTS, spoil
from tests.support import DATA, committed, fingerprint, set_cell

TABLES = tuple(committed().resources)
BY_NAME = {fault.name: fault for fault in (*FILE_FAULTS, *CELL_FAULTS)}
# Each table alone: with a fault of its file, or of its rows, in turn.
ALONE = [
    (table, "out-of-order" if number % 2 else FILE_FAULTS[number // 2 % len(FILE_FAULTS)].name)
    for number, table in enumerate(TABLES)
]


def real(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as typed, in a process of its own; the environment names the data."""
    return subprocess.run(
        [sys.executable, "-m", "loaders", *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(("table", "fault"), ALONE)
def test_check_refuses_each_table(data_copy: Path, table: str, fault: str) -> None:
    (findings,) = spoil(data_copy, BY_NAME[fault], [table]).values()
    result = CliRunner().invoke(cli, ["check"])
    assert result.exit_code == 1
    lines = [line.rstrip() for line in result.stderr.splitlines()]
    assert [line for line in lines if line.startswith(f"{table}.csv")] == [
        str(finding) for finding in findings
    ]
    assert f"{len(findings)} problem(s); nothing was changed." in lines
    assert result.stdout == ""


def test_check_names_every_fault_on_a_line_of_its_own(data_copy: Path, last_good: Path) -> None:
    """All tables at once, one with a message far wider than a terminal."""
    before = fingerprint(last_good)
    expected = spoil(data_copy, BY_NAME["wrong-type"], TABLES[:-1])
    long = "about " + "ten " * 40 + "x"
    row = set_cell(data_copy, "indicators", "candidate-tasks--mss-oi-top-down--2026", "value", long)
    result = real("check")
    lines = [line.rstrip() for line in result.stderr.splitlines()]
    assert result.returncode == 1
    assert {str(p) for problems in expected.values() for p in problems} <= set(lines)
    shown = long[:120]
    assert (
        f"indicators.csv, row {row}, column value: not a whole number (value '{shown}…')" in lines
    )
    assert f"{len(expected) + 1} problem(s); nothing was changed." in lines
    assert fingerprint(last_good) == before


def test_build_refuses_and_keeps_the_last_good_snapshot(data_copy: Path, last_good: Path) -> None:
    before, known = fingerprint(last_good), current_id()
    spoil(data_copy, BY_NAME["broken-utf8"], ["sources"])
    spoil(data_copy, BY_NAME["other-stage"], ["pilots"])
    result = real("build")
    assert result.returncode == 1
    assert "sources.csv, row 4: not UTF-8 (bytes b1 e2 be f7)" in result.stderr
    assert "column stage: the highest milestone is field-demo (value 'exported')" in result.stderr
    assert "2 problem(s); nothing was changed." in result.stderr
    assert "Traceback" not in result.stderr
    assert fingerprint(last_good) == before
    assert current_id() == known


def test_check_passes_the_committed_data_and_writes_nothing(data_copy: Path) -> None:
    before = fingerprint(data_copy)
    result = real("check")
    assert (result.returncode, result.stdout) == (0, "")
    assert "All tables are valid." in result.stderr
    assert not snapshot_dir().exists()
    assert fingerprint(data_copy) == before == fingerprint(DATA)


def test_build_makes_a_snapshot(data_copy: Path) -> None:
    result = real("build")
    assert result.returncode == 0
    assert f"Snapshot {current_id()} is current." in result.stderr
    assert current_id() == content_id(data_copy)


@pytest.mark.parametrize("command", ["check", "build"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), ("{", "Expecting property name"), ("{}", "'resources'")],
)
def test_a_broken_descriptor_is_named(
    data_copy: Path, command: str, content: str | None, reason: str
) -> None:
    path = data_copy / "datapackage.json"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = CliRunner().invoke(cli, [command])
    assert result.exit_code == 1
    assert "datapackage.json in " in result.stderr
    assert reason in result.stderr
    assert not snapshot_dir().exists()


def test_boundaries_are_derived_into_the_data_folder(
    data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[Path] = []
    monkeypatch.setattr(boundaries_build, "build", folders.append)
    assert CliRunner().invoke(cli, ["boundaries"]).exit_code == 0
    assert folders == [data_copy]
