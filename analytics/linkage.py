"""From pilots to investment: who raised money, before or after, and from whom.

"After" means later in time, not because of. Dates are intervals; a round counts
as after the first pilot only when its earliest day lies past the latest day on
which the first pilot fact can have happened. A page's own date is an upper bound
of that day, so the rule holds for it too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pandas as pd

from analytics.filters import PilotFilter, select_pilots
from analytics.result import Result, keys, year_span
from analytics.stages import ladder_frame
from loaders.datasets.investments import investment_investors, investments
from loaders.datasets.organizations import organizations
from loaders.datasets.pilots import ENDED, milestones
from loaders.engine import Runner

AFTER = "after"
BEFORE = "before"
UNCLEAR = "unclear"
NO_ROUND = "none-known"
NOT_STATED = "not-stated"
SEVERAL = "several"
OTHERS = "others"

#: Kinds of rows that bring money into the company from investors. Purchases of
#: the company or of old shares, asset finance and public money do not.
ROUND_KINDS = ("equity-round", "undisclosed", "cumulative-only", "strategic-listed", "ipo")

Origin = Literal["sido", "program_id", "sector", "host_kind"]
Outcome = Literal["round", "investor_kind", "investor"]

DAYS_PER_MONTH = 365.25 / 12


def rounds(run: Runner) -> pd.DataFrame:
    """Investment rounds by id, with ``investor_ids`` and ``investor_kinds`` (tuples, sorted)."""
    table = investments()
    frame = run(table.filter(table.amount_kind.isin(ROUND_KINDS)).order_by("investment_id"))
    members = run(
        investment_investors().join(
            organizations().select(investor_id="org_id", kind="kind"), "investor_id"
        )
    )
    grouped = members.groupby("investment_id")
    frame["investor_ids"] = _tuples(frame, grouped["investor_id"].agg(keys))
    frame["investor_kinds"] = _tuples(frame, grouped["kind"].agg(keys))
    return frame


def _tuples(frame: pd.DataFrame, values: pd.Series) -> list[tuple[str, ...]]:
    known = values.to_dict()
    return [known.get(i, ()) for i in frame["investment_id"]]


def first_pilot_facts(run: Runner, pilots: pd.DataFrame) -> pd.DataFrame:
    """For each company, the interval of its first dated pilot fact.

    Frame indexed by ``org_id``: ``first_earliest``, ``first_latest`` (days). The
    latest day is the smallest upper bound of any start or milestone. The earliest
    is the smallest lower bound of any fact with an event date; it is unknown when
    a page's own date is the smallest upper bound.
    """
    steps = run(milestones()).merge(pilots[["pilot_id", "org_id"]], on="pilot_id")
    steps["date_earliest"] = steps["date_earliest"].where(steps["date_basis"] == "event")
    columns = ["org_id", "earliest", "latest"]
    facts = pd.concat(
        [
            pilots[["org_id", "start_date_earliest", "start_date_latest"]].set_axis(
                columns, axis=1
            ),
            steps[["org_id", "date_earliest", "date_latest"]].set_axis(columns, axis=1),
        ]
    )
    days = ["earliest", "latest"]
    facts[days] = facts[days].apply(pd.to_datetime)
    facts = facts.dropna(subset="latest")
    by_company = facts.groupby("org_id")
    first = by_company.agg(first_earliest=("earliest", "min"), first_latest=("latest", "min"))
    is_first = facts["latest"] == by_company["latest"].transform("min")
    unbounded = facts.loc[is_first & facts["earliest"].isna(), "org_id"]
    first.loc[first.index.isin(unbounded), "first_earliest"] = pd.NaT
    return first


def companies(run: Runner, chosen: PilotFilter) -> pd.DataFrame:
    """Pilot companies, each once, described by their furthest pilot.

    Columns: ``org_id``, company names, ``pilot_id``, ``sido``, ``sector``,
    ``program_id``, ``host_kind`` and ``reached`` of the furthest pilot (ties: the first id),
    ``pilots`` (number), ``first_earliest``, ``first_latest``.
    """
    pilots = run(select_pilots(chosen))
    stage_at = ladder_frame(run).set_index("rank")["stage"]
    pilots["reached"] = pilots["rank"].map(stage_at).fillna(ENDED)
    ordered = pilots.sort_values(["rank", "pilot_id"], ascending=[False, True], na_position="last")
    furthest = ordered.drop_duplicates("org_id")
    names = run(organizations().select("org_id", company_ko="name_ko", company_en="name_en"))
    count = pilots.groupby("org_id").size().rename("pilots").reset_index()
    kinds = run(organizations().select("org_id", "kind")).set_index("org_id")["kind"]
    furthest = furthest.assign(host_kind=furthest["host_org_id"].map(kinds))
    columns = ["org_id", "pilot_id", "sido", "sector", "program_id", "host_kind", "reached"]
    frame = furthest[columns].merge(names, on="org_id").merge(count, on="org_id")
    frame = frame.merge(first_pilot_facts(run, pilots), on="org_id", how="left")
    return frame.sort_values("org_id").reset_index(drop=True)


def _relation(row: pd.Series) -> str:
    if pd.isna(row["first_latest"]) or pd.isna(row["date_latest"]):
        return UNCLEAR
    if row["date_earliest"] > row["first_latest"]:
        return AFTER
    if not pd.isna(row["first_earliest"]) and row["date_latest"] < row["first_earliest"]:
        return BEFORE
    return UNCLEAR


def _months(later: pd.Series, earlier: pd.Series) -> pd.Series:
    return (later - earlier).dt.days / DAYS_PER_MONTH


def linked_companies(run: Runner, chosen: PilotFilter) -> Result:
    """Rounds of pilot companies, one row a round, with their place in time.

    Frame: the columns of `companies`, round columns, ``relation`` (after, before,
    unclear) and ``months_min``/``months_max``: how long after the first pilot the
    round came, as far as the dates allow to say (only for ``after``).
    Coverage: companies with any known round, of all pilot companies.
    """
    people = companies(run, chosen)
    columns = [
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
        "investor_ids",
        "investor_kinds",
    ]
    frame = people.merge(rounds(run)[columns], on="org_id")
    for column in ("first_earliest", "first_latest", "date_earliest", "date_latest"):
        frame[column] = pd.to_datetime(frame[column])
    frame["relation"] = [_relation(row) for _, row in frame.iterrows()]
    is_after = frame["relation"] == AFTER
    low = _months(frame["date_earliest"], frame["first_latest"])
    high = _months(frame["date_latest"], frame["first_earliest"])
    frame["months_min"] = low.where(is_after)
    frame["months_max"] = high.where(is_after)
    frame = frame.sort_values(["org_id", "date_latest", "investment_id"]).reset_index(drop=True)
    first, last = year_span(frame["date_latest"])
    return Result(
        frame,
        {
            "investments": keys(frame["investment_id"]),
            "pilots": keys(frame["pilot_id"]),
            "organizations": keys(frame["org_id"]),
        },
        covered=frame["org_id"].nunique(),
        total=len(people),
        unit="companies",
        first_year=first,
        last_year=last,
    )


def _first_after(linked: pd.DataFrame) -> pd.DataFrame:
    after = linked[linked["relation"] == AFTER]
    ordered = after.sort_values(["org_id", "date_latest", "investment_id"])
    return ordered.drop_duplicates("org_id").set_index("org_id")


def _investor_kind(kinds: object) -> str:
    if not isinstance(kinds, tuple) or not kinds:
        return NOT_STATED
    return str(kinds[0]) if len(kinds) == 1 else SEVERAL


def _one_investor(row: pd.Series) -> str:
    if not pd.isna(row["lead_investor_id"]):
        return str(row["lead_investor_id"])
    return _investor_kind(row["investor_ids"])


def _largest(codes: pd.Series, top: int, kept: tuple[str, ...]) -> pd.Series:
    """The ``top`` most frequent codes and those always kept; all others become `OTHERS`."""
    counts = codes[~codes.isin(kept)].value_counts()
    largest = sorted(counts.index, key=lambda code: (-counts[code], code))[:top]
    return codes.where(codes.isin([*largest, *kept]), OTHERS)


def _outcomes(people: pd.DataFrame, linked: pd.DataFrame, outcome: Outcome) -> pd.Series:
    first = _first_after(linked)
    by_outcome = {
        "round": first["round"],
        "investor_kind": first["investor_kinds"].map(_investor_kind),
        "investor": first.apply(_one_investor, axis=1) if len(first) else first["round"],
    }
    fallback = linked.groupby("org_id")["relation"].agg(
        lambda r: BEFORE if (r == BEFORE).all() else UNCLEAR
    )
    value = by_outcome[outcome]
    # a column in which nothing is known would be one of numbers
    known, other = (people["org_id"].map(by).astype("str") for by in (value, fallback))
    return known.fillna(other).fillna(NO_ROUND)


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
    people = companies(run, chosen)
    linked = linked_companies(run, chosen)
    origins = _largest(people[origin].fillna(NOT_STATED), top, (NOT_STATED,))
    outcomes = _largest(
        _outcomes(people, linked.frame, outcome),
        top,
        (NOT_STATED, SEVERAL, BEFORE, UNCLEAR, NO_ROUND),
    )
    flows = pd.DataFrame(
        {
            "origin": origins,
            "reached": people["reached"],
            "outcome": outcomes,
        }
    )
    frame = flows.groupby(["origin", "reached", "outcome"]).size().rename("companies").reset_index()
    rows = {**linked.rows, "pilots": keys(people["pilot_id"])}
    first, last = year_span(people["first_latest"], linked.frame["date_latest"])
    return Result(
        frame.sort_values(["origin", "reached", "outcome"]).reset_index(drop=True),
        rows,
        covered=len(_first_after(linked.frame)),
        total=len(people),
        unit="companies",
        first_year=first,
        last_year=last,
    )


def linkage_steps(run: Runner, chosen: PilotFilter) -> Result:
    """The linkage in small: pilot companies, those with any round, those with one after.

    Frame: ``step`` (companies, with-round, after) and ``companies``. Coverage: companies
    with a round surely after their first pilot, of all pilot companies.
    """
    linked = linked_companies(run, chosen)
    after = linked.frame[linked.frame["relation"] == AFTER]["org_id"].nunique()
    frame = pd.DataFrame(
        {
            "step": ["companies", "with-round", "after"],
            "companies": [linked.total, linked.covered, after],
        }
    )
    return replace(linked, frame=frame, covered=after)
