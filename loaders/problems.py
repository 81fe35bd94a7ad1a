"""What can be wrong with the data, said so that a curator can find the place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_SHOWN_VALUE = 120


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding. ``row`` is the line number in the file (header = 1); 0: the whole file."""

    file: str
    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        place = self.file
        if self.row:
            place += f", row {self.row}"
        if self.column:
            place += f", column {self.column}"
        value = self.value
        if len(value) > MAX_SHOWN_VALUE:
            value = value[:MAX_SHOWN_VALUE] + "…"
        shown = f" (value {value!r})" if value else ""
        return f"{place}: {self.reason}{shown}"


class DataError(Exception):
    """The data package was refused; ``problems`` lists every finding."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        lines = "\n".join(str(p) for p in self.problems)
        super().__init__(f"{len(self.problems)} problem(s) in the data:\n{lines}")
