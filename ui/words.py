"""Words for codes that are rows of a table (stages, sectors, provinces) and for names of rows."""

from __future__ import annotations

from collections.abc import Callable

from analytics.names import all_rows
from loaders.package import package
from ui.data import ask, shared
from ui.i18n import Words

_STEM = {
    "regions": "short",
    "stages": "name",
    "sectors": "name",
    "programs": "name",
    "organizations": "name",
    "testbeds": "name",
    "municipalities": "name",
}


def vocabulary(t: Words, resource: str) -> dict[str, str]:
    """Word in the reader's language for every key of ``resource``."""

    def build() -> dict[str, str]:
        frame = ask(all_rows, resource)
        key = package()[resource].primary_key[0]
        column = f"{_STEM[resource]}_{t.lang}"
        return dict(zip(frame[key], frame[column], strict=True))

    return shared("vocabulary", build, resource, t.lang)


def wording(t: Words, resource: str) -> Callable[[str], str]:
    """A function from key to word, for widgets; unknown keys stay as they are."""
    known = vocabulary(t, resource)
    return lambda code: known.get(code, code)


def keys_in_order(resource: str, column: str | None = None) -> tuple[str, ...]:
    """Keys of a table in its natural order (stages by rank, others by key)."""

    def read() -> tuple[str, ...]:
        frame = ask(all_rows, resource)
        key = column or package()[resource].primary_key[0]
        if resource == "stages":
            frame = frame.sort_values("rank", na_position="last")
        return tuple(frame[key])

    return shared("keys-in-order", read, resource, column)


def category_codes(resource: str, column: str) -> tuple[str, ...]:
    """Allowed codes of a column, in the order of the data package."""
    return tuple(c.value for c in package()[resource][column].categories)
