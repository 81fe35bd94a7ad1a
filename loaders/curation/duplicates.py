"""Rows that likely say again what another row says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from loaders.curation.naming import bare, folded
from loaders.curation.similar import like
from loaders.curation.store import Row, State
from loaders.dates import bounds, is_partial_date

SIMILAR_TEXT = 80.0
NEAR_DAYS = 120


@dataclass(frozen=True, slots=True)
class Likeness:
    """An earlier row that the new one may repeat; ``reason`` is a word of `words`."""

    key: str
    reason: str


def _near(one: str, other: str) -> bool:
    """Whether two partial dates may lie within `NEAR_DAYS`; an unknown date may lie anywhere."""
    if not (is_partial_date(one) and is_partial_date(other)):
        return True
    (first, last), (start, end) = bounds(one), bounds(other)
    return max((start - last).days, (first - end).days) <= NEAR_DAYS


def _alike(one: Row, other: Row, stem: str) -> bool:
    pairs = ((one[f"{stem}_{lang}"], other[f"{stem}_{lang}"]) for lang in ("en", "ko"))
    return any(
        a and b and fuzz.token_set_ratio(folded(a), folded(b)) >= SIMILAR_TEXT for a, b in pairs
    )


def _organization(state: State, row: Row) -> Iterator[Likeness]:
    for pair in like(row, state["organizations"]):
        other = pair.right if pair.left == row["org_id"] else pair.left
        yield Likeness(other, pair.reasons[0])


def _pilot(state: State, row: Row) -> Iterator[Likeness]:
    for other in state["pilots"].rows:
        if other["org_id"] != row["org_id"] or other["pilot_id"] == row["pilot_id"]:
            continue
        places = ("host_org_id", "testbed_id", "sido")
        stated = [(row[c], other[c]) for c in places if row[c] and other[c]]
        same_place = any(a == b for a, b in stated)
        if _alike(row, other, "technology") and (same_place or not stated):
            yield Likeness(other["pilot_id"], "same-technology")
        elif row["host_org_id"] and row["host_org_id"] == other["host_org_id"]:
            yield Likeness(other["pilot_id"], "same-host")


def _milestone(state: State, row: Row) -> Iterator[Likeness]:
    for other in state["milestones"].rows:
        if (other["pilot_id"], other["stage"]) == (row["pilot_id"], row["stage"]):
            yield Likeness(other["milestone_id"], "same-stage")


def _round(state: State, row: Row) -> Iterator[Likeness]:
    for other in state["investments"].rows:
        if other["org_id"] != row["org_id"] or not _near(other["date"], row["date"]):
            continue
        if other["round"] == row["round"]:
            yield Likeness(other["investment_id"], "same-round")
        elif row["amount"] and other["amount"] == row["amount"]:
            yield Likeness(other["investment_id"], "same-amount")


def _named(table: str) -> Callable[[State, Row], Iterator[Likeness]]:
    def find(state: State, row: Row) -> Iterator[Likeness]:
        key = state.package[table].primary_key[0]
        for other in state[table].rows:
            for lang in ("ko", "en"):
                one, two = bare(row[f"name_{lang}"]), bare(other[f"name_{lang}"])
                if one and one == two and other[key] != row[key]:
                    yield Likeness(other[key], f"same-name-{lang}")
                    break

    return find


def _equal(table: str, columns: tuple[str, ...]) -> Callable[[State, Row], Iterator[Likeness]]:
    def find(state: State, row: Row) -> Iterator[Likeness]:
        for other in state[table].rows:
            if all(other[c] == row[c] for c in columns):
                yield Likeness(other[state.package[table].primary_key[0]], "same-values")

    return find


_FINDERS: Mapping[str, Callable[[State, Row], Iterator[Likeness]]] = {
    "organizations": _organization,
    "pilots": _pilot,
    "milestones": _milestone,
    "investments": _round,
    "testbeds": _named("testbeds"),
    "programs": _named("programs"),
    "program_editions": _equal(
        "program_editions", ("program_id", "edition_year", "edition_label_en")
    ),
    "cohorts": _equal("cohorts", ("program_id", "edition_year", "stage", "scope", "side", "count")),
    "funding": _equal("funding", ("program_id", "testbed_id", "year", "basis", "amount")),
    "indicators": _equal("indicators", ("indicator", "program_id", "year", "sido", "value")),
    "events": _equal("events", ("org_id", "testbed_id", "kind", "date")),
}


def likely(state: State, table: str, row: Row) -> list[Likeness]:
    """Rows of ``state`` that ``row``, not yet in it, may repeat."""
    finder = _FINDERS.get(table)
    found = list(finder(state, row)) if finder else []
    return list({likeness.key: likeness for likeness in found}.values())
