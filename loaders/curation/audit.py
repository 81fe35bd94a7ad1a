"""``audit``: draw facts for somebody to read again, and report what the readings found."""

from __future__ import annotations

from typing import Annotated

import typer

from loaders.audit import FACT_TABLES, WANTED, Drawn, drawn
from loaders.audit_report import DOCUMENT, document
from loaders.curation import display
from loaders.curation.command import JsonOption, LangOption, opened, words_for
from loaders.curation.store import Row, State
from loaders.curation.suggest import label
from loaders.curation.words import Words, language

_said = Words(language(None))

#: Enough to pass over as many facts as are read.
_LISTED = 2 * WANTED

cli = typer.Typer(add_completion=False, help=_said("help.audit"))


def candidates(state: State, seed: str) -> list[Drawn]:
    """All facts of the data in the order in which ``seed`` draws them."""
    keys = {t: state[t].column(state[t].resource.primary_key[0]) for t in FACT_TABLES}
    return drawn(keys, seed)


def _row(state: State, fact: Drawn) -> Row:
    return state[fact.table].by_key()[(fact.key,)]


def _page(state: State, row: Row) -> Row:
    return state["sources"].by_key()[(row["source_id"],)]


@cli.command(help=_said("help.audit.draw"))
def draw(
    seed: Annotated[str, typer.Option(help=_said("help.seed"))],
    count: Annotated[int, typer.Option(min=1, help=_said("help.count"))] = _LISTED,
    json_: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """The first facts of a draw with their pages, for the person who reads them again."""
    words = words_for(lang)
    state = opened(words)
    chosen = [(fact, _row(state, fact)) for fact in candidates(state, seed)[:count]]
    if json_:
        display.dump(
            [
                {
                    "draw": fact.draw,
                    "table": fact.table,
                    "key": fact.key,
                    "row": {column: cell for column, cell in row.items() if cell},
                    "url": _page(state, row)["url"],
                }
                for fact, row in chosen
            ]
        )
        return
    headings = ("audit.draw", "coverage.table", "diff.row", "stale.name", "audit.page")
    display.table(
        [words(heading) for heading in headings],
        [
            [
                fact.draw,
                state[fact.table].resource.title[words.lang],
                fact.key,
                label(state[fact.table], row, words.lang),
                _page(state, row)["url"],
            ]
            for fact, row in chosen
        ],
    )
    display.say(words("audit.next", wanted=WANTED), "dim")


@cli.command(help=_said("help.audit.report"))
def report(lang: LangOption = None) -> None:
    """Write the document on all re-checks from the table."""
    words = words_for(lang)
    state = opened(words)
    text = document({name: sheet.rows for name, sheet in state.sheets.items()}, state.package)
    DOCUMENT.write_text(text, encoding="utf-8")
    display.say(words("written", files=DOCUMENT.name), "green")
