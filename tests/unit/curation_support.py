"""A small data package for the tests of the curator's tools: all rules, few rows."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from loaders.__main__ import cli
from loaders.curation.doubts import with_questions
from loaders.curation.store import Row, Sheet, State, check, read_state, rendered
from loaders.package import Package
from loaders.problems import Problem
from tests.support import DATA, committed

#: Rows to begin with; what they refer to comes along.
KEPT: Mapping[str, tuple[str, ...]] = {
    "pilots": ("42dot-cheonggyecheon-2022", "42dot-sejong-2021", "rideflux-busan-brt-2026"),
    "investments": ("42dot-pre-a-2019-09", "42dot-seed-2019-03"),
    "testbeds": ("sejong-5-1-national-pilot-city", "busan-bukhang-global-startup-hub"),
    "program_editions": ("1876-busan--2026",),
    "cohorts": ("c-1876-busan-cum-2025-selected-1",),
    "funding": ("1876-busan-2026",),
    "organizations": ("sejong-city", "busan-city", "socar"),
}
WHOLE = ("regions", "municipalities", "sectors", "stages")
#: Tables whose rows come with a row that they belong to.
PARTS = (
    ("milestones", "pilot_id", "pilots"),
    ("investment_investors", "investment_id", "investments"),
)


def _first_rows(state: State, chosen: dict[str, set[str]]) -> None:
    """One row of every table that would be empty otherwise: an empty file is a fault."""
    for name, sheet in state.sheets.items():
        if not chosen[name] and name != "sources":
            chosen[name].add(sheet.key(sheet.rows[0])[0])


def _grow(state: State, chosen: dict[str, set[str]]) -> None:
    """Add the rows that chosen rows refer to, and their parts."""
    for part, column, parent in PARTS:
        key = state.package[part].primary_key[0]
        chosen[part] |= {r[key] for r in state[part].rows if r[column] in chosen[parent]}
    for name, sheet in state.sheets.items():
        rows = [row for row in sheet.rows if sheet.key(row)[0] in chosen[name]]
        for row in rows:  # a row about a row of any table
            if row.get("table") in chosen and row.get("key"):
                chosen[row["table"]].add(row["key"])
        for field in sheet.resource.fields:
            if field.reference:
                cells = {row[field.name] for row in rows} - {""}
                items = {i for cell in cells for i in cell.split(field.delimiter)}
                chosen[field.reference.resource] |= items


@functools.cache
def small_files() -> Mapping[str, bytes]:
    """Files of a small and valid data package, by name."""
    state = read_state(DATA)
    chosen = {name: set(KEPT.get(name, ())) for name in state.sheets}
    for name in WHOLE:
        chosen[name] = {state[name].key(row)[0] for row in state[name].rows}
    _first_rows(state, chosen)
    size = 0
    while size != (size := sum(map(len, chosen.values()))):
        _grow(state, chosen)
    sheets = {
        name: replace(sheet, rows=tuple(r for r in sheet.rows if sheet.key(r)[0] in chosen[name]))
        for name, sheet in state.sheets.items()
    }
    # what the checks ask of the whole data they may not ask of a part
    state = with_questions(replace(state, sheets=sheets), date(2026, 1, 1))
    files = {sheet.resource.path: rendered(sheet) for sheet in state.sheets.values()}
    return {"datapackage.json": (DATA / "datapackage.json").read_bytes(), **files}


def write_small(folder: Path) -> Path:
    """``folder``, filled with the small package and the committed boundaries."""
    folder.mkdir(parents=True)
    for name, content in small_files().items():
        (folder / name).write_bytes(content)
    (folder / "boundaries").symlink_to(DATA / "boundaries")
    return folder


def small_state(tables: Mapping[str, list[Row]]) -> State:
    """Tables with the given rows, columns left out empty; other tables have no rows."""
    package: Package = committed()
    sheets = {}
    for name, resource in package.resources.items():
        rows = tables.get(name, [])
        unknown = {column for row in rows for column in row} - set(resource.columns)
        assert not unknown, f"{name} has no column {unknown}"
        full = tuple({c: row.get(c, "") for c in resource.columns} for row in rows)
        sheets[name] = Sheet(resource, resource.columns, full, b"")
    return State(DATA, package, sheets)


def run(*arguments: str, answers: str | None = None) -> Result:
    """The command as a curator calls it, on the data that the environment names."""
    return CliRunner().invoke(cli, list(arguments), input=answers)


def text_of(result: Result) -> list[str]:
    """Lines on standard error, without spaces at their ends."""
    return [line.rstrip() for line in result.stderr.splitlines() if line.strip()]


PAGE = (
    *("--source-url", "https://www.example.org/news/1"),
    *("--publisher", "Example News", "--publisher-ko", "예시신문"),
    *("--published", "2025-05-12"),
)

#: A complete and right entry of each table; the wrong entries of the guide differ in one point.
RIGHT: Mapping[str, Mapping[str, str]] = {
    "organizations": {
        "name_en": "Example Kerb Sensing",
        "name_ko": "예시연석감지",
        "kind": "startup",
        "roles": "programme-company",
        "sector": "mobility",
    },
    "pilots": {
        "org_id": "socar",
        "technology_en": "Kerbside parking sensors",
        "technology_ko": "노상주차 감지 센서",
        "sector": "mobility",
        "host_org_id": "sejong-city",
        "sido": "KR-50",
        "city_en": "Sejong",
        "city_ko": "세종",
        "start_date": "2025-03",
    },
    "testbeds": {
        "name_en": "Example kerb",
        "name_ko": "예시 연석",
        "sido": "KR-50",
        "lat": "36.48",
        "lon": "127.29",
        "coord_basis": "site",
        "kind": "living-lab",
        "status": "operating",
    },
    "investments": {
        "org_id": "socar",
        "round": "series-a",
        "date": "2025-04",
        "amount": "3000000000",
        "currency": "KRW",
        "amount_kind": "equity-round",
    },
    "program_editions": {"program_id": "1876-busan", "edition_year": "2025"},
}
MILESTONES = ("selected@2025-03", "field-demo@2025-05-12/publication")


def right(table: str, *, without: str = "", **other: str) -> list[str]:
    """Arguments of ``add`` for a right entry, with ``other`` values and ``without`` an option."""
    arguments = ["add", table, "--lang", "en"]
    for column, value in {**RIGHT[table], **other}.items():
        arguments += ["--set", f"{column}={value}"]
    if without != "--source-url":
        arguments += PAGE
    if table == "pilots" and without != "--milestone":
        for milestone in MILESTONES:
            arguments += ["--milestone", milestone]
    return arguments


@contextmanager
def each_state_checked_once() -> Iterator[None]:
    """The rules say the same of the same tables: what is asked again need not be computed."""
    known: dict[bytes, list[Problem]] = {}

    def remembered(state: State) -> list[Problem]:
        content = b"\0".join(rendered(sheet) for sheet in state.sheets.values())
        if content not in known:
            known[content] = check(state)
        return known[content]

    with pytest.MonkeyPatch.context() as patch:
        for module in ("add", "command"):
            patch.setattr(f"loaders.curation.{module}.check", remembered)
        yield


def git(folder: Path, *arguments: str) -> None:
    """Run git in ``folder`` as a curator."""
    identity = ("-c", "user.name=Curator", "-c", "user.email=curator@example.org")
    program = shutil.which("git")
    assert program is not None
    subprocess.run([program, "-C", str(folder), *identity, *arguments], check=True)
