"""The reader's shortlist: kept in the link, compared side by side, taken away as a file."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.pilot_facts import pilot_pages
from analytics.result import Result
from analytics.technologies import pilots_listed
from loaders.exports import MAX_ROWS, XLSX, csv_bytes
from loaders.package import package
from ui import layout, state
from ui.data import ask, engine
from ui.i18n import Words
from ui.kept import made_once
from ui.provenance import caption, sources_control
from ui.safe import http_url, markdown
from ui.technology_words import export_table, stage_word, words_table
from ui.words import keys_in_order

MOST = 20
MOST_COMPARED = 4
LEAST_COMPARED = 2
LIST, COMPARE = "list", "compare"


def listed() -> tuple[str, ...]:
    """Pilots on the shortlist, in the order in which they were added."""
    return state.many(LIST, frozenset(keys_in_order("pilots")), MOST)


def with_pilots(known: Sequence[str], pilots: Sequence[str]) -> tuple[str, ...]:
    """The list with more pilots at its end: each once, no more than fit."""
    return tuple(dict.fromkeys((*known, *pilots)))[:MOST]


def without_pilot(known: Sequence[str], pilot: str) -> tuple[str, ...]:
    """The list without a pilot."""
    return tuple(p for p in known if p != pilot)


def _add(pilots: Sequence[str]) -> None:
    state.set_many(LIST, with_pilots(listed(), pilots))


def _remove(pilot: str) -> None:
    state.set_many(LIST, without_pilot(listed(), pilot))
    compared = state.many(COMPARE, listed(), MOST_COMPARED)
    state.set_many(COMPARE, without_pilot(compared, pilot))


def _clear() -> None:
    state.set_many(LIST, ())
    state.set_many(COMPARE, ())


def add_button(pilots: Sequence[str], t: Words) -> None:
    """Adds the selected pilots."""
    here = listed()
    full = len(here) >= MOST
    st.button(
        t("Add to the shortlist"),
        key="add-selected",
        icon=":material/playlist_add:",
        disabled=full or not set(pilots) - set(here),
        on_click=_add,
        args=(tuple(pilots),),
        help=t("The shortlist is full ({n})", n=MOST) if full else t("Select rows of the table"),
    )


def toggle_button(pilot: str, t: Words, place: str) -> None:
    """Adds a pilot, or removes it when it is on the list."""
    here = listed()
    if pilot in here:
        st.button(
            t("Remove from the shortlist"),
            key=f"remove-{place}-{pilot}",
            icon=":material/playlist_remove:",
            on_click=_remove,
            args=(pilot,),
        )
        return
    st.button(
        t("Add to the shortlist"),
        key=f"add-{place}-{pilot}",
        icon=":material/playlist_add:",
        disabled=len(here) >= MOST,
        on_click=_add,
        args=((pilot,),),
    )


def _rows(frame: pd.DataFrame, t: Words) -> None:
    for _, row in frame.iterrows():
        pilot = str(row["pilot_id"])
        with st.container(horizontal=True, vertical_alignment="center", border=False):
            name = f"**{markdown(t.text(row, 'technology'))}** · {markdown(t.name(row, 'company'))}"
            st.markdown(f"{name} · {markdown(stage_word(row, t))}", width="stretch")
            st.button(
                t("Evidence"),
                key=f"evidence-listed-{pilot}",
                icon=":material/fact_check:",
                type="tertiary",
                on_click=state.set_one,
                args=("pilot", pilot),
            )
            st.button(
                t("Remove"),
                key=f"remove-listed-{pilot}",
                icon=":material/playlist_remove:",
                type="tertiary",
                on_click=_remove,
                args=(pilot,),
            )


@made_once
def comparison_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    """One column a pilot, one line a fact; cells are Markdown of plain text."""
    words = words_table(frame, t)
    heads = [
        f"{markdown(technology)} · {markdown(company)}"
        for technology, company in zip(words[t("Technology")], words[t("Company")], strict=True)
    ]
    facts = words.drop(columns=[t("Technology"), t("Company")])
    facts[t("What came of it")] = [t.text(r, "outcome") or t.unknown for _, r in frame.iterrows()]
    lines = {
        t("Fact"): [str(name) for name in facts.columns],
        **{
            # two pilots may have the same names: a column needs one of its own
            (head if heads.count(head) == 1 else f"{head} ({at + 1})"): [
                markdown(value) for value in facts.iloc[at]
            ]
            for at, head in enumerate(heads)
        },
    }
    return pd.DataFrame(lines)


def _comparison(frame: pd.DataFrame, t: Words) -> None:
    names = {
        str(r["pilot_id"]): f"{t.text(r, 'technology')} · {t.text(r, 'company')}"
        for _, r in frame.iterrows()
    }
    labels = list(names.values())
    chosen = state.choose_many(
        COMPARE,
        t("Compare side by side"),
        tuple(names),
        lambda p: names[p] if labels.count(names[p]) == 1 else f"{names[p]} [{p}]",
        placeholder=t("Two to four of the shortlist"),
        most=MOST_COMPARED,
    )
    if len(chosen) < LEAST_COMPARED:
        return
    compared = frame.set_index("pilot_id", drop=False).loc[list(chosen)].reset_index(drop=True)
    st.table(
        comparison_table(compared, t),
        hide_index=True,
        border="horizontal",
        alt=t("Compare side by side"),
    )


def sources_sheet(pilots: Sequence[str], t: Words) -> pd.DataFrame:
    """Every page behind the pilots, one line a pilot and page."""
    pages = ask(pilot_pages)
    pages = pages[pages["pilot_id"].isin(pilots)]
    return pd.DataFrame(
        {
            t("Pilot id"): pages["pilot_id"].to_numpy(),
            t("Publisher"): [t.text(r, "publisher") for _, r in pages.iterrows()],
            t("Published"): [t.date(d) for d in pages["published"]],
            t("The company's own page"): [t("yes") if own else t("no") for own in pages["own"]],
            t("Page"): [http_url(u) for u in pages["url"]],
        }
    )


def query_sheet(parameters: dict[str, str], snapshot_id: str, rows: int, t: Words) -> pd.DataFrame:
    """What made the file: the parameters of the link and the snapshot."""
    about = {
        t("Page"): "/technologies",
        t("Snapshot"): snapshot_id,
        t("Data as of"): str(package().descriptor["created"])[:10],
        t("Rows"): str(rows),
        t("Licence"): "CC BY 4.0",
    }
    lines = [*about.items(), *((f"?{name}=", value) for name, value in parameters.items())]
    return pd.DataFrame(lines, columns=[t("Parameter"), t("Value")])


def workbook_of(frame: pd.DataFrame, parameters: dict[str, str], t: Words) -> bytes:
    """The rows, their sources and the query as one XLSX file."""
    from ui.workbook import workbook_bytes  # noqa: PLC0415 (heavy, and asked for by few)

    return workbook_bytes(
        {
            "data": export_table(frame, t),
            "sources": sources_sheet(tuple(frame["pilot_id"]), t),
            "query": query_sheet(parameters, engine().snapshot_id, len(frame), t),
        }
    )


def export(result: Result, name: str, t: Words) -> None:
    """Both files of the rows, each made only when its button is pressed."""
    parameters = state.parameters()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            t("CSV"),
            data=lambda: csv_bytes(export_table(result.frame, t)),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            key=f"csv-{name}",
            on_click="ignore",
            help=t("Download exactly what is shown (opens in Excel)"),
        )
        st.download_button(
            t("Excel workbook"),
            data=lambda: workbook_of(result.frame, parameters, t),
            file_name=f"{name}.xlsx",
            mime=XLSX,
            icon=":material/table_view:",
            key=f"xlsx-{name}",
            on_click="ignore",
            disabled=result.covered > MAX_ROWS,
            help=t("Rows, their source pages, and the link and snapshot that made them"),
        )


def show_list(t: Words) -> None:
    """The shortlist with its comparison and files."""
    pilots = listed()
    st.header(
        t("Shortlist ({n} of {most})", n=t.number(len(pilots)), most=t.number(MOST)), anchor=False
    )
    if not pilots:
        st.info(
            t(
                "Nothing on it yet. Select rows of the table or press the button of a card; "
                "the link keeps the list, so it can be sent to a colleague."
            ),
            icon=":material/playlist_add:",
        )
        return
    result = ask(pilots_listed, pilots)
    _rows(result.frame, t)
    st.button(t("Empty the shortlist"), type="tertiary", icon=":material/delete:", on_click=_clear)
    with layout.framed("shortlist"):
        _comparison(result.frame, t)
        st.caption(caption(result, t))
        sources_control("shortlist", t("Shortlist"), result, t)
        export(result, "shortlist", t)
