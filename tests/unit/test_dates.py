"""Partial dates are intervals of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.dates import bound_day, bounds, is_partial_date, surely_before

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
FORMATS = st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d"])


@st.composite
def partial_dates(draw: st.DrawFn) -> str:
    return draw(DAYS).strftime(draw(FORMATS))


@given(DAYS, FORMATS)
def test_bounds_contain_every_day_they_may_mean(day: date, form: str) -> None:
    earliest, latest = bounds(day.strftime(form))
    assert earliest <= day <= latest


@given(partial_dates())
def test_bounds_are_the_first_and_last_such_day(text: str) -> None:
    """All days from the first to the last are written alike, and no day beside them is."""
    form = {4: "%Y", 7: "%Y-%m", 10: "%Y-%m-%d"}[len(text)]
    earliest, latest = bounds(text)
    one = timedelta(days=1)
    assert earliest.strftime(form) == latest.strftime(form) == text
    assert (earliest - one).strftime(form) != text
    assert (latest + one).strftime(form) != text


@given(DAYS)
def test_a_full_date_is_one_day(day: date) -> None:
    assert bounds(day.isoformat()) == (day, day)


@given(partial_dates())
def test_nothing_is_surely_before_itself(text: str) -> None:
    assert not surely_before(text, text)


@given(partial_dates(), partial_dates())
def test_surely_before_goes_one_way(left: str, right: str) -> None:
    assert not (surely_before(left, right) and surely_before(right, left))


@given(st.lists(partial_dates(), min_size=3, max_size=3))
def test_surely_before_is_transitive(texts: list[str]) -> None:
    first, second, third = sorted(texts, key=bounds)
    if surely_before(first, second) and surely_before(second, third):
        assert surely_before(first, third)


@given(partial_dates(), partial_dates())
def test_surely_before_means_every_day_of_one_before_every_day_of_the_other(
    left: str, right: str
) -> None:
    (a, b), (c, d) = bounds(left), bounds(right)
    assert surely_before(left, right) == all(x < y for x in (a, b) for y in (c, d))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("2021", "2022", True),
        ("2021", "2021-12-31", False),
        ("2021-01", "2021", False),
        ("2021-06", "2021-07", True),
        ("2021-06-30", "2021-07", True),
        ("2021-07-01", "2021-07", False),
        ("2021-07", "2021-06", False),
    ],
)
def test_surely_before_by_hand(left: str, right: str, expected: bool) -> None:
    assert surely_before(left, right) is expected


@pytest.mark.parametrize(
    ("text", "last"),
    [("2024-02", 29), ("2023-02", 28), ("2000-02", 29), ("1900-02", 28), ("2021-04", 30)],
)
def test_months_end_as_in_the_calendar(text: str, last: int) -> None:
    assert bounds(text)[1].day == last


@pytest.mark.parametrize(
    "text",
    [
        *("", "21", "202", "20211", "2021-", "2021-7", "2021-07-", "2021-07-2", "2021-07-22T00"),
        *("2021/07/22", "2021.07.22", "20210722", "2021년", " 2021", "2021\n", "２０２１", "٢٠٢١"),
        *("0000", "2021-00", "2021-13", "2021-02-29", "2021-02-30", "2021-04-31", "2021-01-00"),
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    assert not is_partial_date(text)
    with pytest.raises(ValueError):
        bounds(text)


def test_refusal_says_why() -> None:
    with pytest.raises(ValueError, match="form YYYY, YYYY-MM or YYYY-MM-DD: 'soon'"):
        bounds("soon")
    with pytest.raises(ValueError, match="no such month: '2021-13'"):
        bounds("2021-13")


@given(partial_dates())
def test_bound_day_picks_one_end(text: str) -> None:
    assert (bound_day(text, "earliest"), bound_day(text, "latest")) == bounds(text)


@pytest.mark.parametrize("unknown", ["", None])
def test_an_unknown_date_has_no_bounds(unknown: str | None) -> None:
    assert bound_day(unknown, "earliest") is None
    assert bound_day(unknown, "latest") is None
