"""The address of the view that the reader sees, for citations, files and reports."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from ui import state


def view_link() -> str:
    """Address with all parameters; only its path and parameters when the host is not known."""
    address = urlsplit(st.context.url or "")
    query = urlencode(state.parameters())
    return urlunsplit((address.scheme, address.netloc, address.path, query, ""))
