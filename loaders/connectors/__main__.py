"""Command line: ``python -m loaders.connectors kstartup --out FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from loaders.connectors import kstartup
from loaders.connectors.http import Client, ServiceError
from loaders.connectors.plan import Plan, diff, write
from loaders.findings import read
from loaders.package import data_dir, read_package

cli = typer.Typer(add_completion=False, help="Propose rows from official open data.")
console = Console()


@cli.callback()
def _connectors() -> None:
    """Propose rows from official open data; nothing is written into the data."""


def show(plan: Plan, out: Path) -> None:
    """The plan as a diff on the screen and as a CSV for the import.

    Raises:
        typer.BadParameter: ``out`` lies in the data folder.
    """
    if out.resolve().is_relative_to(data_dir().resolve()):
        raise typer.BadParameter("choose a file outside the data folder", param_hint="--out")
    for line in diff(plan):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    write(plan, read_package(data_dir()), out)
    console.print(f"Look it through, then: python -m loaders import {out} --table {plan.table}")


@cli.command("kstartup")
def kstartup_command(
    out: Annotated[Path, typer.Option(help="CSV to write for the import.")],
    since: Annotated[
        str, typer.Option(help="Only windows that close on this day (YYYY-MM-DD) or later.")
    ] = "",
    form: Annotated[str, typer.Option(help="json or xml.")] = "json",
) -> None:
    """Announcements of K-Startup as editions of programmes; the key is ATLAS_KSTARTUP_KEY."""
    try:
        found = [a for a in kstartup.fetch(Client(), form) if (a.closes or since) >= since]
    except ServiceError as error:
        console.print(f"K-Startup: {error}", style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    show(kstartup.propose(found, read(data_dir())), out)


if __name__ == "__main__":
    cli()
