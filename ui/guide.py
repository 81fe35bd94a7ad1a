"""Help for readers: a first look, how to read figures, words, the keyboard, printing."""

from __future__ import annotations

import streamlit as st

from analytics.names import all_rows
from ui import frame
from ui.data import ask
from ui.i18n import Words
from ui.safe import markdown

_DISMISSED = "first-look-dismissed"


def first_look(t: Words) -> None:
    """Three sentences for a newcomer, until dismissed; nothing is stored in the browser."""
    if st.session_state.get(_DISMISSED):
        return

    def dismiss() -> None:
        st.session_state[_DISMISSED] = True

    with st.container(border=True):
        st.markdown("**" + t("New here?") + "**")
        st.markdown(
            t(
                "This site follows technologies from support programme to testbed, pilot, "
                "contract and investment. Under every figure, **Sources and files** opens the "
                "facts and the public pages behind it. What is not known is shown as not known."
            )
        )
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.button(t("Got it"), key="first-look", on_click=dismiss, icon=":material/check:")


def _figures(t: Words) -> None:
    st.markdown(
        "\n".join(
            f"- {line}"
            for line in (
                t("The title says what the figure shows. Period and coverage stand under it."),
                t(
                    "**Sources and files** opens the definition, the rows and the public pages "
                    "behind it."
                ),
                t(
                    "**Table of this figure** holds the same numbers for reading and for "
                    "screen readers."
                ),
                t("The files hold exactly what is shown, also in the reader's language."),
                t("The address in the browser is the view: copy it to show others what you see."),
            )
        )
    )


def _words(t: Words) -> None:
    stages = ask(all_rows, "stages")
    lines = [
        f"- **{markdown(t.name(row))}**: {markdown(t.text(row, 'definition'))}"
        for _, row in stages.iterrows()
    ]
    st.markdown("\n".join(lines))
    frame.link("data", t("All definitions"), t)


def _keys(t: Words) -> None:
    keys = {
        "Tab": t("to the next control; the first press offers to skip the menu"),
        "Enter, Space": t("press the button or open the list that has the focus"),
        "↑ ↓": t("move in a list or table"),
        "Esc": t("close a list, a dialog or this help"),
        "Alt + H": t("open this help"),
        "Ctrl + P": t("print the page without menus and controls"),
    }
    st.markdown("\n".join(f"- `{key}`: {meaning}" for key, meaning in keys.items()))


def control(t: Words) -> None:
    """The button that opens the help."""

    def opened() -> None:
        st.markdown("### " + t("How to read the figures"))
        _figures(t)
        st.markdown("### " + t("Stages of a pilot"))
        _words(t)
        st.markdown("### " + t("Keyboard"))
        _keys(t)
        frame.link("accessibility", t("Accessibility statement"), t)

    if st.button(t("Help"), key="help", type="tertiary", icon=":material/help:", shortcut="Alt+H"):
        st.dialog(t("Help"), width="large")(opened)()
