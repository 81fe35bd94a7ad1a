"""``diff A B``: what changed between two states of the data, row by row and cell by cell."""

from __future__ import annotations

import csv
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from loaders.curation import display
from loaders.curation.changes import Changes, compare
from loaders.curation.command import JsonOption, LangOption, opened, refuse, words_for
from loaders.curation.revisions import RevisionError, revision
from loaders.curation.store import Key, Row, parse
from loaders.curation.words import Words, language
from loaders.package import data_dir

_said = Words(language(None))

WORKING_COPY = "."
Tables = dict[str, tuple[set[str], dict[Key, Row]]]


def _tables(folder: Path) -> Tables:
    """Columns and rows of every table, by the folder's own descriptor.

    Raises:
        OSError, ValueError, csv.Error: a file is missing or unreadable.
    """
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    tables: Tables = {}
    for node in descriptor["resources"]:
        header, records = parse((folder / node["path"]).read_text(encoding="utf-8"))
        rows = [dict(zip(header, record, strict=True)) for record in records]
        key = node["schema"]["primaryKey"]
        tables[node["name"]] = (set(header), {tuple(row[k] for k in key): row for row in rows})
    return tables


def _folder(stack: ExitStack, name: str) -> Path:
    if name == WORKING_COPY:
        return data_dir()
    if (Path(name) / "datapackage.json").is_file():
        return Path(name)
    return stack.enter_context(revision(data_dir(), name))


def differences(before: Tables, after: Tables) -> Changes:
    """Differences of all tables, those that came or went among them."""
    nothing: tuple[set[str], dict[Key, Row]] = (set(), {})
    found = {}
    for name in [*after, *(table for table in before if table not in after)]:
        (old, was), (new, now) = before.get(name, nothing), after.get(name, nothing)
        changes = compare(was, now, (old, new))
        if changes:
            found[name] = changes
    return found


def as_json(changes: Changes) -> dict[str, Any]:
    """The changes as plain values, for other programs."""
    return {
        name: {
            "added": list(found.added.values()),
            "changed": [
                {
                    "key": list(key),
                    "columns": {c.column: {"before": c.before, "after": c.after} for c in cells},
                }
                for key, cells in found.changed.items()
            ],
            "removed": list(found.removed.values()),
            "columns_added": list(found.columns_added),
            "columns_removed": list(found.columns_removed),
        }
        for name, found in changes.items()
    }


def diff(
    before: Annotated[str, typer.Argument(help=_said("help.before"))] = "HEAD",
    after: Annotated[str, typer.Argument(help=_said("help.after"))] = WORKING_COPY,
    full: Annotated[bool, typer.Option("--full", help=_said("help.full"))] = False,
    json_: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Rows added, changed and removed between two folders or git revisions."""
    words = words_for(lang)
    try:
        with ExitStack() as stack:
            old, new = (_tables(_folder(stack, name)) for name in (before, after))
    except RevisionError as error:
        refuse([words("diff.revision", reason=error.args[0])], words)
    except (OSError, ValueError, KeyError, csv.Error) as error:
        refuse([words("diff.unreadable", reason=error)], words)
    changes = differences(old, new)
    if json_:
        display.dump({"before": before, "after": after, "tables": as_json(changes)})
        return
    display.show_changes(opened(words), changes, words, full=full)
