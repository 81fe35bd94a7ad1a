"""The picture of application windows: where each bar begins and ends."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.windows import windows
from charts.calendar import SHORTEST_BAR, year_calendar
from tests.unit.fixtures_small import small_run
from ui.program_views import calendar_order, window_pieces

MONTHS = [f"m{n}" for n in range(1, 13)]


def line(label: str, start: int, end: int, **more: object) -> dict[str, object]:
    row = {"label": label, "start": start, "end": end, "kind": "window", "current": False}
    return {**row, "hover": label, **more}


def editions(*spans: tuple[str, str | None, str | None]) -> pd.DataFrame:
    """Windows of programmes as analytics give them."""
    rows = [
        {
            "edition_id": f"{p}--{n}",
            "program_id": p,
            "edition_year": "2025",
            "apply_open": opens,
            "apply_close": closes,
        }
        for n, (p, opens, closes) in enumerate(spans)
    ]
    named = [{"program_id": p, "name_ko": p, "name_en": p} for p in {s[0] for s in spans}]
    run = small_run({"program_editions": rows, "programs": named})
    return windows(run, date(2026, 4, 10)).frame


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        ("2025-01-01", "2025-01-31", [(1, 31, "window")]),
        # 1 March is day 61 of a leap year, in every year
        ("2025-03-01", "2025-03-02", [(61, 62, "window")]),
        ("2024-03-01", "2024-03-02", [(61, 62, "window")]),
        ("2025-12-30", "2026-01-23", [(365, 366, "window"), (1, 23, "window")]),
        ("2024-05-01", "2025-04-30", [(122, 366, "window"), (1, 121, "window")]),
        ("2024-05-01", "2025-05-01", [(1, 366, "window")]),
        (None, "2025-12-31", [(366, 366, "deadline")]),
        ("2025-02-28", None, [(59, 59, "opening")]),
    ],
)
def test_windows_on_the_axis_of_a_year(
    opens: str | None, closes: str | None, expected: list[tuple[int, int, str]]
) -> None:
    row = editions(("p", opens, closes)).iloc[0]
    assert window_pieces(row) == expected


def test_programmes_stand_in_the_order_of_what_comes_next() -> None:
    frame = editions(
        ("march", "2025-03-01", "2025-03-20"),
        ("may", "2025-05-01", "2025-05-20"),
        ("running", "2026-02-01", "2026-08-01"),
        ("june-deadline", None, "2025-06-01"),
    )
    assert calendar_order(frame, date(2026, 4, 10)) == ["running", "may", "june-deadline", "march"]


def test_bars_triangles_and_names() -> None:
    frame = pd.DataFrame(
        [
            line("a <b>", 10, 40),
            line("a <b>", 12, 12),
            line("c", 100, 100, kind="deadline"),
            line("c", 200, 230, current=True),
        ]
    )
    fig = year_calendar(frame, months=MONTHS, today=101, today_text="today")
    bars = [trace for trace in fig.data if trace.type == "bar"]
    marks = [trace for trace in fig.data if trace.type == "scatter"]
    past, current = bars
    assert [(b + 0.5, w) for b, w in zip(past.base, past.x, strict=True)] == [
        (10, 31),
        (12, SHORTEST_BAR),
    ]
    assert (list(current.base), list(current.x), list(current.y)) == ([199.5], [31], [1])
    assert past.marker.color != current.marker.color
    assert [list(m.marker.symbol) for m in marks] == [["triangle-left"]]
    texts = [a.text for a in fig.layout.annotations]
    assert texts == ["a &#60;b&#62;", "c", "today"]
    assert list(fig.layout.xaxis.ticktext) == MONTHS
