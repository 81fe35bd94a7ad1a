"""How many pages stand behind a figure, without a query for each: an index of the snapshot.

The pages themselves are given by `analytics.evidence.pages_behind`; a page under every
figure of a view needs their number only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from analytics.once import once_per_snapshot
from analytics.result import Rows
from loaders.engine import Runner
from loaders.package import package
from loaders.schema import unbound

#: Tables that name pages and hold no facts of their own: the pages themselves, further pages
#: of facts, and pages on which facts were read again.
NO_FACTS = ("sources", "fact_sources", "audits")

Index = Mapping[str, Mapping[str, frozenset[str]]]


def _pairs(run: Runner, table: str, *columns: str) -> list[tuple[str, ...]]:
    frame = run(unbound(table).select(*columns)).dropna()
    # sorted, so that nothing rests on the order in which an engine gives rows
    return sorted(tuple(map(str, row)) for row in frame.itertuples(index=False, name=None))


@once_per_snapshot
def citations(run: Runner) -> tuple[tuple[str, str, str], ...]:
    """Table, key and page of every sourced row: its own page, and its further ones."""
    found: list[tuple[str, str, str]] = []
    for name, resource in package().resources.items():
        if "source_id" in resource.columns and name not in NO_FACTS:
            pairs = _pairs(run, name, resource.primary_key[0], "source_id")
            found += [(name, key, page) for key, page in pairs]
    further = _pairs(run, "fact_sources", "table", "key", "source_id")
    return (*found, *((table, key, page) for table, key, page in further))


def facts_by_page(run: Runner) -> Mapping[str, int]:
    """How many rows each page carries, as their own or a further source."""
    return Counter(page for _, _, page in sorted(set(citations(run))))


@once_per_snapshot
def page_index(run: Runner) -> Index:
    """For each table the pages of each row, by its key.

    A pilot's stage rests on its milestones: it has their pages too.
    """
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for table, key, page in citations(run):
        found[table][key].add(page)
    for table, column in (("fact_sources", "fact_source_id"), ("audits", "audit_id")):
        for key, page in _pairs(run, table, column, "source_id"):
            found[table][key].add(page)
    for page, _ in _pairs(run, "sources", "source_id", "url"):
        found["sources"][page].add(page)
    steps = found["milestones"]
    for step, pilot in _pairs(run, "milestones", "milestone_id", "pilot_id"):
        found["pilots"][pilot] |= steps[step]
    return {t: {k: frozenset(p) for k, p in rows.items()} for t, rows in found.items()}


def pages_counted(run: Runner, rows: Rows) -> int:
    """Number of different pages that carry the rows behind a figure."""
    index = page_index(run)
    pages: set[str] = set()
    for table, ids in rows.items():
        of_table = index.get(table, {})
        for key in ids:
            pages |= of_table.get(key, frozenset())
    return len(pages)
