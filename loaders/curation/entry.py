"""A new fact with its page and its parts, put together from what the curator said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from loaders.curation.identifiers import new_id
from loaders.curation.naming import folded
from loaders.curation.settle import fill_in, settle, stage_of
from loaders.curation.store import Row, State, clean
from loaders.curation.suggest import exactly, nearest
from loaders.package import Field
from loaders.problems import Problem
from loaders.validation import check_columns

#: Values of columns about which a curator usually has nothing to say.
DEFAULTS: Mapping[str, str] = {
    "country": "KR",
    "name_inferred": "false",
    "publisher_inferred": "false",
    "is_lead": "false",
}
_YES = ("true", "yes", "y", "1", "예", "네", "참")
_NO = ("false", "no", "n", "0", "아니오", "아니요", "거짓")


class EntryError(ValueError):
    """What the curator said cannot be understood; ``word`` of `words` says why."""

    def __init__(self, word: str, **values: object) -> None:
        super().__init__(word)
        self.word = word
        self.values = values


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact: its row, a new page (or None), and parts such as milestones or investors."""

    table: str
    row: Row
    page: Row | None = None
    parts: tuple[Row, ...] = ()


#: Where the parts of a fact stand.
PARTS: Mapping[str, str] = {"pilots": "milestones", "investments": "investment_investors"}


def pairs_of(texts: Sequence[str]) -> dict[str, str]:
    """Columns and values of ``column=value`` texts.

    Raises:
        EntryError: a text has no ``=``.
    """
    found = {}
    for text in texts:
        column, mark, value = text.partition("=")
        if not mark:
            raise EntryError("add.set-form", text=text)
        found[column.strip()] = clean(value)
    return found


def _item(state: State, field: Field, text: str) -> str:
    for category in field.categories:
        called = (category.value, *category.label.values())
        if folded(text) in {folded(name) for name in called}:
            return category.value
    if field.reference and field.reference.resource in state.sheets:
        sheet = state[field.reference.resource]
        if text not in sheet.column(field.reference.field):
            return exactly(text, sheet) or text
    return text


def meant(state: State, field: Field, text: str) -> str:
    """The code for a category's label, the key for a name, ``true`` for yes; else the text."""
    text = clean(text)
    if field.type == "boolean":
        answer = folded(text)
        return "true" if answer in _YES else "false" if answer in _NO else text
    if field.type == "list":
        items = [item.strip() for item in re.split(rf"[,{field.delimiter}]", text)]
        return field.delimiter.join(_item(state, field, item) for item in items if item)
    return _item(state, field, text) if text else ""


def values_of(state: State, table: str, given: Mapping[str, str]) -> dict[str, str]:
    """The given values in codes and keys.

    Raises:
        EntryError: a column is not in the table.
    """
    fields = state.package[table].by_name
    for column in given:
        if column not in fields:
            like = nearest(column, list(fields)) or ", ".join(fields)
            raise EntryError("add.no-column", column=column, table=table, meant=like)
    return {column: meant(state, fields[column], text) for column, text in given.items()}


def blank(state: State, table: str) -> Row:
    """An empty row with the usual defaults."""
    return {column: DEFAULTS.get(column, "") for column in state[table].header}


def milestone_of(text: str) -> dict[str, str]:
    """Values of ``stage@date/basis``; the date, and the basis after it, may be left out."""
    stage, _, dated = text.partition("@")
    date, _, basis = dated.partition("/")
    return {"stage": stage.strip(), "date": date.strip(), "date_basis": basis.strip()}


def with_id(state: State, table: str, row: Row) -> Row:
    """The row with a key in the house's style, where it has none and the table has one key."""
    key = state.package[table].primary_key
    if len(key) > 1 or row[key[0]]:
        return row
    return {**row, key[0]: new_id(table, row, key[0], set(state[table].column(key[0])))}


def _parts(state: State, entry: Entry) -> list[Row]:
    table = PARTS[entry.table]
    parent = state.package[entry.table].primary_key[0]
    out: list[Row] = []
    for part in entry.parts:
        row = {**blank(state, table), **part, parent: entry.row[parent]}
        if "source_id" in row:
            row["source_id"] = row["source_id"] or entry.row["source_id"]
        row = with_id(state, table, fill_in(state, table, row))
        state = state.put(table, [row])
        out.append(row)
    return out


def complete(state: State, entry: Entry) -> Entry:
    """The entry with all that follows from it: key, page, stage, places, lead investor."""
    row = dict(entry.row)
    if entry.page and "source_id" in row:
        row["source_id"] = entry.page["source_id"]
    row = fill_in(state, entry.table, row)
    parts = list(entry.parts)
    if entry.table == "pilots" and not row["stage"]:
        row["stage"] = stage_of(state, [part["stage"] for part in parts])
    if entry.table == "investments":
        lead = row["lead_investor_id"]
        if lead and lead not in [part["investor_id"] for part in parts]:
            parts.insert(0, {"investor_id": lead})
        parts = [{**p, "is_lead": "true" if p["investor_id"] == lead else "false"} for p in parts]
    row = with_id(state, entry.table, row)
    done = replace(entry, row=row, parts=tuple(parts))
    return replace(done, parts=tuple(_parts(state, done))) if parts else done


def drafted(state: State, entry: Entry) -> State:
    """The state with a completed entry in it.

    Raises:
        EntryError: the key is missing or taken.
    """
    sheet = state[entry.table]
    key = sheet.key(entry.row)
    if not all(key):
        raise EntryError("add.no-id", columns=", ".join(sheet.resource.primary_key))
    if key in sheet.by_key():
        raise EntryError("add.taken", key=" / ".join(key), table=entry.table)
    draft = state
    if entry.page:
        draft = draft.put("sources", [entry.page])
    draft = draft.put(entry.table, [entry.row])
    if entry.parts:
        draft = draft.put(PARTS[entry.table], entry.parts)
    return settle(draft, pinned={key} if entry.table == "pilots" else ())


def field_problem(state: State, table: str, field: Field, value: str) -> Problem | None:
    """What the column alone says against ``value``; None when nothing does."""
    resource = state.package[table]
    frame = pd.DataFrame({field.name: pd.Series([value], dtype="object"), "_row": [0]})
    found = check_columns(frame, replace(resource, fields=(field,)))
    if found or not value or field.reference is None:
        return found[0] if found else None
    keys = state[field.reference.resource].column(field.reference.field)
    items = value.split(field.delimiter) if field.type == "list" else [value]
    file = state.package[field.reference.resource].path
    reason = f"no such {field.reference.field} in {file}"
    return next(
        (Problem(resource.path, 0, field.name, i, reason) for i in items if i not in keys), None
    )
