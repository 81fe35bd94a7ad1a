"""Network of investors and pilot companies."""

from __future__ import annotations

import networkx as nx
import pytest

from analytics.filters import PilotFilter
from analytics.network import COMPANY, INVESTOR, investor_network, network_links
from loaders.engine import Runner
from tests.unit.fixtures_small import SmallTables, committed, small_run

STORY: SmallTables = {
    "organizations": [
        {"org_id": o, "name_en": o, "name_ko": o, "kind": "investor"}
        for o in ("a", "b", "c", "x", "y", "z")
    ],
    "pilots": [
        {"pilot_id": f"p{o}", "org_id": o, "stage": "selected"} for o in ("a", "b")
    ],
    "investments": [
        {"investment_id": "a1", "org_id": "a", "round": "seed", "amount_kind": "undisclosed"},
        {"investment_id": "a2", "org_id": "a", "round": "pre-a", "amount_kind": "undisclosed"},
        {"investment_id": "b1", "org_id": "b", "round": "seed", "amount_kind": "undisclosed"},
        {"investment_id": "c1", "org_id": "c", "round": "seed", "amount_kind": "undisclosed"},
        {"investment_id": "sold", "org_id": "b", "round": "strategic",
         "amount_kind": "acquisition"},
    ],
    "investment_investors": [
        {"investment_id": i, "investor_id": o}
        for i, o in (("a1", "x"), ("a1", "y"), ("a2", "x"), ("b1", "x"), ("c1", "z"), ("sold", "z"))
    ],
}  # fmt: skip


def test_worked_example() -> None:
    """x is in a (twice) and b, y in a; c has no pilot, a purchase is no round."""
    frame = investor_network(small_run(STORY), PilotFilter(), 1).frame
    measured = frame.set_index(["kind", "org_id"])
    assert set(measured.index) == {
        (INVESTOR, "x"), (INVESTOR, "y"), (COMPANY, "a"), (COMPANY, "b")
    }  # fmt: skip
    assert measured.loc[(INVESTOR, "x"), "links"] == 2
    assert measured.loc[(INVESTOR, "x"), "co_investors"] == 1
    assert measured.loc[(COMPANY, "a"), "links"] == 2
    # a path b - x - a - y: x and a each lie on two of three shortest paths between others
    assert measured.loc[(INVESTOR, "x"), "betweenness"] == pytest.approx(2 / 3)
    assert measured.loc[(COMPANY, "a"), "betweenness"] == pytest.approx(2 / 3)
    links = network_links(small_run(STORY), PilotFilter(), 1).frame
    assert links.set_index(["investor_id", "org_id"])["rounds"].to_dict() == {
        ("x", "a"): 2, ("x", "b"): 1, ("y", "a"): 1
    }  # fmt: skip


def test_the_strong_part_leaves_out_the_rest_and_says_so() -> None:
    result = investor_network(small_run(STORY), PilotFilter(), 2)
    assert set(result.frame["org_id"]) == {"x", "a", "b"}
    assert (result.covered, result.total) == (3, 4)


def test_nothing_to_draw() -> None:
    for least in (1, 9):
        chosen = PilotFilter(sector=("health",)) if least == 1 else PilotFilter()
        assert investor_network(small_run(STORY), chosen, least).frame.empty
        assert network_links(small_run(STORY), chosen, least).frame.empty


def test_the_picture_is_the_same_for_everybody(run: Runner) -> None:
    first = investor_network(run, PilotFilter(), 2).frame
    second = investor_network(run, PilotFilter(), 2).frame
    assert first.equals(second)


def test_committed_links_agree_with_the_files(run: Runner) -> None:
    links = network_links(run, PilotFilter(), 1).frame
    rounds, members = committed("investments"), committed("investment_investors")
    kinds = {"equity-round", "undisclosed", "cumulative-only", "strategic-listed", "ipo"}
    mine = rounds[
        rounds["amount_kind"].isin(kinds) & rounds["org_id"].isin(committed("pilots")["org_id"])
    ]
    pairs = mine.merge(members, on="investment_id")
    pairs = pairs[pairs["org_id"] != pairs["investor_id"]]
    expected = set(zip(pairs["investor_id"], pairs["org_id"], strict=True))
    assert set(zip(links["investor_id"], links["org_id"], strict=True)) == expected
    graph = nx.Graph([((INVESTOR, i), (COMPANY, o)) for i, o in expected])
    frame = investor_network(run, PilotFilter(), 1).frame
    degrees = {
        (k, o): n for k, o, n in zip(frame["kind"], frame["org_id"], frame["links"], strict=True)
    }
    assert degrees == dict(graph.degree)
