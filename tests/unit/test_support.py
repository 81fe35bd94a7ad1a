"""Public support of pilots beside later rounds."""

from __future__ import annotations

from analytics.filters import PilotFilter
from analytics.support import support_and_rounds
from loaders.engine import Runner
from tests.unit.fixtures_small import SmallTables, committed, small_run


def pilot(number: str, org: str, support: int | None, **other: object) -> dict[str, object]:
    usual = {"stage": "selected", "public_support_kind": "amount", "currency": "KRW"}
    return {**usual, "pilot_id": number, "org_id": org, "public_support": support, **other}


def invested(number: str, org: str, date: str, amount: int | None, kind: str) -> dict[str, object]:
    return {"investment_id": number, "org_id": org, "round": "seed", "date": date,
            "amount": amount, "currency": "KRW", "amount_kind": kind}  # fmt: skip


STORY: SmallTables = {
    "organizations": [{"org_id": o, "name_en": o, "name_ko": o} for o in ("a", "b", "c")],
    "pilots": [
        pilot("a1", "a", 100, start_date="2020-01-01"),
        pilot("a2", "a", 50, start_date="2021-01-01"),
        pilot("a3", "a", 50, project_id="shared"),
        pilot("a4", "a", 50, project_id="shared"),
        pilot("b1", "b", 70, public_support_kind="ceiling"),
        pilot("c1", "c", 30, start_date="2020-01-01"),
    ],
    "investments": [
        invested("before", "a", "2019-01-01", 1_000, "equity-round"),
        invested("after", "a", "2022-01-01", 400, "equity-round"),
        invested("hidden", "a", "2022-02-01", None, "undisclosed"),
        invested("grant", "a", "2022-03-01", 9_000, "public-money"),
    ],
}


def test_each_project_once_ceilings_out_and_only_later_equity() -> None:
    result = support_and_rounds(small_run(STORY), PilotFilter())
    frame = result.frame.set_index("org_id")
    assert frame["support"].to_dict() == {"a": 200, "c": 30}
    assert frame["rounds_after"].to_dict() == {"a": 2, "c": 0}
    assert frame.loc["a", "disclosed_after"] == 400
    assert frame["disclosed_after"].isna()["c"]
    assert (result.covered, result.total) == (2, 3)
    assert result.rows["investments"] == ("after", "hidden")


def test_committed_support_is_the_stated_amounts(run: Runner) -> None:
    pilots = committed("pilots")
    stated = pilots[pilots["public_support_kind"] == "amount"]
    frame = support_and_rounds(run, PilotFilter()).frame
    assert set(frame["org_id"]) == set(stated["org_id"])
    assert frame["support"].sum() == stated["public_support"].astype(int).sum()
