"""Many sessions ask at once; each gets the right answer, and none can change the data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd
import pytest

from loaders import engine
from loaders.engine import POOL_SIZE, Engine, duckdb_engine, engine_for
from loaders.schema import unbound
from loaders.snapshot import current_id, snapshot_path
from tests.support import DATA, committed, environment, read_rows

THREADS = 16

Answer = list[tuple[object, ...]]


@cache
def csv_frame(table: str) -> pd.DataFrame:
    """A table read by pandas alone, numbers where the descriptor says so."""
    frame = pd.DataFrame(read_rows(DATA, table))
    for field in committed()[table].fields:
        if field.type in ("integer", "number"):
            frame[field.name] = pd.to_numeric(frame[field.name])
    return frame


@dataclass(frozen=True)
class Question:
    """An expression, and the same question put to pandas."""

    name: str
    expr: Callable[[], ir.Table]
    expected: Callable[[], Answer]


def counted(table: str, column: str) -> Question:
    def expr() -> ir.Table:
        t = unbound(table)
        return t.filter(t[column].notnull()).group_by(column).aggregate(n=ibis._.count())

    def expected() -> Answer:
        values = csv_frame(table)[column]
        return sorted(values[values != ""].value_counts().items())

    return Question(f"{table} by {column}", expr, expected)


def summed(table: str, by: str, number: str, column: str, code: str) -> Question:
    def expr() -> ir.Table:
        t = unbound(table)
        t = t.filter(t[column].cast("string") == code, t[number].notnull(), t[by].notnull())
        return t.group_by(by).aggregate(total=t[number].sum())

    def expected() -> Answer:
        frame = csv_frame(table)
        frame = frame[(frame[column] == code) & frame[number].notna() & (frame[by] != "")]
        return sorted(frame.groupby(by)[number].sum().items())

    return Question(f"{number} of {table} by {by}", expr, expected)


def joined(left: str, right: str, on: tuple[str, str], by: str) -> Question:
    def expr() -> ir.Table:
        a, b = unbound(left), unbound(right)
        both = a.join(b.select(**{"joined_key": b[on[1]], "by": b[by]}), [(on[0], "joined_key")])
        return both.filter(both.by.notnull()).group_by("by").aggregate(n=ibis._.count())

    def expected() -> Answer:
        a, b = csv_frame(left)[[on[0]]], csv_frame(right)[[on[1], by]]
        values = a.merge(b, left_on=on[0], right_on=on[1])[by]
        return sorted(values[values != ""].value_counts().items())

    return Question(f"{left} by {by} of {right}", expr, expected)


QUESTIONS = (
    counted("sources", "language"),
    counted("sources", "publisher_ko"),
    counted("municipalities", "sido"),
    counted("stages", "kind"),
    counted("organizations", "kind"),
    counted("organizations", "sector"),
    counted("testbeds", "sido"),
    counted("programs", "kind"),
    counted("program_editions", "edition_year"),
    counted("pilots", "stage"),
    counted("milestones", "date"),
    counted("indicators", "indicator"),
    summed("cohorts", "stage", "count", "is_primary", "true"),
    summed("funding", "basis", "amount", "currency", "KRW"),
    summed("funding", "payer_level", "amount", "is_additive", "true"),
    summed("investments", "round", "amount", "amount_kind", "equity-round"),
    summed("indicators", "indicator", "value", "unit", "KRW"),
    joined("pilots", "organizations", ("org_id", "org_id"), "kind"),
    joined("milestones", "pilots", ("pilot_id", "pilot_id"), "sector"),
    joined("investment_investors", "investments", ("investment_id", "investment_id"), "round"),
)


def answer(run: Engine, question: Question) -> Answer:
    frame = run(question.expr())
    rows = frame.astype(object).itertuples(index=False, name=None)
    return sorted(cast(Answer, list(rows)))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_answers_are_those_of_the_files(run: Engine, question: Question) -> None:
    expected = question.expected()
    assert len(expected) > 1
    assert answer(run, question) == expected


def test_threads_get_the_right_answers_at_once(run: Engine) -> None:
    expected = {question.name: question.expected() for question in QUESTIONS}
    start = threading.Barrier(THREADS)

    def session(number: int) -> list[str]:
        """Names of the questions answered rightly, each session in an order of its own."""
        start.wait()
        turned = QUESTIONS[number:] + QUESTIONS[:number]
        return [q.name for q in turned if answer(run, q) == expected[q.name]]

    with ThreadPoolExecutor(THREADS) as pool:
        right = list(pool.map(session, range(THREADS)))
    assert [len(set(names)) for names in right] == [len(QUESTIONS)] * THREADS


def test_the_snapshot_cannot_be_written(run: Engine) -> None:
    before = answer(run, QUESTIONS[0])
    with run._connection() as backend:
        for statement in (
            "DELETE FROM sources",
            "UPDATE sources SET language = 'fr'",
            "DROP TABLE sources",
            "CREATE TABLE more (x INTEGER)",
        ):
            with pytest.raises(duckdb.InvalidInputException, match="read-only"):
                backend.raw_sql(statement)
    assert answer(run, QUESTIONS[0]) == before


def nonsense() -> ir.Table:
    return ibis.table({"x": "int64"}, name="no_such_table")


def test_failing_queries_leak_no_connection(run: Engine) -> None:
    """The pool is whole after each failure, and still answers after many."""
    for _ in range(3 * POOL_SIZE):
        with pytest.raises(duckdb.CatalogException):
            run(nonsense())
        assert run._idle.qsize() == POOL_SIZE
    assert answer(run, QUESTIONS[0]) == QUESTIONS[0].expected()


class FakeBackend:
    """A connection that notes how many work at the same time, and fails on demand."""

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails

    def execute(self, _: object) -> pd.DataFrame:
        if self.fails:
            raise ConnectionError("server closed the connection")
        return pd.DataFrame({"x": [1]})


def fake_engine(backends: Iterator[FakeBackend | Exception]) -> tuple[Engine, list[FakeBackend]]:
    opened: list[FakeBackend] = []

    def connect() -> ibis.BaseBackend:
        backend = next(backends)
        if isinstance(backend, Exception):
            raise backend
        opened.append(backend)
        return cast(ibis.BaseBackend, backend)

    return Engine(connect, "id"), opened


def test_a_connection_is_opened_once_and_used_again() -> None:
    run, opened = fake_engine(FakeBackend() for _ in range(99))
    for _ in range(5 * POOL_SIZE):
        run(nonsense())
    assert len(opened) == 1


def test_no_more_connections_than_the_pool_allows() -> None:
    """All are busy when another query comes: it waits, and goes on when one is free."""
    run, opened = fake_engine(FakeBackend() for _ in range(99))
    busy, free = threading.Semaphore(0), threading.Event()

    def hold() -> None:
        with run._connection():
            busy.release()
            free.wait()

    holders = [threading.Thread(target=hold) for _ in range(POOL_SIZE)]
    for holder in holders:
        holder.start()
    for _ in holders:
        busy.acquire()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run, nonsense())
        assert not waiting.done()
        free.set()
        assert waiting.result()["x"].tolist() == [1]
    for holder in holders:
        holder.join()
    assert len(opened) == POOL_SIZE


def test_a_broken_connection_is_replaced() -> None:
    """A database server was restarted: one query fails, the next has a new connection."""
    run, opened = fake_engine(iter([FakeBackend(fails=True), FakeBackend()]))
    with pytest.raises(ConnectionError):
        run(nonsense())
    assert run(nonsense())["x"].tolist() == [1]
    assert len(opened) == 2


def test_a_refused_connection_is_tried_again() -> None:
    refused = [ConnectionError("not yet up")] * (2 * POOL_SIZE)
    run, opened = fake_engine(iter([*refused, FakeBackend()]))
    for _ in refused:
        with pytest.raises(ConnectionError):
            run(nonsense())
    assert run(nonsense())["x"].tolist() == [1]
    assert len(opened) == 1


def test_engine_of_the_current_snapshot_is_shared(good_snapshot: Path) -> None:
    with environment(DATA, good_snapshot):
        snapshot_id = current_id()
        assert snapshot_id
        first = engine_for(snapshot_id)
        assert first.snapshot_id == snapshot_id
        assert engine_for(snapshot_id) is first
        assert answer(first, QUESTIONS[0]) == QUESTIONS[0].expected()


def test_engine_may_be_any_url(good_snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with environment(DATA, good_snapshot):
        snapshot_id = current_id()
        assert snapshot_id
        url = f"duckdb://{snapshot_path(snapshot_id)}?read_only=True"
        monkeypatch.setenv("ATLAS_ENGINE", url)
        monkeypatch.setattr(engine, "duckdb_engine", None)  # not the way that is taken
        assert answer(engine_for("of a server"), QUESTIONS[0]) == QUESTIONS[0].expected()


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(duckdb.IOException):
        duckdb_engine(tmp_path / "none.duckdb", "none")
