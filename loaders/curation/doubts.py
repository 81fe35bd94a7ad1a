"""Findings that break no rule: mended in the data, or kept as open questions for readers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.curation.changes import between
from loaders.curation.store import State, write_files
from loaders.curation.words import Words
from loaders.findings import GONE, MEND, all_findings, read
from loaders.findings.record import updated
from loaders.problems import Problem

TABLE = "open_questions"


def only_doubts(problems: Sequence[Problem]) -> bool:
    """Whether none of the problems breaks a hard rule."""
    return all(p.reason.endswith(f"({MEND})") or p.reason == GONE for p in problems)


def with_questions(state: State, day: date) -> State:
    """The state with today's findings among the open questions, and vanished ones resolved.

    The tables must pass the hard rules.
    """
    with TemporaryDirectory(prefix="atlas-draft-") as name:
        write_files(state, Path(name))
        found = all_findings(read(Path(name)))
    return state.put(TABLE, updated(state[TABLE].rows, found, day))


def sentences(before: State, after: State, words: Words) -> list[str]:
    """The questions that ``after`` asks or resolves and ``before`` does not."""
    changes = between(before, after).get(TABLE)
    if changes is None:
        return []
    column = f"question_{words.lang}"
    rows = after[TABLE].by_key()
    asked = [words("doubt", question=row[column]) for row in changes.added.values()]
    gone = [words("doubt.gone", question=rows[key][column]) for key in changes.changed]
    return [*asked, *gone]
