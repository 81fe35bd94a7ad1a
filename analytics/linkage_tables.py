"""Pilot companies and their rounds in time, as queries that an engine can count.

`analytics.linkage` says what the rules mean; here they stand as unbound expressions, so
that a figure over a million pilots fetches its counts and not the rows.
"""

from __future__ import annotations

from typing import Literal

import ibis
import ibis.expr.types as ir

from analytics.filters import ladder
from loaders.datasets.investments import investment_investors, investments
from loaders.datasets.organizations import organizations
from loaders.datasets.pilots import milestones

AFTER = "after"
BEFORE = "before"
UNCLEAR = "unclear"
NOT_STATED = "not-stated"
SEVERAL = "several"

#: Kinds of rows that bring money into the company from investors. Purchases of
#: the company or of old shares, asset finance and public money do not.
ROUND_KINDS = ("equity-round", "undisclosed", "cumulative-only", "strategic-listed", "ipo")

Outcome = Literal["round", "investor_kind", "investor"]

_COMPANY_COLUMNS = (
    *("org_id", "pilot_id", "sido", "sector", "program_id", "host_kind", "rank"),
    *("company_ko", "company_en", "pilots", "first_earliest", "first_latest"),
)
#: Above all ranks of the ladder.
_TOP = 900
_EVENT = "event"


def round_rows() -> ir.Table:
    """Investment rounds, all columns."""
    table = investments()
    return table.filter(table.amount_kind.isin(ROUND_KINDS))


def round_investors() -> ir.Table:
    """Who took part in rounds: ``investment_id``, ``investor_id`` and its ``kind``."""
    named = organizations().select(investor_id="org_id", kind="kind")
    joined = investment_investors().join(named, "investor_id")
    return joined.select("investment_id", "investor_id", "kind")


def _facts(pilots: ir.Table) -> ir.Table:
    """The start of each pilot and its milestones, a row each.

    Columns: ``org_id``, ``pilot_id``, ``is_start``, ``rank`` (null beside the ladder),
    ``earliest`` (null unless the date is that of the event) and ``latest`` day.
    """
    starts = pilots.select(
        "org_id",
        "pilot_id",
        is_start=ibis.literal(True),
        rank=ibis.null("int64"),
        earliest=pilots.start_date_earliest,
        latest=pilots.start_date_latest,
    )
    steps = milestones().left_join(ladder(), "stage").drop("stage_right")
    steps = steps.join(pilots.select("pilot_id", "org_id"), "pilot_id")
    is_event = steps.date_basis == _EVENT
    return starts.union(
        steps.select(
            "org_id",
            "pilot_id",
            is_start=ibis.literal(False),
            rank=steps["rank"],
            earliest=ibis.ifelse(is_event, steps.date_earliest, ibis.null("date")),
            latest=steps.date_latest,
        )
    )


def company_facts(pilots: ir.Table) -> ir.Table:
    """For each company of ``pilots`` how far it got, and the interval of its first dated fact.

    Columns: ``org_id``, ``pilot_id`` of the pilot that went furthest (ties: the first id) and
    its ``rank``, ``pilots`` (number), ``first_earliest``, ``first_latest``. The latest day is
    the smallest upper bound of any start or milestone, null when nothing is dated. The
    earliest is the smallest lower bound of any fact with an event date; it is null when
    a page's own date is the smallest upper bound.
    """
    facts = _facts(pilots)
    # one text, so that a single pass finds the pilot; all these numbers have three digits
    steps_below = (_TOP - ibis.coalesce(facts["rank"], 0)).cast("string")
    found = facts.group_by("org_id").aggregate(
        furthest=(steps_below + facts.pilot_id).min(),
        rank=facts["rank"].max(),
        pilots=facts.count(where=facts.is_start),
        first_earliest=facts.earliest.min(where=facts.latest.notnull()),
        first_latest=facts.latest.min(),
        unbounded=facts.latest.min(where=facts.earliest.isnull()),
    )
    is_upper_bound_only = found.unbounded == found.first_latest
    return found.select(
        "org_id",
        "rank",
        "pilots",
        "first_latest",
        pilot_id=found.furthest.substr(len(str(_TOP))),
        first_earliest=ibis.ifelse(is_upper_bound_only, ibis.null("date"), found.first_earliest),
    )


def described(facts: ir.Table, pilots: ir.Table) -> ir.Table:
    """`company_facts` with ``sido``, ``sector``, ``program_id``, ``host_kind`` of the pilot."""
    columns = ("sido", "sector", "program_id", "host_org_id")
    hosts = organizations().select(host_org_id="org_id", host_kind="kind")
    joined = facts.join(pilots.select("pilot_id", *columns), "pilot_id")
    return joined.left_join(hosts, "host_org_id").drop("host_org_id", "host_org_id_right")


def company_rows(pilots: ir.Table) -> ir.Table:
    """Companies of ``pilots`` with names and all columns of `described`."""
    names = organizations().select("org_id", company_ko="name_ko", company_en="name_en")
    joined = described(company_facts(pilots), pilots).join(names, "org_id")
    return joined.select(*_COMPANY_COLUMNS)


def in_time(table: ir.Table) -> ir.Table:
    """Rounds beside first facts, with ``relation``: after, before or unclear.

    Args:
        table: has ``first_earliest``, ``first_latest``, ``date_earliest``, ``date_latest``.
    """
    relation = ibis.cases(
        (table.first_latest.isnull() | table.date_latest.isnull(), UNCLEAR),
        (table.date_earliest > table.first_latest, AFTER),
        (table.date_latest < table.first_earliest, BEFORE),
        else_=UNCLEAR,
    )
    return table.mutate(relation=relation)


def with_a_round(pilots: ir.Table) -> ir.Table:
    """The ``pilots`` of companies with a known round."""
    return pilots.filter(pilots.org_id.isin(round_rows().org_id))


def linked_rounds(facts: ir.Table) -> ir.Table:
    """Rounds of the companies in ``facts`` (see `company_facts`), with them and ``relation``."""
    # facts on the right: a query that also has them on the left of a join asks for them once
    return in_time(round_rows().join(facts, "org_id"))


def _one_of(number: ir.Value, code: ir.Value) -> ir.Value:
    """A code where there is one, else how many there are, in words."""
    known = ibis.ifelse(number == 1, code, SEVERAL)
    return ibis.ifelse(number.isnull() | (number == 0), NOT_STATED, known)


def _with_outcome(first: ir.Table, outcome: Outcome) -> ir.Table:
    """``org_id`` and ``value``: kind of round, of investor, or the investor."""
    if outcome == "round":
        return first.select("org_id", value=first["round"])
    who = round_investors()
    code = who.kind if outcome == "investor_kind" else who.investor_id
    counted = who.group_by("investment_id").aggregate(number=code.nunique(), code=code.min())
    joined = first.left_join(counted, "investment_id")
    one = _one_of(joined.number, joined.code)
    value = one if outcome == "investor_kind" else ibis.coalesce(joined.lead_investor_id, one)
    return joined.select("org_id", value=value)


def company_outcomes(linked: ir.Table, outcome: Outcome) -> ir.Table:
    """For each company with a round: ``org_id``, ``is_after``, ``outcome``, two days.

    The outcome is what the first round after the first pilot says; without one it is
    ``before`` when all rounds surely came before, else ``unclear``. ``first_round`` and
    ``last_round`` are the smallest and the largest latest day of its rounds.

    Args:
        linked: see `linked_rounds`.
        outcome: what of the round is told.
    """
    after = linked.filter(linked.relation == AFTER)
    oldest_first = [after.date_latest, after.investment_id]
    place = ibis.row_number().over(group_by=after.org_id, order_by=oldest_first)
    placed = after.mutate(place=place)
    first = placed.filter(placed.place == 0)
    known = linked.group_by("org_id").aggregate(
        rounds=linked.count(),
        before=linked.count(where=linked.relation == BEFORE),
        first_round=linked.date_latest.min(),
        last_round=linked.date_latest.max(),
    )
    joined = known.left_join(_with_outcome(first, outcome), "org_id")
    otherwise = ibis.ifelse(joined.before == joined.rounds, BEFORE, UNCLEAR)
    return joined.select(
        "org_id",
        "first_round",
        "last_round",
        is_after=joined["org_id_right"].notnull(),
        outcome=ibis.coalesce(joined.value, otherwise),
    )
