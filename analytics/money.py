"""Public money, kept apart by basis and summed only where rows may be added."""

from __future__ import annotations

import pandas as pd

from analytics.result import Result, keys

BASES = ("announced", "budgeted", "awarded", "spent")


def sums_by_basis(rows: pd.DataFrame) -> Result:
    """Sums of additive funding rows, one for each basis and currency.

    Args:
        rows: rows of the ``funding`` table.

    Frame: ``basis``, ``currency``, ``amount`` (sum of additive rows; missing when
    none may be added), ``additive`` and ``known`` (numbers of rows). No amount is
    counted with its part or its total: within a basis an additive row has no
    additive ancestor (a rule of the data package), and bases are never added.
    """
    frame = rows[["basis", "currency"]].drop_duplicates()
    additive = rows[rows["is_additive"].astype(bool)]
    grouping = ["basis", "currency"]
    summed = additive.groupby(grouping)["amount"].agg(["sum", "size"]).reset_index()
    known = rows.groupby(grouping).size().rename("known").reset_index()
    frame = frame.merge(summed, on=grouping, how="left").merge(known, on=grouping)
    frame = frame.rename(columns={"sum": "amount", "size": "additive"})
    frame["additive"] = frame["additive"].fillna(0).astype(int)
    order = {basis: i for i, basis in enumerate(BASES)}
    frame = frame.sort_values(grouping, key=lambda c: c.map(order).fillna(c.map(str).rank()))
    years = pd.concat([rows["year"], rows["year_end"]]).dropna()
    return Result(
        frame.reset_index(drop=True),
        {"funding": keys(rows["funding_id"])},
        covered=len(additive),
        total=len(rows),
        unit="amounts",
        first_year=int(years.min()) if len(years) else None,
        last_year=int(years.max()) if len(years) else None,
    )
