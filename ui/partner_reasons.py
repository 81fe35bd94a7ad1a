"""Why a line of the partner page stands where it stands, in words."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analytics.matching import HostNeed, StartupNeed
from analytics.programs import codes_of
from analytics.windows import CLOSING, OPEN, UPCOMING
from ui.i18n import Words
from ui.program_words import (
    age_text,
    outcomes_text,
    state_text,
    status_word,
    support_words,
    usual_text,
    with_year,
    year_text,
)
from ui.words import vocabulary

Reasons = Callable[[pd.Series], list[str]]


def part_words(t: Words) -> dict[str, str]:
    """Names of the parts of a score."""
    return {
        "sector": t("Names the sector"),
        "support": t("Gives what is needed"),
        "similar": t("Similar pilots"),
        "further": t("Pilots that went further"),
        "recent": t("Recent edition"),
        "outcomes": t("Publishes counts"),
        "window": t("Window"),
        "near": t("Near"),
        "furthest": t("Furthest step"),
        "comparable": t("Comparable hosts"),
        "repeated": t("Number of pilots"),
    }


def _sector_reason(row: pd.Series, need: StartupNeed, t: Words) -> str:
    sectors, words = codes_of(row["sectors"]), vocabulary(t, "sectors")
    if not need.sector:
        return ""
    if need.sector in sectors:
        return t("names {sector} among its sectors", sector=words[need.sector])
    if not sectors:
        return t("names no sector: open to all, or not known")
    return t("names other sectors: {sectors}", sectors=", ".join(sorted(words[s] for s in sectors)))


def _support_reason(row: pd.Series, need: StartupNeed, t: Words) -> str:
    if not need.need:
        return ""
    word = support_words(t)[need.need]
    if need.need in codes_of(row["stages_supported"]):
        return t("supports: {support}", support=word)
    return t("not known to support: {support}", support=word)


def pilots_reason(row: pd.Series, need: StartupNeed, t: Words) -> str:
    """Pilots of the sector and how far they went."""
    n = int(row["similar"])
    if not n:
        return t("no pilot of this kind is known by name")
    word = vocabulary(t, "sectors").get(need.sector)
    pilots = (
        t.plural("{n} pilot known in {sector}", "{n} pilots known in {sector}", n, sector=word)
        if word
        else t.plural("{n} pilot known", "{n} pilots known", n)
    )
    if need.stage:
        stage = vocabulary(t, "stages")[need.stage]
        gone = t("{m} beyond “{stage}”", m=t.number(row["further"]), stage=stage)
    else:
        gone = t("{m} reached a field demonstration or more", m=t.number(row["further"]))
    sold = t("{m} a contract or sale", m=t.number(row["sold"]))
    return f"{pilots}: {gone}, {sold}"


def _window_reason(row: pd.Series, t: Words) -> str:
    if row["status"] in (OPEN, CLOSING, UPCOMING):
        return state_text(row, t)
    usual = usual_text(row["program_id"], t)
    return t("window {past}", past=usual) if usual else status_word("unknown", t)


def _place_reason(row: pd.Series, t: Words) -> str:
    provinces = codes_of(row["sido"])
    if not provinces:
        return t("names no province")
    words = vocabulary(t, "regions")
    return t("in {places}", places=", ".join(words[p] for p in sorted(provinces)))


def _age_reason(row: pd.Series, need: StartupNeed, t: Words) -> str:
    if need.age is None:
        return ""
    if not pd.isna(row["max_age"]):
        return t("takes firms {limit}", limit=age_text(row, t))
    if pd.isna(row["max_company_age_years"]):
        return t("limit on company age not known")
    return t("newest edition states no limit on age; earlier: {limit}", limit=age_text(row, t))


def _outcome_reason(row: pd.Series, t: Words) -> str:
    if not row["outcomes"]:
        return t("publishes no counts that we know")
    counts = with_year(outcomes_text(row["outcomes"], t), row["outcomes_edition"], t)
    return t("publishes counts: {counts}", counts=counts)


def program_reasons(need: StartupNeed, t: Words) -> Reasons:
    """Why a programme stands where it stands."""

    def reasons(row: pd.Series) -> list[str]:
        found = (
            _sector_reason(row, need, t),
            _support_reason(row, need, t),
            pilots_reason(row, need, t),
            _window_reason(row, t),
            _place_reason(row, t),
            _age_reason(row, need, t),
            t(
                "newest edition known: {year}",
                year=year_text(row["newest_edition"], t) or t.unknown,
            ),
            _outcome_reason(row, t),
        )
        return [x for x in found if x]

    return reasons


def host_reasons(need: StartupNeed, t: Words) -> Reasons:
    """Why a host stands where it stands."""

    def reasons(row: pd.Series) -> list[str]:
        found = [t.code("organizations", "kind", row["kind"]), pilots_reason(row, need, t)]
        if need.need and row["matching"]:
            found.append(
                t(
                    "{n} of them at the step that “{support}” leads to, or beyond",
                    n=t.number(row["matching"]),
                    support=support_words(t)[need.need],
                )
            )
        if not pd.isna(row["program_id"]):
            found.append(
                t(
                    "most pilots came through {program}: {window}",
                    program=t.text(row, "program"),
                    window=_window_reason(row, t),
                )
            )
        return [*found, _place_reason(row, t)]

    return reasons


def technology_reasons(need: HostNeed, t: Words) -> Reasons:
    """Why a technology stands where it stands."""
    stages, regions = vocabulary(t, "stages"), vocabulary(t, "regions")

    def reasons(row: pd.Series) -> list[str]:
        furthest = t("furthest: {stage}", stage=stages[row["stage"]])
        if host := t.text(row, "host_name"):
            furthest = t("{furthest}, at {host}", furthest=furthest, host=host)
        found = [
            furthest,
            t.plural("{n} pilot known", "{n} pilots known", int(row["pilots"])),
            t(
                "tried in {places}",
                places=", ".join(regions[p] for p in sorted(codes_of(row["sido"]))),
            )
            if codes_of(row["sido"])
            else t("province of its pilots not known, or abroad"),
        ]
        if need.host_kind:
            kind = t.code("organizations", "kind", need.host_kind)
            found.append(
                t("{n} at hosts of your kind ({kind})", n=t.number(row["comparable"]), kind=kind)
            )
        if need.province and row["company_sido"] == need.province:
            found.append(t("the company is based in your province"))
        if row["ended"]:
            found.append(
                t.plural(
                    "{n} pilot is known only to have ended",
                    "{n} pilots are known only to have ended",
                    int(row["ended"]),
                )
            )
        return found

    return reasons


def technology_name(row: pd.Series, t: Words) -> str:
    """Company and its technology."""
    return f"{t.text(row, 'company')}: {t.text(row, 'technology')}"
