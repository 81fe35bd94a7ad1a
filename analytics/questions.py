"""The doubts about the data that its readers should know of."""

from __future__ import annotations

from analytics.result import Result, keys
from loaders.datasets.open_questions import open_questions as questions
from loaders.engine import Runner


def open_questions(run: Runner) -> Result:
    """All recorded questions, open ones first, then by what raised them.

    Frame: the columns of ``open_questions``. Coverage: all of them.
    """
    table = questions()
    frame = run(table.order_by([table.status, table.rule, table.question_id]))
    rows = {"open_questions": keys(frame["question_id"])}
    return Result(frame, rows, covered=len(frame), total=len(frame), unit="questions")
