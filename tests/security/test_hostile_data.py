"""Hostile texts in every column stay text on every page and in every file."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from loaders.package import Lang
from tests.e2e.browsing import DESKTOP, View
from tests.security.canary import Canary
from tests.security.conftest import TEXTS, Poisoned
from tests.security.downloads import check_downloads
from tests.security.hostile import CLASSES, REFUSED, STRINGS, few
from tests.security.poison import (
    NAMES,
    SPARSE,
    answers,
    copies_needed,
    free_columns,
    poison,
    texts_for,
)
from tests.security.size import FULL, count
from tests.security.walking import views, walk

pytestmark = pytest.mark.e2e

#: The short run reads one language: English names are shown with the Korean ones beside them.
LANGUAGES_READ: tuple[Lang, ...] = ("ko", "en") if FULL else ("en",)
#: Hovering, sources and files take longer than reading: on one copy of so many.
THOROUGH_EVERY = 4


@pytest.mark.parametrize("lang", LANGUAGES_READ)
def test_pages_show_hostile_text_as_text(poisoned: Poisoned, browser: Browser, lang: Lang) -> None:
    view = View.open(browser, poisoned.site, "/data", lang, DESKTOP, "light")
    canary = Canary(view)
    thorough = FULL and poisoned.number % THOROUGH_EVERY == 0
    paths = views(poisoned.folder, poisoned.number)
    found = []
    for path in paths:
        address = f"{path}{'&' if '?' in path else '?'}lang={lang}"
        found += walk(view, canary, address, thorough=thorough)
    view.page.context.close()
    said = (f"copy {poisoned.number}, {lang}: {finding}" for finding in found)
    count("hostile data, pages read in a browser", *said, pages=len(paths), findings=len(found))
    assert not found, "\n".join(found)


def test_files_hold_hostile_text_as_text(poisoned: Poisoned) -> None:
    files, found = check_downloads(poisoned.site.url, poisoned.folder)
    said = (f"copy {poisoned.number}: {finding}" for finding in found)
    count("hostile data, files of the API and feeds", *said, files=files, findings=len(found))
    assert files > 100
    assert not found, "\n".join(found)


def test_there_are_enough_texts_of_every_class() -> None:
    assert len({s.text for s in STRINGS}) >= 200
    assert all(CLASSES.values())
    assert {s.kind for s in few()} >= set(CLASSES)


def test_validation_refuses_what_no_cell_can_hold() -> None:
    """Every refused text, in every column that holds text, with a reason that says what to do."""
    said = answers(TEXTS)
    for answer in said:
        if answer.text in REFUSED.values():
            assert answer.reason, (answer.column, answer.text[:40])
    refused = [a for a in said if a.reason]
    let_through = {(a.column, a.text) for a in said if not a.reason}
    columns = {a.column for a in said}
    assert set(free_columns()) <= columns
    # keys, codes, dates and addresses let plain words through and nothing else
    other = {
        text for column, text in let_through if column not in {*free_columns(), *NAMES, *SPARSE}
    }
    assert all(re.fullmatch(r"[A-Za-z0-9._-]*", text) for text in other), other
    assert all(len(a.reason) < 2_000 for a in refused)
    count(
        "hostile data, validation",
        texts=len(TEXTS) + len(REFUSED), columns=len(columns), cells=len(said),
        refused=len(refused), let_through=len(let_through),
    )  # fmt: skip


@pytest.mark.skipif(not FULL, reason="the short run writes a few texts only")
def test_every_text_stands_in_every_column(tmp_path_factory: pytest.TempPathFactory) -> None:
    held = set()
    for number in range(copies_needed()):
        held |= poison(tmp_path_factory.mktemp("copy") / "data", number)
    wanted = {(*column, text) for column in free_columns() for text in texts_for(column)}
    assert held == wanted
    count("hostile data, written", texts=len(STRINGS), columns=len(free_columns()), cells=len(held))
