"""Places side by side and money afterwards: by hand, and recounted from the committed tables."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.compare import compare_places, funded_after
from analytics.filters import PilotFilter
from analytics.linkage import DAYS_PER_MONTH
from loaders.engine import Runner
from loaders.wilson import wilson
from tests.unit.fixtures_small import LADDER, Row, SmallTables, committed, small_run

MONEY = ["announced_krw", "budgeted_krw", "awarded_krw", "spent_krw"]


def pilot(name: str, org: str, *stages: str, **other: object) -> tuple[Row, list[Row]]:
    row = {"pilot_id": name, "org_id": org, "start_date": "2021-06-01", **other}
    steps: list[Row] = [
        {"milestone_id": f"{name}-{s}", "pilot_id": name, "stage": s, "date_basis": "none"}
        for s in stages
    ]
    return row, steps


BUSAN = {"sido": "KR-26"}
CHEONAN = {"sido": "KR-44", "sigungu_code": "44131"}  # a general district of the city 44130
MADE = [
    pilot("1", "x", "selected", "field-demo", **BUSAN, project_id="joint"),
    pilot("2", "y", "selected", **BUSAN, project_id="joint"),
    pilot("3", "x", "contract", **BUSAN, program_id="p"),
    pilot("4", "y", "poc", **CHEONAN),
    pilot("5", "z", "exported"),
]


def money(name: str, amount: int, **other: object) -> Row:
    return {
        "funding_id": name, "amount": amount, "currency": "KRW", "basis": "awarded",
        "is_additive": True, "is_smart_city": True, **other,
    }  # fmt: skip


def raised(org: str, day: str | None) -> Row:
    return {"investment_id": f"{org}-{day}", "org_id": org, "date": day, "round": "seed",
            "amount_kind": "equity-round"}  # fmt: skip


TABLES: SmallTables = {
    "pilots": [row for row, _ in MADE],
    "milestones": [step for _, steps in MADE for step in steps],
    "organizations": [{"org_id": o, "kind": "startup", "name_ko": o, "name_en": o} for o in "xyz"],
    "municipalities": [
        {"sigungu_code": "44130", "sido": "KR-44", "name_ko": "천안시", "name_en": "Cheonan-si"},
        {"sigungu_code": "44131", "sido": "KR-44", "name_ko": "천안시 동남구",
         "name_en": "Cheonan-si Dongnam-gu", "parent_code": "44130"},
    ],
    "testbeds": [{"testbed_id": "t1", **BUSAN}, {"testbed_id": "t2", **CHEONAN}],
    "programs": [
        {"program_id": "p", "name_ko": "p", "name_en": "p"},
        {"program_id": "q", "sido": "KR-26", "name_ko": "q", "name_en": "q"},
    ],
    "funding": [
        money("f1", 5, **BUSAN), money("f2", 7, **BUSAN),
        money("f3", 100, **BUSAN, is_additive=False),
        money("g1", 5000, **BUSAN, is_smart_city=False),
        money("f4", 3, **BUSAN, basis="budgeted"), money("f5", 900, **BUSAN, currency="USD"),
        money("f6", 11, testbed_id="t2", basis="spent"),
    ],
    "investments": [
        raised("x", "2022-06-01"), raised("x", "2023-06-01"), raised("y", "2021"),
        raised("z", "2020-01-01"),
    ],
}  # fmt: skip


def test_a_line_by_hand() -> None:
    found = compare_places(small_run(TABLES), ("44130", "KR-26", "KR-11"))
    frame = found.result.frame
    assert list(frame["code"]) == ["44130", "KR-26", "KR-11"]
    assert list(frame["name_en"]) == ["Cheonan-si", "Busan", "Seoul"]
    lines = frame.set_index("code").drop(columns=["name_ko", "name_en"])
    counts = lines.drop(columns=MONEY)
    assert counts.loc["KR-26"].to_dict() == {
        "testbeds": 1, "pilots": 3, "companies": 2, "projects": 2, "field_demo": 2, "contract": 1,
        "programs": 2, "funded_after": 1,
    }  # fmt: skip
    assert counts.loc["44130"].to_dict() == {
        "testbeds": 1, "pilots": 1, "companies": 1, "projects": 1, "field_demo": 0, "contract": 0,
        "programs": 0, "funded_after": 0,
    }  # fmt: skip
    assert (counts.loc["KR-11"] == 0).all()
    # additive won for urban technology only, bases apart; nothing known is missing, not zero
    assert lines.loc["KR-26", ["budgeted_krw", "awarded_krw"]].to_list() == [3, 12]
    assert lines.loc["KR-26", ["announced_krw", "spent_krw"]].isna().all()
    assert lines.loc["44130", "spent_krw"] == 11
    assert lines.loc["KR-11", MONEY].isna().all()
    assert (found.result.covered, found.result.total) == (2, 3)


def test_the_rows_behind_a_line() -> None:
    found = compare_places(small_run(TABLES), ("44130", "KR-26"))
    assert found.behind["KR-26"] == {
        "testbeds": ("t1",), "programs": ("p", "q"), "pilots": ("1", "2", "3"),
        "organizations": ("x",), "funding": ("f1", "f2", "f3", "f4", "f5"),
    }  # fmt: skip
    assert found.behind["44130"]["funding"] == ("f6",)
    assert found.result.rows["pilots"] == ("1", "2", "3", "4")


def test_no_places_and_unknown_places() -> None:
    run = small_run(TABLES)
    empty = compare_places(run, ())
    assert empty.result.frame.empty
    assert "awarded_krw" in empty.result.frame
    with pytest.raises(KeyError, match="44131"):
        compare_places(run, ("44131",))  # the city stands for its districts
    assert list(compare_places(run, ("KR-26", "KR-26")).result.frame["code"]) == ["KR-26"]


def test_share_funded_by_hand() -> None:
    # x raised a year after its first pilot; y in the same year, who knows when; z before
    found = funded_after(small_run(TABLES), PilotFilter())
    row = found.frame.iloc[0]
    assert (row["companies"], row["funded"], row["with_round"], row["unclear"]) == (3, 1, 3, 1)
    assert row["share"] == pytest.approx(1 / 3)
    assert (row["low"], row["high"]) == wilson(1, 3)
    months = pytest.approx(365 / DAYS_PER_MONTH)
    for column in ("months_min", "months_max", "months_median_low", "months_median_high"):
        assert row[column] == months
    assert row["bounded"] == 1
    assert found.rows["investments"] == ("x-2022-06-01",)


def test_share_of_nobody() -> None:
    row = funded_after(small_run({}), PilotFilter()).frame.iloc[0]
    assert (row["companies"], row["funded"]) == (0, 0)
    assert row[["share", "low", "high", "months_min", "months_max"]].isna().all()


def test_an_open_bound_leaves_the_median_open() -> None:
    tables = {**TABLES, "pilots": [{**row, "start_date": None} for row in TABLES["pilots"]]}
    steps = [
        {**step, "date": "2021-06-01", "date_basis": "publication"} for step in TABLES["milestones"]
    ]
    row = funded_after(small_run({**tables, "milestones": steps}), PilotFilter()).frame.iloc[0]
    assert (row["funded"], row["bounded"]) == (1, 0)
    assert row["months_min"] == pytest.approx(365 / DAYS_PER_MONTH)
    assert pd.isna(row["months_median_high"])


@pytest.mark.parametrize("code", ["KR-26", "KR-50", "44130"])
def test_real_lines_recounted(run: Runner, code: str) -> None:
    towns = committed("municipalities")
    inside = towns[(towns["sigungu_code"] == code) | (towns["parent_code"] == code)]["sigungu_code"]

    def here(table: pd.DataFrame) -> pd.DataFrame:
        if code.startswith("KR-"):
            return table[table["sido"] == code]
        return table[table["sigungu_code"].isin(inside)]

    pilots, steps = here(committed("pilots")), committed("milestones")
    line = compare_places(run, (code,)).result.frame.iloc[0]
    assert line["testbeds"] == len(here(committed("testbeds")))
    assert line["pilots"] == len(pilots)
    assert line["companies"] == pilots["org_id"].nunique()
    assert (
        line["projects"]
        == pilots["project_id"].where(pilots["project_id"] != "", pilots["pilot_id"]).nunique()
    )
    for column, stage in (("field_demo", "field-demo"), ("contract", "contract")):
        beyond = set(LADDER[LADDER.index(stage) :])
        shown = set(steps.loc[steps["stage"].isin(beyond), "pilot_id"])
        assert line[column] == pilots["pilot_id"].isin(shown).sum()
    if code.startswith("KR-"):
        rows = here(committed("funding"))
        rows = rows[(rows["is_additive"] == "true") & (rows["currency"] == "KRW")]
        rows = rows[rows["is_smart_city"] == "true"]
        sums = rows.assign(amount=rows["amount"].astype(float)).groupby("basis")["amount"].sum()
        for column in MONEY:
            expected = sums.get(column.removesuffix("_krw"), float("nan"))
            assert line[column] == pytest.approx(expected, nan_ok=True)


def test_real_share_is_the_linked_one(run: Runner) -> None:
    row = funded_after(run, PilotFilter()).frame.iloc[0]
    assert row["companies"] == committed("pilots")["org_id"].nunique()
    assert 0 < row["funded"] <= row["with_round"]
    assert row["funded"] + row["unclear"] <= row["with_round"]
    assert row["low"] < row["share"] < row["high"]
    assert row["months_min"] <= row["months_median_low"] <= row["months_max"]
