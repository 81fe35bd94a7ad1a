"""Everything known about one company, investor, testbed or programme, as sourced rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.filters import PilotFilter, with_program_family
from analytics.linkage import linked_companies
from analytics.names import join_names
from analytics.result import Result, computed, keys, year_span
from loaders.datasets.cohorts import cohorts
from loaders.datasets.funding import funding
from loaders.datasets.indicators import indicators
from loaders.datasets.investments import investment_investors, investments
from loaders.datasets.organizations import organizations
from loaders.datasets.pilots import events, milestones, pilots
from loaders.datasets.programs import program_editions, programs
from loaders.datasets.testbeds import testbeds
from loaders.engine import Runner
from loaders.package import package

#: Kinds of profile. Every organisation has a company profile; an investor has both.
Kind = Literal["company", "investor", "testbed", "program"]
TABLE: Mapping[Kind, str] = {
    "company": "organizations",
    "investor": "organizations",
    "testbed": "testbeds",
    "program": "programs",
}
INVESTOR_ROLE = "investor"


@dataclass(frozen=True, slots=True)
class Profile:
    """The rows about one entity; parts that do not apply to its kind are empty.

    Attributes:
        entity: the entity's own row.
        pilots: its pilots (company), the pilots there (testbed), through it or one of
            its tracks (program), or of the companies it put money in (investor).
        hosted: pilots of others that the organisation hosted.
        steps: milestones of ``pilots``.
        rounds: rounds it raised (company) or took part in (investor).
        events: what befell it.
        editions: yearly editions of the programme.
        counts: counts that the programme published.
        indicators: other statistics published about the programme.
        money: public money that names the testbed, the programme or one of its tracks.
    """

    kind: Kind
    id: str
    entity: Result
    pilots: Result
    hosted: Result
    steps: Result
    rounds: Result
    events: Result
    editions: Result
    counts: Result
    indicators: Result
    money: Result

    @property
    def parts(self) -> tuple[Result, ...]:
        """All parts, for the sources of the whole page."""
        return (
            self.entity,
            self.pilots,
            self.hosted,
            self.steps,
            self.rounds,
            self.events,
            self.editions,
            self.counts,
            self.indicators,
            self.money,
        )


def _listed(frame: pd.DataFrame, table: str, unit: str, *dates: str, covered: int = -1) -> Result:
    """A list of rows of ``table``: covered are those with a known date, unless given."""
    known = [frame[d] for d in dates]
    first, last = year_span(*known) if known else (None, None)
    dated = int(frame[list(dates)].notna().any(axis=1).sum()) if dates else len(frame)
    return Result(
        frame,
        {table: keys(frame[package()[table].primary_key[0]])},
        covered=dated if covered < 0 else covered,
        total=len(frame),
        unit=unit,
        first_year=first,
        last_year=last,
    )


def _nothing(table: ir.Table) -> ir.Table:
    return table.filter(ibis.literal(False))


@computed
def entity_row(run: Runner, kind: Kind, entity_id: str) -> Result:
    """The entity's own row: a frame of one row, or none for an unknown id.

    An investor is an organisation with that role.
    """
    table = {"testbed": testbeds, "program": programs}.get(kind, organizations)()
    row = table.filter(table[package()[TABLE[kind]].primary_key[0]] == entity_id)
    if kind == "investor":
        row = row.filter(row.roles.contains(INVESTOR_ROLE))
    return _listed(run(row), TABLE[kind], "rows")


def _rounds_joined(investor_id: str) -> ir.Table:
    table = investment_investors()
    return table.filter(table.investor_id == investor_id).select("investment_id", "is_lead")


@computed
def entity_pilots(run: Runner, kind: Kind, entity_id: str) -> Result:
    """Pilots of the entity (see `Profile.pilots`), newest start first."""
    table = pilots()
    if kind == "company":
        mine = table.filter(table.org_id == entity_id)
    elif kind == "testbed":
        mine = table.filter(table.testbed_id == entity_id)
    elif kind == "program":
        mine = table.semi_join(with_program_family((entity_id,)), "program_id")
    else:
        deals = investments().semi_join(_rounds_joined(entity_id), "investment_id")
        mine = table.semi_join(deals.select("org_id"), "org_id")
    return _pilots(run, mine)


@computed
def hosted_pilots(run: Runner, org_id: str) -> Result:
    """Pilots of other companies that the organisation hosted."""
    table = pilots()
    return _pilots(run, table.filter(table.host_org_id == org_id, table.org_id != org_id))


def _pilots(run: Runner, table: ir.Table) -> Result:
    frame = run(table.order_by([ibis.desc("start_date_latest"), "pilot_id"]))
    return _listed(frame, "pilots", "pilots", "start_date_latest", "end_date_latest")


@computed
def steps_of(run: Runner, pilot_ids: tuple[str, ...]) -> Result:
    """Milestones of the pilots, oldest first; undated ones last."""
    table = milestones()
    frame = run(table.filter(table.pilot_id.isin(pilot_ids)))
    ordered = frame.sort_values(["date_latest", "milestone_id"], na_position="last")
    return _listed(ordered.reset_index(drop=True), "milestones", "facts", "date_latest")


@computed
def entity_rounds(run: Runner, kind: Kind, entity_id: str) -> Result:
    """Rounds and other deals, newest first.

    Frame: all columns of ``investments``, company names, ``investor_ids`` (tuple,
    sorted), ``is_lead`` (of the asked investor; missing on a company profile), and
    where the company has pilots ``reached``, ``relation``, ``months_min`` and
    ``months_max`` of `analytics.linkage.linked_companies`. Purchases, asset finance
    and public money are listed but have no relation.
    Coverage: deals with a disclosed amount.
    """
    table = investments()
    if kind == "investor":
        chosen = table.join(_rounds_joined(entity_id), "investment_id")
    else:
        chosen = table.filter(table.org_id == entity_id).mutate(is_lead=ibis.null("boolean"))
    frame = run(join_names(chosen, "org_id", organizations(), "org_id", "company"))
    members = investment_investors()
    who = run(members.filter(members.investment_id.isin(keys(frame["investment_id"]))))
    joined = who.groupby("investment_id")["investor_id"].agg(keys).to_dict()
    frame["investor_ids"] = [joined.get(i, ()) for i in frame["investment_id"]]
    columns = ["investment_id", "reached", "relation", "months_min", "months_max"]
    if len(frame):
        linked = linked_companies(run, PilotFilter()).frame[columns]
        frame = frame.merge(linked, on="investment_id", how="left")
    else:
        frame = frame.reindex(columns=[*frame.columns, *columns[1:]])
    ordered = frame.sort_values(
        ["date_latest", "investment_id"], ascending=[False, True], na_position="last"
    )
    disclosed = int(frame["amount"].notna().sum())
    return _listed(
        ordered.reset_index(drop=True), "investments", "rounds", "date_latest", covered=disclosed
    )


@computed
def entity_events(run: Runner, kind: Kind, entity_id: str) -> Result:
    """What befell the organisation or the testbed."""
    table = events()
    column = "testbed_id" if kind == "testbed" else "org_id"
    mine = _nothing(table) if kind == "program" else table.filter(table[column] == entity_id)
    return _listed(run(mine.order_by("date_latest")), "events", "facts", "date_latest")


@computed
def editions_of(run: Runner, program_id: str) -> Result:
    """Editions of the programme by year; covered are those with an application window."""
    table = program_editions()
    mine = table.filter(table.program_id == program_id)
    frame = run(mine.order_by(["edition_year", "apply_open_latest", "edition_id"]))
    return _listed(frame, "program_editions", "editions", "apply_open_latest", "apply_close_latest")


@computed
def counts_of(run: Runner, program_id: str) -> Result:
    """Published counts of the programme by period, with names of stages.

    Where pages disagree the count that is shown elsewhere comes first; covered are these.
    """
    table = cohorts()
    mine = table.filter(table.program_id == program_id)
    order = ["period_end", "scope", "side", "stage", ibis.desc("is_primary"), "cohort_id"]
    frame = run(mine.order_by(order))
    return _listed(frame, "cohorts", "rows", covered=int(frame["is_primary"].astype(bool).sum()))


@computed
def indicators_of(run: Runner, program_id: str) -> Result:
    """Other statistics published about the programme."""
    table = indicators()
    mine = table.filter(table.program_id == program_id)
    return _listed(run(mine.order_by(["year", "indicator_id"])), "indicators", "rows")


@computed
def entity_money(run: Runner, kind: Kind, entity_id: str) -> Result:
    """Amounts of public money that name the testbed, or the programme or one of its tracks.

    Not summed here. Coverage: amounts that may be added.
    """
    table = funding()
    if kind == "testbed":
        mine = table.filter(table.testbed_id == entity_id)
    elif kind == "program":
        mine = table.semi_join(with_program_family((entity_id,)), "program_id")
    else:
        mine = _nothing(table)
    named = join_names(mine, "program_id", programs(), "program_id", "program")
    named = join_names(named, "testbed_id", testbeds(), "testbed_id", "testbed")
    frame = run(named.order_by(["year", "funding_id"]))
    return _listed(frame, "funding", "amounts", covered=int(frame["is_additive"].sum()))


def profile(run: Runner, kind: Kind, entity_id: str) -> Profile | None:
    """All parts of a profile; None when no entity of that kind has the id."""
    entity = entity_row(run, kind, entity_id)
    if entity.frame.empty:
        return None
    there = entity_pilots(run, kind, entity_id)
    is_program, is_org = kind == "program", kind in ("company", "investor")
    return Profile(
        kind,
        entity_id,
        entity,
        there,
        hosted=hosted_pilots(run, entity_id if kind == "company" else ""),
        steps=steps_of(run, there.rows["pilots"]),
        rounds=entity_rounds(run, kind, entity_id if is_org else ""),
        events=entity_events(run, kind, entity_id),
        editions=editions_of(run, entity_id if is_program else ""),
        counts=counts_of(run, entity_id if is_program else ""),
        indicators=indicators_of(run, entity_id if is_program else ""),
        money=entity_money(run, kind, entity_id),
    )


@computed
def everything(found: Profile) -> Result:
    """All rows of the profile as one result, for the page's Sources control.

    Frame: ``table`` and ``rows`` (number). Coverage: rows shown, which is all.
    """
    rows: dict[str, tuple[str, ...]] = {}
    for part in found.parts:
        for table, ids in part.rows.items():
            if ids:
                rows[table] = keys([*rows.get(table, ()), *ids])
    frame = pd.DataFrame(
        {"table": list(rows), "rows": [len(ids) for ids in rows.values()]},
    )
    total = int(frame["rows"].sum())
    years = [y for p in found.parts for y in (p.first_year, p.last_year) if y is not None]
    return Result(
        frame,
        rows,
        covered=total,
        total=total,
        unit="rows",
        first_year=min(years, default=None),
        last_year=max(years, default=None),
    )
