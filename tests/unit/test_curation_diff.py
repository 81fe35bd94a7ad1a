"""``diff``: rows added, changed and removed between folders and revisions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.curation.changes import Cell, compare
from loaders.curation.store import Key, Row
from tests.support import environment, read_rows, set_cell, write_rows
from tests.unit.curation_support import git, run, text_of, write_small


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    data = write_small(tmp_path / "repository" / "data")
    with environment(data, tmp_path / "snapshots"):
        yield data


def test_compare_by_hand() -> None:
    before: dict[Key, Row] = {
        ("a",): {"id": "a", "x": "1", "gone": "g"},
        ("b",): {"id": "b", "x": "2", "gone": ""},
    }
    after: dict[Key, Row] = {
        ("a",): {"id": "a", "x": "9", "new": "n"},
        ("c",): {"id": "c", "x": "3", "new": ""},
    }
    found = compare(before, after, ({"id", "x", "gone"}, {"id", "x", "new"}))
    assert dict(found.added) == {("c",): {"id": "c", "x": "3", "new": ""}}
    assert dict(found.changed) == {("a",): [Cell("x", "1", "9")]}
    assert list(found.removed) == [("b",)]
    assert (found.columns_added, found.columns_removed) == (["new"], ["gone"])
    assert not compare(before, before, ({"id"}, {"id"}))


def spoil(folder: Path) -> None:
    """One row changed in one cell, one added, one removed, a column renamed."""
    set_cell(folder, "pilots", "42dot-sejong-2021", "note_ko", "[bold]바뀜[/bold]")
    sectors = read_rows(folder, "sectors")
    write_rows(
        folder, "sectors", [{"sector": "aaa", "name_en": "A", "name_ko": "가"}, *sectors[1:]]
    )
    events = folder / "events.csv"
    events.write_text(events.read_text(encoding="utf-8").replace("note_en", "note_x", 1))


def expect(found: dict[str, dict[str, list[object]]]) -> None:
    assert set(found) == {"sectors", "pilots", "events"}
    assert found["sectors"]["added"] == [{"sector": "aaa", "name_en": "A", "name_ko": "가"}]
    assert [row["sector"] for row in found["sectors"]["removed"]] == ["agriculture"]  # type: ignore[index]
    (change,) = found["pilots"]["changed"]
    assert change["key"] == ["42dot-sejong-2021"]  # type: ignore[index]
    assert change["columns"]["note_ko"]["after"] == "[bold]바뀜[/bold]"  # type: ignore[index]
    assert found["events"]["columns_added"] == ["note_x"]
    assert found["events"]["columns_removed"] == ["note_en"]


def test_two_folders(folder: Path, tmp_path: Path) -> None:
    before = write_small(tmp_path / "before")
    spoil(folder)
    result = run("diff", str(before), str(folder), "--json")
    assert result.exit_code == 0, result.stderr
    expect(json.loads(result.stdout)["tables"])


def test_revisions_and_the_working_copy(folder: Path) -> None:
    top = folder.parent
    git(top, "init", "--quiet")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "first")
    assert "No differences." in run("diff", "--lang", "en").stdout
    spoil(folder)
    expect(json.loads(run("diff", "--json").stdout)["tables"])
    git(top, "commit", "--quiet", "--all", "--message", "second")
    assert json.loads(run("diff", "--json").stdout)["tables"] == {}
    expect(json.loads(run("diff", "HEAD~1", "HEAD", "--json").stdout)["tables"])


def test_the_table_shows_data_as_text(folder: Path, tmp_path: Path) -> None:
    before = write_small(tmp_path / "before")
    set_cell(folder, "pilots", "42dot-sejong-2021", "note_ko", "[bold]\u202e바뀜[/bold]")
    result = run("diff", str(before), "--lang", "ko")
    assert "pilots: 추가 0, 변경 1, 삭제 0" in result.stdout
    assert "[bold]바뀜[/bold]" in result.stdout
    assert "\u202e" not in result.stdout


@pytest.mark.parametrize("name", ["no-such-revision", "--output=/tmp/x", "HEAD:data"])
def test_what_is_neither_folder_nor_revision(folder: Path, name: str) -> None:
    git(folder.parent, "init", "--quiet")
    result = run("diff", "--lang", "en", "--", name)
    assert result.exit_code == 1
    assert text_of(result)[0].startswith("Neither a folder with a datapackage.json nor a git")
