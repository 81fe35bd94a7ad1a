"""Rows that may tell of the same round or the same pilot twice."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, utils

from loaders.dates import bounds, is_partial_date
from loaders.findings.base import Facts, Finding, Mask, Positions, days, label, quantity
from loaders.rules import Row, records

#: Days between two reports of one round.
ROUND_DAYS = 45

#: Largest ratio of two statements of one amount.
SIMILAR_AMOUNT = 1.25

#: Least similarity of two names of one technology (rapidfuzz, 0 to 100).
SIMILAR_TECHNOLOGY = 80.0

#: Columns whose different values, when both are known, tell two pilots apart.
PLACES = ("host_org_id", "host_name_ko", "testbed_id", "sigungu_code", "city_ko")

#: Rounds that a company has once.
ONCE = ("seed", "pre-a", "series-a", "series-b", "series-c", "pre-ipo", "ipo")


def days_between(first: str, second: str) -> int | None:
    """Fewest days that may lie between two partial dates; None when one is unknown."""
    if not (is_partial_date(first) and is_partial_date(second)):
        return None
    (a, b), (c, d) = bounds(first), bounds(second)
    return max((c - b).days, (a - d).days, 0)


def _pairs(frame: pd.DataFrame) -> tuple[Positions, Positions]:
    """Positions of two rows of one company at a time, in the order of their keys."""
    companies = pd.factorize(frame["org_id"])[0]
    order = np.argsort(companies, kind="stable")
    grouped = companies[order]
    firsts, seconds = [order[:0]], [order[:0]]
    for apart in range(1, len(order)):
        same = grouped[apart:] == grouped[:-apart]
        if not same.any():
            break
        firsts.append(order[:-apart][same])
        seconds.append(order[apart:][same])
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    sort = np.lexsort((second, first, companies[first]))
    return first[sort], second[sort]


def _rows(frame: pd.DataFrame, first: Positions, second: Positions) -> Iterator[tuple[Row, Row]]:
    return zip(records(frame.iloc[first]), records(frame.iloc[second]), strict=True)


def _close(frame: pd.DataFrame) -> Iterator[tuple[Row, Row]]:
    """Two rounds of one company that may lie no more than `ROUND_DAYS` apart."""
    first, second = _pairs(frame)
    low, high = days(frame["date"])
    apart = np.maximum(low[second] - high[first], low[first] - high[second])
    close = apart <= ROUND_DAYS
    return _rows(frame, first[close], second[close])


def _similar(first: Row, second: Row) -> bool | None:
    """Whether the amounts are about the same; None when one of them is not known."""
    if not (first["amount"] and second["amount"]):
        return None
    if first["currency"] != second["currency"]:
        return False
    low, high = sorted((int(first["amount"]), int(second["amount"])))
    return high <= low * SIMILAR_AMOUNT


def _told_apart(first: Row, second: Row) -> bool:
    """Whether one page tells of both, with another date or amount."""
    differ = any(first[c] != second[c] for c in ("date", "amount"))
    return differ and first["source_id"] == second["source_id"]


def _deal(row: Row) -> tuple[str, str]:
    kind = label("investments", "round", row["round"])
    day = row["date"] or "–"
    if not row["amount"]:
        return f"{kind[0]}, {day}, amount not disclosed", f"{kind[1]}, {day}, 금액 미공개"
    amount = quantity(row["amount"], row["currency"])
    return f"{kind[0]}, {day}, {amount[0]}", f"{kind[1]}, {day}, {amount[1]}"


def rounds(facts: Facts) -> Iterator[Finding]:
    """Rounds of one company close in time.

    With about the same amount they may be one round. With an unknown amount too, when
    the dates overlap and nothing else tells the rounds apart. A round that a company has
    once, with two quite different amounts, is a contradiction.
    """
    for first, second in _close(facts.frame("investments")):
        between = days_between(first["date"], second["date"])
        if _told_apart(first, second):
            continue
        similar = _similar(first, second)
        kinds = {first["round"], second["round"]}
        alike = len(kinds) == 1 or "undisclosed" in kinds
        if similar or (similar is None and between == 0 and alike):
            rule = "same-round-twice"
            ask = "Are they one round?", "같은 투자 라운드입니까?"
        elif similar is False and len(kinds) == 1 and first["round"] in ONCE:
            rule = "contradictory-round"
            ask = "Which amount is right?", "어느 금액이 맞습니까?"
        else:
            continue
        name = facts.name("organizations", first["org_id"])
        deals = _deal(first), _deal(second)
        yield Finding(
            rule,
            "investments",
            (second["investment_id"], first["investment_id"]),
            (
                f"{name[0]}: two rows close in time: {deals[0][0]}; {deals[1][0]}. {ask[0]}",
                f"{name[1]}: 시점이 가까운 두 행이 있습니다: {deals[0][1]} / {deals[1][1]}. "
                f"{ask[1]}",
            ),
        )


def _nearby(
    frame: pd.DataFrame, first: Positions, second: Positions
) -> tuple[Positions, Positions]:
    """The pairs of pilots that are not known to have different hosts or places."""
    for column in ("sido", "country", *PLACES):
        cells = frame[column].to_numpy()
        one, other = cells[first], cells[second]
        apart = one != other
        if column in PLACES:
            apart &= (one != "") & (other != "")
        first, second = first[~apart], second[~apart]
    return first, second


def _alike(frame: pd.DataFrame, first: Positions, second: Positions) -> Mask:
    """Pairs with a similar technology in one of the languages."""

    @cache  # many pairs have the same two names
    def alike(one: str, other: str) -> bool:
        found = fuzz.token_set_ratio(one, other, processor=utils.default_process)
        return bool(found >= SIMILAR_TECHNOLOGY)

    found = np.zeros(len(first), dtype=bool)
    for column in ("technology_en", "technology_ko"):
        names = frame[column].to_numpy()
        pairs = zip(names[first], names[second], strict=True)
        found |= np.fromiter((alike(one, other) for one, other in pairs), bool, len(first))
    return found


def pilots(facts: Facts) -> Iterator[Finding]:
    """Pilots of one company with a similar technology, not known to be in different places."""
    frame = facts.frame("pilots")
    one, other = _nearby(frame, *_pairs(frame))
    alike = _alike(frame, one, other)
    for first, second in _rows(frame, one[alike], other[alike]):
        name = facts.name("organizations", first["org_id"])
        yield Finding(
            "same-pilot-twice",
            "pilots",
            (second["pilot_id"], first["pilot_id"]),
            (
                f"{name[0]}: “{first['technology_en']}” ({first['start_date'] or '–'}) and "
                f"“{second['technology_en']}” ({second['start_date'] or '–'}) are not known to be "
                "in different places. Are they one pilot?",
                f"{name[1]}: ‘{first['technology_ko']}’({first['start_date'] or '–'}), "
                f"‘{second['technology_ko']}’({second['start_date'] or '–'}) 두 실증의 장소가 "
                "다르다는 근거가 없습니다. 같은 실증입니까?",
            ),
        )
