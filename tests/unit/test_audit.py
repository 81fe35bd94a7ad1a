"""The draw of facts, the rules that keep it honest, and what the second looks came to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.audits import audit_result, audited_facts
from analytics.cited import citations, pages_counted
from loaders import audit_report
from loaders.audit import (
    FACT_TABLES,
    READ,
    UNREADABLE,
    WANTED,
    Drawn,
    Tally,
    drawn,
    place,
    taken,
    tally,
)
from loaders.datasets import audits
from loaders.engine import Runner
from loaders.wilson import wilson
from tests.support import DATA, committed, environment, read_rows
from tests.unit.curation_support import run as command
from tests.unit.curation_support import text_of, write_small
from tests.unit.fixtures_small import SmallTables, small_run
from tests.unit.test_rules import Row, found, tables

SEED = "20260101"
#: Beginnings of `printf '20260101/pilots/a' | sha256sum`, and so on.
DIGESTS = {
    ("pilots", "a"): "0465357b",
    ("cohorts", "a"): "30bde350",
    ("events", "e"): "55d0a49b",
    ("milestones", "m"): "9330f86f",
    ("pilots", "b"): "a7296df5",
    ("funding", "x"): "d666de90",
}
KEYS = {table: [k for t, k in DIGESTS if t == table] for table in FACT_TABLES}


# --- the draw -------------------------------------------------------------------------


def test_a_fact_stands_where_its_digest_says() -> None:
    assert {fact: place(SEED, *fact)[:8] for fact in DIGESTS} == DIGESTS
    assert [(d.draw, d.table, d.key) for d in drawn(KEYS, SEED)] == [
        (n, *fact) for n, fact in enumerate(DIGESTS, start=1)
    ]


def test_another_seed_draws_in_another_order() -> None:
    assert [(d.table, d.key) for d in drawn(KEYS, "7")] == [
        *(("funding", "x"), ("milestones", "m"), ("events", "e")),
        *(("cohorts", "a"), ("pilots", "a"), ("pilots", "b")),
    ]


@given(st.permutations(sorted(DIGESTS)), st.sampled_from(sorted(DIGESTS)))
def test_the_order_rests_on_names_alone(
    order: list[tuple[str, str]], gone: tuple[str, str]
) -> None:
    """Not on the order of rows, and a row that goes leaves the others as they were."""
    shuffled = {t: [k for table, k in order if table == t] for t in FACT_TABLES}
    assert drawn(shuffled, SEED) == drawn(KEYS, SEED)
    fewer = {t: [k for k in keys if (t, k) != gone] for t, keys in shuffled.items()}
    left = [(d.table, d.key) for d in drawn(fewer, SEED)]
    assert left == [fact for fact in DIGESTS if fact != gone]


@pytest.mark.parametrize(
    ("verdicts", "wanted", "expected"),
    [
        ("", 2, 0),
        ("c", 2, 1),  # all there are
        ("cu", 2, 2),
        ("cuxcc", 2, 3),  # the wrong one counts as read, the unreadable one does not
        ("uuu", 1, 3),
        ("ccc", 1, 1),
    ],
)
def test_the_sample_ends_when_enough_were_read(verdicts: str, wanted: int, expected: int) -> None:
    words = {"c": "correct", "x": "corrected", "u": "unreadable"}
    assert taken((words[v] for v in verdicts), wanted) == expected


@given(st.lists(st.sampled_from((*READ, UNREADABLE)), max_size=80), st.integers(1, 12))
def test_a_sample_never_holds_more_than_was_wanted(verdicts: list[str], wanted: int) -> None:
    sample = verdicts[: taken(verdicts, wanted)]
    counts = Counter(sample)
    read = counts["correct"] + counts["corrected"]
    assert read <= wanted
    if len(sample) < len(verdicts):
        assert read == wanted and sample[-1] in READ


def test_counts_of_verdicts() -> None:
    some = tally(["correct", "unreadable", "corrected", "correct", "correct"])
    assert (some.drawn, some.read, some.correct, some.unreadable) == (5, 4, 3, 1)
    assert some.share == 0.75 and some.interval == wilson(3, 4)
    none = tally(["unreadable"])
    assert (none.share, none.interval, none.unreadable) == (None, None, 1)


# --- the rules of the table -----------------------------------------------------------


def line(draw: int, table: str, key: str, **cells: str) -> Row:
    named = {"audit_id": f"{SEED}-{draw:03d}", "seed": SEED, "draw": str(draw)}
    said = {"verdict": "correct", "source_id": "s", "table": table, "key": key}
    return {**named, "audited_on": "2026-01-02", **said, **cells}


FIRST = line(1, "pilots", "a")
SECOND = line(2, "cohorts", "a")
WRONG = {"verdict": "corrected", "note_en": "The year.", "note_ko": "연도."}


def problems(*rows: Row) -> list[tuple[int, str, str]]:
    facts = {"pilots": [{"pilot_id": "a"}], "cohorts": [{"cohort_id": "a"}]}
    listed = found(audits.rules(tables(audits=list(rows), **facts)))
    assert {file for file, *_ in listed} <= {"audits.csv"}
    return [(row, column, reason) for _, row, column, reason in listed]


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({}, "", ""),
        (WRONG, "", ""),
        ({**WRONG, "key": "c"}, "", ""),  # mended by taking the row away
        ({"key": "c"}, "key", "no such cohort_id in cohorts.csv"),
        ({"table": "sources"}, "table", "its rows are not drawn"),
        ({"verdict": "unreadable", "source_id": ""}, "", ""),
        ({"source_id": ""}, "source_id", "empty, but a page was read"),
        ({"verdict": "unreadable"}, "source_id", "filled, but no page could be read"),
        ({**WRONG, "note_en": "", "note_ko": ""}, "note_en", "empty, but the row was corrected"),
        ({"audit_id": "x"}, "audit_id", "must be the seed, a dash and the draw"),
    ],
)
def test_one_line(cells: Row, column: str, reason: str) -> None:
    first = line(1, "pilots", "a")
    assert problems(first, SECOND | cells) == ([(3, column, reason)] if column else [])


def test_no_draw_is_left_out() -> None:
    third = line(3, "cohorts", "a")
    assert problems(FIRST, third) == [(3, "draw", "the draw before it is missing")]
    assert problems(SECOND | {"draw": "1", "audit_id": f"{SEED}-001"}) == []


def test_draws_follow_the_order_of_the_seed() -> None:
    turned = (line(1, "cohorts", "a"), line(2, "pilots", "a"))
    said = f"the seed draws it before {SEED}-001"
    assert problems(*turned) == [(3, "draw", said)]
    assert problems(*turned[::-1]) == [(2, "draw", said)]  # whatever the order of the lines


def test_nobody_goes_on_when_enough_were_read() -> None:
    facts = drawn({t: [f"k{n}" for n in range(9)] for t in FACT_TABLES}, SEED)
    rows = [line(d.draw, d.table, d.key, **WRONG) for d in facts]
    assert problems(*rows[:WANTED]) == []
    late = (WANTED + 2, "draw", "enough facts had been read before this one")
    assert problems(*rows[: WANTED + 1]) == [late]
    passed = rows[0] | {"verdict": "unreadable", "source_id": ""}
    missing = (2, "key", f"no such {committed()[facts[0].table].primary_key[0]}")
    (only,) = problems(passed, *rows[1 : WANTED + 1])  # one more may be read
    assert only[:2] == missing[:2] and only[2].startswith(missing[2])


# --- the committed re-check and its document -------------------------------------------


def test_the_committed_draws_are_those_of_their_seed() -> None:
    """By another way than the rule: rows of today, and removed ones, in the seed's order."""
    rows = read_rows(DATA, "audits")
    for seed in {row["seed"] for row in rows}:
        listed = [(r["table"], r["key"]) for r in rows if r["seed"] == seed]
        assert listed == sorted(listed, key=lambda fact: place(seed, *fact))
        assert len(set(listed)) == len(listed)


def test_the_document_is_up_to_date() -> None:
    state = {name: read_rows(DATA, name) for name in committed().resources}
    text = audit_report.document(state, committed())
    assert audit_report.DOCUMENT.read_text(encoding="utf-8") == text


def test_the_document_says_what_the_table_says() -> None:
    text = audit_report.DOCUMENT.read_text(encoding="utf-8")
    rows = read_rows(DATA, "audits")
    counts = Counter(row["verdict"] for row in rows)
    read = counts["correct"] + counts["corrected"]
    if len({row["seed"] for row in rows}) == 1:
        assert f"{counts['correct']} of {read} re-read facts were correct" in text
        assert f"could not be re-read: {counts['unreadable']}." in text
    for row in rows:
        assert text.count(f"| `{row['key']}` |") >= 1


def _document(*rows: Row) -> str:
    nothing: dict[str, list[Row]] = {name: [] for name in committed().resources}
    state = nothing | {
        "audits": list(rows),
        "sources": [
            {"source_id": "s", "url": "https://a.example/1", "publisher_en": "A | B"},
            {"source_id": "own", "url": "https://b.example/2", "publisher_en": "Own"},
        ],
        "pilots": [{"pilot_id": "a", "source_id": "own"}],
    }
    return audit_report.document(state, committed())


def test_a_document_of_two_draws() -> None:
    plain = {"note_en": "", "note_ko": ""}
    unread = line(1, "pilots", "a", verdict="unreadable", source_id="", **plain)
    wrong = line(2, "cohorts", "gone", **WRONG | {"note_en": "<b>2021</b> | *2022*"})
    older = line(1, "pilots", "a", **plain) | {"seed": "20250101", "audited_on": "2025-01-02"}
    text = _document(unread, wrong, older)
    newest, before = text.split("## Draw with the seed ")[1:]
    assert newest.startswith(f"{SEED}, re-read 2026-01-02")
    assert "**0 of 1 re-read facts were correct: 0.0 %" in newest
    assert "Fewer than the 60 facts" in newest
    assert r"| [A \| B](<https://a.example/1>) | \<b\>2021\</b\> \| \*2022\* |" in newest
    assert "| 1 | pilots | `a` | Could not be re-read | [Own](<https://b.example/2>) |  |" in newest
    assert "1 of 1 re-read facts were correct: 100.0 %" in before
    assert "1 were confirmed on another page" in before
    assert "건이 일치했습니다" in text.split("## Method")[0]


def test_a_document_without_a_page_read() -> None:
    unread = {"verdict": "unreadable", "source_id": "", "note_en": "", "note_ko": ""}
    text = _document(line(1, "pilots", "a", **unread))
    assert "No fact could be re-read." in text
    assert "다시 읽을 수 있었던 사실이 없습니다" in text


# --- the commands ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    scratch = tmp_path_factory.mktemp("audit")
    data = write_small(scratch / "data")
    with environment(data, scratch / "snapshots"):
        yield data


def test_the_command_lists_facts_with_their_pages(folder: Path) -> None:
    result = command("audit", "draw", "--seed", SEED, "--count", "5", "--json")
    listed = json.loads(result.stdout)
    keys = {
        t: [r[committed()[t].primary_key[0]] for r in read_rows(folder, t)] for t in FACT_TABLES
    }
    first = drawn(keys, SEED)[:5]
    assert [Drawn(f["draw"], f["table"], f["key"]) for f in listed] == first
    pages = {row["source_id"]: row["url"] for row in read_rows(folder, "sources")}
    assert all(pages[fact["row"]["source_id"]] == fact["url"] for fact in listed)
    table = command("audit", "draw", "--seed", SEED, "--count", "5", "--lang", "ko").stdout
    assert first[0].key[:8] in table and "순번" in table
    assert "60건을 읽을 때까지" in table


def test_the_command_writes_the_document(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "audit.md"
    monkeypatch.setattr("loaders.curation.audit.DOCUMENT", target)
    result = command("audit", "report", "--lang", "en")
    assert result.exit_code == 0, text_of(result)
    assert "1 of 1 re-read facts" in target.read_text(encoding="utf-8")
    assert "audit.md" in result.stdout


# --- the figures of the site -------------------------------------------------------------

LOOKS: SmallTables = {
    "sources": [
        {"source_id": "s", "url": "https://a.example/1", "publisher_en": "A", "publisher_ko": "가"}
    ],
    "audits": [
        {"audit_id": "20250101-001", "seed": "20250101", "audited_on": "2025-01-02", "draw": 1,
         "table": "funding", "key": "x", "verdict": "correct", "source_id": "s"},
        {"audit_id": "20260101-001", "seed": SEED, "audited_on": "2026-01-02", "draw": 1,
         "table": "pilots", "key": "a", "verdict": "correct", "source_id": "s"},
        {"audit_id": "20260101-002", "seed": SEED, "audited_on": "2026-01-02", "draw": 2,
         "table": "cohorts", "key": "a", "verdict": "unreadable"},
        {"audit_id": "20260101-003", "seed": SEED, "audited_on": "2026-01-03", "draw": 3,
         "table": "events", "key": "e", "verdict": "corrected", "source_id": "s"},
        {"audit_id": "20260101-004", "seed": SEED, "audited_on": "2026-01-03", "draw": 4,
         "table": "pilots", "key": "b", "verdict": "correct", "source_id": "s"},
    ],
}  # fmt: skip


def test_the_newest_re_check_by_table() -> None:
    found_now = audit_result(small_run(LOOKS))
    assert (found_now.seed, found_now.last_day) == (SEED, "2026-01-03")
    assert found_now.tally == Tally(4, 3, 2)
    assert found_now.earlier == (("20250101", Tally(1, 1, 1)),)
    frame = found_now.result.frame.set_index("table")
    assert list(frame.index) == ["pilots", "cohorts", "events"]
    assert frame.loc["pilots", ["drawn", "read", "correct", "share"]].tolist() == [2, 2, 2, 1.0]
    assert frame.loc["pilots", "low"] == pytest.approx(0.3424, abs=1e-4)  # Wilson, 2 of 2
    assert frame.loc["cohorts", ["share", "low", "high"]].isna().all()
    assert frame.loc["events", "share"] == 0.0
    assert (found_now.result.covered, found_now.result.total) == (3, 4)
    assert (found_now.result.first_year, found_now.result.last_year) == (2026, 2026)


def test_drawn_facts_with_verdict_and_page() -> None:
    run = small_run(LOOKS)
    listed = audited_facts(run)
    assert list(listed.frame["verdict"]) == ["correct", "unreadable", "corrected", "correct"]
    assert listed.frame["url"].isna().tolist() == [False, True, False, False]
    assert listed.rows == {"audits": tuple(f"{SEED}-{n:03d}" for n in range(1, 5))}
    assert pages_counted(run, listed.rows) == 1
    assert citations(run) == ()  # a second look is no fact


def test_without_a_re_check() -> None:
    run = small_run({})
    nothing = audit_result(run)
    assert (nothing.seed, nothing.last_day, nothing.tally) == (None, None, Tally(0, 0, 0))
    assert nothing.earlier == ()
    assert nothing.result.frame.empty and audited_facts(run).frame.empty


def test_the_committed_result_is_counted_from_the_file(run: Runner) -> None:
    rows = read_rows(DATA, "audits")
    newest = max(rows, key=lambda row: (row["audited_on"], row["seed"]))["seed"]
    counts = Counter(row["verdict"] for row in rows if row["seed"] == newest)
    now = audit_result(run).tally
    assert (now.correct, now.read) == (counts["correct"], counts.total() - counts["unreadable"])
    assert now.drawn == counts.total() == audited_facts(run).total
