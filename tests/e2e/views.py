"""Every page and the main views of it, as a reader opens them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

from playwright.sync_api import expect

from loaders.package import Lang
from tests.e2e.browsing import DESKTOP, PHONE, Theme, View
from tests.e2e.conftest import PATHS
from tests.unit.fixtures_small import committed
from ui.i18n import LANGUAGES
from ui.layout import FOLD

THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS = (DESKTOP, PHONE)


def _most(table: str, column: str) -> str:
    """The code that a column of a committed table holds most often: the fullest page."""
    codes = committed(table)[column]
    return str(codes[codes != ""].mode().min())


def _open_help(view: View) -> None:
    view.page.locator(".st-key-help button").click()
    expect(view.page.get_by_role("dialog").get_by_role("link").last).to_be_visible()


def _open_sources(view: View) -> None:
    view.page.locator("[class*='st-key-sources-'] button:visible").first.click()
    dialog = view.page.get_by_role("dialog")
    expect(dialog.locator("[class*='st-key-csv-'] button:visible").last).to_be_visible()


def _open_fold(fold: str, inside: str, view: View) -> None:
    view.page.locator(f".st-key-{FOLD}{fold} summary").click()
    expect(view.page.locator(f".st-key-{inside}")).to_be_visible()


@dataclass(frozen=True, slots=True)
class Shown:
    """An address, and what is done there until the view stands."""

    path: str
    name: str = ""
    prepare: Callable[[View], None] | None = None

    def __str__(self) -> str:
        return f"{self.path} {self.name}".strip()


def shown() -> list[Shown]:
    """New pages are covered by themselves, new views are named here."""
    views = {
        "/funnel": ("published", "pooled", "time", "places", "scale"),
        "/investment": ("relative", "network"),
        "/technologies": ("cards", "map"),
        "/money": ("planned", "followed"),
    }
    profiles = {
        "company": _most("pilots", "org_id"),
        "investor": _most("investment_investors", "investor_id"),
        "testbed": _most("pilots", "testbed_id"),
        "program": _most("cohorts", "program_id"),
    }
    return [
        *(Shown(path) for path in PATHS),
        *(Shown(f"{path}?view={view}") for path, names in views.items() for view in names),
        Shown("/partners?side=host"),
        Shown("/technologies?sector=mobility&reached=field-demo"),
        Shown("/testbeds?place=KR-26"),
        *(Shown(f"/{kind}?id={code}") for kind, code in profiles.items()),
        Shown("/funnel", "sources", _open_sources),
        Shown("/", "help", _open_help),
        Shown("/technologies", "filters", partial(_open_fold, "filters", "param-host")),
        Shown("/partners", "weights", partial(_open_fold, "weights", "param-w-near")),
    ]


@dataclass(frozen=True, slots=True)
class Case:
    """A view in one language, with the ways of looking at it that are audited."""

    shown: Shown
    lang: Lang
    looks: tuple[tuple[Theme, int], ...]

    def __str__(self) -> str:
        looks = " ".join(f"{theme}-{width}" for theme, width in self.looks)
        return f"{self.shown} {self.lang} {looks}"


def all_cases() -> Iterator[Case]:
    """Every view in every language, theme and width."""
    for view, lang in product(shown(), LANGUAGES):
        yield Case(view, lang, tuple(product(THEMES, WIDTHS)))


def few_cases() -> Iterator[Case]:
    """Every view once; over all views every language, theme and width meet several times."""
    ways = list(product(LANGUAGES, THEMES, WIDTHS))
    for n, view in enumerate(shown()):
        lang, theme, width = ways[n % len(ways)]
        yield Case(view, lang, ((theme, width),))
