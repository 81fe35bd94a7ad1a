"""Results as tables: on the console, and between two marks of the README."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.targets import verdicts

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
CURVE_POINTS = 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its title; the first column is text, the others numbers."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]


def _verdicts(found: Mapping[str, Any]) -> Sheet:
    rows = [
        (v["target"], v["wanted"], v["measured"], "met" if v["met"] else "**missed**")
        for v in found["verdicts"]
    ]
    return Sheet("Targets", ("target", "wanted", "measured", "verdict"), rows)


def _pages(found: Mapping[str, Any]) -> Sheet:
    stock = found["empty"]["stock"]["rerun"]["ms_median"]
    named = [
        {**found["empty"][kind], "page": f"empty, {kind}"} for kind in ("stock", "tuned")
    ] + list(found["pages"])
    rows = []
    for visit in named:
        first, rerun = visit["first"], visit["rerun"]
        rows.append(
            (
                f"`{visit['page']}`",
                *(f"{first['kb']:.0f} / {first['wire_kb']:.0f}",),
                *(f"{rerun['kb']:.0f} / {rerun['wire_kb']:.0f}",),
                *(f"{first['ms_median']:.0f} / {first['ms_p95']:.0f}",),
                *(f"{rerun['ms_median']:.0f} / {rerun['ms_p95']:.0f}",),
                f"{rerun['cpu_ms']:.1f}",
                rerun["messages"],
                f"{rerun['ms_median'] / stock:.2f}",
            )
        )
    return Sheet(
        "One session",
        ("page", "first KB / wire", "rerun KB / wire", "first ms / p95", "rerun ms / p95",
         "rerun CPU ms", "messages", "of stock empty"),
        rows,
    )  # fmt: skip


def _load(found: Mapping[str, Any]) -> Sheet:
    sessions = sorted({row["sessions"] for row in found["load"]})
    by_page: dict[str, dict[int, Mapping[str, Any]]] = {}
    for row in found["load"]:
        by_page.setdefault(row["page"], {})[row["sessions"]] = row
    at = 50 if 50 in sessions else sessions[-1]
    stock = by_page["empty, stock"][at]["runs_per_second"]
    tuned = by_page["empty, tuned"][at]["runs_per_second"]
    rows = []
    for page, loads in by_page.items():
        rate = loads[at]["runs_per_second"]
        rows.append(
            (
                f"`{page}`",
                *(f"{loads[n]['runs_per_second']:.1f}" if n in loads else "–" for n in sessions),
                f"{rate / stock:.1f}×",
                f"{rate / tuned:.1%}",
                f"{loads[at]['ms_p95']:,.0f}",
                f"{loads[at]['client_share']:.2f} / {loads[at]['server_share']:.2f}",
            )
        )
    return Sheet(
        "Sessions at once: runs each second",
        ("page", *(f"{n}" for n in sessions), f"of stock at {at}", f"of tuned at {at}",
         f"p95 ms at {at}", f"cores: driver / server at {at}"),
        rows,
    )  # fmt: skip


def _soak(found: Mapping[str, Any]) -> Sheet:
    soak, held = found["soak"], found["held"]
    step = max(len(soak["curve"]) // CURVE_POINTS, 1)
    rows: list[Sequence[object]] = [
        ("idle, warm", f"{held['before_mb']:.0f}"),
        (f"{held['sessions']} sessions open ({held['each_kb']:.0f} KB each)",
         f"{held['open_mb']:.0f}"),
    ]  # fmt: skip
    rows += [
        (f"after {closed:,} closed", f"{mb:.0f}") for closed, mb in soak["curve"][step - 1 :: step]
    ]
    return Sheet("Memory of the server", ("when", "MB"), rows)


def _start(found: Mapping[str, Any]) -> Sheet:
    start = found["start"]
    rows: list[Sequence[object]] = [
        ("server answers", f"{start['ready'] * 1000:,.0f}"),
        ("landing page complete", f"{start['first_page'] * 1000:,.0f}"),
        ("all pages rehearsed", f"{start['rested'] * 1000:,.0f}"),
    ]
    rows += [
        (f"first / second visitor of `{page}`", f"{ms:.0f} / {start['warm_ms'][page]:.0f}")
        for page, ms in start["cold_ms"].items()
    ]
    return Sheet("After the start of the process (warm files)", ("what", "ms"), rows)


def _browser(found: Mapping[str, Any]) -> Sheet:
    rows = [
        (
            f"`{v['page']}` {v['device']}",
            *(f"{v[name]:,}" for name in ("heading", "lcp", "cls", "inp")),
            *(f"{v[name]:,.0f}" for name in ("kb_before", "kb")),
            "; ".join(f"{file} {at:,.0f}" for file, at in v["heavy"].items()),
        )
        for v in found["browser"]
    ]
    return Sheet(
        "Browser, empty cache (ms; KB as sent)",
        ("page", "title painted", "LCP", "CLS", "INP", "KB before the title", "KB in all",
         "chart and map files came at"),
        rows,
    )  # fmt: skip


def _scale(found: Mapping[str, Any]) -> Iterator[Sheet]:
    sizes = sorted({row["pilots"] for row in found["scale"]})
    by_function: dict[str, dict[int, Mapping[str, Any]]] = {}
    for row in found["scale"]:
        by_function.setdefault(row["function"], {})[row["pilots"]] = row

    def cell(row: Mapping[str, Any] | None) -> str:
        if row is None:
            return "–"
        return row["fault"] or f"{row['ms_median']:,.0f} ({row['peak_mb']:,.0f} MB)"

    yield Sheet(
        "Analytics on generated pilots: median ms of an uncached filter (peak memory)",
        ("function", *(f"{size:,}" for size in sizes)),
        [
            (f"`{name}`", *(cell(rows.get(size)) for size in sizes))
            for name, rows in by_function.items()
        ],
    )
    if found["builds"]:
        yield Sheet(
            "Build of a snapshot from files",
            ("pilots", "rows of all tables", "seconds", "peak MB"),
            [
                (f"{b['pilots']:,}", f"{b['rows']:,}", b["fault"] or b["seconds"], b["peak_mb"])
                for b in found["builds"]
            ],
        )


def sheets(found: Mapping[str, Any]) -> Iterator[Sheet]:
    """The tables of what was measured."""
    if found.get("verdicts"):
        yield _verdicts(found)
    parts = {
        "pages": _pages, "load": _load, "soak": _soak, "start": _start, "browser": _browser,
    }  # fmt: skip
    for part, sheet in parts.items():
        if part in found:
            yield sheet(found)
    if "scale" in found:
        yield from _scale(found)


def with_verdicts(found: Mapping[str, Any]) -> dict[str, Any]:
    """The results with a verdict for every target that can be judged."""
    return {**found, "verdicts": [asdict(v) for v in verdicts(found)]}


def show(found: Mapping[str, Any], console: Console) -> None:
    """Print the tables."""
    for sheet in sheets(found):
        table = Table(title=sheet.title)
        for number, heading in enumerate(sheet.headings):
            table.add_column(heading, justify="right" if number else "left")
        for row in sheet.rows:
            table.add_row(*(str(cell) for cell in row))
        console.print(table)


def _markdown(sheet: Sheet) -> str:
    text = sheet.title == "Targets"
    lines = [
        f"### {sheet.title}",
        "",
        "| " + " | ".join(sheet.headings) + " |",
        "|---" + ("|---" if text else "|--:") * (len(sheet.headings) - 1) + "|",
    ]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in sheet.rows]
    return "\n".join(lines)


def write_readme(found: Mapping[str, Any], readme: Path = README) -> None:
    """Put the tables between the marks of the README.

    Raises:
        ValueError: a mark is missing.
    """
    machine = found["machine"]
    head = (
        f"Measured {found['measured'][:10]}: {machine['cores']} shared cores, {machine['system']}, "
        f"Python {machine['python']}, Streamlit {machine['streamlit']}, "
        f"snapshot {found['snapshot']}, commit {found['commit']}."
    )
    text = readme.read_text(encoding="utf-8")
    before, rest = text[: text.index(BEGIN)], text[text.index(END) :]
    body = "\n\n".join([head, *(_markdown(sheet) for sheet in sheets(found))])
    readme.write_text(f"{before}{BEGIN}\n\n{body}\n\n{rest}", encoding="utf-8")
