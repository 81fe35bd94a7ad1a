"""The newest re-check of drawn facts: how many of those read again were right."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.names import all_rows
from analytics.result import Result, keys, year_span
from loaders.audit import FACT_TABLES, Tally, tally
from loaders.datasets.sources import sources
from loaders.engine import Runner

_COUNTS = ["table", "drawn", "read", "correct", "share", "low", "high"]
_PAGE = ("url", "publisher_ko", "publisher_en")


@dataclass(frozen=True, slots=True)
class Audit:
    """One re-check.

    Attributes:
        seed: seed of the draw; None when there has been no re-check.
        last_day: day of the last look, as recorded.
        tally: drawn, read and correct facts, with share and interval.
        result: the same by table; frame ``table``, ``drawn``, ``read``, ``correct``,
            ``share`` (of those read), ``low`` and ``high`` (Wilson's 95 % interval; all
            three missing where none was read). Coverage: facts read, of those drawn.
        earlier: seeds of the re-checks before it, newest first, with what they came to.
    """

    seed: str | None
    last_day: str | None
    tally: Tally
    result: Result
    earlier: tuple[tuple[str, Tally], ...]


def _seeds(frame: pd.DataFrame) -> list[str]:
    """Seeds of all re-checks, by their last day and then by name, newest first."""
    order = frame.sort_values(["audited_on_latest", "seed"], ascending=False)
    return list(dict.fromkeys(order["seed"]))


def _of_seed(frame: pd.DataFrame, seed: str | None) -> pd.DataFrame:
    return frame[frame["seed"] == seed].sort_values("draw").reset_index(drop=True)


def _newest(run: Runner) -> pd.DataFrame:
    """Rows of the newest re-check in the order of its draw."""
    frame = all_rows(run, "audits")
    return _of_seed(frame, next(iter(_seeds(frame)), None))


def _line(table: str, found: Tally) -> tuple[object, ...]:
    low, high = found.interval or (None, None)
    return (table, found.drawn, found.read, found.correct, found.share, low, high)


def _result(frame: pd.DataFrame, rows: pd.DataFrame) -> Result:
    found = tally(rows["verdict"])
    first, last = year_span(rows["audited_on_latest"])
    behind = {"audits": keys(rows["audit_id"])}
    return Result(frame, behind, found.read, found.drawn, "facts", first, last)


def audit_result(run: Runner) -> Audit:
    """Share of correct facts among those drawn at random and read again, in all and by table.

    Facts whose page could not be read again are passed over: they are in the numbers of
    drawn facts and in no share.
    """
    every = all_rows(run, "audits")
    seeds = _seeds(every)
    rows = _of_seed(every, next(iter(seeds), None))
    parts = [(table, rows[rows["table"] == table]) for table in FACT_TABLES]
    lines = [_line(table, tally(part["verdict"])) for table, part in parts if len(part)]
    frame = pd.DataFrame(lines, columns=_COUNTS)
    frame = frame.astype({"share": "float64", "low": "float64", "high": "float64"})
    return Audit(
        seeds[0] if seeds else None,
        str(rows["audited_on"].max()) if seeds else None,
        tally(rows["verdict"]),
        _result(frame, rows),
        tuple((seed, tally(_of_seed(every, seed)["verdict"])) for seed in seeds[1:]),
    )


def audited_facts(run: Runner) -> Result:
    """Every fact of the newest re-check in the order of the draw, with its verdict.

    Frame: ``draw``, ``table``, ``key``, ``verdict``, ``note_ko``, ``note_en``, and of the
    page that was read ``url``, ``publisher_ko`` and ``publisher_en`` (missing when none
    was). Coverage: facts read, of those drawn.
    """
    rows = _newest(run)
    pages = run(sources().select("source_id", *_PAGE))
    frame = rows.merge(pages, on="source_id", how="left").sort_values("draw")
    columns = ["draw", "table", "key", "verdict", "note_ko", "note_en", *_PAGE]
    return _result(frame[columns].reset_index(drop=True), rows)
