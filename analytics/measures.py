"""What each figure counts: the catalogue of indicators, found by the function that computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analytics.names import all_rows
from analytics.once import once_per_snapshot
from analytics.result import Result, keys
from loaders.engine import Runner
from loaders.package import package

#: Texts of a card that exist in both languages.
TEXTS = ("name", "unit", "counted", "base", "why", "caveat")


@dataclass(frozen=True, slots=True)
class Measure:
    """One indicator in both languages.

    ``texts`` holds, by language, ``name``, ``unit``, ``counted`` (the definition), ``base``
    (denominator; empty when it is no part of a whole), ``why`` and ``caveat``.
    """

    measure_id: str
    function: str
    reviewed: str
    texts: Mapping[str, Mapping[str, str]]

    def text(self, name: str, lang: str) -> str:
        """One text of the card; empty when it does not apply."""
        return self.texts[lang][name]


def _measure(row: Mapping[str, object]) -> Measure:
    def text(name: str, lang: str) -> str:
        value = row[f"{name}_{lang}"]
        return "" if pd.isna(value) else str(value)

    texts = {lang: {name: text(name, lang) for name in TEXTS} for lang in ("ko", "en")}
    return Measure(str(row["measure_id"]), str(row["function"]), str(row["reviewed"]), texts)


@once_per_snapshot
def by_function(run: Runner) -> Mapping[str, Measure]:
    """Every card by the dotted name of its function."""
    rows = all_rows(run, "measures").to_dict("records")
    cards = (_measure({str(k): v for k, v in row.items()}) for row in rows)
    return {card.function: card for card in cards}


def measure_of(run: Runner, function: str) -> Measure | None:
    """The card of a function; None when nobody has written one."""
    return by_function(run).get(function)


def glossary(run: Runner) -> Result:
    """Terms with their definitions: the stages in order, then codes that are explained.

    Frame: ``term_ko``, ``term_en``, ``definition_ko``, ``definition_en``, ``table`` and
    ``column`` in which the term is used. Coverage: all of them.
    """
    stages = all_rows(run, "stages").sort_values("rank", na_position="last")
    texts = ("name_ko", "name_en", "definition_ko", "definition_en")
    terms = [(*(row[c] for c in texts), "stages", "stage") for _, row in stages.iterrows()]
    for table, resource in package().resources.items():
        terms += [
            (c.label["ko"], c.label["en"], c.description["ko"], c.description["en"], table, f.name)
            for f in resource.fields
            for c in f.categories
            if c.description["en"]
        ]
    columns = ["term_ko", "term_en", "definition_ko", "definition_en", "table", "column"]
    frame = pd.DataFrame(terms, columns=columns).drop_duplicates(columns[:4])
    behind = {"stages": keys(stages["stage"])}
    return Result(frame.reset_index(drop=True), behind, len(frame), len(frame), "terms")


def measures(run: Runner) -> Result:
    """All cards, by id: the columns of the table ``measures``."""
    frame = all_rows(run, "measures")
    behind = {"measures": keys(frame["measure_id"])}
    return Result(frame, behind, len(frame), len(frame), "measures")
