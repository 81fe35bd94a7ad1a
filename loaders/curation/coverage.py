"""``coverage``: what is missing where, by place, sector and stage, and column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from loaders.curation import display
from loaders.curation.command import JsonOption, LangOption, opened, words_for
from loaders.curation.store import State
from loaders.curation.suggest import label
from loaders.curation.words import Words, language

_said = Words(language(None))

UNKNOWN = "?"
#: Columns filled in fewer rows than this are listed as thin.
THIN = 0.5


@dataclass(frozen=True, slots=True)
class Cell:
    """Pilots at one place in one sector at one stage; ``place`` is a code or ``?``."""

    place: str
    sector: str
    stage: str
    pilots: int


@dataclass(frozen=True, slots=True)
class Filled:
    """How many rows of a table have a column filled."""

    table: str
    column: str
    filled: int
    rows: int

    @property
    def share(self) -> float:
        """Share of rows with a value."""
        return self.filled / self.rows if self.rows else 0.0


def _city(state: State, code: str) -> str:
    """The city of a general district; other municipalities are their own."""
    row = state["municipalities"].by_key().get((code,))
    return (row["parent_code"] or code) if row else UNKNOWN


def _places(state: State, municipalities: bool) -> list[str]:
    """Place of every pilot, in the order of the rows; ``?`` when it is not known."""
    if not municipalities:
        return [row["sido"] or UNKNOWN for row in state["pilots"].rows]
    cities = {code: _city(state, code) for code in state["pilots"].column("sigungu_code")}
    return [cities[row["sigungu_code"]] for row in state["pilots"].rows]


def stages(state: State) -> list[str]:
    """Stages in the order of the ladder, then the competing end."""
    rows = [row for row in state["stages"].rows if row["kind"] != "outcome"]
    return [row["stage"] for row in sorted(rows, key=lambda row: int(row["rank"] or 99))]


def cells(state: State, *, municipalities: bool = False) -> list[Cell]:
    """Pilots by place, sector and stage, zeros too.

    With ``municipalities`` the places are those that have pilots; else all provinces.
    """
    places = _places(state, municipalities)
    pilots = state["pilots"].rows
    counts = Counter(
        (place, row["sector"], row["stage"]) for place, row in zip(places, pilots, strict=True)
    )
    known = set(places) if municipalities else {*state["regions"].column("sido"), *places}
    return [
        Cell(place, sector, stage, counts[place, sector, stage])
        for place in sorted(known)
        for sector in state["sectors"].column("sector")
        for stage in stages(state)
    ]


def filled(state: State) -> list[Filled]:
    """Filled cells of every column of every table, in the order of the descriptor."""
    return [
        Filled(name, column, sum(1 for row in sheet.rows if row[column]), len(sheet.rows))
        for name, sheet in state.sheets.items()
        for column in sheet.resource.columns
    ]


def _names(state: State, words: Words) -> Mapping[str, str]:
    names = {UNKNOWN: words("coverage.unknown")}
    for table in ("regions", "municipalities", "sectors", "stages"):
        key = state.package[table].primary_key[0]
        names |= {row[key]: label(state[table], row, words.lang) for row in state[table].rows}
    return names


def _grid(
    rows: list[Cell], by: str, columns: list[str], names: Mapping[str, str]
) -> list[list[object]]:
    counts: Counter[tuple[str, str]] = Counter()
    for cell in rows:
        counts[cell.place, getattr(cell, by)] += cell.pilots
    places = list(dict.fromkeys(cell.place for cell in rows))
    return [
        [
            names.get(place, place),
            *(counts[place, column] for column in columns),
            sum(counts[place, column] for column in columns),
        ]
        for place in places
    ]


def coverage(
    municipalities: Annotated[
        bool, typer.Option("--municipalities", help=_said("help.municipalities"))
    ] = False,
    all_: Annotated[bool, typer.Option("--all", help=_said("help.all-columns"))] = False,
    json_: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Pilots by place, sector and stage, and the share of cells filled."""
    words = words_for(lang)
    state = opened(words)
    counted = cells(state, municipalities=municipalities)
    shares = filled(state)
    if json_:
        display.dump(
            {
                "pilots": [asdict(cell) for cell in counted],
                "columns": [
                    {**asdict(column), "share": round(column.share, 4)} for column in shares
                ],
            }
        )
        return
    names = _names(state, words)
    place, total = words("coverage.place"), words("coverage.total")
    for by, columns in (("stage", stages(state)), ("sector", state["sectors"].column("sector"))):
        headings = [place, *(names[c] for c in columns), total]
        title = words(f"coverage.by-{by}")
        display.table(headings, _grid(counted, by, columns, names), title=title)
    thin = [c for c in shares if all_ or c.share < THIN]
    display.table(
        [words("coverage.table"), words("diff.column"), words("coverage.filled"), "%"],
        [
            [c.table, c.column, f"{c.filled}/{c.rows}", round(100 * c.share)]
            for c in sorted(thin, key=lambda c: (c.table, c.share, c.column))
        ],
        title=words("coverage.columns" if all_ else "coverage.thin"),
    )
