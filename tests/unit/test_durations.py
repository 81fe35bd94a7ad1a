"""Spells with interval dates: every kind of date by hand, and the committed pilots."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.durations import (
    CENSORED,
    END_UNDATED,
    ENDED_BEFORE,
    EXCLUDED,
    ORDER_CONTRADICTS,
    REACHED,
    ROUND_ORDER_UNCLEAR,
    ROUND_UNDATED,
    START_UNDATED,
    TO_CONTRACT,
    TO_FIELD_DEMO,
    TO_ROUND,
    CensorAt,
    Spell,
    duration_counts,
    durations,
)
from analytics.filters import PilotFilter
from analytics.linkage import DAYS_PER_MONTH
from loaders.engine import Runner
from loaders.package import package
from tests.unit.fixtures_small import ENDED, LADDER, Row, SmallTables, committed, small_run

CLOSED = date(2024, 12, 31)
DEMO = replace(TO_FIELD_DEMO, data_date=CLOSED)
Step = tuple[str, str | None, str]


def pilot(name: str, *steps: Step, **other: object) -> tuple[Row, list[Row]]:
    """A pilot and its milestones: stage, date, basis."""
    row = {"pilot_id": name, "org_id": f"org-{name}", **other}
    events: list[Row] = [
        {
            "milestone_id": f"{name}-{i}", "pilot_id": name, "stage": stage, "date": day,
            "date_basis": basis,
        }
        for i, (stage, day, basis) in enumerate(steps)
    ]  # fmt: skip
    return row, events


def tables(*made: tuple[Row, list[Row]], **other: list[Row]) -> SmallTables:
    return {
        "pilots": [row for row, _ in made],
        "milestones": [step for _, steps in made for step in steps],
        **other,
    }


CASES = tables(
    pilot("a", ("selected", "2022-01-10", "event"), ("field-demo", "2022-07-10", "event")),
    pilot("b", ("selected", "2022-03", "event"), ("field-demo", "2022-09-15", "publication")),
    pilot("c", ("selected", "2022-05-01", "publication"), program_id="p", end_date="2022-11-01"),
    pilot("d", ("selected", None, "none"), ("field-demo", "2022-09-15", "event")),
    pilot("e", ("selected", "2022-06-01", "event"), (ENDED, "2022-12-01", "event")),
    pilot("f", ("selected", "2022-06-01", "event"), ("contract", "2023-06-01", "event")),
    pilot("g", ("selected", "2023-01-01", "event"), ("field-demo", None, "none")),
    pilot("h", ("selected", "2023-05-01", "event"), ("field-demo", "2022-05-01", "event")),
    pilot("i", ("field-demo", "2022-05-01", "event")),
    pilot("j", ("selected", "2022", "event"), ("field-demo", "2025-03-01", "event")),
    pilot("k", ("selected", "2022-02-01", "publication"), ("field-demo", "2022-01-05", "event")),
    # demonstrated, then given up: the end does not undo the demonstration
    pilot("l", ("selected", "2022-01-01", "event"), ("field-demo", "2022-02-01", "event"),
          (ENDED, "2022-03-01", "event")),
    # sold before it was demonstrated: the sale is no bound for the demonstration
    pilot("m", ("selected", "2022-01-01", "event"), ("contract", "2022-02-01", "event"),
          ("field-demo", "2022-05-01", "event")),
    pilot("n", ("selected", "2023-01-01", "event"), ("selected", "2022-01-01", "event")),
    programs=[{"program_id": "p", "first_year": 2021}],
)  # fmt: skip


def spells(run: Runner, spell: Spell) -> pd.DataFrame:
    return durations(run, spell).frame.set_index("unit_id")


def days(number: float) -> object:
    """Months of so many days."""
    return pytest.approx(number / DAYS_PER_MONTH)


def test_each_kind_of_date() -> None:
    found = spells(small_run(CASES), DEMO)
    expected = {
        # unit: status, low, high, printed, exact, reason
        "a": (REACHED, 181, 181, 181, True, None),
        # from the last day of March; at most from its first day; printed from its middle
        "b": (REACHED, 0, 198, 183, False, None),
        "c": (CENSORED, 975, np.inf, 975, False, None),
        "e": (ENDED_BEFORE, 183, 183, 183, True, None),
        "f": (REACHED, 0, 365, 365, False, None),
        "g": (REACHED, 0, 730, np.nan, False, END_UNDATED),
        "j": (CENSORED, 731, np.inf, 913, False, None),
        "k": (REACHED, 0, np.inf, 0, False, None),
        "l": (REACHED, 31, 31, 31, True, None),
        "m": (REACHED, 120, 120, 120, True, None),
        "n": (CENSORED, 1095, np.inf, 1095, True, None),
    }
    used = found[found["status"] != EXCLUDED]
    assert set(used.index) == set(expected)
    for unit, (status, low, high, printed, exact, reason) in expected.items():
        row = found.loc[unit]
        assert row["status"] == status, unit
        assert row["low"] == days(low), unit
        assert row["high"] == days(high), unit
        assert row["printed"] == pytest.approx(printed / DAYS_PER_MONTH, nan_ok=True), unit
        assert row["is_exact"] == exact, unit
        assert (None if pd.isna(row["reason"]) else row["reason"]) == reason, unit
    assert found.loc["k", "is_reversed"]
    assert found["is_reversed"].sum() == 1


def test_units_left_out_say_why() -> None:
    found = spells(small_run(CASES), DEMO)
    out = found[found["status"] == EXCLUDED]
    assert dict(out["reason"]) == {"d": START_UNDATED, "h": ORDER_CONTRADICTS}
    assert out[["low", "high", "printed"]].isna().all(axis=None)
    assert "i" not in found.index  # never known to have been selected


def test_a_page_date_is_bounded_by_the_programme() -> None:
    row = spells(small_run(CASES), DEMO).loc["c"]
    assert (row["start_earliest"], row["start_latest"]) == (
        pd.Timestamp("2021-01-01"),
        pd.Timestamp("2022-05-01"),
    )


def test_counts_add_up() -> None:
    result = duration_counts(small_run(CASES), DEMO)
    counts = dict(zip(result.frame["code"], result.frame["units"], strict=True))
    assert counts == {
        "units": 13, "reached": 7, "ended": 1, "censored": 3, "excluded": 2,
        "reached-exact": 3, "start-publication": 2, "start-coarse": 1, "end-publication": 1,
        "end-coarse": 0, "end-later-stage": 1, "order-reversed": 1, "end-undated": 1,
        "start-undated": 1, "order-contradicts": 1, "round-order-unclear": 0,
        "round-undated": 0,
    }  # fmt: skip
    assert (result.covered, result.total, result.unit) == (11, 13, "pilots")


def test_censoring_at_the_last_fact() -> None:
    found = spells(small_run(CASES), replace(DEMO, censor_at="last-fact"))
    # c: known to run until 1 November 2022; j and n: nothing after the selection
    assert found.loc["c", "printed"] == days(184)
    assert found.loc["j", "low"] == 0
    assert found.loc["n", "printed"] == days(365)  # its second selection
    both = spells(small_run(CASES), DEMO)
    assert (found["printed"].fillna(0) <= both["printed"].fillna(0)).all()


def test_the_data_date_hides_what_came_later() -> None:
    run = small_run(CASES)
    early = spells(run, replace(DEMO, data_date=date(2022, 8, 1)))
    assert set(early.index) == {"a", "b", "c", "d", "e", "f", "j", "k", "l", "m", "n"}
    assert early.loc["b", "status"] == CENSORED
    assert early.loc["l", "status"] == REACHED
    late = spells(run, replace(DEMO, data_date=date(2025, 6, 1)))
    assert late.loc["j", "status"] == REACHED


def test_the_data_date_is_that_of_the_package() -> None:
    assert TO_FIELD_DEMO.closed == pd.Timestamp(package().descriptor["created"][:10])


def test_contract_or_later() -> None:
    made = tables(
        pilot(
            "sold", ("selected", "2022-01-01", "event"), ("commercialised", "2022-07-01", "event")
        ),
        pilot("kept", ("selected", "2022-01-01", "event"), ("adopted", "2022-07-01", "event")),
        pilot("over", ("selected", "2022-01-01", "event"), (ENDED, None, "none")),
    )
    found = spells(small_run(made), replace(TO_CONTRACT, data_date=CLOSED))
    assert dict(found["status"]) == {"sold": REACHED, "kept": CENSORED, "over": ENDED_BEFORE}
    assert found.loc["sold", "low"] == found.loc["sold", "high"] == days(181)
    assert found.loc["over", "reason"] == END_UNDATED
    assert pd.isna(found.loc["over", "printed"])


def test_a_consortium_may_count_once() -> None:
    steps: tuple[Step, ...] = (
        ("selected", "2022-01-01", "event"),
        ("field-demo", "2022-03-01", "event"),
    )
    made = tables(
        pilot("x", *steps, project_id="joint"),
        pilot("y", *steps[:1], project_id="joint"),
        pilot("z", *steps[:1]),
    )
    result = durations(small_run(made), replace(DEMO, by_project=True))
    assert list(result.frame["unit_id"]) == ["joint", "z"]
    assert list(result.frame["status"]) == [REACHED, CENSORED]
    assert result.unit == "projects"
    assert len(durations(small_run(made), DEMO).frame) == 3


def test_groups_come_along() -> None:
    made = tables(
        pilot("a", ("selected", "2022-01-01", "event"), sido="KR-26", sector="mobility",
              host_org_id="city"),
        organizations=[{"org_id": "city", "kind": "government"}],
    )  # fmt: skip
    row = spells(small_run(made), DEMO).loc["a"]
    assert (row["sido"], row["sector"], row["host_kind"]) == ("KR-26", "mobility", "government")
    chosen = replace(DEMO, chosen=PilotFilter(sido=("KR-11",)))
    assert durations(small_run(made), chosen).frame.empty


def raised(org: str, day: str | None) -> Row:
    return {"investment_id": f"{org}-{day}", "org_id": f"org-{org}", "date": day,
            "amount_kind": "equity-round", "round": "seed"}  # fmt: skip


def test_rounds_after_the_first_pilot() -> None:
    began: Step = ("selected", "2021-06-01", "event")
    names = ("after", "before", "straddles", "undated", "doubtful", "none")
    made = tables(
        *(pilot(name, began) for name in names),
        pilot("unknown", ("selected", None, "none")),
        organizations=[{"org_id": f"org-{n}", "kind": "startup"} for n in (*names, "unknown")],
        investments=[
            raised("after", "2022-06-01"), raised("after", "2023-06-01"),
            raised("before", "2020-01-01"), raised("straddles", "2021"),
            raised("undated", None), raised("doubtful", "2021"), raised("doubtful", "2022-06-01"),
            raised("unknown", "2022-06-01"),
        ],
    )  # fmt: skip
    result = durations(small_run(made), replace(TO_ROUND, data_date=CLOSED))
    found = result.frame.set_index("unit_id")
    assert result.unit == "companies"
    assert dict(found["status"]) == {
        "org-after": REACHED, "org-before": CENSORED, "org-straddles": EXCLUDED,
        "org-undated": EXCLUDED, "org-doubtful": REACHED, "org-none": CENSORED,
        "org-unknown": EXCLUDED,
    }  # fmt: skip
    after, doubtful = found.loc["org-after"], found.loc["org-doubtful"]
    assert (after["low"], after["high"], after["is_exact"]) == (days(365), days(365), True)
    # a round of 2021 may have been the first: the spell may be anything up to the known one
    assert (doubtful["low"], doubtful["high"], doubtful["is_exact"]) == (0, days(365), False)
    out = found.loc[found["status"] == EXCLUDED, "reason"]
    assert dict(out) == {
        "org-straddles": ROUND_ORDER_UNCLEAR, "org-undated": ROUND_UNDATED,
        "org-unknown": START_UNDATED,
    }  # fmt: skip
    last = durations(small_run(made), replace(TO_ROUND, data_date=CLOSED, censor_at="last-fact"))
    assert last.frame.set_index("unit_id").loc["org-none", "printed"] == 0


def test_nothing_known_gives_an_empty_frame() -> None:
    for spell in (DEMO, replace(TO_ROUND, data_date=CLOSED)):
        result = durations(small_run({}), spell)
        assert result.frame.empty
        assert "printed" in result.frame
        assert (result.covered, result.total) == (0, 0)
        assert (duration_counts(small_run({}), spell).frame["units"] == 0).all()


@st.composite
def histories(draw: st.DrawFn) -> SmallTables:
    """A few pilots with random milestones on random dates of random precision."""
    made = []
    texts = st.sampled_from(
        ["2020", "2021", "2021-03", "2021-04", "2021-03-15", "2022-01-01", "2025"]
    )
    for number in range(draw(st.integers(1, 4))):
        steps: list[Step] = [
            ("selected", draw(texts), draw(st.sampled_from(["event", "publication"])))
        ]
        for stage in draw(st.lists(st.sampled_from([*LADDER[3:], ENDED]), max_size=3)):
            basis = draw(st.sampled_from(["event", "publication", "none"]))
            steps.append((stage, None if basis == "none" else draw(texts), basis))
        made.append(pilot(str(number), *steps))
    return tables(*made)


@settings(max_examples=40)
@given(
    histories(), st.sampled_from(["data-date", "last-fact"]), st.sampled_from([DEMO, TO_CONTRACT])
)
def test_intervals_hold_the_printed_value(
    made: SmallTables, censor: CensorAt, question: Spell
) -> None:
    spell = replace(question, data_date=CLOSED, censor_at=censor)
    frame = durations(small_run(made), spell).frame
    used = frame[frame["status"] != EXCLUDED]
    assert (used["low"] >= 0).all()
    assert (used["low"] <= used["high"]).all()
    assert (used.loc[used["status"] == CENSORED, "high"] == np.inf).all()
    exact = used[used["is_exact"]]
    assert (exact["printed"] - exact["low"] <= 2.1).all()
    assert (exact["low"] - 1e-9 <= exact["printed"]).all()
    assert (exact["printed"] <= exact["high"] + 1e-9).all()


def test_real_spells_rest_on_the_committed_milestones(run: Runner) -> None:
    """Units and events counted a second time from the files alone."""
    steps = committed("milestones")
    by_pilot = steps.groupby("pilot_id")
    selected = set(steps.loc[steps["stage"] == "selected", "pilot_id"])
    dated = by_pilot.apply(lambda d: ((d["stage"] == "selected") & (d["date"] != "")).any())
    beyond = set(LADDER[LADDER.index("field-demo") :])
    shown = by_pilot["stage"].apply(lambda s: bool(set(s) & beyond))
    frame = durations(run, TO_FIELD_DEMO).frame.set_index("unit_id")
    assert set(frame.index) == selected
    undated = {p for p in selected if not dated[p]}
    assert set(frame.index[frame["reason"] == START_UNDATED]) == undated
    reached = {p for p in selected - undated if shown[p]}
    contradicting = set(frame.index[frame["reason"] == ORDER_CONTRADICTS])
    assert set(frame.index[frame["status"] == REACHED]) == reached - contradicting
