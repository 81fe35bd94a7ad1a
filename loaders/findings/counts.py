"""Two pages that say different things about one fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from loaders.datasets.cohorts import SERIES
from loaders.findings.base import Both, Facts, Finding, label, quantity
from loaders.package import package
from loaders.rules import Row

#: What makes two amounts of public money statements about the same money.
SAME_MONEY = (
    *("program_id", "testbed_id", "kind", "basis", "year", "year_end", "currency"),
    *("sido", "payer_level", "recipient_en", "parent_funding_id"),
)


def _groups(rows: list[dict[str, str]], columns: tuple[str, ...]) -> Iterator[list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[c] for c in columns)].append(row)
    yield from (group for group in found.values() if len(group) > 1)


def _both_say(facts: Facts, first: Row, second: Row, values: tuple[Both, Both]) -> Both:
    """``value (page) and value (page)`` in both languages."""
    pages = facts.page(first["source_id"]), facts.page(second["source_id"])
    return (
        f"{values[0][0]} ({pages[0][0]}) and {values[1][0]} ({pages[1][0]})",
        f"{values[0][1]}({pages[0][1]}), {values[1][1]}({pages[1][1]})",
    )


def counts(facts: Facts) -> Iterator[Finding]:
    """Counts of one series and stage that differ from page to page.

    Each is held against the primary count (else the first). Counts of one page, and
    counts whose days are both stated and different, do not contradict each other.
    """
    for group in _groups(facts.rows("cohorts"), (*SERIES, "stage", "unit")):
        ordered = sorted(group, key=lambda r: (r["is_primary"] != "true", r["cohort_id"]))
        held, *others = ordered
        for row in others:
            other_day = held["as_of"] and row["as_of"] and held["as_of"] != row["as_of"]
            same_page = row["source_id"] == held["source_id"]
            if row["count"] == held["count"] or other_day or same_page:
                continue
            program = facts.name("programs", row["program_id"])
            stage = facts.name("stages", row["stage"])
            unit = row["unit"]
            said = _both_say(
                facts, held, row, (quantity(held["count"], unit), quantity(row["count"], unit))
            )
            years = row["edition_year"] or "–"
            yield Finding(
                "contradictory-count",
                "cohorts",
                (row["cohort_id"], held["cohort_id"]),
                (
                    f"{program[0]}, {years}, “{stage[0]}”: pages give {said[0]}. "
                    "Which is right, or do they count different things?",
                    f"{program[1]}, {years}, ‘{stage[1]}’: 페이지별 값이 다릅니다: {said[1]}. "
                    "어느 값이 맞습니까, 아니면 집계 대상이 다릅니까?",
                ),
            )


def amounts(facts: Facts) -> Iterator[Finding]:
    """Amounts of public money for one purpose and year that differ from page to page."""
    named = [r for r in facts.rows("funding") if r["program_id"] or r["testbed_id"]]
    for group in _groups(named, SAME_MONEY):
        held, *others = sorted(group, key=lambda r: r["funding_id"])
        for row in others:
            if row["amount"] == held["amount"] or row["source_id"] == held["source_id"]:
                continue
            table = "programs" if row["program_id"] else "testbeds"
            name = facts.name(table, row["program_id"] or row["testbed_id"])
            basis = label("funding", "basis", row["basis"])
            unit = row["currency"]
            said = _both_say(
                facts, held, row, (quantity(held["amount"], unit), quantity(row["amount"], unit))
            )
            yield Finding(
                "contradictory-amount",
                "funding",
                (row["funding_id"], held["funding_id"]),
                (
                    f"{name[0]} ({basis[0]}): pages give {said[0]} for the same purpose and year. "
                    "Which is right, or is the money not the same?",
                    f"{name[1]}({basis[1]}): 같은 용도와 연도의 금액이 다릅니다: {said[1]}. "
                    "어느 금액이 맞습니까, 아니면 다른 재원입니까?",
                ),
            )


def disagreeing(facts: Facts) -> Iterator[Finding]:
    """Further sources of a fact that do not agree with its row."""
    for link in facts.rows("fact_sources"):
        if link["agrees"] != "false":
            continue
        row = facts.by_key(link["table"]).get(link["key"], {})
        name = facts.name(link["table"], link["key"])
        column = link["column"]
        title = package()[link["table"]][column].title if column else {"en": "row", "ko": "행"}
        page = facts.page(link["source_id"])
        stated, held = link["value_stated"], row.get(column, "") or "–"
        yield Finding(
            "source-disagrees",
            "fact_sources",
            (link["fact_source_id"],),
            (
                f"{name[0]}, {title['en']}: the data say {held}, another page {stated} "
                f"({page[0]}). Which is right?",
                f"{name[1]}, {title['ko']}: 값이 다릅니다: 데이터 {held}, "
                f"다른 페이지 {stated}({page[1]}). 어느 값이 맞습니까?",
            ),
        )
