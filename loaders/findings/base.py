"""What a finding is, and what its checks look things up in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from loaders.dates import is_partial_date, surely_before
from loaders.package import package
from loaders.rules import Row, records
from loaders.validation import Tables

#: The same words in English and in Korean.
Both = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt that a check raises about one row, and the other rows that give rise to it.

    Attributes:
        rule: code of the check, a category of ``open_questions.rule``.
        table: table of the row in question.
        keys: the row in question first, then what else tells the finding from others (a
            second row, a column). With the rule they are its name, so they must not depend
            on the order of rows or on other findings.
        question: the question for a curator, complete in both languages.
    """

    rule: str
    table: str
    keys: tuple[str, ...]
    question: Both

    @property
    def id(self) -> str:
        """The same for the same doubt, whenever it is looked for."""
        return "--".join((self.rule, *self.keys))


class Facts:
    """The tables as rows of text, with the words for their keys."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows: dict[str, list[dict[str, str]]] = {}
        self._by_key: dict[str, dict[str, dict[str, str]]] = {}

    def rows(self, table: str) -> list[dict[str, str]]:
        """All rows of a table, by key, so that no finding depends on their order in the file."""
        if table not in self._rows:
            ordered = self._tables[table].sort_values(list(package()[table].primary_key))
            self._rows[table] = list(records(ordered))
        return self._rows[table]

    def by_key(self, table: str) -> Mapping[str, Row]:
        """Rows of a table with a single key, by that key."""
        if table not in self._by_key:
            key = package()[table].primary_key[0]
            self._by_key[table] = {row[key]: row for row in self.rows(table)}
        return self._by_key[table]

    def name(self, table: str, key: str) -> Both:
        """The name of a row in both languages; its key when it has none."""
        row = self.by_key(table).get(key, {})
        return row.get("name_en") or key, row.get("name_ko") or key

    def page(self, source_id: str) -> Both:
        """Publisher and date of a page."""
        row = self.by_key("sources").get(source_id, {})
        day = f", {row['published']}" if row.get("published") else ""
        return (
            row.get("publisher_en", source_id) + day,
            row.get("publisher_ko", source_id) + day,
        )

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """Position of each step of the ladder; ends and outcome measures have none."""
        return {row["stage"]: int(row["rank"]) for row in self.rows("stages") if row["rank"]}


Check = Callable[[Facts], Iterator[Finding]]


def label(table: str, column: str, code: str) -> Both:
    """The words for a code."""
    return package().label(table, column, code, "en"), package().label(table, column, code, "ko")


def quantity(amount: str, unit: str) -> Both:
    """An amount of money or a count, digits grouped."""
    number = f"{int(amount):,}"
    if unit == "KRW":
        return f"KRW {number}", f"{number}원"
    return (number, number) if unit in ("count", "jobs") else (f"{unit} {number}",) * 2


def before(first: str, second: str) -> bool:
    """Whether both dates are known and ``first`` surely lies before ``second``."""
    known = is_partial_date(first) and is_partial_date(second)
    return known and surely_before(first, second)
