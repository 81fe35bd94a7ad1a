"""Amounts out of scale: the slip of a thousand between won, ten thousand (만) and 억."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

import numpy as np
import pandas as pd

from loaders.findings.base import Both, Facts, Finding, Positions, quantity
from loaders.rules import Row, records

#: Powers of ten by which an amount must differ from the others of its group.
SLIP = 2.5

#: Multiples of the group's own spread by which it must differ as well.
SPREADS = 3.5

#: Smallest spread assumed, in powers of ten: a few equal amounts prove little.
LEAST_SPREAD = 0.3

#: Amounts to compare with.
OTHERS = 3


@dataclass(frozen=True, slots=True)
class _Series:
    """A column of amounts, and the groups within which they should be of one scale."""

    table: str
    key: str
    column: str
    groups: tuple[tuple[str, ...], ...]
    unit: str = "currency"


SERIES = (
    _Series(
        "funding",
        "funding_id",
        "amount",
        (("kind", "basis", "is_smart_city"), ("program_id", "kind", "basis")),
    ),
    _Series("investments", "investment_id", "amount", (("amount_kind",), ("round",), ("org_id",))),
    _Series("program_editions", "edition_id", "budget", (("program_id",), ())),
    _Series("program_editions", "edition_id", "support_per_company", (("program_id",), ())),
    _Series("pilots", "pilot_id", "public_support", (("public_support_kind",), ("program_id",))),
    _Series("cohorts", "cohort_id", "count", (("program_id", "stage"), ("stage",)), "unit"),
)


def won_per_unit(facts: Facts) -> dict[str, float]:
    """Won for one unit of each currency, average of all years: good enough for a scale."""
    rates: dict[str, list[float]] = defaultdict(list)
    for row in facts.rows("exchange_rates"):
        rates[row["currency"]].append(float(row["krw_per_unit"]))
    return {"KRW": 1.0} | {currency: mean(values) for currency, values in rates.items()}


def off_scale(values: list[float]) -> list[float]:
    """Powers of ten by which each value is out of scale with the others; 0 when it is not.

    The distance of its logarithm from the median of theirs must exceed `SLIP` and
    `SPREADS` robust standard deviations (1.4826 times the median absolute deviation,
    at least `LEAST_SPREAD`). Both are taken without the value itself, so that it cannot
    hide by widening them. The logarithms are sorted once, and so are their distances from
    each median that can come about when one value is left out (three at most).
    """
    if len(values) <= OTHERS:
        return [0.0] * len(values)
    logs = [math.log10(value) for value in values]
    ordered = sorted(logs)
    distances: dict[float, list[float]] = {}
    found: dict[float, float] = {}
    for log in ordered:
        if log in found:
            continue
        centre = _median_without(ordered, log)
        if centre not in distances:
            distances[centre] = sorted(abs(x - centre) for x in logs)
        middle = _median_without(distances[centre], abs(log - centre))
        distance = log - centre
        is_off = abs(distance) > max(SLIP, SPREADS * max(1.4826 * middle, LEAST_SPREAD))
        found[log] = distance if is_off else 0.0
    return [found[log] for log in logs]


def _median_without(ordered: list[float], value: float) -> float:
    """The median of sorted numbers after ``value``, one of them, is taken out once."""
    at = bisect_left(ordered, value)
    size = len(ordered) - 1
    low, high = (ordered[i + (i >= at)] for i in ((size - 1) // 2, size // 2))
    return (low + high) / 2 if size % 2 == 0 else high


def _named(facts: Facts, series: _Series, row: Row) -> Both:
    for column, table in (("program_id", "programs"), ("org_id", "organizations")):
        if row.get(column):
            return facts.name(table, row[column])
    if row.get("testbed_id"):
        return facts.name("testbeds", row["testbed_id"])
    return row[series.key], row[series.key]


def scale(facts: Facts) -> Iterator[Finding]:
    """Amounts that are out of scale within one of their groups, each found once."""
    rates = won_per_unit(facts)
    for series in SERIES:
        frame = facts.frame(series.table)
        frame = frame[(frame[series.column] != "") & frame[series.unit].isin(list(rates))]
        amounts = zip(frame[series.column], frame[series.unit], strict=True)
        won = np.array([int(amount) * rates[unit] for amount, unit in amounts], dtype=float)
        frame, won = frame[won > 0], won[won > 0]
        worst = np.zeros(len(won))
        for columns in series.groups:
            for group in _groups(frame, columns):
                found = np.array(off_scale(won[group].tolist()))
                worst[group] = np.where(np.abs(found) > np.abs(worst[group]), found, worst[group])
        far = worst != 0
        for row, distance in zip(records(frame[far]), worst[far].tolist(), strict=True):
            yield _question(facts, series, row, distance)


def _groups(frame: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[Positions]:
    """Positions of the rows that have the same in all columns, and in none nothing."""
    together: dict[tuple[str, ...], list[int]] = defaultdict(list)
    cells = zip(*(frame[column] for column in columns), strict=True)
    keys = cells if columns else ((),) * len(frame)
    for at, key in enumerate(keys):
        if all(key):
            together[key].append(at)
    yield from (np.array(group) for group in together.values())


def _question(facts: Facts, series: _Series, row: Row, distance: float) -> Finding:
    name = _named(facts, series, row)
    amount = quantity(row[series.column], row[series.unit])
    times = f"{10 ** abs(distance):,.0f}"
    above = distance > 0
    compared = "as large as" if above else "smaller than"
    return Finding(
        "amount-scale",
        series.table,
        (row[series.key], series.column.replace("_", "-")),
        (
            f"{name[0]}: {amount[0]} is about {times} times {compared} "
            "comparable amounts. Is it a slip of the unit?",
            f"{name[1]}: {amount[1]}, 비교 가능한 금액의 약 "
            f"{times}{'배' if above else '분의 1'}입니다. 단위 오류입니까?",
        ),
    )
