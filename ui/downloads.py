"""Files for the reader, made when their button is pressed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from loaders.exports import csv_bytes
from ui.i18n import Words


def csv_button(frame: pd.DataFrame, name: str, t: Words, key: str) -> None:
    """A button that makes the file only when it is pressed."""
    st.download_button(
        t("CSV"),
        data=lambda: csv_bytes(frame),
        file_name=f"{name}.csv",
        mime="text/csv",
        icon=":material/download:",
        type="tertiary",
        key=f"csv-{key}",
        on_click="ignore",
        help=t("Download exactly what is shown (opens in Excel)"),
    )
