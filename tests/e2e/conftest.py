"""One server and one browser for all browser tests; every test is a new visitor."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from bench.serving import Site, free_port, serving, uvicorn_command
from tests.e2e.browsing import DESKTOP, Theme, View
from ui.frame import entries
from ui.i18n import Words

Opener = Callable[..., View]

# New pages are covered by themselves.
PATHS = [f"/{entry.path}" for entry in entries(Words("en")).values()]
FINDER = Path(__file__).with_name("install-browser.sh")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as ``make run`` serves it, with a snapshot of its own."""
    port = free_port()
    with serving(uvicorn_command(port), port, tmp_path_factory.mktemp("site")) as running:
        yield running


def browser_path() -> str:
    """The Chromium to use: CHROME_PATH, or the one that the system has."""
    if given := os.environ.get("CHROME_PATH"):
        return given
    found = subprocess.run([FINDER, "--find"], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.fail("No Chromium found: run tests/e2e/install-browser.sh or set CHROME_PATH.")
    return found.stdout.strip()


# Package scope: Playwright's event loop must be gone before other tests start theirs.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium; Playwright downloads none."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(site: Site, browser: Browser) -> Iterator[Opener]:
    """Opens pages, each for a new visitor, and closes them after the test."""
    opened: list[View] = []

    def open_(
        path: str,
        lang: str = "en",
        width: int = DESKTOP,
        theme: Theme = "light",
        on: Site | None = None,
    ) -> View:
        view = View.open(browser, on or site, path, lang, width, theme)
        opened.append(view)
        return view

    yield open_
    for view in opened:
        view.page.context.close()
