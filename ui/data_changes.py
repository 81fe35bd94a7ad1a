"""Data & methods: what changed, and why."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.history import recorded_changes
from loaders.changes import TableDifference, between_snapshots, kept_before
from loaders.package import package
from loaders.snapshot import snapshot_path
from ui import layout
from ui.data import ask, engine, shared
from ui.i18n import Words
from ui.kept import made_once
from ui.tables import show


def _title(table: str, t: Words) -> str:
    known = package().resources.get(table)
    return known.title[t.lang] if known else table


@made_once
def _changes_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("Date"): frame["date"],
            t("Table"): [_title(name, t) for name in frame["table"]],
            t("Rows added"): frame["added"],
            t("Rows changed"): frame["changed"],
            t("Rows removed"): frame["removed"],
            t("Reason"): frame[f"reason_{t.lang}"],
        }
    )


def _since_last(snapshot_id: str) -> tuple[str, Sequence[TableDifference]] | None:
    before = kept_before(snapshot_id)
    if before is None:
        return None
    earlier = before.stem.removeprefix("atlas-")
    return earlier, between_snapshots(before, snapshot_path(snapshot_id))


def _show_kept(t: Words) -> None:
    now = engine().snapshot_id
    found = shared("since-last", lambda: _since_last(now))
    st.subheader(t("Against the snapshot served before"), anchor=False)
    if found is None:
        st.caption(t("This server keeps no earlier snapshot."))
        return
    earlier, differences = found
    st.caption(t("Snapshot {before} → {after}", before=earlier, after=now))
    if not differences:
        st.caption(t("No row differs."))
        return
    with layout.aside("since-last"):
        show(
            pd.DataFrame(
                {
                    t("Table"): [_title(d.table, t) for d in differences],
                    t("Rows added"): [d.added for d in differences],
                    t("Rows changed"): [d.changed for d in differences],
                    t("Rows removed"): [d.removed for d in differences],
                }
            ),
            alt=t("Against the snapshot served before"),
        )


def section(t: Words) -> None:
    """Changes with the curators' reasons, and those against the last kept snapshot."""
    st.header(t("Changes"), anchor=False)
    noted = ask(recorded_changes)
    title = t("What changed, and why")
    layout.table("changes", title, noted, _changes_table(noted.frame, t), t)
    _show_kept(t)
