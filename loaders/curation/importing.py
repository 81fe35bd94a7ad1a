"""``import FILE``: rows from a spreadsheet, shown as a diff first, written with ``--apply``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from loaders.curation import display
from loaders.curation.command import (
    LangOption,
    QuestionsOption,
    opened,
    passed,
    refuse,
    save,
    show,
    table_named,
    words_for,
)
from loaders.curation.duplicates import likely
from loaders.curation.entry import blank, with_id
from loaders.curation.explain import Explainer
from loaders.curation.settle import fill_in, settle
from loaders.curation.sources import Page, known_page, new_page
from loaders.curation.spreadsheet import Fault, Raw, SheetError, read_raw, rows_of
from loaders.curation.store import Key, Row, State
from loaders.curation.words import Words, language
from loaders.problems import Problem

_said = Words(language(None))

#: Columns beside a table's own that give the page of a new fact by its address.
PAGE_COLUMNS = (
    "source_url",
    "source_publisher_en",
    "source_publisher_ko",
    "source_published",
    "source_language",
)


@dataclass
class _Import:
    """The state with the rows in it, where each came from, and what is odd about them."""

    state: State
    origins: dict[tuple[str, Key], tuple[str, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def _page(state: State, row: Row) -> Row | None:
    """The page that the row's further columns name; None when they name none."""
    if not row.get("source_url"):
        return None
    said = {name.removeprefix("source_"): row.get(name, "") for name in PAGE_COLUMNS}
    page = Page(
        said["url"],
        said["publisher_en"],
        said["publisher_ko"],
        published=said["published"],
        language=said["language"],
    )
    return known_page(state["sources"], page.url) or new_page(state["sources"], page)


def _with_rows(done: _Import, table: str, raw: Raw, words: Words) -> None:
    resource = done.state.package[table]
    extra = PAGE_COLUMNS if "source_id" in resource.columns and table != "sources" else ()
    keys = {
        f.name: set(done.state[f.reference.resource].column(f.reference.field))
        for f in resource.fields
        if f.reference and f.reference.resource in done.state.sheets
    }
    for line, cells in rows_of(raw, resource, extra, keys, words):
        page = _page(done.state, cells)
        own = {column: value for column, value in cells.items() if column in resource.columns}
        if page:
            done.state = done.state.put("sources", [page])
            done.origins.setdefault(("sources", (page["source_id"],)), (raw.file, line))
            own["source_id"] = page["source_id"]
        earlier = done.state[table].by_key().get(done.state[table].key(own))
        row = {**(earlier or blank(done.state, table)), **own}
        if earlier is None:
            row = with_id(done.state, table, fill_in(done.state, table, row))
        key = done.state[table].key(row)
        if (table, key) in done.origins and table != "sources":
            first = done.origins[table, key][1]
            done.faults.append(Fault(raw.file, line, "", words("import.twice", row=first)))
        if earlier is None:
            done.warnings += [
                f"{raw.file}, {line}: "
                + words("duplicate", key=each.key, why=words(f"why.{each.reason}"))
                for each in likely(done.state, table, row)[:3]
            ]
        done.origins[table, key] = (raw.file, line)
        done.state = done.state.put(table, [row])


def _raws(
    paths: list[Path], table: str | None, state: State, words: Words
) -> Iterator[tuple[str, Raw]]:
    """Sheets in the order of the tables: what others refer to comes first."""
    found = [raw for path in paths for raw in read_raw(path, table, state.package, words)]
    order = list(state.sheets)
    for raw in sorted(found, key=lambda raw: order.index(raw.table)):
        yield raw.table, raw


def _place(done: _Import, state: State, words: Words, problem: Problem) -> str | None:
    """File, row and column of the spreadsheet that a finding comes from."""
    found = Explainer(state, words).row(problem)
    if found is None:
        return None
    table, row = found
    origin = done.origins.get((table, state[table].key(row)))
    return f"{origin[0]}, {origin[1]}, {problem.column}" if origin else None


def import_(
    files: Annotated[list[Path], typer.Argument(help=_said("help.files"))],
    table: Annotated[str | None, typer.Option("--table", "-t", help=_said("help.table"))] = None,
    apply: Annotated[bool, typer.Option("--apply", help=_said("help.apply"))] = False,
    open_questions: QuestionsOption = False,
    lang: LangOption = None,
) -> None:
    """New or changed rows from a CSV or XLSX file: a dry run unless ``--apply``."""
    words = words_for(lang)
    state = opened(words)
    named = table_named(state, table, words) if table else None
    done = _Import(state)
    try:
        for name, raw in _raws(files, named, state, words):
            _with_rows(done, name, raw, words)
    except SheetError as error:
        refuse([str(fault) for fault in error.faults], words)
    if done.faults:
        refuse([str(fault) for fault in done.faults], words)
    pinned = {key for name, key in done.origins if name == "pilots"}
    after = settle(done.state, pinned)
    settled = after
    after = passed(
        settled,
        words,
        keep_questions=open_questions,
        place=lambda problem: _place(done, settled, words, problem),
    )
    changes = show(state, after, words)
    for warning in done.warnings:
        display.say(warning, "yellow", stderr=True)
    if not changes:
        return
    if apply:
        save(after, words)
    else:
        display.say(words("dry"))
