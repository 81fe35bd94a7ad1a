"""The accessibility statement (WCAG 2.2 AA, KWCAG 2.2), without promises that are not checked."""

from __future__ import annotations

import streamlit as st

from ui.i18n import Words


def _list(heading: str, lines: list[str]) -> None:
    st.header(heading, anchor=False)
    st.markdown("\n".join(f"- {line}" for line in lines))


def statement(t: Words) -> None:
    """What is done, how it is checked, and what is known to fall short."""
    st.markdown(
        t(
            "The aim is conformance with the Web Content Accessibility Guidelines (WCAG) 2.2 at "
            "level AA and the Korean guidelines KWCAG 2.2. The site was assessed by its makers, "
            "not by an outside body."
        )
    )
    _list(
        t("What is done"),
        [
            t("Every figure has a text that states its finding, and a table with its numbers."),
            t("Nothing is told by colour alone: stages and kinds also stand in words."),
            t("Everything works with the keyboard; the first Tab offers to skip the menu."),
            t("What the map shows can also be chosen from a list and read in a table."),
            t("Texts have a contrast of at least 4.5 to 1 on the light and on the dark page."),
            t("Pages fit a width of 320 pixels and an enlargement to 200 per cent."),
            t("Who asks the system for less motion gets none."),
        ],
    )
    _list(
        t("How it is checked"),
        [
            t(
                "Every change is checked by the program axe: each page and its main views in one "
                "of the two languages, light or dark, on a wide or a narrow screen, so that every "
                "combination occurs; a command checks each view in all of them."
            ),
            t(
                "At five widths from 320 to 2,560 pixels nothing may overlap, be cut off or need "
                "scrolling sideways, and nothing may jump while a page loads."
            ),
            t(
                "Five tasks are walked through by keyboard alone in a real browser; the focus "
                "must be visible at every stop and stay where it is when the page is drawn again."
            ),
            t("Rendered texts are searched for words of the other language."),
            t("The contrast of all pairs of colours of the house style is computed."),
        ],
    )
    _list(
        t("What falls short"),
        [
            t(
                "Large tables are drawn on a canvas. A screen reader reaches their cells, but not "
                "the links in them; the same links stand in the lists of sources and profiles."
            ),
            t(
                "The interactive map can be moved by keyboard, but its points cannot be "
                "reached one by one; the list beside it holds them all."
            ),
            t(
                "The flow diagram of investments is scrolled sideways on a narrow screen; the "
                "table below it holds the same numbers."
            ),
            t(
                "Some fixed words of the software below (titles of buttons of charts and tables, "
                "page numbers, “No results”) are in English on Korean pages."
            ),
            t("Some names exist in one language only and were translated or romanised by us."),
            t("Public pages that are linked as sources were made by others."),
        ],
    )
    st.header(t("Tell us"), anchor=False)
    st.markdown(
        t(
            "If something cannot be used, please report it with the link “Report an error” that "
            "stands in the sources of every figure, or to the operator of this site."
        )
    )
