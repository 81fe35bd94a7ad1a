"""Data & methods: the facts likeliest to be quoted, and who else publishes them."""

from __future__ import annotations

from typing import cast

import pandas as pd

from analytics.money import NOT_STATED, SEVERAL_YEARS
from analytics.profiles import Kind
from analytics.prominent import COUNT, PILOT, PUBLIC_MONEY, ROUND, prominent_facts
from ui import layout
from ui.data import ask
from ui.i18n import Words
from ui.kept import made_once
from ui.links import profile_url
from ui.safe import http_url
from ui.words import vocabulary


def _kind_words(t: Words) -> dict[str, str]:
    return {
        PUBLIC_MONEY: t("Public money"),
        ROUND: t("Investment round"),
        PILOT: t("Pilot"),
        COUNT: t("Published count"),
    }


def _fact(row: pd.Series, t: Words) -> str:
    """Whose fact it is, and what it is about."""
    name = t.text(row, "name")
    if row["kind"] == ROUND:
        about = t.code("investments", "round", row["stage"])
    elif row["kind"] == COUNT:
        about = vocabulary(t, "stages")[row["stage"]]
    else:
        about = t.text(row, "what")
    return name if about in ("", name) else f"{name}: {about}"


def _value(row: pd.Series, t: Words) -> str:
    if row["kind"] == PILOT:
        return vocabulary(t, "stages")[row["stage"]]
    if row["kind"] == COUNT:
        return t.number(row["count"])
    return t.money(row["amount"], row["currency"])


def _when(date: object, t: Words) -> str | None:
    if date is None or date == NOT_STATED:
        return None
    return t("several years") if date == SEVERAL_YEARS else str(date)


def _agrees(row: pd.Series, t: Words) -> str | None:
    if not row["further"]:
        return None
    return t("no") if row["differing"] else t("yes")


@made_once
def _table(frame: pd.DataFrame, t: Words) -> pd.DataFrame:
    rows = [row for _, row in frame.iterrows()]
    kinds = _kind_words(t)
    return pd.DataFrame(
        {
            t("Kind"): [kinds[kind] for kind in frame["kind"]],
            t("Fact"): [_fact(row, t) for row in rows],
            t("Profile"): [
                profile_url(cast(Kind, row["profile"]), row["profile_id"], t) for row in rows
            ],
            t("Value"): [_value(row, t) for row in rows],
            t("Date"): [_when(row["date"], t) for row in rows],
            t("Publishers"): frame["publishers"],
            t("Further pages"): frame["further"],
            t("Further pages agree"): [_agrees(row, t) for row in rows],
            t("Page"): [http_url(u) for u in frame["url"]],
            t("A further page"): [
                None if pd.isna(u) else http_url(u) for u in frame["further_url"]
            ],
        }
    )


def section(t: Words) -> None:
    """How many of the most prominent facts have two publishers, and all of them."""
    found = ask(prominent_facts)
    layout.table(
        "prominent",
        t(
            "{n} of the {total} most prominent facts rest on pages of two or more publishers",
            n=t.number(found.covered),
            total=t.number(found.total),
        ),
        found,
        _table(found.frame, t),
        t,
    )
