"""What a reader sees when a page fails: a sentence, never a trace."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ui.i18n import Words

log = logging.getLogger("atlas")


@contextmanager
def shown(t: Words) -> Iterator[None]:
    """Log what went wrong under a number, and show the reader that number.

    Streamlit ends and restarts runs by exceptions of its own, which are no `Exception`.
    """
    try:
        yield
    except Exception:
        number = secrets.token_hex(4)
        log.exception("a page failed", extra={"fault": number})
        st.error(
            t(
                "This page could not be drawn just now. The data are unharmed; please try again "
                "in a moment. If it happens again, report it with the number {number}.",
                number=number,
            ),
            icon=":material/error:",
        )
        st.button(t("Try again"), key="try-again", icon=":material/refresh:")
