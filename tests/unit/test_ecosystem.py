"""Events beside figures over time stand where their dates say."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.ecosystem import nationwide_events
from charts.curves import year_points
from loaders.engine import Runner
from tests.support import DATA, read_rows


def test_events_stand_at_their_place_in_the_year(run: Runner) -> None:
    frame = nationwide_events(run, 2019, 2020).frame.set_index("ecosystem_event_id")
    # 17 January: 16 of 366 days after the year's beginning, which is half a year before its middle
    assert frame.loc["2019-regulatory-sandbox-in-force", "at"] == pytest.approx(2018.5 + 16 / 366)
    assert frame.loc["2019-innovation-prototype-purchase", "at"] == 2019.0  # only the year is known
    assert frame["number"].tolist() == list(range(1, len(frame) + 1))


def test_only_nationwide_laws_and_programmes_of_these_years(run: Runner) -> None:
    expected = {
        row["ecosystem_event_id"]
        for row in read_rows(DATA, "ecosystem_events")
        if row["kind"] in ("law", "programme")
        and not row["sido"]
        and 2019 <= int(row["date"][:4]) <= 2020
    }
    found = nationwide_events(run, 2019, 2020)
    assert set(found.frame["ecosystem_event_id"]) == expected
    assert found.covered == len(expected) < found.total
    assert set(found.rows["ecosystem_events"]) == expected


def test_no_events_outside(run: Runner) -> None:
    assert nationwide_events(run, 1990, 1991).frame.empty


def test_the_chart_draws_a_line_and_a_mark_for_each() -> None:
    frame = pd.DataFrame({"series": ["p", "p"], "year": [2019, 2020], "count": [1, 2]})
    events = [(2018.6, "1"), (2020.1, "2")]
    fig = year_points(frame, {"p": "P"}, {}, y_title="n", events=events)
    assert [shape.x0 for shape in fig.layout.shapes] == [2018.6, 2020.1]
    assert [note.text for note in fig.layout.annotations] == ["1", "2"]


def test_marks_that_would_overlap_are_joined() -> None:
    frame = pd.DataFrame({"series": ["p", "p"], "year": [2019, 2020], "count": [1, 2]})
    events = [(2019.0, "1"), (2019.05, "2"), (2019.5, "3")]
    fig = year_points(frame, {"p": "P"}, {}, y_title="n", events=events)
    assert len(fig.layout.shapes) == 3
    assert [note.text for note in fig.layout.annotations] == ["1·2", "3"]
