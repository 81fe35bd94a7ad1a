"""Drawing facts at random for a second look, and what the looks came to.

Anybody can repeat the draw: a fact's place in it is a digest of the seed and of the fact's
name, so it rests neither on the order of the files nor on what a row says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate

from loaders.wilson import wilson

#: Tables whose rows are facts taken from a page. Vocabularies, organisations (lists of
#: names) and the curators' own words are not drawn.
FACT_TABLES = (
    *("pilots", "milestones", "cohorts", "funding", "investments", "testbeds"),
    *("programs", "program_editions", "events", "indicators"),
)
#: Facts that are to be read again. Those whose page cannot be had are passed over.
WANTED = 60

CORRECT = "correct"
CORRECTED = "corrected"
UNREADABLE = "unreadable"
#: Verdicts of a page that was read.
READ = (CORRECT, CORRECTED)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One fact in the order of a draw; ``draw`` counts from 1."""

    draw: int
    table: str
    key: str


def place(seed: str, table: str, key: str) -> str:
    """Where a fact stands in the order of a draw: facts are taken by this, as text."""
    return sha256(f"{seed}/{table}/{key}".encode()).hexdigest()


def audit_id(seed: str, draw: int | str) -> str:
    """Key of one draw in the table of re-checks."""
    return f"{seed}-{int(draw):03d}"


def drawn(keys: Mapping[str, Iterable[str]], seed: str) -> list[Drawn]:
    """Every fact in the order in which ``seed`` draws it.

    Args:
        keys: the primary keys of each of `FACT_TABLES`.
    """
    facts = ((table, key) for table in FACT_TABLES for key in keys[table])
    ordered = sorted(facts, key=lambda fact: place(seed, *fact))
    return [Drawn(number, table, key) for number, (table, key) in enumerate(ordered, start=1)]


def taken(verdicts: Iterable[str], wanted: int = WANTED) -> int:
    """How many draws belong to the sample: up to the one with which ``wanted`` were read.

    Args:
        verdicts: of the draws in order. All belong to it while fewer could be read.
    """
    count = 0
    for read in accumulate(_read(verdicts)):
        count += 1
        if read == wanted:
            break
    return count


def _read(verdicts: Iterable[str]) -> Iterator[int]:
    return (int(verdict in READ) for verdict in verdicts)


@dataclass(frozen=True, slots=True)
class Tally:
    """What the second looks came to, in numbers of facts."""

    drawn: int
    read: int
    correct: int

    @property
    def unreadable(self) -> int:
        """Facts that were passed over because their page could not be had."""
        return self.drawn - self.read

    @property
    def share(self) -> float | None:
        """Correct ones of those that were read; None when none was."""
        return self.correct / self.read if self.read else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of the share; None when none was read."""
        return wilson(self.correct, self.read)


def tally(verdicts: Iterable[str]) -> Tally:
    """The verdicts counted."""
    known = list(verdicts)
    return Tally(len(known), sum(_read(known)), known.count(CORRECT))
