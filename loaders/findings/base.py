"""What a finding is, and what its checks look things up in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from loaders.dates import bounds, is_partial_date, surely_before
from loaders.package import package
from loaders.rules import Row, records
from loaders.validation import Tables, first_unsorted

#: The same words in English and in Korean.
Both = tuple[str, str]
#: Which rows of a table are meant; numbers, and positions, of its rows.
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]


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


class _ByKey(Mapping[str, Row]):
    """Rows of a table by key, each made when it is asked for: few of a large table are."""

    def __init__(self, frame: pd.DataFrame, key: str) -> None:
        self._columns = {str(column): frame[column].to_numpy() for column in frame}
        self._at = dict(zip(frame[key], range(len(frame)), strict=True))

    def __getitem__(self, key: str) -> Row:
        at = self._at[key]
        return {column: str(cells[at]) for column, cells in self._columns.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


class Facts:
    """The tables, their rows as text, and the words for their keys.

    Tables with a row for each pilot are large, and few of their rows are in doubt: a check
    finds those in the columns of `frame` and takes no others as `rows`.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._frames: dict[str, pd.DataFrame] = {}
        self._by_key: dict[str, Mapping[str, Row]] = {}

    def frame(self, table: str) -> pd.DataFrame:
        """A table sorted by key, so that no finding depends on the order in the file."""
        if table not in self._frames:
            frame, key = self._tables[table], list(package()[table].primary_key)
            if first_unsorted([frame[column].to_numpy() for column in key]) is not None:
                frame = frame.sort_values(key)
            self._frames[table] = frame.reset_index(drop=True)
        return self._frames[table]

    def rows(self, table: str, among: Mask | None = None) -> list[dict[str, str]]:
        """All rows of a table, or those ``among`` which the doubt can be, by key."""
        frame = self.frame(table)
        return list(records(frame if among is None else frame[among]))

    def by_key(self, table: str) -> Mapping[str, Row]:
        """Rows of a table with a single key, by that key."""
        if table not in self._by_key:
            key = package()[table].primary_key[0]
            self._by_key[table] = _ByKey(self.frame(table), key)
        return self._by_key[table]

    def told(self, table: str, column: str, keys: pd.Series) -> pd.Series:
        """The cell of ``column`` in each row of ``table`` that ``keys`` name; empty for none."""
        frame = self.frame(table)
        cells = dict(zip(frame[package()[table].primary_key[0]], frame[column], strict=True))
        return pd.Series([cells.get(key, "") for key in keys], dtype="object", index=keys.index)

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


def days(dates: pd.Series) -> tuple[Numbers, Numbers]:
    """First and last day of each partial date as numbers; NaN when it is unknown."""
    codes, texts = pd.factorize(dates)
    unknown = (math.nan, math.nan)
    known = [
        tuple(float(day.toordinal()) for day in bounds(text)) if is_partial_date(text) else unknown
        for text in texts
    ]
    both = np.array(known, dtype=float).reshape(-1, 2)[codes]
    return both[:, 0], both[:, 1]


def all_before(first: pd.Series, second: pd.Series) -> Mask:
    """`before` for each pair of dates."""
    return np.less(days(first)[1], days(second)[0])
