"""Tables about the data itself: coverage and dictionary."""

from __future__ import annotations

import pandas as pd

from loaders.package import package
from ui.i18n import Words
from ui.kept import made_once


@made_once
def coverage_table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    """Rows, dates and pages of each table in words."""
    return pd.DataFrame(
        {
            t("Table"): [package()[n].title[t.lang] for n in frame["table"]],
            t("A row is"): [package()[n].description[t.lang] for n in frame["table"]],
            t("Rows"): frame["rows"],
            t("Rows with a date"): [
                t.percent(d / n) if has else "–"
                for d, n, has in zip(frame["dated"], frame["rows"], frame["has_dates"], strict=True)
            ],
            t("Source pages"): frame["pages"],
        }
    )


def dictionary(table: str, t: Words) -> pd.DataFrame:
    """The columns of a table as the data package describes them."""
    fields = package()[table].fields
    return pd.DataFrame(
        {
            t("Column"): [f.name for f in fields],
            t("Title"): [f.title[t.lang] for f in fields],
            t("Type"): [f.type for f in fields],
            t("Required"): [t("yes") if f.required else t("no") for f in fields],
            t("Unit"): [f.unit or "–" for f in fields],
            t("Meaning"): [f.description[t.lang] or "–" for f in fields],
            t("Codes"): [
                "; ".join(f"{c.value} = {c.label[t.lang]}" for c in f.categories) or "–"
                for f in fields
            ],
        }
    )
