"""The curator's guides: their commands run as printed, their wrong entries are refused so."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from loaders.package import PROJECT_ROOT
from tests.support import environment, fingerprint, read_rows
from tests.unit.curation_support import (
    each_state_checked_once,
    git,
    right,
    run,
    text_of,
    write_small,
)

LANGUAGES = ("en", "ko")


def guide(lang: str) -> str:
    return (PROJECT_ROOT / "docs" / f"curator-guide.{lang}.md").read_text(encoding="utf-8")


def commands(lang: str) -> list[list[str]]:
    """Arguments of the commands in the guide's blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", guide(lang), re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    start = "python -m loaders "
    assert all(line.startswith(start) for line in lines)
    return [shlex.split(line.removeprefix(start)) for line in lines]


def wrong(lang: str) -> list[tuple[str, str]]:
    """What is typed and the sentence, from the guide's table of wrong entries."""
    table = guide(lang).split("<!-- wrong entries -->")[1].split("<!-- end")[0]
    return re.findall(r"^\| [^|`]+ \| `([^`]+)` \| (.+) \|$", table, re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    scratch = tmp_path_factory.mktemp("guide")
    data = write_small(scratch / "data")
    with environment(data, scratch / "snapshots"):
        yield data


@pytest.fixture(scope="module", autouse=True)
def rules_remembered() -> Iterator[None]:
    with each_state_checked_once():
        yield


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_pilot_with_two_milestones_and_a_source_in_three_commands(
    tmp_path: Path, lang: str
) -> None:
    data = write_small(tmp_path / "repository" / "data")
    before = write_small(tmp_path / "before")
    git(data, "init", "--quiet")
    git(data, "add", "--all")
    git(data, "commit", "--quiet", "--message", "before")
    *three, dry, applied = commands(lang)
    assert len(three) == 3
    with environment(data, tmp_path / "snapshots"):
        for arguments in three:
            result = run(*arguments)
            assert result.exit_code == 0, result.stderr
        assert "example-kerb-sensing-sejong" in result.stdout
        new = {
            table: [row for row in read_rows(data, table) if row not in read_rows(before, table)]
            for table in ("sources", "organizations", "pilots", "milestones")
        }
    assert {table: len(rows) for table, rows in new.items()} == {
        "sources": 1,
        "organizations": 1,
        "pilots": 1,
        "milestones": 2,
    }
    (pilot,), (page,) = new["pilots"], new["sources"]
    assert (pilot["org_id"], pilot["stage"]) == ("example-kerb-sensing", "field-demo")
    assert pilot["host_name_ko"] == "세종특별자치시"
    assert pilot["source_id"] == page["source_id"]
    assert [(m["stage"], m["date"], m["date_basis"]) for m in new["milestones"]] == [
        ("selected", "2025-03", "event"),
        ("field-demo", "2025-05-12", "publication"),
    ]
    assert (dry, applied) == (["import", "pilots.xlsx"], ["import", "pilots.xlsx", "--apply"])


def test_both_guides_show_the_same_wrong_entries() -> None:
    assert [typed for typed, _ in wrong("en")] == [typed for typed, _ in wrong("ko")]
    assert len(wrong("en")) >= 20


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("number", range(len(wrong("en"))))
def test_a_wrong_entry_is_refused_with_the_sentence_in_the_guide(
    folder: Path, number: int, lang: str
) -> None:
    typed, sentence = wrong(lang)[number]
    head, difference = typed.split(" … ")
    table = head.removeprefix("add ")
    if difference.startswith("without "):
        arguments = right(table, without=difference.removeprefix("without "))
    else:
        arguments = [*right(table), *shlex.split(difference)]
    before = fingerprint(folder)
    result = run(*arguments, "--lang", lang)
    assert result.exit_code == 1
    assert text_of(result)[0] == sentence
    assert fingerprint(folder) == before


@pytest.mark.parametrize(
    "table", ["organizations", "pilots", "testbeds", "investments", "program_editions"]
)
def test_the_same_entries_without_the_mistake_pass(folder: Path, table: str) -> None:
    before = fingerprint(folder)
    result = run(*right(table), "--dry-run")
    assert (result.exit_code, result.stderr) == (0, "")
    assert fingerprint(folder) == before
