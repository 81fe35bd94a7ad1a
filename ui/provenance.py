"""Under every figure: definition, period, coverage, sources, rows, method, files, report.

Nothing here is written for a single figure: the definition is the card of the function
that computed it (`analytics.measures`), the rest comes from its `Result`.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from analytics.cited import pages_counted
from analytics.evidence import further_sources, pages_behind, rows_behind
from analytics.measures import Measure, measure_of
from analytics.result import Result
from analytics.takeaway import documentation
from charts.text import clean
from loaders.package import package
from ui.data import ask, engine
from ui.downloads import choose_picture_format, csv_button, more_files
from ui.i18n import Words
from ui.kept import made_once
from ui.links import without_profiles
from ui.report import report_url
from ui.safe import http_url, markdown
from ui.tables import readable, show
from ui.view_link import view_link

MAX_ROWS_SHOWN = 500
#: Pages listed as links; the file of the figure names all.
MAX_PAGES_SHOWN = 200


def unit_word(unit: str, n: int, t: Words) -> str:
    """``n`` things of a unit, in words."""
    forms = {
        "pilots": t.plural("{n} pilot", "{n} pilots", n),
        "projects": t.plural("{n} project", "{n} projects", n),
        "companies": t.plural("{n} company", "{n} companies", n),
        "testbeds": t.plural("{n} testbed", "{n} testbeds", n),
        "provinces": t.plural("{n} province", "{n} provinces", n),
        "programs": t.plural("{n} programme", "{n} programmes", n),
        "stages": t.plural("{n} stage", "{n} stages", n),
        "series": t.plural("{n} series", "{n} series", n),
        "amounts": t.plural("{n} amount", "{n} amounts", n),
        "years": t.plural("{n} year", "{n} years", n),
        "stage-pairs": t.plural("{n} pair of stages", "{n} pairs of stages", n),
        "places": t.plural("{n} place", "{n} places", n),
        "rounds": t.plural("{n} round", "{n} rounds", n),
        "editions": t.plural("{n} edition", "{n} editions", n),
        "investors": t.plural("{n} investor", "{n} investors", n),
        "hosts": t.plural("{n} host", "{n} hosts", n),
        "technologies": t.plural("{n} technology", "{n} technologies", n),
        "nodes": t.plural("{n} node", "{n} nodes", n),
        "links": t.plural("{n} link", "{n} links", n),
        "tables": t.plural("{n} table", "{n} tables", n),
        "rows": t.plural("{n} row", "{n} rows", n),
        "facts": t.plural("{n} fact", "{n} facts", n),
        "events": t.plural("{n} event", "{n} events", n),
        "questions": t.plural("{n} question", "{n} questions", n),
        "measures": t.plural("{n} indicator", "{n} indicators", n),
        "pages": t.plural("{n} page", "{n} pages", n),
        "terms": t.plural("{n} term", "{n} terms", n),
        "values": t.plural("{n} value", "{n} values", n),
    }
    return forms[unit]


def card(result: Result) -> Measure | None:
    """The definition of what a figure counts; None when nobody has written one."""
    return measure_of(engine(), result.method)


@made_once
def facts_line(result: Result, t: Words) -> str:
    """Period, coverage and number of source pages of a figure in one line."""
    pages = pages_counted(engine(), result.rows)
    return " · ".join(
        (
            t("Period: {years}", years=t.years(result.first_year, result.last_year)),
            t(
                "Coverage: {covered} of {total}",
                covered=t.number(result.covered),
                total=unit_word(result.unit, result.total, t),
            ),
            t.plural("{n} source page", "{n} source pages", pages),
        )
    )


@made_once
def definition_line(result: Result, t: Words) -> str:
    """What a figure counts, in one line of Markdown; '' when nobody has written it."""
    found = card(result)
    return t("Definition: {text}", text=markdown(found.text("counted", t.lang))) if found else ""


def caption(result: Result, t: Words) -> str:
    """Definition, and below it period, coverage and sources: Markdown for `st.caption`."""
    lines = (definition_line(result, t), facts_line(result, t))
    return "  \n".join(line for line in lines if line)


def _page(row: pd.Series, t: Words) -> str:
    """Publisher, date and address of a page as HTML; data is text only."""
    publisher = escape(clean(t.text(row, "publisher")) or t.unknown)
    date = escape(t.date(row["published"]))
    address = http_url(row["url"])
    if address is None:
        return f"{publisher}, {date}"
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    shown = escape(f"{parts.hostname}{parts.path.rstrip('/')}{query}"[:90])
    return (
        f'{publisher}, {date}: <a href="{escape(address)}" target="_blank" '
        f'rel="noopener noreferrer" style="color:inherit;overflow-wrap:anywhere">{shown}</a>'
    )


def _listed(items: list[str]) -> str:
    inside = "".join(f"<li>{item}</li>" for item in items)
    return f'<ol style="margin:0;padding-left:2.5rem">{inside}</ol>'


def pages_list(pages: pd.DataFrame, t: Words) -> str:
    """Pages as a numbered HTML list of real links, newest first."""
    return _listed([_page(row, t) for _, row in pages.head(MAX_PAGES_SHOWN).iterrows()])


def _difference(row: pd.Series, t: Words) -> str:
    """What another page says of a fact, as HTML."""
    resource = package()[row["table"]]
    column = "" if pd.isna(row["column"]) else f" · {resource[row['column']].title[t.lang]}"
    fact = f"{resource.title[t.lang]} {row['key']}{column}"
    stated = t.unknown if pd.isna(row["value_stated"]) else str(row["value_stated"])
    words = t("{fact}: this page says {value}", fact=clean(fact), value=clean(stated))
    return f"{_page(row, t)}<br>{escape(words)}"


def _show_further(result: Result, t: Words) -> None:
    """Further pages that carry the same facts, and those that say something else."""
    further = ask(further_sources, tuple(sorted(result.rows.items())))
    if further.empty:
        return
    differing = further[~further["agrees"].astype(bool)]
    st.caption(
        t(
            "Further pages on the same facts: {agree} agree, {differ} say something else.",
            agree=t.number(len(further) - len(differing)),
            differ=t.number(len(differing)),
        )
    )
    if len(differing):
        rows = [row for _, row in differing.head(MAX_PAGES_SHOWN).iterrows()]
        st.html(_listed([_difference(row, t) for row in rows]))


def _show_pages(result: Result, t: Words) -> None:
    pages = ask(pages_behind, tuple(sorted(result.rows.items())))
    st.markdown("**" + t.plural("{n} source page", "{n} source pages", len(pages)) + "**")
    with st.container(height=220 if len(pages) > 6 else "content", border=False):
        st.html(pages_list(pages, t))
    if len(pages) > MAX_PAGES_SHOWN:
        st.caption(t("The first {n} pages are listed; the file has all.", n=MAX_PAGES_SHOWN))


def _show_definition(result: Result, t: Words) -> None:
    found = card(result)
    if found is None:
        return
    titles = {
        "counted": t("Definition"),
        "base": t("Denominator"),
        "unit": t("Unit"),
        "why": t("Why it matters"),
        "caveat": t("What it leaves out"),
    }
    lines = [
        f"- **{title}**: {markdown(found.text(name, t.lang))}"
        for name, title in titles.items()
        if found.text(name, t.lang)
    ]
    st.markdown("\n".join([f"**{markdown(found.text('name', t.lang))}**", *lines]))
    st.caption(t("Definition last reviewed: {date}", date=found.reviewed))


def _show_method(result: Result, t: Words) -> None:
    if not result.method:
        return
    with st.expander(t("How it is computed"), icon=":material/function:"):
        st.caption(t("The function's own documentation, in English: {name}", name=result.method))
        st.code(documentation(result.method), language=None, wrap_lines=True)


def _show_rows(result: Result, t: Words, key: str) -> None:
    for table, ids in sorted(result.rows.items()):
        _show_rows_of(table, readable(ask(rows_behind, table, ids), table, t), t, key)


def _show_rows_of(table: str, words: pd.DataFrame, t: Words, key: str) -> None:
    title = package()[table].title[t.lang]
    st.markdown(f"**{title}: " + t.plural("{n} row", "{n} rows", len(words)) + "**")
    show(words.head(MAX_ROWS_SHOWN), alt=title, height=260)
    if len(words) > MAX_ROWS_SHOWN:
        st.caption(t("The first {n} rows are shown; the file has all.", n=MAX_ROWS_SHOWN))
    csv_button(lambda: words, table, t, f"{key}-{table}")


def _show_files(key: str, title: str, result: Result, shown: pd.DataFrame, t: Words) -> None:
    with st.container(horizontal=True):
        csv_button(lambda: shown, key, t, f"file-{key}")
        more_files(key, title, result, shown, t)
    choose_picture_format(key, t)


def _show_report(title: str, result: Result, t: Words) -> None:
    address = report_url(title, result.method, engine().snapshot_id, view_link(), t)
    st.html(
        f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer" '
        f'style="color:inherit">{escape(t("Report an error in this figure"))}</a>'
    )


def sources_control(
    key: str,
    title: str,
    result: Result,
    t: Words,
    table: Callable[[], pd.DataFrame] | None = None,
) -> None:
    """A button that opens everything behind a figure: definition, files, pages, rows, method.

    Nothing of it is sent before. Not a fragment: on a page of seven figures that would cost each
    run more than opening one costs.

    Args:
        key: key of the figure on its page.
        title: its title, plain text.
        result: its numbers.
        t: the reader's language.
        table: makes what is shown; the tidy numbers when there is no other table.
    """

    def opened() -> None:
        shown = result.frame if table is None else without_profiles(table())
        _show_definition(result, t)
        st.caption(facts_line(result, t))
        _show_files(key, title, result, shown, t)
        _show_pages(result, t)
        _show_further(result, t)
        _show_rows(result, t, key)
        _show_method(result, t)
        _show_report(title, result, t)

    if st.button(
        t("Sources and files"),
        key=f"sources-{key}",
        type="tertiary",
        icon=":material/fact_check:",
        help=t("Open the definition, the files, the rows and the pages behind this figure"),
    ):
        st.dialog(markdown(title), width="large")(opened)()
