"""Every figure has a definition: a card for its function, written from the function."""

from __future__ import annotations

import ast
import importlib
import inspect
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.measures import TEXTS, by_function, glossary, measure_of, measures
from analytics.result import Result
from analytics.takeaway import documentation
from api.registry import FIGURES
from loaders.engine import Runner
from loaders.package import PROJECT_ROOT
from tests.support import DATA, committed, read_rows
from tests.unit.fixtures_small import small_run

CARDS = {row["function"]: row for row in read_rows(DATA, "measures")}
#: Asked by pages to offer choices or to find words; nothing of them is shown as a figure.
NO_FIGURES = {
    "analytics.directory.near_matches",
    "analytics.pooled.available_pairs",
    "analytics.technologies.facets",
    "analytics.windows.typical_month",
}


def function_of(name: str) -> typing.Any:
    module, _, function = name.rpartition(".")
    return getattr(importlib.import_module(module), function)


def gives_result(function: typing.Any) -> bool:
    """Whether a function answers with a `Result`, or with something that carries one."""
    answer = typing.get_type_hints(function).get("return")
    if answer is Result:
        return True
    fields = getattr(answer, "__dataclass_fields__", {})
    return "result" in fields


def asked(path: Path) -> Iterator[str]:
    """Dotted names of the analytics functions that a module of the pages asks."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "analytics":
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    for node in ast.walk(tree):
        is_ask = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ask"
        if isinstance(node, ast.Call) and is_ask and node.args:
            written = ast.unparse(node.args[0])
            first, _, rest = written.partition(".")
            if first in names:
                yield names[first] + (f".{rest}" if rest else "")


def asked_by_pages() -> set[str]:
    folders = (PROJECT_ROOT / "ui", PROJECT_ROOT / "app_pages")
    return {name for folder in folders for path in folder.glob("*.py") for name in asked(path)}


def without_card(names: set[str]) -> set[str]:
    return {n for n in names - NO_FIGURES - set(CARDS) if gives_result(function_of(n))}


def test_every_function_that_pages_ask_has_a_card() -> None:
    names = asked_by_pages()
    assert {"analytics.overview.testbeds_known", "analytics.money.money_by"} <= names
    assert without_card(names) == set()
    assert without_card({"analytics.durations.durations"}) == {"analytics.durations.durations"}


def test_exceptions_are_still_needed() -> None:
    assert asked_by_pages() >= NO_FIGURES
    assert not NO_FIGURES & set(CARDS)


def test_every_figure_of_the_api_has_a_card() -> None:
    assert {figure.computed_by for figure in FIGURES.values()} <= set(CARDS)


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_of_a_function_that_gives_a_figure(name: str) -> None:
    function = function_of(name)
    assert gives_result(function)
    assert len(documentation(name)) > 10
    assert inspect.unwrap(function).__module__ == name.rpartition(".")[0]


def test_texts_differ_from_card_to_card() -> None:
    """No boilerplate: definitions and reasons are written for one indicator each."""
    for column in ("name_en", "name_ko", "counted_en", "counted_ko", "why_en", "why_ko"):
        texts = [row[column] for row in CARDS.values()]
        repeated = {text for text in texts if texts.count(text) > 1}
        assert repeated == set(), column


def test_cards_are_found_by_function(run: Runner) -> None:
    card = measure_of(run, "analytics.overview.pilots_sold")
    assert card is not None
    assert card.text("base", "en") == "All pilots known"
    assert set(by_function(run)) == set(CARDS)
    assert {tuple(texts) for c in by_function(run).values() for texts in c.texts.values()} == {
        TEXTS
    }
    assert measure_of(run, "analytics.nothing.at_all") is None
    assert measure_of(run, "") is None
    listed = measures(run)
    assert listed.covered == listed.total == len(CARDS)


def test_a_card_without_denominator() -> None:
    row = {"measure_id": "x", "function": "analytics.a.b", "counted_en": "c", "reviewed": "2026"}
    card = measure_of(small_run({"measures": [row]}), "analytics.a.b")
    assert card is not None
    assert (card.text("counted", "en"), card.text("base", "en")) == ("c", "")


def test_the_glossary_holds_stages_and_explained_codes(run: Runner) -> None:
    frame = glossary(run).frame
    stages = read_rows(DATA, "stages")
    assert set(frame["term_ko"]) >= {row["name_ko"] for row in stages}
    explained = {
        c.label["en"]
        for resource in committed().resources.values()
        for f in resource.fields
        for c in f.categories
        if c.description["en"]
    }
    assert explained <= set(frame["term_en"])
    assert frame[["term_ko", "term_en", "definition_ko", "definition_en"]].notna().all(axis=None)
    assert not frame.duplicated(["term_ko", "term_en", "definition_en"]).any()
