"""What is measured: the first view of each page and a view with another filter."""

from __future__ import annotations

from dataclasses import dataclass

from loaders.package import Lang
from ui.frame import entries
from ui.i18n import Words

LANGUAGE: Lang = "ko"
KB = 1_000
#: Most bytes that a change of filter may send, and that the first drawing of a map may send.
RERUN_LIMIT = 60 * KB
MAP_LIMIT = 300 * KB

#: A change that a reader often makes; a page that is not named has no filter of its own.
CHANGES = {
    "testbeds": "kind=living-lab",
    "funnel": "sector=mobility",
    "investment": "region=KR-26",
    "technologies": "sector=mobility",
    "programs": "region=KR-26",
    "partners": "side=host",
    "money": "region=KR-26",
    "data": "table=funding",
}
MAPS = ("testbeds",)


@dataclass(frozen=True, slots=True)
class Measured:
    """A page: its name, its first view, a changed view, and whether it draws a map."""

    name: str
    first: str
    changed: str
    has_map: bool


def measured_pages() -> list[Measured]:
    """Every page of the menu."""
    found = []
    for entry in entries(Words(LANGUAGE)).values():
        if not entry.in_menu:
            continue
        first = f"/{entry.path}?lang={LANGUAGE}"
        change = CHANGES.get(entry.path)
        changed = f"/{entry.path}?{change}&lang={LANGUAGE}" if change else first
        found.append(Measured(f"/{entry.path}", first, changed, entry.path in MAPS))
    return found
