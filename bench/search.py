"""How long a search takes among many company names, and facets among many pilots.

``python -m bench.search [companies] [pilots]`` makes names and pilots at random (the
same every time), builds the indexes and prints medians. Nothing is written to disk.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from analytics.search import NameIndex, search
from analytics.stages import FIRST_PILOT_STAGE
from analytics.technologies import Catalogue, TechnologyFilter, facet_counts, selected

COMPANIES = 100_000
PILOTS = 1_000_000
REPEATS = 7
SEED = 20261122

HEADS = ("오토", "네이처", "스마트", "에코", "라이드", "클라우드", "딥", "로보", "모빌", "시티")
TAILS = (
    "노머스",
    "플럭스",
    "테크",
    "시스템",
    "로보틱스",
    "에이아이",
    "이노베이션",
    "솔루션",
    "랩스",
)
ENGLISH = ("auto", "ride", "eco", "smart", "deep", "robo", "city", "nova", "tech", "labs", "grid")
LADDER = ("selected", "poc", "poc-completed", "field-demo", "adopted", "contract", "commercialised")
FIRST_RANK = 4


def _syllable(rng: random.Random) -> str:
    return chr(0xAC00 + rng.randrange(11_172))


def _names(count: int, rng: random.Random) -> Iterator[tuple[str, str]]:
    for _ in range(count):
        middle = "".join(_syllable(rng) for _ in range(rng.randrange(1, 4)))
        korean = rng.choice(HEADS) + middle + rng.choice(TAILS)
        letters = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randrange(3, 7)))
        yield korean, f"{rng.choice(ENGLISH)} {letters} {rng.choice(ENGLISH)}"


def companies(count: int) -> pd.DataFrame:
    """``count`` companies with a Korean and an English name each, and one to look for."""
    rng = random.Random(SEED)
    pairs = [("오토노머스에이투지", "Autonomous A2Z"), *_names(count - 1, rng)]
    rows = [("company", key, name) for key, pair in enumerate(pairs) for name in pair]
    return pd.DataFrame(rows, columns=["field", "key", "text"])


def pilots(count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows as `analytics.pilot_facts` gives them (the columns the screen reads), and the ladder."""
    rng = np.random.default_rng(SEED)
    owners = max(count // 4, 1)

    def codes(stem: str, kinds: int, known: float = 1.0) -> pd.Series:
        values = pd.Series([f"{stem}-{n}" for n in range(kinds)])
        drawn = values.iloc[rng.integers(0, kinds, count)].reset_index(drop=True)
        return drawn.where(rng.random(count) < known)

    rank = rng.integers(FIRST_RANK, FIRST_RANK + len(LADDER), count)
    org = rng.integers(0, owners, count)
    days = pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 4_000, count), unit="D")
    money = pd.Series(rng.integers(1, 500, owners) * 1e8).where(rng.random(owners) < 0.1)
    investors = [
        (f"investor-{n % 3000}",) if n % 10 == 0 else () for n in range(owners)
    ]  # one company in ten has a known investor
    frame = pd.DataFrame(
        {
            "pilot_id": [f"pilot-{n:07d}" for n in range(count)],
            "org_id": pd.Series([f"company-{n}" for n in range(owners)]).iloc[org].to_numpy(),
            "rank": rank,
            "stage": np.array(LADDER)[rank - FIRST_RANK],
            "sector": codes("sector", 13),
            "host_kind": codes("kind", 10, 0.9),
            "host_org_id": codes("host", 5_000, 0.9),
            "sido": codes("KR", 17, 0.8),
            "testbed_id": codes("testbed", 1_000, 0.4),
            "program_id": codes("program", 500, 0.9),
            "parent_program_id": codes("program", 50, 0.3),
            "last_latest": pd.Series(days).where(rng.random(count) < 0.8),
            "sites": rng.integers(0, 8, owners)[org],
            "sources": rng.integers(1, 6, count),
            "other_publishers": rng.integers(0, 5, count),
            "founded_year": pd.Series(rng.integers(1990, 2024, owners)).iloc[org].to_numpy(),
            "rounds": rng.integers(0, 6, owners)[org],
            "last_round": rng.integers(2015, 2026, owners)[org].astype(str),
            "rounds_after": rng.integers(0, 2, owners)[org],
            "disclosed": money.iloc[org].to_numpy(),
            "investor_ids": pd.Series(investors, dtype=object).iloc[org].to_numpy(),
        }
    )
    ladder = pd.DataFrame({"stage": LADDER, "rank": range(FIRST_RANK, FIRST_RANK + len(LADDER))})
    assert ladder["stage"][0] == FIRST_PILOT_STAGE
    return frame, ladder


def milliseconds(call: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median time of ``repeats`` calls."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def report_search(count: int) -> None:
    start = time.perf_counter()
    index = NameIndex(companies(count))
    print(
        f"index of {count:,} companies ({len(index):,} names): {time.perf_counter() - start:.1f} s"
    )
    queries = {
        "whole name": "오토노머스에이투지",
        "wrong vowel": "오토너머스",
        "two mistakes": "오토너머스에이투치",
        "initials": "ㅇㅌㄴㅁㅅ",
        "common word": "스마트",
        "common initials": "ㅅㅁㅌ",
        "English": "autonomous",
        "English, mistyped": "autonomus a2z",
        "common and mistyped": "스마드시스템",
        "nothing": "쀍뛟휆뤫",
    }
    medians = []
    for kind, query in queries.items():
        took = milliseconds(lambda query=query: search(index, query, 20))  # type: ignore[misc]
        medians.append(took)
        print(f"  {kind:20} {query:14} {len(search(index, query)):7,} found {took:8.1f} ms")
    print(
        f"  median of the kinds: {statistics.median(medians):.1f} ms, worst {max(medians):.1f} ms"
    )


def report_screen(count: int) -> None:
    frame, ladder = pilots(count)
    start = time.perf_counter()
    rows = Catalogue(frame, ladder)
    print(f"catalogue of {count:,} pilots: {time.perf_counter() - start:.1f} s")
    filters = {
        "no filter": TechnologyFilter(),
        "stage and sector": TechnologyFilter(stage_from="field-demo", sector=("sector-3",)),
        "eight parts": TechnologyFilter(
            stage_from="field-demo",
            year_from=2018,
            sector=("sector-1", "sector-2"),
            host_kind=("kind-1", "kind-2"),
            sido=("KR-1", "KR-2", "KR-3"),
            program=("program-1", "program-30"),
            sites_from=2,
            round_after=True,
        ),
    }
    for name, chosen in filters.items():
        counted = milliseconds(lambda chosen=chosen: facet_counts(rows, chosen))  # type: ignore[misc]
        print(f"  facets, {name:26} {counted:8.1f} ms")
        for by in ("stage", "money"):
            sorted_in = milliseconds(lambda chosen=chosen, by=by: selected(rows, chosen, by))  # type: ignore[misc]
            print(f"  filter and sort by {by}, {name:12} {sorted_in:8.1f} ms")


def main(arguments: Sequence[str]) -> None:
    given = [int(a) for a in arguments] + [COMPANIES, PILOTS][len(arguments) :]
    report_search(given[0])
    report_screen(given[1])


if __name__ == "__main__":
    main(sys.argv[1:])
