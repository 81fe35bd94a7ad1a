"""Sentences that state a finding, computed from the frames they title."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.result import Result
from ui.i18n import Words
from ui.kept import made_once


def first(frame: pd.DataFrame) -> dict[str, Any]:
    """The only row of a one-row frame."""
    return {str(k): v for k, v in frame.iloc[0].items()}


@made_once
def milestone_finding(result: Result, t: Words) -> str:
    """How many of the chosen pilots are known to have been sold."""
    if not result.total:
        return t("No pilot in the data matches this choice")
    reached = result.frame.set_index("stage")["reached"]
    values = {
        "total": t.number(result.total),
        "demo": t.number(reached["field-demo"]),
        "sold": t.number(reached["contract"]),
    }
    if result.unit == "projects":
        return t(
            "Of {total} projects, {demo} are known to have reached a field demonstration "
            "and {sold} a contract or sale",
            **values,
        )
    return t(
        "Of {total} pilots, {demo} are known to have reached a field demonstration "
        "and {sold} a contract or sale",
        **values,
    )


def published_finding(program: str, result: Result, t: Words) -> str:
    """First and last published count of a series."""
    known = result.frame.dropna(subset=["count"])
    years = t.years(result.first_year, result.last_year)
    if known.empty:
        return t("{program}: no count published", program=program)
    start, end = known.iloc[0], known.iloc[-1]
    values = {
        "program": program,
        "years": years,
        "start": t.number(start["count"]),
        "end": t.number(end["count"]),
        "first_stage": t.text(start, "name"),
        "last_stage": t.text(end, "name"),
    }
    if len(known) == 1:
        return t("{program}, {years}: only “{first_stage}” is published ({start})", **values)
    return t(
        "{program}, {years}: {start} “{first_stage}”, {end} “{last_stage}”",
        **values,
    )


@made_once
def linkage_finding(result: Result, t: Words) -> str:
    """How many pilot companies raised money after their first pilot."""
    if not result.total:
        return t("No pilot company in the data matches this choice")
    return t(
        "{covered} of {total} pilot companies are known to have raised an investment round "
        "after their first pilot",
        covered=t.number(result.covered),
        total=t.number(result.total),
    )


@made_once
def testbeds_finding(result: Result, t: Words) -> str:
    """How many testbeds, and at how many a pilot is known."""
    if not result.total:
        return t("No testbed in the data matches this choice")
    return t(
        "{testbeds} in {provinces}; at {covered} of them a pilot is known by name",
        testbeds=t.plural("{n} testbed", "{n} testbeds", result.total),
        provinces=t.plural("{n} province", "{n} provinces", result.frame["sido"].nunique()),
        covered=t.number(result.covered),
    )


@made_once
def linkage_steps_finding(result: Result, t: Words) -> str:
    """The linkage in one sentence."""
    steps = result.frame.set_index("step")["companies"]
    return t(
        "Of {companies} pilot companies, {any} have a known round and {after} one surely after "
        "their first pilot",
        companies=t.number(steps["companies"]),
        any=t.number(steps["with-round"]),
        after=t.number(steps["after"]),
    )
