"""Sentences and words of the profile pages, computed from the rows they speak about."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analytics import timelines
from analytics.linkage import AFTER
from analytics.profiles import Kind, Profile
from analytics.relations import NO_PILOT, entry_times
from analytics.result import Result
from analytics.sentences import months_text, relation_words
from ui.i18n import Words
from ui.kept import made_once
from ui.words import keys_in_order, vocabulary


def kind_word(kind: Kind, t: Words) -> str:
    """What kind of profile it is."""
    return {
        "company": t("Company or organisation"),
        "investor": t("Investor"),
        "testbed": t("Testbed"),
        "program": t("Programme"),
    }[kind]


def relation_word(relation: str, t: Words) -> str:
    """Heading over related entities."""
    return {
        "parent": t("Part of"),
        "track": t("Tracks"),
        "company": t("Companies with a pilot"),
        "client": t("Companies that it hosted"),
        "partner": t("Partners in a consortium"),
        "host": t("Hosts of the pilots"),
        "testbed": t("Testbeds"),
        "program": t("Programmes"),
        "investor": t("Investors"),
        "investee": t("Companies it invested in"),
        "co-investor": t("Co-investors"),
        "itself": t("The same organisation in its other part"),
    }[relation]


def mark_words(t: Words) -> dict[str, str]:
    """How well a date is known."""
    return {
        timelines.EXACT: t("day known"),
        timelines.INTERVAL: t("month or year known: some day in it"),
        timelines.BOUND: t("page date: happened by then"),
        timelines.PERIOD: t("from – to"),
        timelines.UNDATED: t("no date"),
    }


def fact_word(fact: pd.Series, t: Words) -> str:
    """What kind of fact it is."""
    code = fact["code"]
    if fact["kind"] == "milestone":
        return vocabulary(t, "stages")[code]
    if fact["kind"] == "round":
        return t("Round: {round}", round=t.code("investments", "round", code))
    if fact["kind"] == "event":
        return t.code("events", "kind", code)
    if fact["kind"] == "status":
        return t("State noted: {status}", status=t.code("testbeds", "status", code))
    edition = t.unknown if code is None else str(code)
    return {
        "founded_year": t("Founded"),
        "designated_year": t("Designated"),
        "opened_year": t("Opened"),
        "first_year": t("First year of the programme"),
        "run": t("Pilot from start to end"),
        "start": t("Start of the pilot"),
        "end": t("End of the pilot"),
        "window": t("Applications, edition {edition}", edition=edition),
        "opens": t("Applications open, edition {edition}", edition=edition),
        "closes": t("Applications close, edition {edition}", edition=edition),
        "edition": t("Edition {edition}", edition=edition),
    }[fact["kind"]]


def _furthest(stages: pd.Series) -> str:
    order = {stage: i for i, stage in enumerate(keys_in_order("stages"))}
    ladder = [s for s in stages if s != "ended-without-adoption"] or list(stages)
    return str(max(ladder, key=order.__getitem__))


def _pilots_part(found: Profile, t: Words) -> str:
    there = found.pilots.frame
    if there.empty:
        return t("no pilot is known by name")
    stage = vocabulary(t, "stages")[_furthest(there["stage"])]
    return t.plural(
        "{n} pilot is known, at the furthest “{stage}”",
        "{n} pilots are known, at the furthest “{stage}”",
        len(there),
        stage=stage,
    )


def _rounds_part(found: Profile, t: Words) -> str:
    deals = found.rounds.frame
    if deals.empty:
        return t("no investment is known")
    after = int((deals["relation"] == AFTER).sum())
    return t.plural(
        "{n} investment is known, {after} surely after the first pilot",
        "{n} investments are known, {after} surely after the first pilot",
        len(deals),
        after=t.number(after),
    )


def _company_answer(found: Profile, t: Words) -> str:
    parts = []
    if found.hosted.total:
        parts.append(t.plural("it hosted {n} pilot", "it hosted {n} pilots", found.hosted.total))
    if found.pilots.total or not parts:
        parts.insert(0, _pilots_part(found, t))
    if found.pilots.total or found.rounds.total:
        parts.append(_rounds_part(found, t))
    return "; ".join(parts)


def _investor_answer(found: Profile, t: Words) -> str:
    deals = found.rounds.frame
    if deals.empty:
        return t("no investment is known")
    answer = t(
        "It took part in {deals} known investments in {companies} companies; "
        "{after} came surely after the company’s first pilot, and {hidden} of the amounts "
        "are undisclosed",
        deals=t.number(len(deals)),
        companies=t.number(deals["org_id"].nunique()),
        after=t.number(int((deals["relation"] == AFTER).sum())),
        hidden=t.number(int(deals["amount"].isna().sum())),
    )
    return answer


def _testbed_answer(found: Profile, t: Words) -> str:
    row = found.entity.frame.iloc[0]
    noted = row["status_as_of"]
    status = t.code("testbeds", "status", row["status"])
    if not pd.isna(noted):
        status += t(" (as of {date})", date=t.date(noted))
    parts = [
        t.code("testbeds", "kind", row["kind"]),
        vocabulary(t, "regions")[row["sido"]],
        status,
        _pilots_part(found, t),
    ]
    return "; ".join(parts)


def _program_answer(found: Profile, t: Words) -> str:
    editions, counts = found.editions.total, found.counts.total
    return "; ".join(
        [
            t.code("programs", "kind", found.entity.frame["kind"].iloc[0]),
            t.plural("{n} edition known", "{n} editions known", editions),
            t.plural("{n} published count", "{n} published counts", counts),
            _pilots_part(found, t),
        ]
    )


def answer(found: Profile, t: Words) -> str:
    """The profile in one sentence."""
    ways: dict[Kind, Callable[[Profile, Words], str]] = {
        "company": _company_answer,
        "investor": _investor_answer,
        "testbed": _testbed_answer,
        "program": _program_answer,
    }
    text = ways[found.kind](found, t)
    return text[0].upper() + text[1:] + "."


@made_once
def timeline_finding(facts: Result, t: Words) -> str:
    """How many facts have a date, and from when to when."""
    if not facts.covered:
        return t("No dated fact is known")
    years = t.years(facts.first_year, facts.last_year)
    undated = facts.total - facts.covered
    if not undated:
        return t.plural(
            "{n} fact in time, {years}", "{n} facts in time, {years}", facts.total, years=years
        )
    return t.plural(
        "{n} dated fact, {years}; {undated} without a date",
        "{n} dated facts, {years}; {undated} without a date",
        facts.covered,
        years=years,
        undated=t.number(undated),
    )


def undated_line(fact: pd.Series, t: Words) -> str:
    """A fact without a date in one line."""
    return " · ".join(x for x in (fact_word(fact, t), t.text(fact, "label")) if x)


def entry_sentences(found: Profile, t: Words) -> list[str]:
    """How soon the investor came in after the first pilot, and what stays unclear."""
    words = relation_words(t) | {
        NO_PILOT: t("no pilot of the company known, or not an investment round")
    }
    sentences = []
    for _, row in entry_times(found).frame.iterrows():
        text = t.plural("{n} investment", "{n} investments", int(row["n"]))
        text = f"{text}: {words[row['relation']]}"
        if row["relation"] == AFTER:
            months = months_text(row["months_min"], row["months_max"], t)
            text += t(", months later: {months}", months=months)
        if row["undisclosed"]:
            text += t(" ({n} with an undisclosed amount)", n=t.number(row["undisclosed"]))
        sentences.append(text)
    return sentences
