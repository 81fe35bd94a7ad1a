"""No row of the founding evidence is lost, and each can be found."""

from __future__ import annotations

import csv
import json
from functools import cache

import pytest

from analytics.coverage import find_rows
from loaders.engine import Engine
from tests.support import DATA, FIXTURES, committed, read_rows

# Columns of today's tables that make up the key of a founding row.
FOUNDING_KEY = {
    "program_editions": ("program_id", "edition_year", "edition_label_en"),
    "indicators": ("indicator", "program_id", "year", "sido", "basis_en"),
}


@cache
def founding_keys() -> dict[str, list[str]]:
    keys: dict[str, list[str]] = json.loads(
        (FIXTURES / "founding_keys.json").read_text(encoding="utf-8")
    )
    return keys


@cache
def corrected(table: str) -> dict[str, str]:
    """Founding keys that their own page contradicts (a year, a label), and the keys since."""
    keys: dict[str, dict[str, str]] = json.loads(
        (FIXTURES / "founding_corrected.json").read_text(encoding="utf-8")
    )
    return keys.get(table, {})


@cache
def by_founding_key(table: str) -> dict[str, dict[str, str]]:
    columns = FOUNDING_KEY.get(table, committed()[table].primary_key)
    return {"|".join(row[c] for c in columns): row for row in read_rows(DATA, table)}


@cache
def founding_items() -> tuple[dict[str, str], ...]:
    with (FIXTURES / "founding_coverage.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


KEPT = [item for item in founding_items() if item["table"] != "missing"]


def test_fixtures_are_the_founding_evidence() -> None:
    """They are not emptied by accident: the sizes at the founding, table by table."""
    assert {table: len(set(keys)) for table, keys in founding_keys().items()} == {
        **{"testbeds": 129, "programs": 230, "program_editions": 328, "cohorts": 550},
        **{"pilots": 393, "milestones": 488, "funding": 393, "investments": 156},
        **{"investment_investors": 228, "organizations": 629, "events": 5},
        **{"indicators": 104, "sources": 910},
    }
    assert (len(founding_items()), len(KEPT)) == (56, 52)


@pytest.mark.parametrize("table", sorted(founding_keys()))
def test_no_founding_row_is_lost(table: str) -> None:
    today = [corrected(table).get(key, key) for key in founding_keys()[table]]
    assert [key for key in today if key not in by_founding_key(table)] == []
    assert len(set(today)) == len(set(founding_keys()[table])), "one row stands for two"


def test_what_was_left_out_says_why() -> None:
    left_out = [item for item in founding_items() if item["table"] == "missing"]
    assert all(item["note"] and not item["id"] for item in left_out)


@pytest.mark.parametrize("item", KEPT, ids=lambda item: f"{item['table']}-{item['id']}")
def test_named_items_of_the_founding_pages_can_be_found(run: Engine, item: dict[str, str]) -> None:
    table = item["table"]
    row = by_founding_key(table)[item["id"]]
    key = row[committed()[table].primary_key[0]]
    names = [
        row[column] for column in ("name_en", "name_ko", "edition_label_en") if row.get(column)
    ]
    for query in (key, *names):
        result = find_rows(run, table, query)
        assert key in result.rows[table], query
        assert result.covered < result.total, query  # the search does search


def test_search_ignores_spaces_and_case(run: Engine) -> None:
    found = find_rows(run, "organizations", "  sEOUL metropolitanGOVERNMENT ")
    assert "seoul-city" in found.rows["organizations"]


def test_search_without_result(run: Engine) -> None:
    found = find_rows(run, "organizations", "no organisation bears this name")
    assert found.frame.empty
    assert found.rows["organizations"] == ()
