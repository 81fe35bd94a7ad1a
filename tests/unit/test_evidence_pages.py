"""From a figure to its rows and pages."""

from __future__ import annotations

from analytics.evidence import further_sources, pages_behind, rows_behind, sources_by_fact
from analytics.filters import TestbedFilter
from analytics.overview import pilots_sold
from analytics.testbeds import testbed_list as list_testbeds
from loaders.engine import Runner
from tests.unit.fixtures_small import SmallTables, committed, small_run

FACTS: SmallTables = {
    "sources": [
        {"source_id": "old", "published": "2019"},
        {"source_id": "new", "published": "2024-05-01"},
        {"source_id": "month", "published": "2024-05"},
        {"source_id": "undated"},
        {"source_id": "undated-too"},
        {"source_id": "not-used", "published": "2025"},
    ],
    "testbeds": [
        {"testbed_id": "b", "source_id": "old"},
        {"testbed_id": "a", "source_id": "undated-too"},
        {"testbed_id": "c", "source_id": "not-used"},
    ],
    "pilots": [{"pilot_id": "p", "source_id": "undated"}],
    "milestones": [
        {"milestone_id": "m", "pilot_id": "p", "source_id": "new"},
        {"milestone_id": "n", "pilot_id": "p", "source_id": "month"},
        {"milestone_id": "o", "pilot_id": "q", "source_id": "not-used"},
    ],
    "regions": [{"sido": "KR-11"}],
}


def link(table: str, key: str, column: str | None, source: str, agrees: bool) -> dict[str, object]:
    return {
        "fact_source_id": f"{table}-{key}-{column}-{source}",
        "table": table,
        "key": key,
        "column": column,
        "source_id": source,
        "agrees": agrees,
        "value_stated": None if agrees else "7",
    }


LINKED: SmallTables = {
    **FACTS,
    "fact_sources": [
        link("testbeds", "a", "area_km2", "old", True),
        link("testbeds", "a", "opened_year", "old", False),
        link("testbeds", "a", None, "new", True),
        link("testbeds", "c", "area_km2", "new", True),
        link("programs", "a", None, "month", True),  # the same key in another table
        link("milestones", "m", "date", "not-used", False),
    ],
}


def test_rows_behind_are_the_named_rows_by_key() -> None:
    run = small_run(FACTS)
    assert list(rows_behind(run, "testbeds", ("b", "a"))["testbed_id"]) == ["a", "b"]
    assert rows_behind(run, "testbeds", ()).empty
    assert rows_behind(run, "testbeds", ("nowhere",)).empty


def test_pages_come_newest_first_and_undated_last() -> None:
    pages = pages_behind(small_run(FACTS), (("testbeds", ("a", "b")), ("pilots", ("p",))))
    assert list(pages["source_id"]) == ["month", "new", "old", "undated", "undated-too"]


def test_a_pilot_rests_on_the_pages_of_its_milestones_too() -> None:
    pages = pages_behind(small_run(FACTS), (("pilots", ("p",)),))
    assert set(pages["source_id"]) == {"undated", "new", "month"}


def test_further_pages_of_a_fact_are_behind_it_too() -> None:
    run = small_run(LINKED)
    assert set(pages_behind(run, (("testbeds", ("a",)),))["source_id"]) == {
        *("undated-too", "old", "new"),
    }
    assert "not-used" in set(pages_behind(run, (("pilots", ("p",)),))["source_id"])
    assert pages_behind(run, (("testbeds", ()),)).empty


def test_further_sources_say_whether_they_agree() -> None:
    run = small_run(LINKED)
    found = further_sources(run, (("regions", ("KR-11",)), ("testbeds", ("a", "b"))))
    assert found["key"].tolist() == ["a", "a", "a"]
    assert found["column"].fillna("").tolist() == ["", "area_km2", "opened_year"]
    assert found["agrees"].tolist() == [True, True, False]
    assert found["value_stated"].fillna("").tolist() == ["", "", "7"]
    assert found["source_id"].tolist() == ["new", "old", "old"]
    assert found["published"].tolist() == ["2024-05-01", "2019", "2019"]
    of_pilot = further_sources(run, (("pilots", ("p",)),))
    assert of_pilot[["table", "key", "agrees"]].values.tolist() == [["milestones", "m", False]]
    nothing = further_sources(run, (("testbeds", ("b",)),))
    assert nothing.empty
    assert list(nothing.columns) == list(found.columns)


def test_a_page_that_differs_on_one_value_differs() -> None:
    counted = sources_by_fact(small_run(LINKED), "testbeds", ("c", "a", "b"))
    assert counted.to_dict("list") == {
        "key": ["a", "b", "c"],
        "further": [2, 0, 1],
        "agreeing": [1, 0, 1],
        "differing": [1, 0, 0],
    }
    assert sources_by_fact(small_run(LINKED), "testbeds", ()).empty


def test_vocabularies_have_no_pages() -> None:
    run = small_run(FACTS)
    assert pages_behind(run, (("regions", ("KR-11",)),)).empty
    assert pages_behind(run, ()).empty


def test_committed_figures_name_the_pages_of_exactly_their_rows(run: Runner) -> None:
    sold = pilots_sold(run)
    pages = pages_behind(run, tuple(sold.rows.items()))
    ids = set(sold.rows["pilots"])
    pilots, steps = committed("pilots"), committed("milestones")
    wanted = set(pilots[pilots["pilot_id"].isin(ids)]["source_id"])
    wanted |= set(steps[steps["pilot_id"].isin(ids)]["source_id"])
    links = committed("fact_sources")
    own = (links["table"] == "pilots") & links["key"].isin(ids)
    behind = set(steps[steps["pilot_id"].isin(ids)]["milestone_id"])
    through_steps = (links["table"] == "milestones") & links["key"].isin(behind)
    wanted |= set(links[own | through_steps]["source_id"])
    assert set(pages["source_id"]) == wanted
    assert pages["url"].str.match(r"https?://").all()
    places = list_testbeds(run, TestbedFilter())
    named = pages_behind(run, tuple(places.rows.items()))
    further = links[links["table"] == "testbeds"]["source_id"]
    assert set(named["source_id"]) == {*committed("testbeds")["source_id"], *further}
    assert len(further)
    dates = named["published_latest"].dropna().tolist()
    assert dates == sorted(dates, reverse=True)
