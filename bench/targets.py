"""What the site should keep, and whether a measurement did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

STOCK_TIMES = 6
TUNED_SHARE, TUNED_GOAL = 0.15, 0.25
RERUN_SHARE, RERUN_GOAL = 0.5, 0.25
AT_ONCE = 50
START_SECONDS = 5
COLD_TIMES = 3
MEMORY_MB, GROWTH_KB, FLAT_KB = 450, 50, 10
LCP_MS, CLS, KB_BEFORE = 2_500, 0.1, 1_500
FIGURE = "filter to figure (funnel)"
FIGURE_MS = {1_000_000: 300, 10_000_000: 1_500}
BUILD = (1_000_000, 60, 4_000)
#: How far a size may lie above the wanted one: whole copies of the data are made.
NEAR = 1.01


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target: what is wanted, what was measured, whether it is met, and the goal beyond."""

    target: str
    wanted: str
    measured: str
    met: bool


def _pages(found: Mapping[str, Any]) -> Iterator[Verdict]:
    stock = found["empty"]["stock"]["rerun"]["ms_median"]
    shares = {v["page"]: v["rerun"]["ms_median"] / stock for v in found["pages"]}
    worst = max(shares, key=shares.__getitem__)
    goal = sum(s <= RERUN_GOAL for s in shares.values())
    yield Verdict(
        "rerun after a filter change, of the stock empty page's rerun",
        f"≤ {RERUN_SHARE} on every page (goal {RERUN_GOAL})",
        f"worst {shares[worst]:.2f} ({worst}); goal met by {goal} of {len(shares)}",
        shares[worst] <= RERUN_SHARE,
    )
    faults = [fault for v in found["pages"] for fault in v["faults"]]
    heaviest = max(found["pages"], key=lambda v: v["rerun"]["kb"])
    yield Verdict(
        "payload of a rerun, and no exception",
        "≤ 60 KB (first map ≤ 300 KB)",
        "; ".join(faults) or f"largest {heaviest['rerun']['kb']} KB ({heaviest['page']})",
        not faults,
    )


def _load(found: Mapping[str, Any]) -> Iterator[Verdict]:
    busiest = max(row["client_share"] for row in found["load"])
    yield Verdict(
        "the driver is not what limits", "≤ 0.7 of a core", f"at most {busiest:.2f}", busiest <= 0.7
    )
    at = [row for row in found["load"] if row["sessions"] == AT_ONCE]
    rates = {row["page"]: row["runs_per_second"] for row in at}
    if not rates:
        return
    stock, tuned = rates.pop("empty, stock"), rates.pop("empty, tuned")
    worst = min(rates, key=rates.__getitem__)
    yield Verdict(
        f"runs/s at {AT_ONCE} sessions, of the stock empty page's",
        f"≥ {STOCK_TIMES}× on every page",
        f"worst {rates[worst] / stock:.1f}× ({worst}: {rates[worst]:.1f} against {stock:.1f})",
        rates[worst] >= STOCK_TIMES * stock,
    )
    goal = sum(rate >= TUNED_GOAL * tuned for rate in rates.values())
    yield Verdict(
        f"runs/s at {AT_ONCE} sessions, of the tuned empty page's",
        f"≥ {TUNED_SHARE:.0%} on every page (goal {TUNED_GOAL:.0%})",
        f"worst {rates[worst] / tuned:.1%} ({worst}; tuned {tuned:.0f}); "
        f"goal met by {goal} of {len(rates)}",
        rates[worst] >= TUNED_SHARE * tuned,
    )


def _start(found: Mapping[str, Any]) -> Iterator[Verdict]:
    start = found["start"]
    yield Verdict(
        "first answer after the start of the process, warm files",
        f"≤ {START_SECONDS} s",
        f"{start['first_page']} s (server ready after {start['ready']} s)",
        start["first_page"] <= START_SECONDS,
    )
    times = {p: ms / start["warm_ms"][p] for p, ms in start["cold_ms"].items()}
    worst = max(times, key=times.__getitem__)
    yield Verdict(
        "no visitor pays for a cold cache: first visit of a page, of the second",
        f"≤ {COLD_TIMES}×",
        f"worst {times[worst]:.1f}× ({worst}: {start['cold_ms'][worst]:.0f} ms)",
        times[worst] <= COLD_TIMES,
    )


def _memory(found: Mapping[str, Any]) -> Iterator[Verdict]:
    soak = found["soak"]
    yield Verdict(
        f"memory after {soak['closed']:,} sessions",
        f"≤ {MEMORY_MB} MB",
        f"{soak['end_mb']:.0f} MB",
        soak["end_mb"] <= MEMORY_MB and not soak["exceptions"],
    )
    yield Verdict(
        "growth for each closed session",
        f"≤ {GROWTH_KB} KB; second half flat (≤ {FLAT_KB} KB)",
        f"{soak['growth_kb']} KB; second half {soak['second_half_kb']} KB",
        soak["growth_kb"] <= GROWTH_KB and soak["second_half_kb"] <= FLAT_KB,
    )


def _browser(found: Mapping[str, Any]) -> Iterator[Verdict]:
    landing = [v for v in found["browser"] if v["page"] == "/"]
    worst = {name: max(v[name] for v in landing) for name in ("lcp", "cls", "kb_before")}
    yield Verdict(
        "landing page: largest paint (slower device)",
        f"≤ {LCP_MS / 1000} s",
        f"{worst['lcp'] / 1000:.2f} s",
        worst["lcp"] <= LCP_MS,
    )
    yield Verdict("landing page: layout shift", f"≤ {CLS}", f"{worst['cls']}", worst["cls"] <= CLS)
    early = sorted({file for v in landing for file in v["heavy_before"]})
    yield Verdict(
        "landing page: before the first paint",
        f"≤ {KB_BEFORE:,} KB, no chart or map file",
        f"{worst['kb_before']:,.0f} KB; " + (", ".join(early) or "none"),
        worst["kb_before"] <= KB_BEFORE and not early,
    )


def _scale(found: Mapping[str, Any]) -> Iterator[Verdict]:
    grown = [row for row in found["scale"] if row["function"] == FIGURE]
    for size, limit in FIGURE_MS.items():
        for row in grown:
            if size <= row["pilots"] <= size * NEAR:
                took = row["ms_median"]
                yield Verdict(
                    f"{size:,} pilots: from filter to figure, uncached",
                    f"≤ {limit:,} ms",
                    row["fault"] or f"{took:,.0f} ms",
                    took is not None and took <= limit,
                )
    timed = [row for row in grown if row["ms_median"] and row["pilots"] >= 100_000]
    if len(timed) > 1:
        small, large = timed[0], timed[-1]
        times = large["ms_median"] / small["ms_median"]
        rows = large["pilots"] / small["pilots"]
        yield Verdict(
            "growth of the figure's time with the rows",
            "no worse than linear",
            f"{rows:.0f}× the rows take {times:.1f}× the time",
            times <= rows,
        )
    size, seconds, megabytes = BUILD
    for row in found["builds"]:
        if size <= row["pilots"] <= size * NEAR:
            yield Verdict(
                f"build of the snapshot of {size:,} pilots",
                f"≤ {seconds} s, ≤ {megabytes:,} MB",
                row["fault"] or f"{row['seconds']:.0f} s, {row['peak_mb']:,.0f} MB",
                not row["fault"] and row["seconds"] <= seconds and row["peak_mb"] <= megabytes,
            )


PARTS = {
    "pages": _pages,
    "load": _load,
    "start": _start,
    "soak": _memory,
    "browser": _browser,
    "scale": _scale,
}


def verdicts(found: Mapping[str, Any]) -> list[Verdict]:
    """A verdict for each target whose part was measured."""
    return [v for part, judge in PARTS.items() if part in found for v in judge(found)]
