"""Doubts about data that break no hard rule, and whether each is settled or recorded.

A hard rule (`loaders.rules`, ``loaders/datasets``) refuses the data. A finding may be
right: it has to be looked at once, and either mended in the data or written into
``open_questions.csv``, where the readers see it. ``python -m loaders check`` fails on a
finding that is neither. ``python -m loaders.findings --record`` writes the missing rows.

A check is a function of `Facts` in one of the modules here, named in `CHECKS`; its code
is a category of ``open_questions.rule``.
"""

from __future__ import annotations

from pathlib import Path

from loaders.files import read_text_table
from loaders.findings import counts, dates, money, places, twins
from loaders.findings.base import Check, Facts, Finding
from loaders.package import package, read_package
from loaders.problems import Problem
from loaders.validation import Tables

CHECKS: tuple[Check, ...] = (
    counts.counts,
    counts.amounts,
    counts.disagreeing,
    dates.stage_order,
    dates.date_order,
    dates.after_page,
    dates.ended_and_active,
    money.scale,
    twins.rounds,
    twins.pilots,
    places.exported,
    places.hosts,
)

FILE = "open_questions.csv"
MEND = "mend the data, or record the question: python -m loaders.findings --record"
GONE = "the data no longer raise it: resolve it, or python -m loaders.findings --record"


def all_findings(tables: Tables) -> list[Finding]:
    """Findings of every check, by id. The tables must have passed the hard rules."""
    found = _found(Facts(tables))
    return [found[key] for key in sorted(found)]


def _found(facts: Facts) -> dict[str, Finding]:
    return {finding.id: finding for check in CHECKS for finding in check(facts)}


def _at(finding: Finding, facts: Facts) -> Problem:
    row = facts.by_key(finding.table)[finding.keys[0]]
    column = package()[finding.table].primary_key[0]
    file = package()[finding.table].path
    reason = f"{finding.rule}: {finding.question[0]} ({MEND})"
    return Problem(file, int(row["_row"]), column, finding.keys[0], reason)


def unsettled(tables: Tables) -> list[Problem]:
    """Findings that are not recorded, and open questions whose finding is gone."""
    facts = Facts(tables)
    asked = facts.by_key("open_questions")
    found = _found(facts)
    new = [_at(finding, facts) for key, finding in found.items() if key not in asked]
    gone = [
        Problem(FILE, int(row["_row"]), "question_id", key, GONE)
        for key, row in asked.items()
        if row["rule"] != "curator" and row["status"] == "open" and key not in found
    ]
    return sorted(new + gone)


def read(folder: Path) -> Tables:
    """The tables of a data package as text; the hard rules are not checked here."""
    return {
        name: read_text_table(folder / resource.path, resource)[0]
        for name, resource in read_package(folder).resources.items()
    }


def unrecorded_findings(data_dir: Path) -> list[Problem]:
    """`unsettled` for the data package in ``data_dir``, which passes the hard rules."""
    return unsettled(read(data_dir))
