"""From pilots to investment: who raised money, before or after, and from whom.

"After" means later in time, not because of. Dates are intervals; a round counts
as after the first pilot only when its earliest day lies past the latest day on
which the first pilot fact can have happened. A page's own date is an upper bound
of that day, so the rule holds for it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.filters import PilotFilter, chosen_pilots
from analytics.linkage_tables import (
    AFTER,
    BEFORE,
    NOT_STATED,
    ROUND_KINDS,
    SEVERAL,
    UNCLEAR,
    Outcome,
    company_facts,
    company_outcomes,
    company_rows,
    described,
    in_time,
    linked_rounds,
    round_investors,
    round_rows,
    with_a_round,
)
from analytics.result import LaterRows, Result, year_span
from analytics.stages import ladder_frame
from loaders.datasets.pilots import ENDED
from loaders.engine import Runner

__all__ = [
    "AFTER",
    "BEFORE",
    "DAYS_PER_MONTH",
    "NOT_STATED",
    "NO_ROUND",
    "OTHERS",
    "ROUND_KINDS",
    "SEVERAL",
    "UNCLEAR",
    "Origin",
    "Outcome",
    "companies",
    "first_pilot_facts",
    "linkage_flows",
    "linkage_steps",
    "linked_companies",
    "rounds",
]

NO_ROUND = "none-known"
OTHERS = "others"

Origin = Literal["sido", "program_id", "sector", "host_kind"]

DAYS_PER_MONTH = 365.25 / 12

_ROUND_COLUMNS = (
    "investment_id",
    "org_id",
    "round",
    "date",
    "date_earliest",
    "date_latest",
    "amount",
    "currency",
    "amount_kind",
    "lead_investor_id",
)


def rounds(run: Runner) -> pd.DataFrame:
    """Investment rounds by id, with ``investor_ids`` and ``investor_kinds`` (tuples, sorted)."""
    frame = run(round_rows().order_by("investment_id"))
    return _with_investors(run, frame, round_investors())


def _with_investors(run: Runner, frame: pd.DataFrame, who: ir.Table) -> pd.DataFrame:
    found = run(who)
    for column, source in (("investor_ids", "investor_id"), ("investor_kinds", "kind")):
        known = _tuples(found[found[source].notna()], source)
        values = [known.get(key, ()) for key in frame["investment_id"].tolist()]
        frame[column] = pd.Series(values, index=frame.index, dtype="object")
    return frame


def _tuples(pairs: pd.DataFrame, column: str) -> dict[str, tuple[str, ...]]:
    """The values of ``column`` by round, distinct and sorted."""
    found: dict[str, set[str]] = {}
    for key, value in zip(pairs["investment_id"].tolist(), pairs[column].tolist(), strict=True):
        found.setdefault(key, set()).add(value)
    return {key: tuple(sorted(values)) for key, values in found.items()}


def first_pilot_facts(run: Runner, pilots: ir.Table) -> pd.DataFrame:
    """For each company of the ``pilots``, the interval of its first dated pilot fact.

    Frame indexed by ``org_id``: ``first_earliest``, ``first_latest`` (days): see
    `analytics.linkage_tables.company_facts`. A company with no dated fact is left out.
    """
    facts = company_facts(pilots)
    frame = run(facts.filter(facts.first_latest.notnull()).order_by("org_id"))
    return frame.set_index("org_id")[["first_earliest", "first_latest"]]


def _stages_at(run: Runner, ranks: pd.Series) -> pd.Series:
    stage_at = ladder_frame(run).set_index("rank")["stage"]
    return ranks.map(stage_at).fillna(ENDED)


def companies(run: Runner, chosen: PilotFilter) -> pd.DataFrame:
    """Pilot companies, each once, described by their furthest pilot.

    Columns: ``org_id``, company names, ``pilot_id``, ``sido``, ``sector``,
    ``program_id``, ``host_kind`` and ``reached`` of the furthest pilot (ties: the first id),
    ``pilots`` (number), ``first_earliest``, ``first_latest``.
    """
    frame = run(company_rows(chosen_pilots(chosen)).order_by("org_id"))
    return _with_stage(run, frame)


def _with_stage(run: Runner, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with ``reached`` in place of ``rank``."""
    at = list(frame.columns).index("rank")
    frame.insert(at, "reached", _stages_at(run, frame.pop("rank")))
    return frame


def _months(later: pd.Series, earlier: pd.Series) -> pd.Series:
    return (later - earlier).dt.days / DAYS_PER_MONTH


def linked_companies(run: Runner, chosen: PilotFilter) -> Result:
    """Rounds of pilot companies, one row a round, with their place in time.

    Frame: the columns of `companies`, round columns, ``relation`` (after, before,
    unclear) and ``months_min``/``months_max``: how long after the first pilot the
    round came, as far as the dates allow to say (only for ``after``).
    Coverage: companies with any known round, of all pilot companies.
    """
    pilots = chosen_pilots(chosen)
    funded = with_a_round(pilots)
    deals = round_rows().select(*_ROUND_COLUMNS)
    linked = in_time(company_rows(funded).join(deals, "org_id"))
    frame = run(linked.order_by(["org_id", "date_latest", "investment_id"]))
    frame = _with_stage(run, frame)
    frame["amount"] = frame["amount"].astype("float64")  # also when every amount is known
    relation = frame.pop("relation")
    mine = deals.semi_join(funded, "org_id")
    frame = _with_investors(run, frame, round_investors().semi_join(mine, "investment_id"))
    frame["relation"] = relation
    is_after = relation == AFTER
    low = _months(frame["date_earliest"], frame["first_latest"])
    high = _months(frame["date_latest"], frame["first_earliest"])
    frame["months_min"] = low.where(is_after)
    frame["months_max"] = high.where(is_after)
    first, last = year_span(frame["date_latest"])
    return Result(
        frame,
        LaterRows(
            {
                "investments": lambda: frame["investment_id"],
                "pilots": lambda: frame["pilot_id"],
                "organizations": lambda: frame["org_id"],
            }
        ),
        covered=frame["org_id"].nunique(),
        total=_number_of_companies(run, pilots),
        unit="companies",
        first_year=first,
        last_year=last,
    )


def _number_of_companies(run: Runner, pilots: ir.Table) -> int:
    return int(run(pilots.aggregate(n=pilots.org_id.nunique())).loc[0, "n"])


def _largest(codes: pd.Series, sizes: pd.Series, top: int, kept: Iterable[str]) -> pd.Series:
    """The ``top`` largest codes and those always kept; all others become `OTHERS`."""
    counts = sizes[~codes.isin(kept)].groupby(codes).sum()
    largest = sorted(counts.index, key=lambda code: (-counts[code], code))[:top]
    return codes.where(codes.isin([*largest, *kept]), OTHERS)


def linkage_flows(
    run: Runner, chosen: PilotFilter, origin: Origin, outcome: Outcome, top: int = 8
) -> Result:
    """Flows origin → stage reached → first round after the pilot, in companies.

    Each pilot company counts once: at its furthest pilot, and at its first round
    that surely came after the first pilot. Companies without one stand under
    ``before``, ``unclear`` or ``none-known``. ``investor`` is the lead, the only known
    one, or ``several``. Only the ``top`` largest origins and outcomes keep their own
    node; the rest are ``others``. Frame: ``origin``, ``reached``,
    ``outcome``, ``companies``. Coverage: companies with a round after.
    """
    pilots = chosen_pilots(chosen)
    facts = company_facts(pilots)
    joined = described(facts, pilots).left_join(
        company_outcomes(linked_rounds(facts), outcome), "org_id"
    )
    counted = run(
        joined.group_by(
            origin=ibis.coalesce(joined[origin], NOT_STATED),
            rank=joined["rank"],
            outcome=ibis.coalesce(joined.outcome, NO_ROUND),
        ).aggregate(
            companies=joined.count(),
            after=joined.count(where=ibis.coalesce(joined.is_after, False)),
            first_fact=joined.first_latest.min(),
            last_fact=joined.first_latest.max(),
            first_round=joined.first_round.min(),
            last_round=joined.last_round.max(),
        )
    )
    sizes = counted["companies"]
    always = (NOT_STATED, SEVERAL, BEFORE, UNCLEAR, NO_ROUND)
    flows = pd.DataFrame(
        {
            "origin": _largest(counted["origin"], sizes, top, (NOT_STATED,)),
            "reached": _stages_at(run, counted["rank"]),
            "outcome": _largest(counted["outcome"], sizes, top, always),
            "companies": sizes,
        }
    )
    nodes = ["origin", "reached", "outcome"]
    frame = flows.groupby(nodes)["companies"].sum().reset_index()
    days = ("first_fact", "last_fact", "first_round", "last_round")
    first, last = year_span(*(counted[day] for day in days))
    return Result(
        frame.sort_values(nodes).reset_index(drop=True),
        _rows_behind(run, pilots, pilots),
        covered=int(counted["after"].sum()),
        total=int(sizes.sum()),
        unit="companies",
        first_year=first,
        last_year=last,
    )


def _rows_behind(run: Runner, pilots: ir.Table, furthest: ir.Table) -> LaterRows:
    """Rounds of the companies of ``pilots``, these companies, and of ``furthest`` those."""
    deals = round_rows().semi_join(pilots, "org_id")
    return LaterRows(
        {
            "investments": lambda: run(deals.select("investment_id"))["investment_id"],
            "pilots": lambda: run(company_facts(furthest).select("pilot_id"))["pilot_id"],
            "organizations": lambda: run(deals.select("org_id").distinct())["org_id"],
        }
    )


def linkage_steps(run: Runner, chosen: PilotFilter) -> Result:
    """The linkage in small: pilot companies, those with any round, those with one after.

    Frame: ``step`` (companies, with-round, after) and ``companies``. Coverage: companies
    with a round surely after their first pilot, of all pilot companies.
    """
    pilots = chosen_pilots(chosen)
    linked = linked_rounds(company_facts(with_a_round(pilots)))
    found = run(
        linked.aggregate(
            funded=linked.org_id.nunique(),
            after=linked.org_id.nunique(where=linked.relation == AFTER),
            first=linked.date_latest.min(),
            last=linked.date_latest.max(),
        )
    )
    total = _number_of_companies(run, pilots)
    funded, after = (int(found.loc[0, column]) for column in ("funded", "after"))
    frame = pd.DataFrame(
        {
            "step": ["companies", "with-round", "after"],
            "companies": [total, funded, after],
        }
    )
    first, last = year_span(found[["first", "last"]].iloc[0])
    return Result(
        frame,
        _rows_behind(run, pilots, with_a_round(pilots)),
        covered=after,
        total=total,
        unit="companies",
        first_year=first,
        last_year=last,
    )
