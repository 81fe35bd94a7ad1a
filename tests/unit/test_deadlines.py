"""The calendar file, read back by the library and by hand."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from analytics.windows import windows
from loaders.engine import Runner
from tests.unit.fixtures_small import committed, small_run
from ui.deadlines import deadlines_ics, exact_deadlines
from ui.i18n import LANGUAGES, Words

TODAY = date(2026, 4, 10)
STAMP = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
HOSTILE = 'A; b, c\\d\r\nBEGIN:VEVENT "e"\u202e'


def frame(*rows: dict[str, object], name: str = "Open call") -> pd.DataFrame:
    """Windows of editions of one programme, as analytics give them."""
    run = small_run(
        {
            "programs": [
                {
                    "program_id": "p",
                    "name_en": name,
                    "name_ko": "공모",
                    "kind": "public-poc",
                    "is_smart_city": True,
                }
            ],
            "program_editions": [
                {"program_id": "p", "source_id": "s-0000000001", **row} for row in rows
            ],
            "sources": [{"source_id": "s-0000000001", "url": "https://example.org/a?b=1&c=2"}],
        }
    )
    return windows(run, TODAY).frame


def _plain(value: object) -> object:
    """Texts as text: the library gives them as bytes or as text, by version."""
    return value.decode() if isinstance(value, bytes) else value


def events(content: bytes) -> list[dict[str, object]]:
    calendar = Calendar.from_ical(content)
    return [
        {name.lower(): _plain(event.decoded(name)) for name in event}
        for event in calendar.walk("VEVENT")
    ]


ROWS: tuple[dict[str, object], ...] = (
    {"edition_id": "p--2026", "apply_open": "2026-04-01", "apply_close": "2026-06-30"},
    {"edition_id": "p--2026--b", "apply_close": "2026-04-10"},
    {"edition_id": "p--2025", "apply_open": "2025-04-01", "apply_close": "2025-06-30"},
    {"edition_id": "p--2027", "apply_close": "2027-02"},  # no day
    {"edition_id": "p--2028", "apply_open": "2028-02-01"},  # no deadline
)


def test_only_deadlines_ahead_and_known_to_the_day() -> None:
    found = exact_deadlines(frame(*ROWS), TODAY, include_past=False)
    assert list(found["edition_id"]) == ["p--2026--b", "p--2026"]


def test_past_deadlines_on_request() -> None:
    found = exact_deadlines(frame(*ROWS), TODAY, include_past=True)
    assert list(found["edition_id"]) == ["p--2025", "p--2026--b", "p--2026"]


def test_no_deadline_makes_an_empty_calendar() -> None:
    found = exact_deadlines(frame(), TODAY, include_past=True)
    assert events(deadlines_ics(found, STAMP, Words("en"))) == []


def test_events_carry_day_name_page_and_stable_id() -> None:
    found = exact_deadlines(frame(*ROWS), TODAY, include_past=False)
    first, second = events(deadlines_ics(found, STAMP, Words("en")))
    assert (first["uid"], second["uid"]) == (
        "p--2026--b@testbed-atlas-korea",
        "p--2026@testbed-atlas-korea",
    )
    assert (second["dtstart"], second["dtend"]) == (date(2026, 6, 30), date(2026, 7, 1))
    assert second["dtstamp"] == STAMP
    assert second["summary"] == "Deadline: Open call (공모)"
    assert second["url"] == "https://example.org/a?b=1&c=2"
    description = str(second["description"])
    assert description.startswith("Applications from 2026-04-01 to 2026-06-30\n")
    assert str(first["description"]).startswith("Applications to 2026-04-10")


def test_names_are_in_the_language_of_the_page() -> None:
    found = exact_deadlines(frame(*ROWS), TODAY, include_past=False)
    korean = events(deadlines_ics(found, STAMP, Words("ko")))[0]
    assert str(korean["summary"]) == "신청 마감: 공모"


def test_equal_data_make_equal_files() -> None:
    found = exact_deadlines(frame(*ROWS), TODAY, include_past=True)
    assert deadlines_ics(found, STAMP, Words("ko")) == deadlines_ics(found, STAMP, Words("ko"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_names_stay_text(lang: str) -> None:
    """Separators are escaped, control and direction characters are gone, no event is added."""
    words = Words("ko") if lang == "ko" else Words("en")
    rows = frame(ROWS[0], name=HOSTILE).assign(name_ko=HOSTILE)
    content = deadlines_ics(rows, STAMP, words)
    (event,) = events(content)
    assert "A; b, c\\d\nBEGIN:VEVENT" in str(event["summary"])
    assert content.count(b"\r\nBEGIN:VEVENT\r\n") == 1
    assert "\u202e".encode() not in content


@given(st.text(max_size=200))
def test_any_name_makes_a_file_that_parses(name: str) -> None:
    rows = pd.DataFrame(
        {
            "edition_id": ["p--2026"],
            "name_en": [name],
            "name_ko": [name],
            "apply_open": ["2026-04-01"],
            "apply_close": ["2026-06-30"],
            "url": ["https://example.org/"],
        }
    )
    content = deadlines_ics(rows, STAMP, Words("en"))
    assert len(events(content)) == 1
    # RFC 5545: lines end in CRLF and hold at most 75 octets
    lines = content.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert not any(re.search(rb"[\r\n]", line) for line in lines)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org", "", "http://a b"])
def test_only_web_addresses_are_written(url: str) -> None:
    rows = frame(ROWS[0]).assign(url=url)
    (event,) = events(deadlines_ics(rows, STAMP, Words("en")))
    assert "url" not in event


def test_committed_deadlines_are_all_there(run: Runner) -> None:
    rows = exact_deadlines(windows(run, TODAY).frame, TODAY, include_past=True)
    content = deadlines_ics(rows, STAMP, Words("ko"))
    found = {(str(e["uid"]), str(e["dtstart"])) for e in events(content)}
    editions = committed("program_editions")
    exact = editions[editions["apply_close"].str.len() == 10]
    expected = {
        (f"{e}@testbed-atlas-korea", d)
        for e, d in zip(exact["edition_id"], exact["apply_close"], strict=True)
    }
    assert found == expected
    assert len(expected) > 50
