"""Files for the reader, made when their button is pressed."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pandas as pd
import streamlit as st

from analytics.measures import measure_of
from analytics.result import Result
from analytics.takeaway import Figure, archive, metadata
from charts.base import PICTURES
from loaders.exports import csv_bytes, plain_rows
from ui import state
from ui.data import engine
from ui.i18n import LANGUAGES, Words
from ui.view_link import view_link

PICTURE = "picture"


def _button(
    make: Callable[[], bytes], label: str, name: str, mime: str, key: str, about: str
) -> None:
    st.download_button(
        label,
        data=make,
        file_name=name,
        mime=mime,
        icon=":material/download:",
        type="tertiary",
        key=key,
        on_click="ignore",
        help=about,
    )


def csv_button(table: Callable[[], pd.DataFrame], name: str, t: Words, key: str) -> None:
    """A button for the table as it is shown, made only when it is pressed."""
    _button(
        lambda: csv_bytes(table()),
        t("CSV"),
        f"{name}.csv",
        "text/csv",
        f"csv-{key}",
        t("Download exactly what is shown (opens in Excel)"),
    )


def json_bytes(about: dict[str, object], shown: pd.DataFrame) -> bytes:
    """What is known about a figure, and its table as shown."""
    return orjson.dumps({**about, "rows": plain_rows(shown)}, option=orjson.OPT_INDENT_2)


def more_files(key: str, title: str, result: Result, shown: pd.DataFrame, t: Words) -> None:
    """Buttons for the figure as JSON, and as an archive with sources and citation."""
    run = engine()
    card = measure_of(run, result.method)
    # a title is worded in the reader's language only: the other has the indicator's name
    named = {} if card is None else {lang: card.text("name", lang) for lang in LANGUAGES}
    figure = Figure(
        result,
        {**named, t.lang: title},
        run.snapshot_id,
        view_link(),
        state.parameters(),
    )
    _button(
        lambda: json_bytes(metadata(run, figure), shown),
        t("JSON"),
        f"{key}.json",
        "application/json",
        f"json-{key}",
        t("What is shown, with definition, coverage and sources"),
    )
    _button(
        lambda: archive(run, figure, shown),
        t("ZIP with sources and citation"),
        f"{key}.zip",
        "application/zip",
        f"zip-{key}",
        t("Table, numbers, metadata, README and citation in one file"),
    )


def picture_format() -> str:
    """The format in which the chart's own camera button saves a picture, from the link."""
    return state.one(PICTURE, PICTURES, PICTURES[0])


def choose_picture_format(key: str, t: Words) -> None:
    """PNG or SVG for the camera button of every chart; drawn in a fragment."""
    now = picture_format()
    chosen = st.segmented_control(
        t("Pictures from a chart's camera button"),
        PICTURES,
        default=now,
        format_func=str.upper,
        key=f"picture-{key}",
        required=True,
    )
    if chosen and chosen != now:
        state.set_one(PICTURE, "" if chosen == PICTURES[0] else chosen)
        st.rerun()  # the charts are outside the fragment
