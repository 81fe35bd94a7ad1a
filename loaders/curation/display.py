"""What the tools print: diffs, tables and sentences. Data is text, never markup."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from loaders.curation.changes import Changes, TableChanges
from loaders.curation.store import Row, State
from loaders.curation.suggest import label
from loaders.curation.words import Words
from loaders.exports import visible

#: Columns of a page that is no terminal (a file, a pipe).
PLAIN_WIDTH = 160
_STYLE = {"+": "green", "~": "yellow", "-": "red"}


def console(*, stderr: bool = False) -> Console:
    """A console on today's output; wide where there is no terminal."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else PLAIN_WIDTH, highlight=False)


def text(value: object, style: str = "") -> Text:
    """Untrusted text for the terminal: no markup, no control characters."""
    return Text(visible(value), style=style)


def say(sentence: str, style: str = "", *, stderr: bool = False) -> None:
    """One sentence on a line of its own, never cut."""
    console(stderr=stderr).print(text(sentence, style), soft_wrap=True)


def complain(sentences: Iterable[str]) -> None:
    """Sentences about what is wrong, on standard error."""
    for sentence in sentences:
        say(sentence, "red", stderr=True)


def dump(value: object) -> None:
    """``value`` as JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """A table; numbers to the right."""
    rows = [list(row) for row in rows]
    grid = Table(title=text(title) if title else None, title_justify="left")
    for number, heading in enumerate(headings):
        numeric = bool(rows) and all(isinstance(row[number], int | float) for row in rows)
        grid.add_column(text(heading), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(text(cell) for cell in row))
    console().print(grid)


def _title(state: State, name: str, column: str, words: Words) -> str:
    field = state.package[name].by_name.get(column) if name in state.sheets else None
    return f"{column} · {field.title[words.lang]}" if field else column


def _lines(
    state: State, name: str, changes: TableChanges, words: Words, full: bool
) -> Iterable[tuple[str, str, str, str, str]]:
    def named(row: Row) -> str:
        return label(state[name], row, words.lang) if name in state.sheets else ""

    for mark, rows in (("+", changes.added), ("-", changes.removed)):
        for key, row in rows.items():
            yield (
                mark,
                " / ".join(key),
                "",
                *(("", named(row)) if mark == "+" else (named(row), "")),
            )
            for column, value in row.items() if full and mark == "+" else ():
                if value and value not in key:
                    yield "", "", _title(state, name, column, words), "", value
    for key, cells in changes.changed.items():
        for number, cell in enumerate(cells):
            first = ("~", " / ".join(key)) if number == 0 else ("", "")
            yield *first, _title(state, name, cell.column, words), cell.before, cell.after


def show_changes(state: State, changes: Changes, words: Words, *, full: bool) -> None:
    """Changes as one table of text for each table of data; ``full`` lists new rows in full."""
    for name, found in changes.items():
        counts = words(
            "diff.counts",
            added=len(found.added),
            changed=len(found.changed),
            removed=len(found.removed),
        )
        grid = Table(title=text(f"{name}: {counts}"), title_justify="left", show_lines=False)
        headings = ("", "diff.row", "diff.column", "diff.before", "diff.after")
        for heading in headings:
            grid.add_column(words(heading) if heading else "", overflow="fold")
        for mark, key, column, before, after in _lines(state, name, found, words, full):
            style = _STYLE.get(mark, "")
            grid.add_row(
                text(mark, style), text(key, style), text(column), text(before), text(after)
            )
        console().print(grid)
        for sign, columns in (("+", found.columns_added), ("-", found.columns_removed)):
            for column in columns:
                say(f"{sign} {words('diff.column')}: {name}.{column}")
    if not changes:
        say(words("diff.none"))
