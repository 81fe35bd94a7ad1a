"""Findings of the rules as sentences that say how to mend them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from loaders.curation.store import Row, State, line_keys
from loaders.curation.suggest import nearest, suggest
from loaders.curation.words import Words
from loaders.dates import is_partial_date
from loaders.package import Field
from loaders.problems import Problem

#: What the rules say, and the word for how to mend it. The first that fits is taken.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"unknown code; allowed: (?P<codes>.*)", "code"),
    (r"required, but empty", "required"),
    (r"not a whole number", "whole"),
    (r"not a number", "number"),
    (r"not true or false", "boolean"),
    (r"not a date that exists.*", "date"),
    (r"(an item )?does not have the form (?P<form>.*)|an item does not have.*", "form"),
    (r"outside (?P<low>\S+) to (?P<high>\S+)", "range"),
    (r"less than (?P<low>\S+)", "low"),
    (r"no such (?P<key>\w+) in (?P<other>\w+)\.csv", "reference"),
    (r"empty, but (?P<filled>\w+)_(ko|en) is filled", "language"),
    (r"empty, but (?P<filled>\w+) is filled", "together"),
    (r"lies before (?P<start>\w+) \((?P<first>.*)\)", "order"),
    (r"the same (?P<keys>.*) as in row (?P<row>\d+)", "same"),
    (r"the highest milestone is (?P<stage>.*)", "highest"),
    (r"has no milestone", "no-milestone"),
    (r"contradicts whether a date is given", "basis"),
    (r"is an outcome measure, not a stage", "outcome"),
    (r"the point lies in (?P<found>.*), not in (?P<stated>.*)", "point"),
    (r"lies in (?P<found>KR-\d\d), .*", "municipality"),
    (r"a province, but the country is (?P<country>.*)", "abroad"),
    (r"name one organisation or one testbed", "subject"),
    (r"an equity round needs an amount", "equity"),
    (r"but an amount is given", "undisclosed"),
    (r"not among the round's investors", "lead"),
    (r"acts as (?P<role>\S+), not listed", "role"),
    (r"differs from its programme's", "urban"),
    (r"would be counted twice with (?P<total>.*)", "twice"),
    (r"the row is above itself", "cycle"),
    (r"(?P<other>\S+) is primary already", "primary"),
    (r"no fact refers to this page", "unused-page"),
)

#: Tables to which a curator adds nothing.
VOCABULARIES = ("regions", "municipalities", "sectors", "stages")

_UNITS = (
    ("조", 10**12),
    ("천억", 10**11),
    ("백억", 10**10),
    ("억", 10**8),
    ("천만", 10**7),
    ("백만", 10**6),
    ("만", 10**4),
    ("trillion", 10**12),
    ("tn", 10**12),
    ("billion", 10**9),
    ("bn", 10**9),
    ("million", 10**6),
    ("mn", 10**6),
    ("m", 10**6),
)
_SERIAL_START = date(1899, 12, 30)
#: Spreadsheets' day numbers of 1960 to 2060.
SERIALS = range(21916, 58806)


def written_amount(text: str) -> int | None:
    """The whole number meant by ``3억 5,000만``, ``1.2bn`` or ``30,000``; None when unclear."""
    rest = re.sub(r"(krw|usd|gbp|원|달러|약|[\s,₩$£])", "", text.casefold())
    total = 0.0
    while rest:
        match = re.match(r"(\d+(?:\.\d+)?)([^\d.]*)", rest)
        if match is None:
            return None
        factor = {"": 1, **dict(_UNITS)}.get(match[2])
        if factor is None:
            return None
        total += float(match[1]) * factor
        rest = rest[match.end() :]
    return round(total) if total else None


def written_date(text: str) -> str | None:
    """The date meant by ``2024.3.5``, ``2024년 3월`` or a spreadsheet's day number, or None."""
    if text.isascii() and text.isdigit() and len(text) == 5:
        day = int(text)
        return (_SERIAL_START + timedelta(days=day)).isoformat() if day in SERIALS else None
    if re.fullmatch(r"\d{8}", text, re.ASCII):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    match = re.match(r"\D*(\d{4})\D+(\d{1,2})(?!\d)(?:\D+(\d{1,2})(?!\d))?", text, re.ASCII)
    if match is None:
        return None
    meant = "-".join(f"{int(part):02d}" for part in match.groups() if part)
    return meant if is_partial_date(meant) else None


class Explainer:
    """Turns findings on one state of the tables into sentences in one language."""

    def __init__(self, state: State, words: Words) -> None:
        self._state = state
        self._words = words
        self._tables = {sheet.resource.path: name for name, sheet in state.sheets.items()}
        self._lines: dict[str, dict[int, tuple[str, ...]]] = {}

    def row(self, problem: Problem) -> tuple[str, Row] | None:
        """Table and row of a finding; None when it concerns a whole file."""
        table = self._tables.get(problem.file)
        if table is None or not problem.row:
            return None
        sheet = self._state[table]
        lines = self._lines.setdefault(table, line_keys(sheet))
        row = sheet.by_key().get(lines.get(problem.row, ()))
        return None if row is None else (table, row)

    def field(self, problem: Problem) -> Field | None:
        """The column of a finding; None when it has none."""
        table = self._tables.get(problem.file)
        return self._state[table].resource.by_name.get(problem.column) if table else None

    def title(self, problem: Problem) -> str:
        """The column's title and name."""
        field = self.field(problem)
        words = field.title[self._words.lang] if field else ""
        return f"{words} ({problem.column})" if words else problem.column

    def place(self, problem: Problem) -> str:
        """The row in the curator's terms: its table and key."""
        found = self.row(problem)
        if found is None:
            return problem.file
        table, row = found
        return f"{table} {' / '.join(self._state[table].key(row))}"

    def sentence(self, problem: Problem) -> str:
        """How to mend the finding; the rule's own words when there is no better sentence."""
        for pattern, known in _PATTERNS:
            match = re.fullmatch(pattern, problem.reason)
            if match:
                named = {k: self._province(v or "") for k, v in match.groupdict().items()}
                name = self._finer(known, problem, named)
                hint = self._hint(name, problem, named)
                return self._words(
                    f"mend.{name}",
                    **{"value": problem.value, **named, "column": self.title(problem)},
                ) + (f" {hint}" if hint else "")
        shown = f" ({problem.value})" if problem.value else ""
        return self._words(
            "mend.other", reason=problem.reason, value=shown, column=self.title(problem)
        )

    def _province(self, text: str) -> str:
        """The province's name with its code; any other text as it is."""
        row = self._state["regions"].by_key().get((text,))
        return f"{row[f'short_{self._words.lang}']} ({text})" if row else text

    def _finer(self, name: str, problem: Problem, named: dict[str, str]) -> str:
        """A sentence that fits better than the one for every table and column."""
        if name == "reference" and named["other"] in VOCABULARIES:
            return "vocabulary"
        found = self.row(problem)
        twin = {"_ko": "_en", "_en": "_ko"}.get(problem.column[-3:], "")
        if name == "required" and twin and found and found[1].get(problem.column[:-3] + twin):
            return "language"
        return name

    def _hint(self, name: str, problem: Problem, named: dict[str, str]) -> str:
        hints: dict[str, Callable[[], str | None]] = {
            "code": lambda: nearest(problem.value, named["codes"].split(", ")),
            "date": lambda: written_date(problem.value),
            "whole": lambda: str(written_amount(problem.value) or "") or None,
            "reference": lambda: self._meant(problem.value, named["other"]),
            "vocabulary": lambda: self._meant(problem.value, named["other"]),
        }
        if name == "point":
            return self._swapped(problem)
        meant = hints[name]() if name in hints else None
        return self._words("hint.meant", meant=meant) if meant else ""

    def _meant(self, value: str, table: str) -> str | None:
        found = suggest(value, self._state[table], self._words.lang, limit=3)
        return ", ".join(f"{s.key} ({s.label})" if s.label else s.key for s in found) or None

    def _swapped(self, problem: Problem) -> str:
        found = self.row(problem)
        return self._words("hint.point", lat=found[1]["lat"], lon=found[1]["lon"]) if found else ""

    def line(self, problem: Problem, place: str | None = None) -> str:
        """Place and sentence; ``place`` overrides where it is said to be."""
        return f"{place or self.place(problem)}: {self.sentence(problem)}"
