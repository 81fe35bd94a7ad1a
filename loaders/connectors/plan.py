"""What a connector proposes: shown as a diff, written as a CSV, applied by nobody but a curator."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loaders.exports import safe_cell, visible
from loaders.package import Package

Row = Mapping[str, str]

#: Columns beside a table's own by which an import learns the page of a new row.
PAGE_COLUMNS = (
    "source_url",
    "source_publisher_en",
    "source_publisher_ko",
    "source_published",
    "source_language",
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row to add or to complete.

    Attributes:
        row: the whole row; for a new one without its key, which the import makes.
        before: the row as it stands; None for a new one.
        page: `PAGE_COLUMNS` of a new row.
        evidence: what the service said, for the curator's eyes.
    """

    row: Row
    before: Row | None
    page: Row
    evidence: str


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An item of the service that leads to no row, with the reason."""

    item: str
    title: str
    reason: str


@dataclass(slots=True)
class Plan:
    """What came of one run."""

    table: str
    proposals: list[Proposal] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    unchanged: int = 0


def diff(plan: Plan) -> Iterator[str]:
    """The plan in lines: ``+`` a new row, ``~`` a completed one, ``?`` what was not placed."""
    for proposal in plan.proposals:
        before = proposal.before or {}
        changed = {
            column: value
            for column, value in proposal.row.items()
            if value != before.get(column, "")
        }
        sign = "~" if proposal.before else "+"
        name = next(iter(before.values()), "") or proposal.row.get("program_id", "")
        yield visible(f"{sign} {plan.table} {name}  ({proposal.evidence})")
        for column, value in changed.items():
            old = before.get(column, "")
            yield visible(f"    {column}: {old + ' → ' if old else ''}{value}")
    for each in plan.unplaced:
        yield visible(f"? {each.item} {each.title}: {each.reason}")
    new = sum(proposal.before is None for proposal in plan.proposals)
    completed = len(plan.proposals) - new
    yield (
        f"{new} new, {completed} completed, {plan.unchanged} unchanged, "
        f"{len(plan.unplaced)} not placed. Nothing was written into the data."
    )


def write(plan: Plan, package: Package, out: Path) -> None:
    """The proposals as a CSV for the import, and what was not placed beside it.

    The second file has ``-unplaced`` in its name and is written only when there is need.
    """
    columns = [*package[plan.table].columns, *PAGE_COLUMNS]
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({**proposal.row, **proposal.page} for proposal in plan.proposals)
    if plan.unplaced:
        beside = out.with_name(f"{out.stem}-unplaced{out.suffix}")
        with beside.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(("item", "title", "reason"))
            for each in plan.unplaced:  # the titles are others' text, to be opened in Excel
                cells = (each.item, each.title, each.reason)
                rows.writerow([safe_cell(visible(cell)) for cell in cells])
