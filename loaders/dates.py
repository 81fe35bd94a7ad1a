"""Partial dates: ``2021``, ``2021-07`` or ``2021-07-22``.

Public pages often give only a month or a year. Such a date is an interval, and
is kept as one: from its earliest to its latest day.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import lru_cache

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@lru_cache(maxsize=65_536)  # a table has many dates, and few different ones
def bounds(text: str) -> tuple[date, date]:
    """First and last day that the partial date ``text`` may mean.

    Raises:
        ValueError: not a partial date, or no such day in the calendar.
    """
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise ValueError(f"not a date of the form YYYY, YYYY-MM or YYYY-MM-DD: {text!r}")
    year = int(match[1])
    if match[2] is None:
        return date(year, 1, 1), date(year, 12, 31)
    month = int(match[2])
    if match[3] is None:
        if not 1 <= month <= 12:
            raise ValueError(f"no such month: {text!r}")
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    day = date(year, month, int(match[3]))
    return day, day


def is_partial_date(text: str) -> bool:
    """Whether ``text`` is a partial date that exists in the calendar."""
    try:
        bounds(text)
    except ValueError:
        return False
    return True


def surely_before(left: str, right: str) -> bool:
    """Whether ``left`` lies before ``right`` whatever their unknown days are."""
    return bounds(left)[1] < bounds(right)[0]


BOUND_SUFFIXES = ("earliest", "latest")


def bound_day(text: str | None, suffix: str) -> date | None:
    """The earliest or latest day of a partial date; None when it is unknown."""
    return bounds(text)[BOUND_SUFFIXES.index(suffix)] if text else None
