"""``add TABLE``: one fact with its source, asked for or given by options."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

import typer

from loaders.curation import display, doubts
from loaders.curation.ask import Asker
from loaders.curation.command import (
    LangOption,
    QuestionsOption,
    opened,
    passed,
    refuse,
    save,
    sentences,
    show,
    table_named,
    words_for,
)
from loaders.curation.duplicates import likely
from loaders.curation.entry import (
    Entry,
    EntryError,
    blank,
    complete,
    drafted,
    meant,
    milestone_of,
    pairs_of,
    values_of,
)
from loaders.curation.explain import Explainer
from loaders.curation.sources import Page, introduced, known_page, new_page
from loaders.curation.store import Row, State, check
from loaders.curation.words import Words, language

_said = Words(language(None))


def _page(state: State, page: Page, words: Words) -> Row | None:
    if not page.url:
        return None
    known = known_page(state["sources"], page.url)
    if known:
        display.say(introduced(known, words), "green")
    return known or new_page(state["sources"], page)


def _coded(state: State, table: str, row: Row) -> Row:
    fields = state.package[table].by_name
    return {column: meant(state, fields[column], value) for column, value in row.items()}


def _needs_page(state: State, table: str) -> bool:
    return table != "sources" and "source_id" in state[table].header


def _fits(table: str, wanted: str, option: str, values: list[str] | None) -> None:
    if values and table != wanted:
        raise EntryError("add.option", option=option, table=wanted)


def _given(
    state: State, table: str, given: dict[str, str], page: Row | None, parts: list[Row]
) -> Entry:
    row = {**blank(state, table), **values_of(state, table, given)}
    if _needs_page(state, table) and page is None and not row["source_id"]:
        raise EntryError("add.no-source")
    if table == "pilots" and not parts:
        raise EntryError("mend.no-milestone")
    return Entry(table, row, page, tuple(parts))


def _asked(
    state: State, table: str, given: dict[str, str], page: Row | None, parts: list[Row], ask: Asker
) -> Entry:
    values = values_of(state, table, given)
    key = state.package[table].primary_key
    skip = {"source_id", *(key if len(key) == 1 else ())}
    if _needs_page(state, table) and page is None and "source_id" not in values:
        page = ask.page()
    row = ask.row(table, values, skip)
    if table == "pilots" and not parts:
        parts = ask.parts("milestones", "stage", "ask.milestone", at_least=1)
    if table == "investments" and not parts:
        parts = ask.parts("investment_investors", "investor_id", "ask.investor")
    return Entry(table, row, page, tuple(parts))


def _warn(state: State, entry: Entry, words: Words) -> list[str]:
    found = likely(state, entry.table, entry.row)
    return [words("duplicate", key=each.key, why=words(f"why.{each.reason}")) for each in found[:5]]


def _mended(state: State, entry: Entry, ask: Asker, words: Words) -> State:
    """Ask again for the columns that the rules object to, until they do not."""
    while True:
        done = complete(state, entry)
        draft = drafted(state, done)
        problems = check(draft)
        if doubts.only_doubts(problems):
            return draft
        explain = Explainer(draft, words)
        own = [p for p in problems if explain.row(p) == (entry.table, done.row)]
        if len(own) < len(problems):  # a page or a part: to be entered again
            refuse(sentences(draft, problems, words, lambda _: None), words)
        row = dict(done.row)
        for problem in own:
            display.say(explain.line(problem), "red", stderr=True)
            fields = draft.package[entry.table].by_name
            for column in ("lat", "lon") if problem.column == "lat" else (problem.column,):
                row[column] = ask.column(
                    entry.table, fields[column], row, default=row[column], required=False
                )
        entry = replace(done, row=row)


def _asked_questions(draft: State, ask: Asker, words: Words) -> bool:
    """Whether doubts about the draft may stand as open questions; True when there are none."""
    after = doubts.with_questions(draft, date.today())
    found = doubts.sentences(draft, after, words)
    display.complain(found)
    return not found or ask.yes("doubt.ask")


def add(  # noqa: PLR0913 (the options of a command are its arguments)
    table: Annotated[str, typer.Argument(help=_said("help.add.table"))],
    *,
    set_: Annotated[list[str] | None, typer.Option("--set", "-s", help=_said("help.set"))] = None,
    milestone: Annotated[
        list[str] | None, typer.Option("--milestone", "-m", help=_said("help.milestone"))
    ] = None,
    investor: Annotated[
        list[str] | None, typer.Option("--investor", "-i", help=_said("help.investor"))
    ] = None,
    source_url: Annotated[str, typer.Option(help=_said("help.url"))] = "",
    publisher: Annotated[str, typer.Option(help=_said("help.publisher"))] = "",
    publisher_ko: Annotated[str, typer.Option(help=_said("help.publisher-ko"))] = "",
    publisher_inferred: Annotated[bool, typer.Option(help=_said("help.inferred"))] = False,
    published: Annotated[str, typer.Option(help=_said("help.published"))] = "",
    source_language: Annotated[str, typer.Option(help=_said("help.source-language"))] = "",
    ask: Annotated[bool | None, typer.Option("--ask/--no-ask", help=_said("help.ask"))] = None,
    not_duplicate: Annotated[bool, typer.Option(help=_said("help.not-duplicate"))] = False,
    dry_run: Annotated[bool, typer.Option(help=_said("help.dry-run"))] = False,
    open_questions: QuestionsOption = False,
    lang: LangOption = None,
) -> None:
    """One fact with its source; nothing is written unless every rule passes."""
    words = words_for(lang)
    state = opened(words)
    name = table_named(state, table, words)
    asker = Asker(state, words) if (ask if ask is not None else not set_) else None
    try:
        given = pairs_of(set_ or [])
        _fits(name, "pilots", "--milestone", milestone)
        _fits(name, "investments", "--investor", investor)
        page = _page(
            state,
            Page(
                source_url, publisher, publisher_ko, publisher_inferred, published, source_language
            ),
            words,
        )
        if page is None and "source_id" in given:
            page = state["sources"].by_key().get((given["source_id"],))
        parts = [_coded(state, "milestones", milestone_of(text)) for text in milestone or []]
        parts += [
            _coded(state, "investment_investors", {"investor_id": text}) for text in investor or []
        ]
        if asker:
            entry = _asked(state, name, given, page, parts, asker)
        else:
            entry = _given(state, name, given, page, parts)
        done = complete(state, entry)
        warnings = [] if not_duplicate else _warn(state, done, words)
        if warnings and asker is None:
            refuse(warnings, words, words("duplicate.mend"))
        display.complain(warnings)
        if asker and warnings and not asker.yes("duplicate.ask"):
            refuse(warnings, words)
        draft = _mended(state, done, asker, words) if asker else drafted(state, done)
    except EntryError as error:
        refuse([words(error.word, **error.values)], words)
    keep = open_questions or (asker is not None and _asked_questions(draft, asker, words))
    draft = passed(draft, words, keep_questions=keep)
    show(state, draft, words)
    if dry_run:
        display.say(words("dry-add"))
    elif asker is None or asker.yes("ask.write"):
        save(draft, words)
    else:
        display.say(words("ask.stopped"))
