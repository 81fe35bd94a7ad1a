"""What stands in a brief, in words: the same for the page and for the PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loaders.package import Lang


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline number."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a bar chart; ``value`` stands beside it, '' draws no bar but the ``gap``."""

    label: str
    value: str
    share: float
    color: str
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart."""

    title: str
    note: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table, with the numbers of its sources."""

    cells: tuple[str, ...]
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table cut to what fits.

    Attributes:
        title: with the number of all rows.
        columns: heads of the columns, without the one of sources.
        rows: the rows shown.
        more: says how many are left out; '' when none is.
        note: how to read it.
        empty: what stands there when nothing is known.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    more: str
    note: str
    empty: str


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered page; ``address`` is '' when it is not one of the web."""

    number: int
    publisher: str
    date: str
    address: str
    shown: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The maps as SVG documents; ``small`` is '' where the large one shows the country."""

    large: str
    small: str
    caption: str


@dataclass(frozen=True, slots=True)
class Brief:
    """A whole brief.

    Attributes:
        slug: its address below ``/brief/``.
        words: headings and fixed words by name.
        facts: label and value of what the subject is.
        testbeds: of a place; None for a programme.
        colophon: licence, snapshot and the like, one line each.
        live: address of the live view.
    """

    lang: Lang
    slug: str
    kind: str
    title: str
    answer: str
    facts: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    picture: Picture | None
    charts: tuple[Bars, ...]
    testbeds: Table | None
    money: Table
    pilots: Table
    rounds: Table
    unknown: tuple[str, ...]
    sources: tuple[Source, ...]
    sources_more: str
    colophon: tuple[str, ...]
    live: str
    words: Mapping[str, str]
