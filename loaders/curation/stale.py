"""``stale``: what time has overtaken and a curator should look up again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated

import typer

from loaders.curation import display
from loaders.curation.command import JsonOption, LangOption, opened, words_for
from loaders.curation.store import State
from loaders.curation.suggest import label
from loaders.curation.words import Words, language
from loaders.dates import bounds, is_partial_date
from loaders.package import Lang

_said = Words(language(None))

SHOWN = 15
DAYS_A_YEAR = 365.25
#: Stages that say something will follow; a pilot that stands here after its end has no outcome.
_UNFINISHED = ("applied", "meetup", "finalist", "selected", "poc", "field-demo")
_COMING = ("planned", "under-construction", "designated")


@dataclass(frozen=True, slots=True)
class Stale:
    """One row to look up again; ``since`` is the partial date that time has overtaken."""

    kind: str
    table: str
    key: str
    name: str
    since: str
    days: int | None


@dataclass(frozen=True, slots=True)
class Limits:
    """How old is old: days after a window closed, and years of a status and of a page."""

    window_days: int
    status_years: float
    source_years: float


def _days_over(text: str, today: date) -> int | None:
    """Days since the last day that a partial date may mean; None when there is no date."""
    return (today - bounds(text)[1]).days if is_partial_date(text) else None


def _windows(state: State, today: date, limits: Limits, lang: Lang) -> Iterator[Stale]:
    """Programmes whose newest known application window closed, with no later one known."""
    closing: dict[str, list[str]] = defaultdict(list)
    for row in state["program_editions"].rows:
        if is_partial_date(row["apply_close"]):
            closing[row["program_id"]].append(row["apply_close"])
    programs = state["programs"]
    for row in programs.rows:
        newest = max(closing[row["program_id"]], key=lambda text: bounds(text)[1], default="")
        over = _days_over(newest, today)
        if over is not None and over > limits.window_days:
            yield Stale(
                "window", "programs", row["program_id"], label(programs, row, lang), newest, over
            )


def _pilots(state: State, today: date, lang: Lang) -> Iterator[Stale]:
    """Pilots that are over, by their own end date, with no result known."""
    for row in state["pilots"].rows:
        over = _days_over(row["end_date"], today)
        if over is not None and over > 0 and row["stage"] in _UNFINISHED:
            name = label(state["pilots"], row, lang)
            yield Stale("pilot", "pilots", row["pilot_id"], name, row["end_date"], over)


def _testbeds(state: State, today: date, limits: Limits, lang: Lang) -> Iterator[Stale]:
    """Testbeds whose status was stated long ago, or which should have opened by now."""
    sheet = state["testbeds"]
    for row in sheet.rows:
        name = label(sheet, row, lang)
        over = _days_over(row["status_as_of"], today)
        if over is not None and over > limits.status_years * DAYS_A_YEAR:
            yield Stale("status", "testbeds", row["testbed_id"], name, row["status_as_of"], over)
        elif not row["status_as_of"] and row["status"] in _COMING:
            yield Stale("status-undated", "testbeds", row["testbed_id"], name, "", None)
        opened_over = _days_over(row["opened_year"], today)
        if row["status"] in _COMING and opened_over is not None and opened_over > 0:
            yield Stale(
                "opening", "testbeds", row["testbed_id"], name, row["opened_year"], opened_over
            )


def _money(state: State, today: date, lang: Lang) -> Iterator[Stale]:
    """Amounts announced or budgeted for years that are over, with nothing spent known."""
    spent = {
        (row["program_id"], row["testbed_id"])
        for row in state["funding"].rows
        if row["basis"] == "spent"
    }
    for row in state["funding"].rows:
        year = row["year_end"] or row["year"]
        over = _days_over(year, today)
        planned = row["basis"] in ("announced", "budgeted")
        known = (row["program_id"], row["testbed_id"]) in spent
        if planned and not known and over is not None and over > 0:
            name = label(state["funding"], row, lang)
            yield Stale("plan", "funding", row["funding_id"], name, year, over)


def _sources(state: State, today: date, limits: Limits, lang: Lang) -> Iterator[Stale]:
    for row in state["sources"].rows:
        over = _days_over(row["published"], today)
        if over is not None and over > limits.source_years * DAYS_A_YEAR:
            yield Stale(
                "source",
                "sources",
                row["source_id"],
                label(state["sources"], row, lang),
                row["published"],
                over,
            )


def found(state: State, today: date, limits: Limits, lang: Lang) -> list[Stale]:
    """All stale rows, longest overdue first within a kind; unknown dates last."""
    rows = [
        *_windows(state, today, limits, lang),
        *_pilots(state, today, lang),
        *_testbeds(state, today, limits, lang),
        *_money(state, today, lang),
        *_sources(state, today, limits, lang),
    ]
    kinds = list(dict.fromkeys(row.kind for row in rows))
    return sorted(rows, key=lambda r: (kinds.index(r.kind), -(r.days or 0), r.key))


def stale(
    window_days: Annotated[int, typer.Option(min=0, help=_said("help.window-days"))] = 180,
    status_years: Annotated[float, typer.Option(min=0, help=_said("help.status-years"))] = 2,
    source_years: Annotated[float, typer.Option(min=0, help=_said("help.source-years"))] = 5,
    today: Annotated[str | None, typer.Option(help=_said("help.today"))] = None,
    all_: Annotated[bool, typer.Option("--all", help=_said("help.all"))] = False,
    json_: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Windows, pilots, statuses, plans and pages that are past their date."""
    words = words_for(lang)
    try:
        day = date.fromisoformat(today) if today else date.today()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--today") from error
    limits = Limits(window_days, status_years, source_years)
    rows = found(opened(words), day, limits, words.lang)
    if json_:
        display.dump([asdict(row) for row in rows])
        return
    for kind in dict.fromkeys(row.kind for row in rows):
        here = [row for row in rows if row.kind == kind]
        shown = here if all_ else here[:SHOWN]
        display.table(
            [words("diff.row"), words("stale.name"), words("stale.since"), words("stale.days")],
            [[row.key, row.name, row.since, "" if row.days is None else row.days] for row in shown],
            title=f"{words(f'stale.{kind}')} ({len(here)})",
        )
        if len(shown) < len(here):
            display.say(words("more", count=len(here) - len(shown)), "dim")
    if not rows:
        display.say(words("stale.none"))
