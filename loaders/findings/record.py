"""Writing the findings into ``open_questions.csv``."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from loaders.findings import FILE, all_findings, read
from loaders.findings.base import Finding
from loaders.package import read_package

Row = dict[str, str]

#: Said when the data changed so that the question no longer arises.
ANSWERED = (
    "The data no longer raise this question.",
    "데이터에서 더 이상 발생하지 않는 질문입니다.",
)


def question(finding: Finding, day: date) -> Row:
    """The open question for a finding, its text taken from the finding's facts."""
    return {
        "question_id": finding.id,
        "rule": finding.rule,
        "table": finding.table,
        "key": finding.keys[0],
        "question_en": finding.question[0],
        "question_ko": finding.question[1],
        "opened": day.isoformat(),
        "status": "open",
        "resolution_en": "",
        "resolution_ko": "",
    }


def updated(rows: Iterable[Mapping[str, str]], found: Iterable[Finding], day: date) -> list[Row]:
    """The questions with new findings added and vanished ones resolved, by id.

    What a curator wrote is kept: recorded questions are not written again, and a resolved
    one stays resolved.
    """
    asked = {row["question_id"]: dict(row) for row in rows}
    now = {finding.id: finding for finding in found}
    for key, row in asked.items():
        if row["rule"] != "curator" and row["status"] == "open" and key not in now:
            row["status"] = "resolved"
            row["resolution_en"], row["resolution_ko"] = ANSWERED
    added = {key: question(finding, day) for key, finding in now.items() if key not in asked}
    return [row for _, row in sorted((asked | added).items())]


def record(folder: Path, day: date) -> tuple[int, int]:
    """Bring ``open_questions.csv`` up to date; returns how many were added and resolved."""
    path = folder / FILE
    columns = list(read_package(folder)["open_questions"].columns)
    before: list[Row] = []
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            before = list(csv.DictReader(file))
    after = updated(before, all_findings(read(folder)), day)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(after)
    was_open = sum(row["status"] == "open" for row in before)
    added = len(after) - len(before)
    return added, was_open + added - sum(row["status"] == "open" for row in after)
