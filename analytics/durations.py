"""How long steps took: spells from a start to a target, with every date an interval.

A month or a year is the interval of its days. A page's own date only says that the
fact had happened by then, so it is an upper bound; from below such a start is
bounded by the first year of its programme, if known, and such a target by the
start. A later stage bounds an undated or missing earlier one from above.

A unit without the target is right-censored, not failed. ``data-date`` takes silence
until the data were closed as "not yet", which makes steps look slower than they are
if sales go unreported; ``last-fact`` follows a unit only until its last known fact,
which drops those who fell silent early. The truth lies between; show both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeVar

import numpy as np
import pandas as pd

from analytics.filters import PilotFilter, select_pilots
from analytics.linkage import AFTER, DAYS_PER_MONTH, UNCLEAR, companies, linked_companies
from analytics.result import Result, keys, year_span
from analytics.stages import ladder_frame, rank_of
from loaders.datasets.organizations import organizations
from loaders.datasets.pilots import ENDED, milestones
from loaders.datasets.programs import programs
from loaders.engine import Runner
from loaders.package import package

#: Start of a company spell: the first dated fact of any of its pilots.
FIRST_FACT = "first-pilot-fact"
#: Target of a company spell: the first round surely later than that fact.
NEXT_ROUND = "investment-round"

REACHED = "reached"
ENDED_BEFORE = "ended"
CENSORED = "censored"
EXCLUDED = "excluded"

START_UNDATED = "start-undated"
END_UNDATED = "end-undated"
ORDER_CONTRADICTS = "order-contradicts"
ROUND_ORDER_UNCLEAR = "round-order-unclear"
ROUND_UNDATED = "round-undated"

EVENT = "event"
PUBLICATION = "publication"
LATER_STAGE = "later-stage"
NO_DATE = "none"

#: An event date counts as exact when it is known to the month.
EXACT_DAYS = 31

CensorAt = Literal["data-date", "last-fact"]


@dataclass(frozen=True, slots=True)
class Spell:
    """A question "how long from … to …".

    ``start`` is a stage, and ``targets`` are stages of which the first counts; or
    `FIRST_FACT` and (`NEXT_ROUND`,), one spell a company. ``data_date`` None: the day
    the data package was made (``created`` in its descriptor). With ``by_project`` the
    members of a consortium are one unit: they share their dates, so counting each
    would repeat one observation.
    """

    start: str
    targets: tuple[str, ...]
    chosen: PilotFilter = field(default_factory=PilotFilter)
    censor_at: CensorAt = "data-date"
    data_date: date | None = None
    by_project: bool = False

    @property
    def is_of_companies(self) -> bool:
        """Whether the unit is a company and not a pilot."""
        return self.start == FIRST_FACT

    @property
    def unit(self) -> str:
        """Code of what is counted."""
        if self.is_of_companies:
            return "companies"
        return "projects" if self.by_project else "pilots"

    @property
    def closed(self) -> pd.Timestamp:
        """The day up to which facts count."""
        day = self.data_date or package().descriptor["created"][:10]
        return pd.Timestamp(day)


TO_FIELD_DEMO = Spell("selected", ("field-demo",))
TO_CONTRACT = Spell("selected", ("contract", "commercialised", "exported"))
TO_ROUND = Spell(FIRST_FACT, (NEXT_ROUND,))

_ABOUT = ["unit_id", "org_id", "pilot_id", "sido", "sector", "program_id", "host_kind"]
_DAYS = [f"{end}_{part}" for end in ("start", "end") for part in ("earliest", "latest", "printed")]


def _months(later: pd.Series, earlier: pd.Series) -> pd.Series:
    return (later - earlier).dt.total_seconds() / 86400 / DAYS_PER_MONTH


def _midpoint(earliest: pd.Series, latest: pd.Series) -> pd.Series:
    return earliest + (latest - earliest) / 2


Labelled = TypeVar("Labelled", pd.Series, pd.DataFrame)


def _beside(names: pd.Series, labelled: Labelled) -> Labelled:
    """Rows of ``labelled`` by name, in the order and with the index of ``names``.

    Unlike a join or a map it keeps dates dates when nothing at all is found.
    """
    return labelled.reindex(names).set_axis(names.index)


def _facts(run: Runner, pilots: pd.DataFrame, closed: pd.Timestamp) -> pd.DataFrame:
    """Milestones of ``pilots`` up to ``closed``, with ``unit_id``, ``rank`` and ``printed``.

    Ordered within a unit by upper bound, event dates first.

    Args:
        pilots: with ``unit_id``, which the facts take over.
    """
    facts = run(milestones()).merge(pilots[["pilot_id", "unit_id"]], on="pilot_id")
    facts = facts[~(facts["date_earliest"] > closed)]
    facts = facts.merge(ladder_frame(run)[["stage", "rank"]], on="stage", how="left")
    facts["printed"] = _midpoint(facts["date_earliest"], facts["date_latest"])
    facts["date_latest"] = facts["date_latest"].clip(upper=closed)
    is_event = facts["date_basis"] == EVENT
    facts["date_earliest"] = facts["date_earliest"].where(is_event)
    ordered = facts.assign(order=~is_event).sort_values(
        ["unit_id", "date_latest", "order", "milestone_id"], na_position="last"
    )
    return ordered.drop(columns="order")


def _first(facts: pd.DataFrame, stem: str) -> pd.DataFrame:
    """The first fact of each unit as ``{stem}_earliest/latest/printed/basis``."""
    names = {
        "date_earliest": f"{stem}_earliest",
        "date_latest": f"{stem}_latest",
        "printed": f"{stem}_printed",
        "date_basis": f"{stem}_basis",
    }
    first = facts.drop_duplicates("unit_id").set_index("unit_id")
    return first[list(names)].rename(columns=names)


def _targets(facts: pd.DataFrame, targets: tuple[str, ...], highest: int) -> pd.DataFrame:
    """Facts that show the target was reached, the telling one of each unit first.

    An event date of a target itself tells; without one, the smallest upper bound of a
    target or of any later stage does (sales may come before a demonstration, so a
    later stage must not overrule an event date).
    """
    later = facts["rank"] > highest
    found = facts[facts["stage"].isin(targets) | later].copy()
    is_later = later[found.index]
    found["date_earliest"] = found["date_earliest"].mask(is_later)
    found.loc[is_later & found["date_latest"].notna(), "date_basis"] = LATER_STAGE
    found["bound"] = found["date_basis"] != EVENT
    return found.sort_values(["pilot_id", "bound", "date_latest"], kind="stable").drop(
        columns="bound"
    )


def _last_fact(facts: pd.DataFrame, pilots: pd.DataFrame, closed: pd.Timestamp) -> pd.Series:
    """Latest day on which each unit is surely known, page dates included."""
    seen = facts.assign(day=facts["date_earliest"].fillna(facts["date_latest"]))
    starts = pilots[["unit_id", "start_date_earliest", "end_date_earliest"]].melt(
        id_vars="unit_id", value_name="day"
    )
    days = pd.concat([seen[["unit_id", "day"]], starts[["unit_id", "day"]]])
    return days[days["day"] <= closed].groupby("unit_id")["day"].max()


def _host_kinds(run: Runner, pilots: pd.DataFrame) -> pd.Series:
    kinds = run(organizations().select("org_id", "kind")).set_index("org_id")["kind"]
    return pilots["host_org_id"].map(kinds)


def _program_starts(run: Runner) -> pd.Series:
    years = run(programs().select("program_id", "first_year")).set_index("program_id")["first_year"]
    known = years.dropna().astype(int).astype(str)
    return pd.to_datetime(known + "-01-01")


def _pilot_spells(run: Runner, spell: Spell) -> pd.DataFrame:
    pilots = run(select_pilots(spell.chosen)).sort_values("pilot_id")
    own = pilots["pilot_id"]
    pilots["unit_id"] = pilots["project_id"].fillna(own) if spell.by_project else own
    pilots["host_kind"] = _host_kinds(run, pilots)
    facts = _facts(run, pilots, spell.closed)
    starts = facts[facts["stage"] == spell.start]
    units = pilots[pilots["unit_id"].isin(starts["unit_id"])].drop_duplicates("unit_id")[_ABOUT]
    units = units.join(_beside(units["unit_id"], _first(starts, "start")))
    begun = _beside(units["program_id"], _program_starts(run))
    bounded = units["start_latest"].notna() & (begun <= units["start_latest"])
    units["start_earliest"] = units["start_earliest"].fillna(begun.where(bounded))

    highest = max(rank_of(run, stage) for stage in spell.targets)
    target = _first(_targets(facts, spell.targets, highest), "end").reindex(units["unit_id"])
    ended = _first(facts[facts["stage"] == ENDED], "end").reindex(units["unit_id"])
    has_target, has_end = target["end_basis"].notna(), ended["end_basis"].notna()
    stopped = has_end & (~has_target | (ended["end_latest"] < target["end_earliest"]))
    units = units.join(_beside(units["unit_id"], pd.concat([target[~stopped], ended[stopped]])))
    units["status"] = np.select([stopped, has_target], [ENDED_BEFORE, REACHED], default=CENSORED)
    units["last_fact"] = _beside(units["unit_id"], _last_fact(facts, pilots, spell.closed))
    units["reason"] = None
    return units


def _round_spells(run: Runner, spell: Spell) -> pd.DataFrame:
    people = companies(run, spell.chosen)
    pilots = run(select_pilots(spell.chosen)).assign(unit_id=lambda d: d["org_id"])
    kinds = _host_kinds(run, pilots).set_axis(pilots["pilot_id"])
    units = people.assign(
        unit_id=people["org_id"],
        host_kind=people["pilot_id"].map(kinds),
        start_earliest=people["first_earliest"],
        start_latest=people["first_latest"],
        start_basis=np.where(people["first_earliest"].notna(), EVENT, PUBLICATION),
    )
    units["start_printed"] = _midpoint(units["start_earliest"], units["start_latest"]).fillna(
        units["start_latest"]
    )
    units.loc[units["start_latest"].isna(), "start_basis"] = NO_DATE

    rounds = linked_companies(run, spell.chosen).frame
    rounds = rounds[~(rounds["date_earliest"] > spell.closed)].copy()
    rounds["printed"] = _midpoint(rounds["date_earliest"], rounds["date_latest"])
    rounds["date_latest"] = rounds["date_latest"].clip(upper=spell.closed)
    rounds["date_basis"] = EVENT
    ordered = rounds.sort_values(["org_id", "date_latest", "investment_id"])
    after = ordered[ordered["relation"] == AFTER]
    unclear = ordered[ordered["relation"] == UNCLEAR]
    dated_unclear = unclear.dropna(subset="date_latest").drop_duplicates("org_id")

    names = {"date_earliest": "end_earliest", "date_latest": "end_latest"}
    names |= {"printed": "end_printed", "date_basis": "end_basis"}
    first = after.drop_duplicates("org_id").set_index("org_id")
    units = units.join(_beside(units["org_id"], first[list(names)].rename(columns=names)))
    # a round that may have come after the pilot, and before this one, may be the first
    doubtful = _beside(units["org_id"], dated_unclear.set_index("org_id")["date_latest"])
    maybe = units["end_latest"].notna() & (doubtful <= units["end_latest"])
    units["end_earliest"] = units["end_earliest"].mask(maybe)
    units["end_basis"] = units["end_basis"].mask(maybe, ROUND_ORDER_UNCLEAR)

    reached = units["end_basis"].notna()
    units["status"] = np.where(reached, REACHED, CENSORED)
    units["reason"] = None
    open_order = ~reached & units["org_id"].isin(unclear["org_id"])
    has_date = units["org_id"].isin(dated_unclear["org_id"])
    units.loc[open_order & has_date, "reason"] = ROUND_ORDER_UNCLEAR
    units.loc[open_order & ~has_date, "reason"] = ROUND_UNDATED

    seen = _last_fact(_facts(run, pilots, spell.closed), pilots, spell.closed)
    funded = rounds.groupby("org_id")["date_earliest"].max()
    days = pd.concat([seen, funded]).groupby(level=0).max()
    units["last_fact"] = _beside(units["org_id"], days)
    return units


def _is_exact(frame: pd.DataFrame, stem: str) -> pd.Series:
    width = (frame[f"{stem}_latest"] - frame[f"{stem}_earliest"]).dt.days
    return (frame[f"{stem}_basis"] == EVENT) & (width < EXACT_DAYS)


def _measured(units: pd.DataFrame, spell: Spell) -> pd.DataFrame:
    """Months of each spell from its dates; sets ``status`` excluded and ``reason``."""
    frame = units.copy()
    for column in (*_DAYS, "last_fact"):
        frame[column] = pd.to_datetime(frame[column])
    censored = frame["status"] == CENSORED
    until = (
        pd.Series(spell.closed, index=frame.index)
        if spell.censor_at == "data-date"
        else frame["last_fact"].fillna(frame["start_latest"])
    )
    for part in ("earliest", "latest", "printed"):
        frame[f"end_{part}"] = frame[f"end_{part}"].mask(censored, until)
    undated = ~censored & frame["end_latest"].isna()
    frame["end_latest"] = frame["end_latest"].mask(undated, spell.closed)

    low = _months(frame["end_earliest"], frame["start_latest"])
    high = _months(frame["end_latest"], frame["start_earliest"])
    printed = _months(frame["end_printed"], frame["start_printed"])
    frame["low"] = low.clip(lower=0).fillna(0.0)
    frame["high"] = high.fillna(np.inf).mask(censored, np.inf)
    frame["printed"] = printed.clip(lower=0)
    frame["is_reversed"] = ~censored & (printed < 0)
    frame["is_exact"] = _is_exact(frame, "start") & (censored | _is_exact(frame, "end"))

    frame.loc[undated, "reason"] = END_UNDATED
    frame.loc[~censored & (high < 0), "reason"] = ORDER_CONTRADICTS
    frame.loc[frame["start_latest"].isna(), "reason"] = START_UNDATED
    out = frame["reason"].notna() & (frame["reason"] != END_UNDATED)
    frame.loc[out, "status"] = EXCLUDED
    frame.loc[out, ["low", "high", "printed"]] = np.nan
    frame.loc[out, ["is_exact", "is_reversed"]] = False
    return frame


_MEASURES = ["status", "low", "high", "printed", "is_exact", "is_reversed", "reason"]


def durations(run: Runner, spell: Spell) -> Result:
    """Spells in months, one row a unit (a pilot or project with the start stage,
    or a company).

    Frame: ``unit_id``, ``org_id``, ``pilot_id`` (of a company: its furthest pilot; of a
    project: its first id),
    ``sido``, ``sector``, ``program_id``, ``host_kind``; ``start_`` and ``end_``
    ``earliest``, ``latest``, ``printed`` (midpoint of the date as printed) and
    ``basis``; ``status`` (reached, ended: the competing end came first, censored,
    excluded); ``low``–``high`` (months that the dates allow; ``high`` is infinite for
    a censored unit and where nothing bounds the start); ``printed`` (months as if the
    printed dates were exact, at least 0); ``is_exact`` (event dates to the month at
    both ends; of a censored unit at its start); ``is_reversed`` (printed dates stand in
    the wrong order, which publication dates can); ``reason`` (why a unit is excluded:
    start-undated, order-contradicts, round-order-unclear, round-undated; or, for a
    unit that is not, end-undated).
    Coverage: units that are not excluded.
    """
    raw = _round_spells(run, spell) if spell.is_of_companies else _pilot_spells(run, spell)
    frame = _measured(raw, spell)
    columns = [*_ABOUT, *_DAYS[:3], "start_basis", *_DAYS[3:], "end_basis", *_MEASURES]
    frame = frame[columns].sort_values("unit_id").reset_index(drop=True)
    first, last = year_span(frame["start_latest"])
    return Result(
        frame,
        {"pilots": keys(frame["pilot_id"]), "organizations": keys(frame["org_id"])},
        covered=int((frame["status"] != EXCLUDED).sum()),
        total=len(frame),
        unit=spell.unit,
        first_year=first,
        last_year=last,
    )


def duration_counts(run: Runner, spell: Spell) -> Result:
    """What the spells rest on: ``code`` and ``units``.

    Codes: ``units``; by status ``reached``, ``ended``, ``censored``, ``excluded``;
    ``reached-exact`` (event dates to the month at both ends); of the units in use,
    ``start-publication`` and ``end-publication`` (only the page's date),
    ``start-coarse`` and ``end-coarse`` (an event date wider than a month),
    ``end-later-stage``, ``end-undated``, ``order-reversed``; and, by reason, units left
    out: ``start-undated``, ``order-contradicts``, ``round-order-unclear``,
    ``round-undated``.
    """
    spells = durations(run, spell)
    frame = spells.frame
    used = frame[frame["status"] != EXCLUDED]
    happened = used[used["status"].isin([REACHED, ENDED_BEFORE])]
    reached = used[used["status"] == REACHED]
    counts = {"units": len(frame)}
    counts |= {s: int((frame["status"] == s).sum()) for s in (REACHED, ENDED_BEFORE, CENSORED)}
    counts[EXCLUDED] = len(frame) - len(used)
    counts["reached-exact"] = int(reached["is_exact"].sum())
    for stem, rows in (("start", used), ("end", happened)):
        basis = rows[f"{stem}_basis"]
        counts[f"{stem}-publication"] = int((basis == PUBLICATION).sum())
        counts[f"{stem}-coarse"] = int(((basis == EVENT) & ~_is_exact(rows, stem)).sum())
    counts["end-later-stage"] = int((happened["end_basis"] == LATER_STAGE).sum())
    counts["order-reversed"] = int(used["is_reversed"].sum())
    for reason in (
        END_UNDATED, START_UNDATED, ORDER_CONTRADICTS, ROUND_ORDER_UNCLEAR, ROUND_UNDATED,
    ):  # fmt: skip
        counts[reason] = int((frame["reason"] == reason).sum())
    table = pd.DataFrame({"code": list(counts), "units": list(counts.values())})
    return Result(
        table,
        spells.rows,
        spells.covered,
        spells.total,
        spells.unit,
        spells.first_year,
        spells.last_year,
    )
