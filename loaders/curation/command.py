"""What the commands share: options, refusals, and the way a change is checked and written."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Annotated, NoReturn

import typer

from loaders.curation import display, doubts
from loaders.curation.changes import between
from loaders.curation.explain import Explainer
from loaders.curation.naming import folded
from loaders.curation.store import ChangedMeanwhileError, State, check, read_state, write
from loaders.curation.suggest import nearest
from loaders.curation.words import Words, language
from loaders.package import data_dir
from loaders.problems import DataError, Problem

#: Help texts are read once, in the language of the environment.
_said = Words(language(None))

LangOption = Annotated[str | None, typer.Option("--lang", help=_said("help.lang"))]
QuestionsOption = Annotated[bool, typer.Option("--open-questions", help=_said("help.questions"))]
JsonOption = Annotated[bool, typer.Option("--json", help=_said("help.json"))]


def words_for(lang: str | None) -> Words:
    """The words of a language; refuses one that there is not."""
    if lang not in (None, "ko", "en"):
        raise typer.BadParameter("ko, en", param_hint="--lang")
    return Words(language(lang))


def refuse(sentences: list[str], words: Words, advice: str = "") -> NoReturn:
    """End with a sentence for each problem, and advice, on standard error."""
    display.complain(sentences)
    if advice:
        display.say(advice, stderr=True)
    display.say(words("refused", count=len(sentences)), "bold", stderr=True)
    raise typer.Exit(1)


def opened(words: Words) -> State:
    """All tables of the data folder; refuses when they cannot be read."""
    try:
        return read_state(data_dir())
    except DataError as error:
        refuse([str(problem) for problem in error.problems], words)
    except (OSError, json.JSONDecodeError, KeyError) as error:
        refuse([f"datapackage.json in {data_dir()}: {error}"], words)


def table_named(state: State, name: str, words: Words) -> str:
    """The table meant by its name, its singular or its title; refuses what fits none."""
    wanted = folded(name)
    for table, sheet in state.sheets.items():
        titles = {folded(title) for title in sheet.resource.title.values()}
        if wanted in {table, table.removesuffix("s"), *titles}:
            return table
    meant = nearest(wanted, list(state.sheets)) or ", ".join(state.sheets)
    refuse([words("no-table", name=name, meant=meant)], words)


def sentences(
    state: State, problems: list[Problem], words: Words, place: Callable[[Problem], str | None]
) -> list[str]:
    """A sentence for each finding on ``state``."""
    explain = Explainer(state, words)
    return [explain.line(problem, place(problem)) for problem in problems]


def passed(
    state: State,
    words: Words,
    *,
    keep_questions: bool,
    place: Callable[[Problem], str | None] = lambda _: None,
) -> State:
    """The state, if it breaks no rule; refuses it otherwise.

    Findings that are no faults are refused too, or kept as open questions in the state
    that is returned.
    """
    problems = check(state)
    if not problems:
        return state
    if not doubts.only_doubts(problems):
        refuse(sentences(state, problems, words, place), words)
    asked = doubts.with_questions(state, date.today())
    if not keep_questions:
        refuse(doubts.sentences(state, asked, words), words, words("doubt.mend"))
    return asked


def show(before: State, after: State, words: Words) -> bool:
    """Show what changes, new rows in full; False when nothing does."""
    changes = between(before, after)
    display.show_changes(after, changes, words, full=True)
    return bool(changes)


def save(after: State, words: Words) -> None:
    """Write a checked state; refuses when somebody changed a file meanwhile."""
    try:
        files = write(after)
    except ChangedMeanwhileError as error:
        refuse([words("changed-meanwhile", file=error.args[0])], words)
    display.say(words("written", files=", ".join(files)), "green")
