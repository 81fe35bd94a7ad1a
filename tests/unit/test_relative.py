"""Rounds on an axis that begins at a milestone."""

from __future__ import annotations

import pytest

from analytics.filters import PilotFilter
from analytics.relative import DATED, UNDATED_ANCHOR, UNDATED_ROUND, rounds_relative
from loaders.engine import Runner
from tests.unit.fixtures_small import SmallTables, small_run

STORY: SmallTables = {
    "organizations": [
        {"org_id": o, "name_en": o.upper(), "name_ko": o} for o in ("a", "b", "c")
    ],
    "pilots": [
        {"pilot_id": "pa", "org_id": "a", "stage": "field-demo"},
        {"pilot_id": "pb", "org_id": "b", "stage": "selected"},
        {"pilot_id": "pc", "org_id": "c", "stage": "field-demo"},
    ],
    "milestones": [
        {"milestone_id": "a1", "pilot_id": "pa", "stage": "selected", "date": "2020-01-01",
         "date_basis": "event"},
        {"milestone_id": "a2", "pilot_id": "pa", "stage": "field-demo", "date": "2021-01-01",
         "date_basis": "publication"},
        {"milestone_id": "b1", "pilot_id": "pb", "stage": "selected", "date": "2020-06-01",
         "date_basis": "event"},
        {"milestone_id": "c1", "pilot_id": "pc", "stage": "field-demo", "date_basis": "none"},
    ],
    "investments": [
        {"investment_id": "before", "org_id": "a", "round": "seed", "date": "2020-07-01",
         "currency": "KRW", "amount_kind": "undisclosed"},
        {"investment_id": "later", "org_id": "a", "round": "series-a", "date": "2022",
         "currency": "KRW", "amount": 5, "amount_kind": "equity-round"},
        {"investment_id": "undated", "org_id": "a", "round": "seed", "currency": "KRW",
         "amount_kind": "undisclosed"},
        {"investment_id": "bs", "org_id": "b", "round": "seed", "date": "2021-06-01",
         "currency": "KRW", "amount_kind": "undisclosed"},
        {"investment_id": "cs", "org_id": "c", "round": "seed", "date": "2021-06-01",
         "currency": "KRW", "amount_kind": "undisclosed"},
        {"investment_id": "sale", "org_id": "b", "round": "strategic", "date": "2021-07-01",
         "currency": "KRW", "amount_kind": "acquisition"},
    ],
}  # fmt: skip


def test_months_from_the_first_pilot() -> None:
    frame = rounds_relative(small_run(STORY), PilotFilter(), "first-pilot").frame
    frame = frame.set_index("investment_id")
    assert set(frame.index) == {"before", "later", "undated", "bs", "cs"}
    assert frame.loc["before", "months"] == pytest.approx(182 / (365.25 / 12))
    assert frame.loc["later", "months_low"] == pytest.approx(731 / (365.25 / 12))
    assert frame.loc["later", "months_high"] == pytest.approx(1095 / (365.25 / 12))
    assert frame.loc["undated", "state"] == UNDATED_ROUND
    assert frame.loc["cs", "state"] == UNDATED_ANCHOR
    assert frame.loc["bs", "months"] == pytest.approx(12, abs=0.1)


def test_only_companies_that_reached_the_stage_are_placed_relative_to_it() -> None:
    result = rounds_relative(small_run(STORY), PilotFilter(), "field-demo")
    frame = result.frame.set_index("investment_id")
    assert "bs" not in frame.index
    assert frame.loc["before", "months"] < 0 < frame.loc["later", "months"]
    # the page's date bounds the demonstration only from above
    assert frame["months_high"].isna().all()
    assert (result.covered, result.total) == (2, 4)


def test_nobody_reached_a_contract() -> None:
    result = rounds_relative(small_run(STORY), PilotFilter(), "contract")
    assert result.frame.empty
    assert (result.covered, result.total, result.first_year) == (0, 0, None)


def test_committed_rounds_are_placed_once(run: Runner) -> None:
    result = rounds_relative(run, PilotFilter(), "first-pilot")
    assert result.frame["investment_id"].is_unique
    dated = result.frame[result.frame["state"] == DATED]
    assert len(dated) == result.covered
    assert (dated["months_low"] <= dated["months"] + 1e-9).all()
    bounded = dated.dropna(subset="months_high")
    assert (bounded["months"] <= bounded["months_high"] + 1e-9).all()
