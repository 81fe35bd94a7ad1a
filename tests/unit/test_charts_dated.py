"""Charts of shares over time, forests, timelines and calendars."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from charts.calendar import year_calendar
from charts.curves import StepCurve, step_curves, year_points
from charts.forest import Summary, forest
from charts.timeline import timeline

HOSTILE = ("</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a & b <b>c</b>")
BLUE, RED = "#0072B2", "#D55E00"
MONTHS = [str(n) for n in range(1, 13)]


def texts_in(node: object) -> list[str]:
    """All texts of a figure, as the browser gets them."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in texts_in(value)]
    if isinstance(node, list | tuple) or hasattr(node, "tolist"):
        return [text for value in node for text in texts_in(value)]  # type: ignore[attr-defined]
    return [node] if isinstance(node, str) else []


def curve(**other: Any) -> StepCurve:
    frame = pd.DataFrame(
        {"months": [0, 6, 12], "share": [0.0, 0.2, 0.5], "low": [None, 0.1, 0.3],
         "high": [None, 0.4, 0.8]}
    )  # fmt: skip
    return StepCurve(**{"label": "A", "color": BLUE, "frame": frame, **other})


def test_a_curve_is_drawn_in_steps_over_its_band() -> None:
    fig = step_curves([curve()], x_title="Months", y_title="Share")
    high, low, line = fig.data
    assert list(line.y) == [0.0, 0.2, 0.5]
    assert line.line.shape == "hv"  # the share holds until the next event
    assert (list(high.x), list(high.y), list(low.y)) == ([6, 12], [0.4, 0.8], [0.1, 0.3])
    assert (low.fill, high.fill) == ("tonexty", None)
    assert list(fig.layout.yaxis.range) == [0, 1.02]
    assert fig.layout.showlegend is False


def test_two_curves_have_a_legend_and_a_curve_may_lack_a_band() -> None:
    bare = curve(label="B", color=RED, dash="dot")
    bare.frame[["low", "high"]] = None
    fig = step_curves([curve(), bare], x_title="", y_title="")
    assert fig.layout.showlegend is True
    assert [t.name for t in fig.data if t.showlegend is not False] == ["A", "B"]
    assert len(fig.data) == 4


def test_a_missing_year_breaks_the_line() -> None:
    frame = pd.DataFrame(
        {"series": ["p", "p", "q"], "year": [2019, 2021, 2020], "count": [5, 0, 7]}
    )
    fig = year_points(frame, {"p": "Pe", "q": "Qu"}, {"p": BLUE}, y_title="companies")
    one, two = fig.data
    assert (list(one.x), list(one.y)) == ([2019, 2020, 2021], [5.0, None, 0.0])
    assert one.connectgaps is False
    assert (list(two.x), list(two.y)) == ([2020], [7.0])
    assert one.text[-1].strip() == "Pe"


def forest_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {"label": ["Same", "Same"], "share": [0.25, 1.0], "low": [0.1, 0.4], "high": [0.5, 1.0],
         "n": [100, 4], "text": ["", ""], "hover": ["h", "i"]}
    )  # fmt: skip


def test_a_forest_has_an_interval_for_each_row_and_the_pooled_share_below() -> None:
    summary = Summary("All", 0.3, 0.2, 0.4, 0.05, 0.75)
    fig = forest(forest_frame(), summary, axis_title="share")
    points, wide, narrow, diamond = fig.data
    assert list(points.x) == [0.25, 1.0]
    assert list(points.error_x.array) == pytest.approx([0.25, 0.0])
    assert list(points.error_x.arrayminus) == pytest.approx([0.15, 0.6])
    assert len(set(points.y)) == 2  # equal names keep their own rows
    assert points.marker.size[0] > points.marker.size[1]
    assert (list(wide.x), list(narrow.x), list(diamond.x)) == ([0.05, 0.75], [0.2, 0.4], [0.3])
    assert fig.layout.yaxis.categoryarray[-1] == "All"
    assert len(forest(forest_frame(), None, axis_title="").data) == 1
    assert len(forest(forest_frame().iloc[:0], None, axis_title="").data) == 1


def facts(hover: str = "h") -> pd.DataFrame:
    rows = [
        ("a", "exact", "2021-05-10", "2021-05-10"),
        ("a", "interval", "2022-01-01", "2022-12-31"),
        ("b", "bound", None, "2023-03-01"),
        ("b", "period", "2020-01-01", "2020-01-01"),
    ]
    frame = pd.DataFrame(rows, columns=["lane", "mark", "earliest", "latest"])
    for column in ("earliest", "latest"):
        frame[column] = pd.to_datetime(frame[column])
    return frame.assign(color=BLUE, hover=hover)


WORDS = {"exact": "day", "interval": "within", "bound": "by", "period": "from-to"}
DAY = 86_400_000


def test_timeline_draws_each_fact_as_exactly_as_it_is_known() -> None:
    fig = timeline(facts(), {"a": "Lane A", "b": "Lane B"}, WORDS)
    with_facts = [t for t in fig.data if any(value is not None for value in t.x)]
    bars = {t.base[0]: t for t in with_facts if t.type == "bar"}
    points = {t.marker.symbol: t for t in with_facts if t.type == "scatter"}
    within, period = bars["2022-01-01T00:00:00"], bars["2020-01-01T00:00:00"]
    assert list(within.x) == [365 * DAY]  # both ends count
    assert period.x[0] >= DAY  # one day is widened until it can be seen
    assert list(points["circle"].x) == ["2021-05-10T00:00:00"]
    assert list(points["triangle-left"].x) == ["2023-03-01T00:00:00"]  # by then: an arrow back
    assert len(with_facts) == 4
    assert [list(t.y) for t in (within, points["circle"])] == [[0.0], [0.0]]
    assert [list(t.y) for t in (period, points["triangle-left"])] == [[1.0], [1.0]]
    assert {t.name for t in fig.data if t.showlegend is not False} == set(WORDS.values())
    assert [a.text for a in fig.layout.annotations] == ["Lane A", "Lane B"]
    first, last = map(pd.Timestamp, fig.layout.xaxis.range)
    assert first < pd.Timestamp("2020-01-01")
    assert last > pd.Timestamp("2023-03-01")


def test_a_fact_without_a_date_is_refused() -> None:
    with pytest.raises(ValueError, match="without a date"):
        timeline(facts().assign(latest=pd.NaT), {"a": "", "b": ""}, WORDS)


def test_short_stories_count_months_and_long_lanes_are_cut() -> None:
    short = facts().iloc[:1]
    fig = timeline(short, {"a": "가나다라마바사 " * 9}, WORDS)
    assert fig.layout.xaxis.tickformat == "%Y-%m"
    assert fig.layout.annotations[0].text.endswith("…")
    assert timeline(facts(), {"a": "", "b": ""}, WORDS).layout.xaxis.tickformat == "%Y"


def windows(label: str = "P") -> pd.DataFrame:
    rows = [
        (label, 32, 60, "window", False),
        (label, 40, 40, "window", True),
        ("Q", 100, 100, "deadline", False),
        ("Q", 120, 120, "opening", True),
    ]
    frame = pd.DataFrame(rows, columns=["label", "start", "end", "kind", "current"])
    return frame.assign(hover=label)


def test_calendar_shows_windows_as_bars_and_half_known_ones_as_marks() -> None:
    fig = year_calendar(windows(), months=MONTHS, today=50, today_text="today")
    past, past_marks, current, current_marks = fig.data
    assert (list(past.base), list(past.x), list(past.y)) == ([31.5], [29], [0])
    assert list(current.x) == [3]  # one day is widened until it can be seen
    assert list(past_marks.marker.symbol) == ["triangle-left"]
    assert list(current_marks.marker.symbol) == ["triangle-right"]
    assert (list(past_marks.x), list(past_marks.y)) == ([100], [1])
    assert [a.text for a in fig.layout.annotations] == ["P", "Q", "today"]
    assert list(fig.layout.xaxis.ticktext) == MONTHS
    late = year_calendar(windows(), months=MONTHS, today=300, today_text="today")
    assert late.layout.annotations[-1].xanchor == "right"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    years = pd.DataFrame({"series": ["p"], "year": [2020], "count": [1]})
    rows = forest_frame().assign(label=text, hover=text, text=text)
    figures = (
        step_curves([curve(label=text)], x_title=text, y_title=text),
        year_points(years, {"p": text}, {}, y_title=text),
        forest(rows, Summary(text, 0.3, 0.2, 0.4, 0.1, 0.6), axis_title=text),
        timeline(facts(text), {"a": text, "b": text}, dict.fromkeys(WORDS, text)),
        year_calendar(windows(text), months=[text] * 12, today=1, today_text=text),
    )
    for fig in figures:
        written = [t.replace("<extra></extra>", "") for t in texts_in(fig.to_plotly_json())]
        assert any("&#60;" in t for t in written)
        assert not [t for t in written if "<" in t or ">" in t]
