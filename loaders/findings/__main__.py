"""Command line: ``python -m loaders.findings [--record]``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from loaders.findings import all_findings, read
from loaders.findings.base import Facts
from loaders.findings.places import centroids
from loaders.findings.record import record
from loaders.package import data_dir

console = Console()


def main(
    *,
    write: Annotated[
        bool, typer.Option("--record", help="Write what is not recorded yet.")
    ] = False,
) -> None:
    """List the findings of all checks; with --record, bring open_questions.csv up to date."""
    if write:
        added, closed = record(data_dir(), datetime.now(UTC).date())
        console.print(f"{added} question(s) added, {closed} resolved; read the texts.")
        return
    tables = read(data_dir())
    facts = Facts(tables)
    asked = facts.by_key("open_questions")
    for finding in all_findings(tables):
        status = asked[finding.id]["status"] if finding.id in asked else "not recorded"
        line = f"{status}: {finding.id}: {finding.question[0]}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"{centroids(facts)} testbeds are drawn at the centre of their municipality.")


if __name__ == "__main__":
    typer.run(main)
