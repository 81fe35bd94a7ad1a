"""Which organisations are likely the same, with a score and the reasons."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from loaders.curation.naming import bare, core
from loaders.curation.store import Row, Sheet

LIKELY = 88.0
DECIDED = Path("curation") / "different_organizations.csv"


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two organisations that may be one; ``reasons`` are codes with words in `words`."""

    score: float
    left: str
    right: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    key: str
    names: dict[str, str]
    cores: dict[str, str]
    site: str


def host_of(url: str) -> str:
    """The host of an address without ``www.``; '' when it has none."""
    return (urlsplit(url.strip()).hostname or "").removeprefix("www.")


def _known(row: Row) -> _Known:
    names = {lang: row[f"name_{lang}"] for lang in ("ko", "en")}
    return _Known(
        row["org_id"],
        {lang: bare(name) for lang, name in names.items()},
        {lang: core(name) for lang, name in names.items()},
        host_of(row["website"]),
    )


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _alike(left: _Known, right: _Known) -> Pair | None:
    reasons: dict[str, float] = {}
    for lang in ("ko", "en"):
        one, other = left.names[lang], right.names[lang]
        if not one or not other or _digits(one) != _digits(other):
            continue
        if one == other:
            reasons[f"same-name-{lang}"] = 100.0
            continue
        whole = fuzz.ratio(one, other)
        rest = fuzz.ratio(left.cores[lang], right.cores[lang])
        # short names differ by one letter and are others: the longer, the more a likeness says
        if min(len(one), len(other)) >= (4 if lang == "ko" else 6):
            score = min(whole, rest)
            if score >= LIKELY:
                reasons[f"like-name-{lang}"] = score
    if left.site and left.site == right.site:
        reasons["same-website"] = 95.0
    if not reasons:
        return None
    first, second = sorted((left.key, right.key))
    return Pair(max(reasons.values()), first, second, tuple(reasons))


def like(row: Row, sheet: Sheet) -> list[Pair]:
    """Organisations of ``sheet`` that may be ``row``, likeliest first."""
    new = _known(row)
    others = (_known(other) for other in sheet.rows if other["org_id"] != row["org_id"])
    found = [pair for other in others if (pair := _alike(new, other))]
    return sorted(found, key=lambda pair: (-pair.score, pair.left, pair.right))


def _candidates(known: list[_Known]) -> Iterator[tuple[_Known, _Known]]:
    """Pairs worth comparing: an equal site or name, or names of nearly the same length."""
    blocks: dict[tuple[str, str], list[_Known]] = defaultdict(list)
    for item in known:
        for lang in ("ko", "en"):
            for gram in {item.names[lang][i : i + 2] for i in range(len(item.names[lang]) - 1)}:
                blocks[lang, gram].append(item)
        if item.site:
            blocks["site", item.site].append(item)
    seen: set[tuple[str, str]] = set()
    for block in blocks.values():
        for one, other in combinations(block, 2):
            if (one.key, other.key) not in seen:
                seen.add((one.key, other.key))
                yield one, other


def pairs(sheet: Sheet, different: Collection[frozenset[str]]) -> list[Pair]:
    """All likely pairs that were not decided to be different, likeliest first."""
    known = [_known(row) for row in sheet.rows]
    found = [
        pair
        for one, other in _candidates(known)
        if frozenset((one.key, other.key)) not in different and (pair := _alike(one, other))
    ]
    return sorted(found, key=lambda pair: (-pair.score, pair.left, pair.right))


def decided_different(folder: Path) -> set[frozenset[str]]:
    """Pairs of organisations that a curator found to be two; columns ``left``, ``right``, ``why``.

    The file stands in a folder of its own: it is about the work, not part of the data package.
    """
    path = folder / DECIDED
    if not path.is_file():
        return set()
    with path.open(encoding="utf-8", newline="") as file:
        return {frozenset((row["left"], row["right"])) for row in csv.DictReader(file)}


def decide(folder: Path, left: str, right: str, why: str) -> None:
    """Record that two organisations are two, sorted, one line a pair."""
    path = folder / DECIDED
    rows: list[list[str]] = []
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            rows = [[r["left"], r["right"], r["why"]] for r in csv.DictReader(file)]
    pair = sorted((left, right))
    rows = sorted([*(r for r in rows if r[:2] != pair), [*pair, why]])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["left", "right", "why"])
        writer.writerows(rows)
