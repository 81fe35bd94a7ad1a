"""Network of investors and pilot companies, measured with networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analytics.filters import PilotFilter, select_pilots
from analytics.linkage import rounds
from analytics.result import Result, keys, year_span
from loaders.datasets.organizations import organizations
from loaders.engine import Runner

if TYPE_CHECKING:
    import networkx as nx

INVESTOR = "investor"
COMPANY = "company"
#: Fixed, so that every visitor and every start sees the same picture.
SEED = 7


def _edges(run: Runner, chosen: PilotFilter) -> pd.DataFrame:
    """Who took part in rounds of pilot companies: ``org_id``, ``investor_id``, rounds."""
    pilots = run(select_pilots(chosen))
    frame = rounds(run)
    frame = frame[frame["org_id"].isin(pilots["org_id"])]
    edges = frame[["investment_id", "org_id", "investor_ids", "date_latest"]].explode(
        "investor_ids"
    )
    edges = edges.rename(columns={"investor_ids": "investor_id"}).dropna(subset="investor_id")
    return edges[edges["investor_id"] != edges["org_id"]]


def _graph(edges: pd.DataFrame) -> nx.Graph[tuple[str, str]]:
    import networkx as nx  # noqa: PLC0415 (heavy)

    graph: nx.Graph[tuple[str, str]] = nx.Graph()
    for (org, investor), count in edges.groupby(["org_id", "investor_id"]).size().items():
        graph.add_edge((COMPANY, org), (INVESTOR, investor), rounds=int(count))
    return graph


def _communities(graph: nx.Graph[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Number of each node's community (greedy modularity, Clauset, Newman & Moore 2004)."""
    import networkx as nx  # noqa: PLC0415 (heavy)

    found = nx.community.greedy_modularity_communities(graph) if len(graph) else []
    ordered = sorted(found, key=lambda group: (-len(group), min(group)))
    return {node: i for i, group in enumerate(ordered) for node in group}


def _co_investors(edges: pd.DataFrame) -> dict[str, int]:
    """How many different investors each investor shared a round with."""
    partners: dict[str, set[str]] = {}
    for _, members in edges.groupby("investment_id")["investor_id"]:
        for one in members:
            partners.setdefault(one, set()).update(m for m in members if m != one)
    return {investor: len(others) for investor, others in partners.items()}


def investor_network(run: Runner, chosen: PilotFilter, least: int) -> Result:
    """Nodes of the network, with places to draw them.

    ``least``: investors with fewer pilot companies are left out, and with them companies
    that lose every investor; 1 shows everything. Frame, most connected first: ``kind``
    (investor, company), ``org_id``, names, ``links`` (companies of an investor, investors
    of a company, in the drawn part), ``co_investors`` (investors only, over all rounds),
    ``betweenness`` (Freeman 1977, drawn part), ``community``, ``x``, ``y`` (spring
    layout, Fruchterman & Reingold 1991, fixed seed). Coverage: drawn nodes of all.
    """
    import networkx as nx  # noqa: PLC0415 (heavy)

    edges = _edges(run, chosen)
    sizes = edges.groupby("investor_id")["org_id"].nunique()
    strong = sizes[sizes >= least].index
    drawn = edges[edges["investor_id"].isin(strong)]
    graph = _graph(drawn)
    places = nx.spring_layout(graph, seed=SEED, k=0.35, iterations=120)
    between = nx.betweenness_centrality(graph)
    groups = _communities(graph)
    partners = _co_investors(edges)
    records = [
        {
            "kind": kind,
            "org_id": org,
            "links": graph.degree((kind, org)),
            "co_investors": partners.get(org) if kind == INVESTOR else None,
            "betweenness": between[(kind, org)],
            "community": groups[(kind, org)],
            "x": float(places[(kind, org)][0]),
            "y": float(places[(kind, org)][1]),
        }
        for kind, org in graph.nodes
    ]
    columns = ["kind", "org_id", "links", "co_investors", "betweenness", "community", "x", "y"]
    frame = pd.DataFrame(records, columns=columns).astype({"co_investors": "Int64"})
    names = run(organizations().select("org_id", "name_ko", "name_en"))
    frame = frame.merge(names, on="org_id")
    frame = frame.sort_values(["links", "kind", "org_id"], ascending=[False, False, True])
    first, last = year_span(drawn["date_latest"])
    return Result(
        frame.reset_index(drop=True),
        {"investments": keys(drawn["investment_id"]), "organizations": keys(frame["org_id"])},
        covered=len(frame),
        total=edges["investor_id"].nunique() + edges["org_id"].nunique(),
        unit="nodes",
        first_year=first,
        last_year=last,
    )


def network_links(run: Runner, chosen: PilotFilter, least: int) -> Result:
    """Links of the drawn part: ``investor_id``, ``org_id``, ``rounds`` (shared)."""

    edges = _edges(run, chosen)
    sizes = edges.groupby("investor_id")["org_id"].nunique()
    drawn = edges[edges["investor_id"].isin(sizes[sizes >= least].index)]
    frame = drawn.groupby(["investor_id", "org_id"]).size().rename("rounds").reset_index()
    return Result(
        frame,
        {"investments": keys(drawn["investment_id"])},
        covered=len(frame),
        total=len(edges.drop_duplicates(["investor_id", "org_id"])),
        unit="links",
    )
