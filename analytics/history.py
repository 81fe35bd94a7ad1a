"""What changed in the data, as the curators noted it."""

from __future__ import annotations

import pandas as pd

from analytics.names import all_rows
from analytics.result import Result, keys
from loaders.engine import Runner


def recorded_changes(run: Runner) -> Result:
    """Rows added, changed and removed, newest day first: the columns of ``changes``."""
    frame = all_rows(run, "changes")
    frame = frame.sort_values(["date", "table"], ascending=[False, True]).reset_index(drop=True)
    years = pd.to_datetime(frame["date_latest"]).dt.year
    first, last = (int(years.min()), int(years.max())) if len(years) else (None, None)
    behind = {"changes": keys(frame["change_id"])}
    return Result(frame, behind, len(frame), len(frame), "rows", first, last)
