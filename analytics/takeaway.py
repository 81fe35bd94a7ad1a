"""A figure to take away: its numbers with everything needed to check and cite them."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import pandas as pd

from analytics.evidence import further_sources, pages_behind
from analytics.measures import Measure, measure_of
from analytics.result import Result
from loaders.bundles import zipped
from loaders.citation import Cited, apa, bibtex, cff
from loaders.engine import Runner
from loaders.exports import Row, as_csv, csv_bytes, plain_rows
from loaders.i18n import Words
from loaders.package import Lang, package

LANGUAGES: tuple[Lang, ...] = ("ko", "en")
_SOURCE = ("publisher_en", "publisher_ko", "url", "published")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as it was asked for.

    Attributes:
        result: its numbers.
        title: its title in the languages it was shown in, or in both.
        snapshot: id of the data it rests on.
        link: address of the view or of the request.
        parameters: what was chosen, by name of the parameter.
    """

    result: Result
    title: Mapping[Lang, str]
    snapshot: str
    link: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cited(self) -> Cited:
        """The figure as a work to cite."""
        only = next(iter(self.title.values()))
        title = {lang: self.title.get(lang, only) for lang in LANGUAGES}
        return Cited(title, self.snapshot, self.link)


def _licence() -> str:
    """Licence of the numbers; the pages they come from have terms of their own."""
    return str(package().descriptor["licenses"][0]["name"])


def documentation(method: str) -> str:
    """What the function that computed a figure says of itself (English); '' without a name."""
    module, _, name = method.rpartition(".")
    if not module:
        return ""
    return inspect.getdoc(getattr(importlib.import_module(module), name)) or ""


def sources_of(run: Runner, result: Result) -> list[Row]:
    """Publisher, address and date of the pages that carry the rows behind a figure."""
    pages = pages_behind(run, tuple(sorted(result.rows.items())))
    return plain_rows(pages[list(_SOURCE)])


def _further(run: Runner, result: Result) -> list[Row]:
    """Further pages on the same facts, and whether they agree."""
    found = further_sources(run, tuple(sorted(result.rows.items())))
    return plain_rows(found[["table", "key", "column", "agrees", "value_stated", "url"]])


def definition(card: Measure | None) -> dict[str, Any] | None:
    """The card of an indicator as plain JSON; None when nobody has written one."""
    if card is None:
        return None
    texts = {str(lang): dict(card.texts[lang]) for lang in LANGUAGES}
    return {"measure": card.measure_id, "reviewed": card.reviewed, **texts}


def metadata(run: Runner, figure: Figure) -> dict[str, Any]:
    """Everything about a figure but its numbers, as plain JSON."""
    result = figure.result
    return {
        "title": dict(figure.title),
        "snapshot": figure.snapshot,
        "version": package().descriptor["version"],
        "licence": _licence(),
        "link": figure.link,
        "parameters": dict(figure.parameters),
        "definition": definition(measure_of(run, result.method)),
        "unit": result.unit,
        "covered": result.covered,
        "total": result.total,
        "period": {"first_year": result.first_year, "last_year": result.last_year},
        "method": result.method,
        "documentation": documentation(result.method),
        "citation": {lang: apa(lang, figure.cited) for lang in LANGUAGES},
        "behind": {table: list(ids) for table, ids in sorted(result.rows.items())},
        "sources": sources_of(run, result),
        "further_sources": _further(run, result),
    }


def numbers(result: Result) -> bytes:
    """The tidy numbers as CSV for spreadsheets."""
    return as_csv(plain_rows(result.frame), [str(c) for c in result.frame])


def _readme_part(run: Runner, figure: Figure, files: Iterable[str], t: Words) -> str:
    result, card = figure.result, measure_of(run, figure.result.method)
    described = {"table.csv": t("The table as it is shown on the page"),
                 "data.csv": t("The numbers, one row each, under the names of the columns"),
                 "metadata.json": t("Definition, period, coverage, rows and sources"),
                 "CITATION.cff": t("Citation for software that reads CFF"),
                 "citation.bib": t("Citation for BibTeX"),
                 "citation.txt": t("Citation as text (APA)")}  # fmt: skip
    lines = [f"## {figure.cited.title[t.lang] if figure.cited.title else ''}", ""]
    if card is not None:
        lines.append(f"- {t('Definition')}: {card.text('counted', t.lang)}")
        if base := card.text("base", t.lang):
            lines.append(f"- {t('Denominator')}: {base}")
        lines.append(f"- {t('What it leaves out')}: {card.text('caveat', t.lang)}")
    years = t.years(result.first_year, result.last_year)
    lines += [
        f"- {t('Period: {years}', years=years)}",
        f"- {t('Coverage')}: {t.number(result.covered)} / {t.number(result.total)}",
        f"- {t('Snapshot')}: {figure.snapshot}",
        f"- {t('Licence')}: {_licence()}",
    ]
    if figure.link:
        lines.append(f"- {t('Link of the view')}: <{figure.link}>")
    lines += ["", f"### {t('Files')}", ""]
    lines += [f"- `{name}`: {described[name]}" for name in files]
    lines += ["", f"### {t('How to cite')}", "", apa(t.lang, figure.cited), ""]
    return "\n".join(lines)


def archive(run: Runner, figure: Figure, shown: pd.DataFrame | None = None) -> bytes:
    """The figure as a zip: numbers, metadata, citation and a README in both languages.

    Args:
        run: the engine of the figure's snapshot.
        figure: what to pack.
        shown: the table as the reader saw it, which is added as ``table.csv``.
    """
    files = {
        **({} if shown is None else {"table.csv": csv_bytes(shown)}),
        "data.csv": numbers(figure.result),
        "metadata.json": orjson.dumps(metadata(run, figure), option=orjson.OPT_INDENT_2),
        "CITATION.cff": cff(figure.cited).encode(),
        "citation.bib": bibtex(figure.cited).encode(),
        "citation.txt": "".join(f"{apa(lang, figure.cited)}\n" for lang in LANGUAGES).encode(),
    }
    parts = [_readme_part(run, figure, files, Words(lang)) for lang in LANGUAGES]
    return zipped({"README.md": "\n".join(parts).encode(), **files})
