"""Programmes in words: windows, months, limits, amounts and published counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Literal

import pandas as pd
from babel.dates import get_month_names

from analytics.programs import Count, codes_of
from analytics.windows import CLOSED, CLOSES, CLOSING, OPEN, OPENS, UNKNOWN, UPCOMING, typical_month
from ui.data import ask
from ui.i18n import Words
from ui.words import category_codes, vocabulary

_KOREA = timezone(timedelta(hours=9))  # no daylight saving time


def today_in_korea() -> date:
    """Today's date where the programmes are."""
    return datetime.now(_KOREA).date()


def status_word(status: object, t: Words) -> str:
    """Word for the state of an application window."""
    words = {
        OPEN: t("open"),
        CLOSING: t("open, closes within 30 days"),
        UPCOMING: t("announced, not open yet"),
        CLOSED: t("closed"),
        UNKNOWN: t("window not known"),
    }
    return words[str(status)]


def month_word(month: int, t: Words, width: Literal["wide", "abbreviated"] = "wide") -> str:
    """Name of a month (1–12)."""
    return str(get_month_names(width, context="stand-alone", locale=t.lang)[month])


def window_text(row: pd.Series, t: Words) -> str:
    """First and last day of an application window, as far as known."""
    opens, closes = row["apply_open"], row["apply_close"]
    if pd.isna(opens) and pd.isna(closes):
        return t.unknown
    if pd.isna(opens):
        return t("to {closes}, opening not stated", closes=closes)
    if pd.isna(closes):
        return t("from {opens}, end not stated", opens=opens)
    return f"{opens} – {closes}"


def state_text(row: pd.Series, t: Words) -> str:
    """State of a window with its days, where any is known."""
    word = status_word(row["status"], t)
    dated = not (pd.isna(row["apply_open"]) and pd.isna(row["apply_close"]))
    return f"{word} ({window_text(row, t)})" if dated else word


def codes_text(cell: object, words: Mapping[str, str], nothing: str) -> str:
    """Words for a list column, or what an empty one means."""
    found = sorted(words.get(code, code) for code in codes_of(cell))
    return ", ".join(found) if found else nothing


def outcomes_text(counts: Iterable[Count], t: Words) -> str:
    """Published counts, those of different scope or side kept apart."""
    stages = vocabulary(t, "stages")
    groups: dict[tuple[str, str], list[str]] = {}
    for stage, count, scope, side in counts:
        groups.setdefault((scope, side), []).append(f"{stages[stage]} {t.number(count)}")
    return "; ".join(
        f"{' → '.join(parts)} ({_counted(scope, side, t)})"
        for (scope, side), parts in groups.items()
    )


def _counted(scope: str, side: str, t: Words) -> str:
    word = t.code("cohorts", "scope", scope)
    return word if side == "supply" else f"{word}, {t.code('cohorts', 'side', side)}"


def year_text(year: object, t: Words) -> str:
    """An edition's year or span: 2024, 2020–2023, since 2012; '' when not stated."""
    if pd.isna(year):
        return ""
    text = str(year)
    if text.startswith("from-"):
        return t("since {year}", year=text.removeprefix("from-"))
    if text.startswith("to-"):
        return t("until {year}", year=text.removeprefix("to-"))
    return text.replace("-", "–")


def with_year(text: str, year: object, t: Words) -> str:
    """A value with the edition it is from."""
    shown = year_text(year, t)
    return f"{text} ({shown})" if shown else text


def age_text(row: pd.Series, t: Words) -> str:
    """The newest known limit on company age, with its edition."""
    limit = row["max_company_age_years"]
    if pd.isna(limit):
        return t.unknown
    return with_year(
        t("younger than {n} years", n=int(limit)), row["max_company_age_years_year"], t
    )


def money_text(row: pd.Series, column: str, t: Words) -> str:
    """The newest known amount, with its edition."""
    if pd.isna(row[column]):
        return t.unknown
    return with_year(t.money(row[column], row[f"{column}_currency"]), row[f"{column}_year"], t)


def usual_text(program_id: object, t: Words) -> str:
    """When the windows of past editions opened, or closed; '' when no month is known."""
    months = ask(typical_month).frame
    mine = months[months["program_id"] == program_id]
    for event in (OPENS, CLOSES):
        rows = mine[mine["event"] == event]
        if len(rows):
            return _months_text(rows, event, t)
    return ""


def _months_text(rows: pd.DataFrame, event: str, t: Words) -> str:
    first = rows.iloc[0]
    usual = bool(first["usual"])
    shown = rows.head(1) if usual else rows
    months = ", ".join(
        f"{month_word(m, t)} ({', '.join(str(y) for y in years)})"
        for m, years in zip(shown["month"], shown["years"], strict=True)
    )
    if event == OPENS:
        return (
            t("usually opens in {months}", months=months)
            if usual
            else t("opened in {months}", months=months)
        )
    return (
        t("usually closes in {months}", months=months)
        if usual
        else t("closed in {months}", months=months)
    )


def support_words(t: Words) -> dict[str, str]:
    """Words for what a programme supports."""
    codes = category_codes("programs", "stages_supported")
    return {c: t.code("programs", "stages_supported", c) for c in codes}


def edition_text(row: pd.Series, t: Words) -> str:
    """Year of an edition and its label."""
    label = t.text(row, "edition_label")
    year = year_text(row["edition_year"], t)
    return " · ".join(x for x in (year, label) if x) or t("year not stated")
