"""Every analytics function gives the same on every engine.

``make engines`` runs everything on Spark too; otherwise Spark runs a choice of the queries in
which every operation occurs that any query uses, with every type of its arguments.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pandas as pd
import pytest

from loaders.engine import Engine, Runner, duckdb_engine, server_engine
from loaders.publish import publish
from loaders.schema import unbound
from loaders.snapshot import POINTER
from tests.databases import postgres_server
from tests.spark import spark_engine
from tests.support import DATA, committed, environment
from tests.unit.engine_cases import Case, cases, differences, functions, values_for

CASES = {case.name: case for case in cases()}
#: Engines on which every function runs.
ENGINES = ("other-order", "postgres")
FULL = "ATLAS_ENGINES_FULL"

#: An operation, and the types of its arguments.
Use = tuple[str, ...]


class Remembering:
    """Asks an engine each question once; the functions repeat many."""

    def __init__(self, run: Runner) -> None:
        self.run = run
        self.answers: dict[ops.Node, pd.DataFrame] = {}

    def __call__(self, expr: ir.Table) -> pd.DataFrame:
        """The rows, in a frame of the caller's own."""
        key = expr.op()
        if key not in self.answers:
            self.answers[key] = self.run(expr)
        return self.answers[key].copy()


class Baseline:
    """What the embedded engine answers to each case."""

    def __init__(self, run: Runner) -> None:
        self.run = Remembering(run)
        self._answers: dict[str, object] = {}

    def answer(self, case: Case) -> object:
        """The answer, computed once."""
        if case.name not in self._answers:
            self._answers[case.name] = case(self.run)
        return self._answers[case.name]

    def questions(self) -> list[ops.Node]:
        """Every query that any case puts to the engine."""
        for case in CASES.values():
            self.answer(case)
        return list(self.run.answers)


@pytest.fixture(scope="module")
def baseline(run: Engine) -> Baseline:
    return Baseline(run)


@contextmanager
def other_order(snapshot: Path, folder: Path) -> Iterator[Engine]:
    """The embedded engine over the same rows, stored in another order."""
    path = folder / "other-order.duckdb"
    with duckdb.connect(str(path)) as target:
        target.execute(f"ATTACH '{snapshot}' AS good (READ_ONLY)")
        for name in committed().resources:
            target.execute(
                f"CREATE TABLE {name} AS SELECT * FROM good.{name} ORDER BY hash({name}::VARCHAR)"
            )
    yield duckdb_engine(path, "other-order")


@contextmanager
def published_on_postgres(snapshots: Path) -> Iterator[Engine]:
    """A server of its own, with the snapshot published to it."""
    with postgres_server() as server:
        with environment(DATA, snapshots):
            snapshot_id = publish(server.url())
        yield server_engine(server.url(), snapshot_id)


@pytest.fixture(scope="module", params=ENGINES)
def other(
    request: pytest.FixtureRequest, good_snapshot: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Remembering]:
    snapshot_id = (good_snapshot / POINTER).read_text(encoding="ascii").strip()
    path = good_snapshot / f"atlas-{snapshot_id}.duckdb"
    if request.param == "postgres":
        made = published_on_postgres(good_snapshot)
    else:
        made = other_order(path, tmp_path_factory.mktemp("order"))
    with made as engine:
        yield Remembering(engine)


@pytest.mark.parametrize("name", functions())
def test_every_parameter_has_values(name: str) -> None:
    function = functions()[name]
    for parameter in inspect.signature(function).parameters.values():
        known = values_for(function, parameter)
        assert known or parameter.default is not inspect.Parameter.empty, parameter


@pytest.mark.parametrize("name", CASES)
def test_same_answer(baseline: Baseline, other: Remembering, name: str) -> None:
    case = CASES[name]
    assert list(differences(baseline.answer(case), case(other))) == []


def _uses(question: ops.Node) -> set[Use]:
    """Operations of a query with the types of their arguments."""
    found = set()
    for node in question.find(ops.Node, filter=None):
        kinds = [str(a.dtype) for a in node.args if isinstance(a, ops.Value)]
        found.add((type(node).__name__, *kinds))
    return found


def chosen(questions: list[ops.Node]) -> list[ops.Node]:
    """Few queries in which every use of an operation occurs; each adds the most new ones."""
    uses = {q: _uses(q) for q in questions}
    missing = set[Use]().union(*uses.values())
    picked = []
    while missing:
        best = max(questions, key=lambda q: len(uses[q] & missing))
        picked.append(best)
        missing -= uses[best]
    return picked


def _in_order(question: ops.Node, frame: pd.DataFrame) -> pd.DataFrame:
    """As it is when the query says an order, else in one that does not depend on the engine."""
    if question.find(ops.Sort) or frame.empty:
        return frame
    return frame.sort_values(list(frame), ignore_index=True)


def test_spark_knows_every_operation(
    baseline: Baseline, tmp_path_factory: pytest.TempPathFactory
) -> None:
    questions = baseline.questions()
    asked = questions if os.environ.get(FULL) else chosen(questions)
    covered = set[Use]().union(*map(_uses, asked))
    assert covered == set[Use]().union(*map(_uses, questions))
    tables = {name: baseline.run(unbound(name)) for name in committed().resources}
    wrong: dict[str, Any] = {}
    with spark_engine(tables, tmp_path_factory.mktemp("spark")) as spark:
        for question in asked:
            expected = _in_order(question, baseline.run.answers[question])
            found = _in_order(question, spark(question.to_expr()))
            if different := list(differences(expected, found)):
                wrong[str(question)] = different
    assert wrong == {}


@pytest.mark.skipif(not os.environ.get(FULL), reason="every function on Spark: make engines")
def test_spark_runs_every_function(
    baseline: Baseline, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tables = {name: baseline.run(unbound(name)) for name in committed().resources}
    wrong: dict[str, Any] = {}
    with spark_engine(tables, tmp_path_factory.mktemp("spark")) as spark:
        remembering = Remembering(spark)
        for name, case in CASES.items():
            if different := list(differences(baseline.answer(case), case(remembering))):
                wrong[name] = different
    assert wrong == {}
