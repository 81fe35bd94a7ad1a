"""Filters that several pages share; the same parameter means the same everywhere."""

from __future__ import annotations

from ui import state
from ui.i18n import Words
from ui.words import keys_in_order, wording


def provinces(t: Words) -> tuple[str, ...]:
    """Provinces to look at; none chosen means all."""
    return state.choose_many(
        "region",
        t("Province"),
        keys_in_order("regions"),
        wording(t, "regions"),
        placeholder=t("All provinces"),
    )


def sectors(t: Words, label: str = "") -> tuple[str, ...]:
    """Sectors to look at; none chosen means all."""
    return state.choose_many(
        "sector",
        label or t("Sector"),
        keys_in_order("sectors"),
        wording(t, "sectors"),
        placeholder=t("All sectors"),
    )
