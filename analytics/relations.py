"""Who and what an entity is connected with, and what kinds of company an investor chose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from analytics.filters import PilotFilter
from analytics.linkage import AFTER, BEFORE, UNCLEAR, companies
from analytics.profiles import INVESTOR_ROLE, Kind, Profile
from analytics.result import Result, computed, keys
from loaders.datasets.organizations import organizations
from loaders.datasets.pilots import pilots
from loaders.datasets.programs import programs
from loaders.datasets.testbeds import testbeds
from loaders.engine import Runner

NOT_STATED = "not-stated"
NO_PILOT = "no-pilot"
#: Kinds of connection, in the order in which a page shows them.
RELATIONS = (
    "parent",
    "track",
    "company",
    "client",
    "partner",
    "host",
    "testbed",
    "program",
    "investor",
    "investee",
    "co-investor",
    "itself",
)
DIMENSIONS = ("sector", "reached", "sido", "round")

_Link = tuple[str, Kind, str]


def _column(frame: pd.DataFrame, column: str, relation: str, kind: Kind) -> Iterable[_Link]:
    return [(relation, kind, str(i)) for i in frame[column].dropna()]


def _partners(run: Runner, found: Profile) -> Iterable[_Link]:
    """Other members of the consortia that the company's pilots belong to."""
    table = pilots()
    projects = keys(found.pilots.frame["project_id"])
    frame = run(table.filter(table.project_id.isin(projects)).select("org_id", "project_id"))
    others = frame[frame["org_id"] != found.id].drop_duplicates()
    return _column(others, "org_id", "partner", "company")


def _of_company(run: Runner, found: Profile) -> Iterable[_Link]:
    links = [*_partners(run, found)]
    there, hosted, deals = found.pilots.frame, found.hosted.frame, found.rounds.frame
    links += _column(there[there["host_org_id"] != found.id], "host_org_id", "host", "company")
    links += _column(there, "testbed_id", "testbed", "testbed")
    links += _column(there, "program_id", "program", "program")
    links += _column(hosted, "org_id", "client", "company")
    links += [("investor", "investor", i) for ids in deals["investor_ids"] for i in ids]
    if INVESTOR_ROLE in found.entity.frame["roles"].iloc[0].split(";"):
        links.append(("itself", "investor", found.id))
    return links


def _of_investor(_: Runner, found: Profile) -> Iterable[_Link]:
    deals = found.rounds.frame
    links = [*_column(deals, "org_id", "investee", "company")]
    links += [
        ("co-investor", "investor", i)
        for ids in deals["investor_ids"]
        for i in ids
        if i != found.id
    ]
    links.append(("itself", "company", found.id))
    return links


def _of_testbed(_: Runner, found: Profile) -> Iterable[_Link]:
    there, money = found.pilots.frame, found.money.frame
    return [
        *_column(there, "org_id", "company", "company"),
        *_column(there, "host_org_id", "host", "company"),
        *_column(
            pd.concat([there["program_id"], money["program_id"]]).to_frame("id"),
            "id",
            "program",
            "program",
        ),
    ]


def _of_program(run: Runner, found: Profile) -> Iterable[_Link]:
    there, money, row = found.pilots.frame, found.money.frame, found.entity.frame
    table = programs()
    tracks = run(table.filter(table.parent_program_id == found.id).select("program_id"))
    return [
        *_column(row, "parent_program_id", "parent", "program"),
        *_column(tracks, "program_id", "track", "program"),
        *_column(there, "org_id", "company", "company"),
        *_column(there, "host_org_id", "host", "company"),
        *_column(
            pd.concat([there["testbed_id"], money["testbed_id"]]).to_frame("id"),
            "id",
            "testbed",
            "testbed",
        ),
    ]


def _names(run: Runner, links: Iterable[_Link]) -> dict[tuple[str, str], tuple[str, str]]:
    wanted: dict[str, set[str]] = {}
    for _, kind, entity in links:
        wanted.setdefault("org" if kind in ("company", "investor") else kind, set()).add(entity)
    tables = {
        "org": (organizations(), "org_id"),
        "testbed": (testbeds(), "testbed_id"),
        "program": (programs(), "program_id"),
    }
    names = {}
    for group, ids in wanted.items():
        table, key = tables[group]
        frame = run(table.filter(table[key].isin(sorted(ids))).select(key, "name_ko", "name_en"))
        for entity, ko, en in frame.itertuples(index=False):
            names[(group, entity)] = (ko, en)
    return names


@computed
def related(run: Runner, found: Profile) -> Result:
    """Entities that a row of the profile names together with it, most shared rows first.

    Frame: ``relation`` (one of `RELATIONS`), ``kind`` and ``id`` of the other's profile,
    its names, ``n`` (rows that name both: pilots, rounds, amounts).
    """
    ways = {
        "company": _of_company,
        "investor": _of_investor,
        "testbed": _of_testbed,
        "program": _of_program,
    }
    links = Counter(ways[found.kind](run, found))
    names = _names(run, links)
    records = []
    for (relation, kind, entity), n in links.items():
        group = "org" if kind in ("company", "investor") else kind
        ko, en = names[(group, entity)]
        records.append((relation, kind, entity, ko, en, n))
    columns = ["relation", "kind", "id", "name_ko", "name_en", "n"]
    frame = pd.DataFrame(records, columns=columns)
    order = frame["relation"].map({r: i for i, r in enumerate(RELATIONS)})
    frame = (
        frame.assign(order=order)
        .sort_values(["order", "n", "name_ko", "id"], ascending=[True, False, True, True])
        .drop(columns="order")
        .reset_index(drop=True)
    )
    rows = {k: v for part in found.parts for k, v in part.rows.items()}
    return Result(frame, rows, len(frame), len(frame), "rows")


@computed
def portfolio(run: Runner, found: Profile) -> Result:
    """Companies that the investor put money in, by what they are; each company once.

    A company's sector is its own, else that of its furthest pilot; its stage is that of
    the furthest pilot. Rounds are counted as deals, the rest as companies.

    Frame: ``dimension`` (sector, reached, sido, round), ``code`` (``not-stated`` when
    unknown, ``no-pilot`` for a stage), ``n``, largest first within a dimension.
    Coverage: companies with a known pilot.
    """
    deals = found.rounds.frame
    ids = keys(deals["org_id"])
    table = organizations()
    people = run(table.filter(table.org_id.isin(ids)).select("org_id", "sector", "sido"))
    piloted = companies(run, PilotFilter()) if ids else pd.DataFrame({"org_id": []})
    piloted = piloted.set_index("org_id").reindex(people["org_id"])
    values = {
        "sector": people["sector"].fillna(_by(piloted, "sector", people)).fillna(NOT_STATED),
        "reached": _by(piloted, "reached", people).fillna(NO_PILOT),
        "sido": people["sido"].fillna(NOT_STATED),
        "round": deals["round"],
    }
    parts = []
    for dimension, codes in values.items():
        counted = codes.value_counts().rename_axis("code").rename("n").reset_index()
        counted.insert(0, "dimension", dimension)
        parts.append(counted.sort_values(["n", "code"], ascending=[False, True]))
    frame = pd.concat(parts, ignore_index=True)
    return Result(
        frame,
        {"organizations": ids, "investments": keys(deals["investment_id"]), **found.pilots.rows},
        covered=int((values["reached"] != NO_PILOT).sum()),
        total=len(people),
        unit="companies",
        first_year=found.rounds.first_year,
        last_year=found.rounds.last_year,
    )


def _by(piloted: pd.DataFrame, column: str, people: pd.DataFrame) -> pd.Series:
    if column not in piloted:
        return pd.Series(index=people.index, dtype="object")
    return piloted[column].set_axis(people.index).astype("object")


def entry_times(found: Profile) -> Result:
    """Rounds by their place in time to the company's first pilot fact.

    Frame, one row a relation that occurs: ``relation`` (after, before, unclear, or
    ``no-pilot`` where no pilot is known or the deal is no investment round), ``n``,
    ``undisclosed`` (amounts not published), ``months_min`` and ``months_max`` (the
    narrowest interval that holds every possible delay; the upper end is missing when
    one of them has none). Coverage: rounds surely after.
    """
    deals = found.rounds.frame
    relation = deals["relation"].astype("object").fillna(NO_PILOT)
    records = []
    for code in (AFTER, BEFORE, UNCLEAR, NO_PILOT):
        part = deals[relation == code]
        if part.empty:
            continue
        is_open = bool(part["months_max"].isna().any())
        records.append(
            {
                "relation": code,
                "n": len(part),
                "undisclosed": int(part["amount"].isna().sum()),
                "months_min": part["months_min"].min(),
                "months_max": float("nan") if is_open else part["months_max"].max(),
            }
        )
    columns = ["relation", "n", "undisclosed", "months_min", "months_max"]
    return Result(
        pd.DataFrame(records, columns=columns),
        {**found.rounds.rows, **found.pilots.rows},
        covered=int((relation == AFTER).sum()),
        total=len(deals),
        unit="rounds",
        first_year=found.rounds.first_year,
        last_year=found.rounds.last_year,
    )


@computed
def places(run: Runner, found: Profile) -> Result:
    """Provinces and points of the entity, its pilots and their testbeds.

    Frame: one row a place; ``sido``, ``pilots`` (of the profile, there), ``is_seat`` (the
    entity itself lies or works there), and for testbeds ``lon`` and ``lat`` (degrees,
    WGS 84) of each point; a province without a known point has none.
    Coverage: pilots with a known province.
    """
    row, there = found.entity.frame.iloc[0], found.pilots.frame
    seat = set() if pd.isna(row["sido"]) else set(str(row["sido"]).split(";"))
    counted = there["sido"].value_counts()
    table = testbeds()
    ids = keys([*there["testbed_id"], *([found.id] if found.kind == "testbed" else [])])
    spots = run(
        table.filter(table.testbed_id.isin(ids))
        .select("testbed_id", "sido", "lon", "lat")
        .order_by("testbed_id")
    )
    provinces = sorted({*seat, *counted.index, *spots["sido"]})
    frame = pd.DataFrame({"sido": provinces}, dtype="str").merge(spots, on="sido", how="left")
    frame["pilots"] = frame["sido"].map(counted).fillna(0).astype(int)
    frame["is_seat"] = frame["sido"].isin(seat)
    return Result(
        frame,
        {**found.entity.rows, **found.pilots.rows, "testbeds": ids},
        covered=int(there["sido"].notna().sum()),
        total=len(there),
        unit="pilots",
    )
