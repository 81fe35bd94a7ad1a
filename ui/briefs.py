"""Links to the printed brief on a place or a programme."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st

from ui.i18n import Words


def brief_url(subject_id: str, t: Words, ending: str = "") -> str:
    """Address of a brief, relative to the site: as a page, or with ``.pdf`` as a file."""
    return f"brief/{quote(subject_id, safe='')}{ending}?lang={t.lang}"


def brief_links(subject_id: str, t: Words) -> None:
    """A link to the brief as a page and one to the PDF."""
    with st.container(horizontal=True):
        st.link_button(
            t("Brief to print"), brief_url(subject_id, t), icon=":material/print:", type="tertiary"
        )
        st.link_button(
            t("Brief as PDF"),
            brief_url(subject_id, t, ".pdf"),
            icon=":material/picture_as_pdf:",
            type="tertiary",
        )
